"""Draw lots: blind codes and start order, from seeds anybody can draw again."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contests.domain import seals
from contests.domain.setup import demand_state, move
from contests.models import Contest, Entry, Registration
from contests.pure import draw as lots
from contests.queries.people import unit_text
from contests.queries.seal_keys import tag_of
from engine.events.domain import record
from people.models import Employee

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
    owners = _owners(contest, people, code_seed, at)
    start_orders = lots.start_orders(seed, owners)
    entries = Entry.objects.bulk_create(
        _entry(contest, code, person, position, start_orders[code])
        for position, (code, person) in enumerate(sorted(owners.items()), start=1)
    )
    if contest.team_size > 1 and not contest.is_sealed:
        seals.name_teams(contest, entries)
    announced = lots.commitment(code_seed)
    if contest.is_sealed:
        code_seed = ""  # it lies in the sealed layer
    contest.draw_seed, contest.code_seed, contest.drawn_at = seed, code_seed, at
    return move(
        contest, State.DRAWN, "contest.drawn", by=by, at=at, also=("draw_seed", "code_seed", "drawn_at"),
        entries=len(people), seed=seed, commitment=announced,
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


def _owners(contest: Contest, people: dict[str, Employee], code_seed: str, at: datetime) -> dict[str, Employee]:
    """Draw code → employee: in one step, or for a sealed contest in two that are sealed."""
    if contest.is_sealed:
        return seals.seal(contest=contest, people=people, code_seed=code_seed, at=at)
    return {code: people[number] for number, code in lots.blind_codes(code_seed, people).items()}


def _entry(contest: Contest, code: str, person: Employee, position: int, start_order: int) -> Entry:
    """Make an entry; under seal it holds no name, only a tag the contestant alone can match."""
    entry = Entry(contest=contest, code=code, name=code, position=position, start_order=start_order)
    if contest.is_sealed:
        entry.owner_tag = tag_of(contest.code, person.pk)
    else:
        entry.name, entry.unit, entry.employee = person.name, unit_text(person), person
    return entry


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
