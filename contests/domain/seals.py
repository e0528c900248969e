"""Codes under seal: drawn in two steps, encrypted, opened layer by layer in reverse by two people."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contests.domain.setup import demand_state
from contests.models import Contest, Entry, PanelMember, Registration, Seal, Teammate
from contests.pure import draw as lots
from contests.pure import versions
from contests.queries import seal_keys
from contests.queries.people import plant_text, unit_text
from engine.events.domain import record
from people.models import Employee

State = Contest.State
Layer = Seal.Layer
OPENING = (State.REVIEW, State.CANCELLED)


class SealedStill(ValidationError):
    """The codes have not been opened: nobody knows who is behind them."""


class WrongOpening(ValidationError):
    """The layer cannot be opened now, or not by this person."""


class Tampered(ValidationError):
    """What is opened is not what was sealed."""


def seal(*, contest: Contest, people: Mapping[str, Employee], code_seed: str, at: datetime) -> dict[str, Employee]:
    """Draw numbers, then codes, seal both mappings; return code → employee for the caller, who stores no name.

    Called by the draw under the contest's lock. What is published is each layer's commitment: the SHA-256 of its canonical
    JSON, which holds a salt, the seed and the mapping.
    """
    order_seed = secrets.token_hex(16)
    numbers = lots.order_numbers(order_seed, people)
    codes = lots.blind_codes(code_seed, numbers.values())
    for layer, seed, mapping in ((Layer.ORDER, order_seed, numbers), (Layer.CODE, code_seed, codes)):
        data = {"salt": secrets.token_hex(16), "seed": seed, "mapping": mapping}
        text = versions.canonical(data)
        Seal.objects.create(
            contest=contest, layer=layer, ciphertext=seal_keys.encrypt(text, context=_context(contest, layer)),
            commitment=versions.digest(data), sealed_at=at,
        )  # fmt: skip
    return {code: people[number] for code, number in lots.opened(numbers, codes).items()}


def demand_open(contest: Contest) -> None:
    """Refuse to go on with a sealed contest whose codes nobody has opened."""
    if contest.is_sealed and contest.seals.filter(opened_at=None).exists():
        raise SealedStill(
            _("The codes are sealed still: the secrecy officer and a supervisor open them first."), code="sealed"
        )


@transaction.atomic(savepoint=False)
def ask_opening(*, contest: Contest, layer: str, by: Employee, at: datetime) -> Seal:
    """Ask for the opening of the next layer; a supervisor confirms it. Asking again changes nothing.

    Raises:
        WrongOpening: it is not this layer's turn; setup.WrongState: judging is not closed.
    """
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, *OPENING)
    row = _next(contest, layer)
    if row.asked_at is None:
        row.asked_at, row.asked_by = at, by
        row.save(update_fields=["asked_at", "asked_by"])
        record(contest.subject, "seal.opening-asked", by=by, at=at, layer=layer)
    return row


@transaction.atomic(savepoint=False)
def confirm_opening(*, contest: Contest, layer: str, by: Employee, at: datetime) -> Seal:
    """Open a layer somebody else asked for; with the last one the entries get their people back.

    Raises:
        WrongOpening: nobody asked, the same person asked, or a member of the panel or the organiser confirms.
        Tampered: the content is not what the published commitment says. setup.WrongState.
    """
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, *OPENING)
    row = _next(contest, layer)
    if row.asked_at is None:
        raise WrongOpening(_("The secrecy officer asks for the opening first."), code="not-asked")
    is_panel = PanelMember.objects.filter(contest=contest, employee=by).exists()
    if row.asked_by_id == by.pk or is_panel or contest.organiser_id == by.pk:
        raise WrongOpening(
            _("Another person confirms: not who asked, no judge of this contest, not its organiser."),
            code="same-person",
        )
    _content(contest, row)
    row.opened_at, row.opened_by = at, by
    row.save(update_fields=["opened_at", "opened_by"])
    record(contest.subject, "seal.opened", by=by, at=at, layer=layer, asked_by=row.asked_by_id)
    if not contest.seals.filter(opened_at=None).exists():
        _give_back(contest)
    return row


def content_of(contest: Contest, row: Seal) -> dict[str, Any] | None:
    """Return salt, seed and mapping of an opened layer, for anybody to draw again; None while it is sealed."""
    return _content(contest, row) if row.opened_at is not None else None


def _next(contest: Contest, layer: str) -> Seal:
    """Return the layer whose turn it is: the code first, then the order."""
    rows = {row.layer: row for row in contest.seals.select_for_update(no_key=True)}
    turn = next((name for name in (Layer.CODE, Layer.ORDER) if name in rows and rows[name].opened_at is None), None)
    if turn is None or layer != turn:
        raise WrongOpening(_("It is not this envelope's turn: codes first, then people."), code="not-its-turn")
    return rows[turn]


def _content(contest: Contest, row: Seal) -> dict[str, Any]:
    try:
        data = json.loads(seal_keys.decrypt(row.ciphertext, context=_context(contest, row.layer)))
    except seal_keys.CannotOpen:
        raise Tampered(
            _("The envelope cannot be opened: its key is missing, or it was changed. Restore the seal key first."),
            code="cannot-open",
        ) from None
    if versions.digest(data) != row.commitment:
        raise Tampered(_("What was sealed is not what was announced at the draw."), code="other-content")
    found: dict[str, Any] = data
    return found


def _give_back(contest: Contest) -> None:
    """Write the people behind the codes, as the opened layers say."""
    layers = {row.layer: _content(contest, row) for row in contest.seals.all()}
    owners = lots.opened(layers[Layer.ORDER]["mapping"], layers[Layer.CODE]["mapping"])
    people = Employee.objects.select_related("unit__parent__parent__parent").in_bulk(
        set(owners.values()), field_name="number"
    )
    entries = list(Entry.objects.filter(contest=contest, code__in=owners))
    for entry in entries:
        person = people[owners[entry.code]]
        entry.name, entry.unit, entry.employee = person.name, unit_text(person), person
    Entry.objects.bulk_update(entries, ["name", "unit", "employee"])
    if contest.team_size > 1:
        name_teams(contest, entries)
    Contest.objects.filter(pk=contest.pk).update(code_seed=layers[Layer.CODE]["seed"])


def name_teams(contest: Contest, entries: Sequence[Entry]) -> None:
    """Give the entries of a team contest, whose employee was its captain at the draw, their team: name, unit, captain, people."""
    states = (Registration.State.WITHDRAWN, Registration.State.CONFIRMED)  # a later one stands
    found = Registration.objects.filter(contest=contest, state__in=states).select_related(
        "employee", "unit__parent__parent__parent"
    )
    teams = {row.pk: row for row in found}
    rows = list(Teammate.objects.filter(registration__in=teams))
    rows.sort(key=lambda row: states.index(Registration.State(teams[row.registration_id or 0].state)))
    team_of = {row.employee_id: teams[row.registration_id or 0] for row in rows}
    by_team: dict[int | None, Entry] = {}
    for entry in entries:
        team = team_of.get(entry.employee_id or 0)
        if team is not None:
            entry.name, entry.unit, entry.employee = team.team_name, plant_text(team.unit), team.employee
            by_team[team.pk] = entry
    Entry.objects.bulk_update(entries, ["name", "unit", "employee"])
    for row in rows:
        row.entry = by_team.get(row.registration_id)
    Teammate.objects.bulk_update(rows, ["entry"])


def _context(contest: Contest, layer: str) -> str:
    return f"{contest.code}\n{layer}"
