"""Entries at the chief judge's desk: status, penalties, proposals to disqualify."""

from __future__ import annotations

from dataclasses import dataclass

from contests.models import Contest, Disqualification, Entry, Penalty
from contests.pure import decimals

State = Disqualification.State


@dataclass(frozen=True)
class PenaltyRow:
    """One penalty that counts."""

    pk: int
    points: str
    minutes: str
    reason: str


@dataclass(frozen=True)
class EntryRow:
    """One entry; `name` and `unit` are empty while names are hidden. `proposal` waits for agreement, `refused` did not get it."""

    code: str
    name: str
    unit: str
    start_order: int
    status: str
    status_label: str
    reason: str
    penalties: list[PenaltyRow]
    proposal: Disqualification | None
    refused: list[Disqualification]


def rows(contest: Contest) -> list[EntryRow]:
    """Return every entry in start order. Three statements."""
    penalties: dict[int, list[PenaltyRow]] = {}
    for row in Penalty.objects.filter(entry__contest=contest, cancelled_at=None):
        minutes = "" if row.minutes is None else decimals.text(row.minutes)
        penalties.setdefault(row.entry_id, []).append(
            PenaltyRow(row.pk, decimals.text(row.points), minutes, row.reason)
        )
    proposals: dict[int, list[Disqualification]] = {}
    for proposal in contest.disqualifications.select_related("by", "decided_by"):
        proposals.setdefault(proposal.entry_id, []).append(proposal)
    is_hidden = contest.names_hidden
    return [
        EntryRow(
            code=entry.code, name="" if is_hidden else entry.name, unit="" if is_hidden else entry.unit,
            start_order=entry.start_order, status=entry.status,
            status_label=str(Entry.Status(entry.status).label) if entry.status else "",
            reason=entry.status_reason, penalties=penalties.get(entry.pk, []),
            proposal=next((row for row in proposals.get(entry.pk, []) if row.state == State.PROPOSED), None),
            refused=[row for row in proposals.get(entry.pk, []) if row.state == State.REFUSED],
        )
        for entry in contest.entries.order_by("start_order", "position")
    ]  # fmt: skip
