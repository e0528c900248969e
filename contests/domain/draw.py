"""Draw lots: blind codes and start order, from seeds anybody can draw again."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contests.domain.setup import demand_state, move
from contests.models import Contest, Entry, Registration
from contests.pure import draw as lots
from engine.events.domain import record
from people.models import Employee, Unit

State = Contest.State


class NothingToDraw(ValidationError):
    """No registration is confirmed, or some are still undecided."""


@transaction.atomic(savepoint=False)
def draw(*, contest: Contest, seed: str, code_seed: str, by: Employee, at: datetime) -> Contest:
    """Turn confirmed registrations into entries under drawn codes: closed → drawn.

    The codes are drawn over employee numbers from `code_seed`, which stays with the secrecy officer (only its
    commitment is published); the start order over the codes from `seed`, which is public.

    Raises:
        NothingToDraw: nobody is confirmed, or applications wait for a decision.
        setup.WrongState: registration is still open, or the lots are drawn.
    """
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, State.CLOSED)
    confirmed = _confirmed(contest)
    _demand_drawable(contest, confirmed)
    people = {registration.employee.number: registration.employee for registration in confirmed}
    codes = lots.blind_codes(code_seed, people)
    start_orders = lots.start_orders(seed, codes.values())
    Entry.objects.bulk_create(
        Entry(
            contest=contest,
            code=code,
            name=people[number].name,
            unit=_unit(people[number]),
            employee=people[number],
            position=position,
            start_order=start_orders[code],
        )
        for position, (number, code) in enumerate(sorted(codes.items(), key=lambda item: item[1]), start=1)
    )
    contest.draw_seed, contest.code_seed, contest.drawn_at = seed, code_seed, at
    return move(
        contest, State.DRAWN, "contest.drawn", by=by, at=at, also=("draw_seed", "code_seed", "drawn_at"),
        entries=len(people), seed=seed, commitment=lots.commitment(code_seed),
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def redraw(*, contest: Contest, seed: str, reason: str, by: Employee, at: datetime) -> Contest:
    """Draw the start order anew, before judging, with the reason everybody can read; codes stay.

    Raises:
        setup.WrongState: judging has begun; ValidationError: no reason was given.
    """
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, State.DRAWN)
    if not reason.strip():
        raise ValidationError(_("Say why the start order is drawn again."), code="reason")
    entries = list(contest.entries.all())
    start_orders = lots.start_orders(seed, [entry.code for entry in entries])
    for entry in entries:
        entry.start_order = start_orders[entry.code]
    Entry.objects.bulk_update(entries, ["start_order"])
    contest.draw_seed = seed
    contest.save(update_fields=["draw_seed"])
    record(contest.subject, "contest.start-order.redrawn", by=by, at=at, seed=seed, reason=reason)
    return contest


def _confirmed(contest: Contest) -> list[Registration]:
    rows = Registration.objects.filter(contest=contest, state=Registration.State.CONFIRMED)
    return list(rows.select_related("employee__unit__parent__parent__parent"))


def _demand_drawable(contest: Contest, confirmed: list[Registration]) -> None:
    waiting = Registration.objects.filter(contest=contest, state=Registration.State.APPLIED).count()
    if waiting:
        raise NothingToDraw(
            _("%(count)s registrations wait for a decision: decide them first."),
            code="undecided",
            params={"count": waiting},
        )
    if not confirmed:
        raise NothingToDraw(
            _("Nobody is confirmed: cancel the contest and publish a copy with other dates."), code="nobody"
        )


def _unit(person: Employee) -> str:
    """Name the plant somebody competes for; there is a 甲班 in every shop."""
    unit = person.unit
    while unit is not None and unit.kind != Unit.Kind.PLANT and unit.parent is not None:
        unit = unit.parent
    if unit is None or unit.kind != Unit.Kind.PLANT:
        return person.unit.name if person.unit else ""
    return unit.name
