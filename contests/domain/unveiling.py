"""Worldskills marks: committed unseen, shown at once, given again when they lie too far apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from contests.domain.setup import demand_state
from contests.models import Contest, Entry, Mark, PanelMember, Sheet, Unveiling
from contests.pure.scheme import ROLES, WORLDSKILLS_JUDGES
from engine.events.domain import record
from engine.live import domain as live
from people.models import Employee

Cell = tuple[int, str]  # entry's pk, aspect


class NotContested(ValidationError):
    """The marks agree, or are not all given, or are being given again already."""


class NoReason(ValidationError):
    """Nobody would understand it later."""


def shown_cells(entries: Collection[int]) -> frozenset[Cell]:
    """Lock these entries' marks against the other judges, then return the cells whose marks have been shown.

    The lock is what makes the third mark see the other two: three judges who commit at the same moment come one after
    the other here. Two statements.
    """
    list(
        Entry.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=entries)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    rows = Unveiling.objects.filter(entry__in=entries, again_at=None).values_list("entry_id", "aspect")
    return frozenset(rows)


def unveil(*, contest: Contest, cells: Sequence[Cell], at: datetime) -> list[Unveiling]:
    """Show the marks of each of these cells (their entries locked by `shown_cells`) that has all three now.

    Three statements at most. Trainees' and the chief judge's marks are not among the three.
    """
    marks: dict[Cell, dict[str, int]] = defaultdict(dict)
    held = Mark.objects.filter(
        sheet__contest=contest, entry__in={entry for entry, _aspect in cells}, aspect__in={code for _pk, code in cells},
        value__isnull=False, sheet__member__role__in=set(ROLES) - {PanelMember.Role.CHIEF},
    )  # fmt: skip
    for entry, aspect, judge, value in held.values_list("entry_id", "aspect", "sheet__member__code", "value"):
        marks[entry, aspect][judge] = int(value or 0)
    complete = [cell for cell in dict.fromkeys(cells) if len(marks[cell]) == WORLDSKILLS_JUDGES]
    if not complete:
        return []
    turns: dict[Cell, int] = {}
    before = Unveiling.objects.filter(entry__in={entry for entry, _aspect in complete}).order_by("turn")
    for entry, aspect, turn in before.values_list("entry_id", "aspect", "turn"):
        turns[entry, aspect] = turn
    return Unveiling.objects.bulk_create(
        Unveiling(
            contest=contest,
            entry_id=cell[0],
            aspect=cell[1],
            turn=turns.get(cell, 0) + 1,
            marks=dict(sorted(marks[cell].items())),
            spread=max(marks[cell].values()) - min(marks[cell].values()),
            at=at,
        )
        for cell in complete
    )


@transaction.atomic(savepoint=False)
def ask_again(*, contest: Contest, entry: str, aspect: str, reason: str, by: Employee, at: datetime) -> Unveiling:
    """Have the three judges give a contested mark again, with the reason; their first marks stay on record.

    Raises:
        NoReason, NotContested, setup.WrongState.
    """
    if not reason.strip():
        raise NoReason(_("Write the reason: it stays with the decision."), code="reason")
    sheets = list(
        Sheet.objects.select_for_update(no_key=True, of=("self",))
        .select_related("member")
        .filter(contest=contest)
        .order_by("pk")
    )
    contest = Contest.objects.get(pk=contest.pk)
    demand_state(contest, Contest.State.JUDGING)
    row = Entry.objects.select_for_update(no_key=True, of=("self",)).filter(contest=contest, code=entry).first()
    last = Unveiling.objects.filter(entry=row, aspect=aspect).order_by("-turn").first() if row else None
    if row is None or last is None or not last.is_contested or last.again_at is not None:
        raise NotContested(_("These marks are not contested, or are being given again already."), code="not-contested")
    marking = [sheet for sheet in sheets if sheet.member.code in last.marks]
    if closed := [sheet.member.name for sheet in marking if sheet.state != Sheet.State.OPEN]:
        raise NotContested(
            _("Open the sheets of %(names)s first: they are signed."),
            code="signed",
            params={"names": "、".join(closed)},
        )
    last.again_at, last.again_by, last.again_reason = at, by, reason.strip()[:300]
    last.save(update_fields=["again_at", "again_by", "again_reason"])
    ids = [sheet.pk for sheet in marking]
    Mark.objects.filter(sheet__in=ids, entry=row, aspect=aspect).update(value=None, version=F("version") + 1)
    Sheet.objects.filter(pk__in=ids).update(version=F("version") + 1)
    record(
        contest.subject, "mark.asked-again", by=by, at=at,
        entry=entry, aspect=aspect, turn=last.turn, marks=last.marks, reason=last.again_reason,
    )  # fmt: skip
    live.stir(contest.code)
    return last


def contested(contest: Contest) -> list[Unveiling]:
    """Return the cells that wait for the group leader: contested, not asked again, not settled by the chief judge.

    Two statements.
    """
    settled = set(
        Mark.objects.filter(
            sheet__contest=contest, sheet__member__role=PanelMember.Role.CHIEF, value__isnull=False
        ).values_list("entry_id", "aspect")
    )
    rows = Unveiling.objects.filter(contest=contest, spread__gt=1, again_at=None, entry__status="").select_related(
        "entry"
    )
    return [row for row in rows if (row.entry_id, row.aspect) not in settled]
