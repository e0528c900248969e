"""Score sheets as their judges see them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from contests.models import Entry, Mark, Operation, Recusal, Sheet, Unveiling
from contests.pure import decimals
from contests.pure.scheme import Aspect
from contests.queries.round_signing import OnPad, on_pad
from contests.queries.sentences import sentence
from contests.rules import HELD
from engine.live.models import Board
from people.models import Employee
from people.queries import roles_of


def visible_to(person: Employee) -> QuerySet[Sheet]:
    """Return the sheets this person may see: exactly those `contests.view_sheet` allows."""
    if not person.is_active:
        return Sheet.objects.none()
    seen = Q(member__employee=person) | Q(contest__chief_judge=person)
    if "auditor" in roles_of(person, timezone.localdate()):
        seen |= ~Q(contest__code__in=Board.objects.filter(state__in=HELD).values("code"))
    return Sheet.objects.filter(seen)


def _measures(sheet: Sheet) -> bool:
    """Whether a sheet holds measured aspects, which may come from a table."""
    aspects = sheet.contest.marking_scheme.aspects if sheet.contest.has_scheme else ()
    return any(aspect.kind == "measurement" and aspect.code in sheet.aspects for aspect in aspects)


@dataclass(frozen=True)
class SheetRow:
    """One of a judge's sheets: `marked` of `total` cells have a mark."""

    sheet_id: int
    contest_code: str
    title: str
    place: str
    state: str
    state_label: str
    version: int
    marked: int
    total: int
    signed_at: datetime | None
    measures: bool = False

    @property
    def receipt_key(self) -> str:
        """The key of the signed sheet in the log; '' while the sheet is open."""
        return (
            f"{self.sheet_id}:{self.signed_at.isoformat()}" if self.signed_at and self.state != Sheet.State.OPEN else ""
        )


def mine(person: Employee) -> list[SheetRow]:
    """Return the sheets a judge marks, open ones first. One statement."""
    rows = (
        Sheet.objects.filter(member__employee=person)
        .exclude(aspects=[])
        .select_related("contest")
        .annotate(
            marked=Count("marks", filter=Q(marks__value__isnull=False, marks__entry__status=""), distinct=True),
            entry_count=Count("contest__entries", filter=Q(contest__entries__status=""), distinct=True),
        )
        .order_by("-pk")
    )
    found = [
        SheetRow(
            sheet_id=row.pk,
            contest_code=row.contest.code,
            title=row.contest.title,
            place=row.contest.place,
            state=row.state,
            state_label=row.get_state_display(),
            version=row.version,
            marked=row.marked,
            total=row.entry_count * len(row.aspects),
            signed_at=row.signed_at,
            measures=row.state == Sheet.State.OPEN and _measures(row),
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: row.state != Sheet.State.OPEN)


@dataclass(frozen=True)
class PadEntry:
    """A contestant on the pad; name and unit are '' while the contest is blind. `is_recused`: this judge gives no mark."""

    code: str
    name: str
    unit: str
    start_order: int
    status: str
    is_recused: bool = False


@dataclass(frozen=True)
class PadAspect:
    """What is marked, with the grid of its marks; decimals as text. `levels`: what 0, 1, 2 and 3 look like, '' where nobody
    wrote it; `is_committed`: marks are shown to all judges once three are given (worldskills)."""

    code: str
    title: str
    group: str
    kind: str
    minimum: str
    maximum: str
    step: str
    is_committed: bool = False
    levels: tuple[str, ...] = ()
    pictures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PadMark:
    """A cell the server holds; value None after it was cleared."""

    entry: str
    aspect: str
    value: str | None
    version: int


@dataclass(frozen=True)
class Shown:
    """The marks of one worldskills aspect of one entry, as they were shown to its judges: judge's code → mark."""

    entry: str
    aspect: str
    turn: int
    marks: dict[str, int]
    spread: int
    is_again: bool
    reason: str


@dataclass(frozen=True)
class Pad:
    """Everything a tablet needs of one sheet. `given_before`: cells the judge this one replaced has marked; `digest`: of the
    marks as the server holds them, what the judge signs; `reopened`: why the chief judge opened it again, '' otherwise;
    `round`: where signatures stand, None while this sheet is open."""

    sheet_id: int
    contest_code: str
    title: str
    judge: str
    judge_code: str
    role: str
    is_leader: bool
    state: str
    version: int
    digest: str
    entries: list[PadEntry]
    aspects: list[PadAspect]
    marks: list[PadMark]
    shown: list[Shown]
    given_before: list[tuple[str, str]]
    groups: dict[str, str]
    reopened: str = ""
    signed_at: str = ""
    round: OnPad | None = None


def marked_before(sheet: Sheet) -> set[tuple[int, str]]:
    """Return the cells (entry's pk, aspect) the judges this one replaced have marked. A statement for each of them."""
    found: set[tuple[int, str]] = set()
    earlier = getattr(sheet.member, "replaces", None)
    while earlier is not None:
        given = Mark.objects.filter(sheet__member=earlier, value__isnull=False, aspect__in=sheet.aspects)
        found |= set(given.values_list("entry_id", "aspect"))
        earlier = getattr(earlier, "replaces", None)
    return found


def pad(sheet: Sheet) -> Pad:
    """Return a sheet for the tablet, entries in start order. Three statements, one more for worldskills aspects, up to four more
    once it is signed (sheet with contest and member__replaces given)."""
    contest, member = sheet.contest, sheet.member
    is_hidden = contest.names_hidden
    recusals = Recusal.objects.filter(entry=OuterRef("pk"), member=member)
    planned = Recusal.objects.filter(member=member, is_planned=True).values("entry")
    entries = list(
        Entry.objects.filter(contest=contest)
        .exclude(pk__in=planned)
        .annotate(is_recused=Exists(recusals))
        .order_by("start_order", "position")
    )
    codes = {entry.pk: entry.code for entry in entries}
    scheme = contest.marking_scheme
    aspects = [aspect for aspect in scheme.aspects if aspect.code in sheet.aspects]
    # Before the marks: who asks for them anew clears them in the same commit, so marks are never older than what is shown.
    seen = shown(sheet) if any(aspect.is_worldskills for aspect in aspects) else []
    held = list(
        Mark.objects.filter(sheet=sheet).order_by("id").values_list("entry__code", "aspect", "value", "version")
    )
    return Pad(
        sheet_id=sheet.pk,
        contest_code=contest.code,
        title=contest.title,
        judge=member.name,
        judge_code=member.code,
        role=member.role,
        is_leader=member.is_leader,
        state=sheet.state,
        version=sheet.version,
        digest=digest_of(contest.code, member.code, [(entry, aspect, value) for entry, aspect, value, _v in held]),
        entries=[
            PadEntry(
                code=entry.code,
                name="" if is_hidden else entry.name,
                unit="" if is_hidden else entry.unit,
                start_order=entry.start_order,
                status=entry.status,
                is_recused=entry.is_recused,
            )
            for entry in entries
        ],
        aspects=[_aspect(aspect, contest.guides.get(aspect.code, {})) for aspect in aspects],
        marks=[
            PadMark(entry, aspect, None if value is None else decimals.text(value), version)
            for entry, aspect, value, version in held
        ],
        shown=seen,
        given_before=sorted((codes[entry], aspect) for entry, aspect in marked_before(sheet)),
        groups={group.code: group.title for group in scheme.groups},
        reopened=sheet.reopened_reason,
        signed_at=sheet.signed_at.isoformat() if sheet.signed_at else "",
        round=signatures(sheet),
    )


def signatures(sheet: Sheet) -> OnPad | None:
    """Return where signatures stand for the judge of a signed or closed sheet. No statement while it is open."""
    return None if sheet.state == Sheet.State.OPEN else on_pad(sheet.contest, sheet.member.employee_id)


def shown(sheet: Sheet) -> list[Shown]:
    """Return what was shown of the sheet's worldskills aspects, in order. One statement."""
    rows = Unveiling.objects.filter(contest=sheet.contest_id, aspect__in=sheet.aspects).order_by("id")
    return [
        Shown(code, row.aspect, row.turn, row.marks, row.spread, row.again_at is not None, row.again_reason)
        for row, code in ((row, row.entry.code) for row in rows.select_related("entry"))
    ]


def digest_of(contest: str, judge: str, held: Iterable[tuple[str, str, Decimal | None]]) -> str:
    """Return the SHA-256 (hex) of a sheet's marks in canonical form; `held` is (entry code, aspect, value).

    Canonical: UTF-8 JSON without spaces of `[contest code, member code, [[entry, aspect, value], …]]`, marks sorted by
    entry then aspect code, values as `contests.pure.decimals.text`; cleared marks are left out.
    """
    rows = sorted([entry, aspect, decimals.text(value)] for entry, aspect, value in held if value is not None)
    told = json.dumps([contest, judge, rows], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def _aspect(aspect: Aspect, guide: Mapping[str, Any]) -> PadAspect:
    return PadAspect(
        code=aspect.code,
        title=aspect.title,
        group=aspect.group,
        kind=aspect.kind,
        minimum=decimals.text(aspect.mark_minimum),
        maximum=decimals.text(aspect.mark_maximum),
        step=decimals.text(aspect.mark_step),
        is_committed=aspect.is_worldskills,
        levels=tuple(guide.get("levels", ())),
        pictures=dict(guide.get("pictures", {})),
    )


@dataclass(frozen=True)
class Attempt:
    """One operation that touched a cell: who asked for what, and how it was answered."""

    received_at: datetime
    by: str
    device: str
    value: str
    answer: str
    answer_label: str
    reason: str
    version: int


def history(sheet: Sheet, *, entry: str = "", aspect: str = "") -> list[Attempt]:
    """Return what was ever asked of a sheet (of one entry, of one aspect), newest first, refused attempts too. One statement."""
    rows = Operation.objects.filter(sheet=sheet).select_related("by").order_by("-received_at", "-server_version")
    if entry:
        rows = rows.filter(entry=entry)
    if aspect:
        rows = rows.filter(aspect=aspect)
    return [
        Attempt(
            received_at=row.received_at,
            by=row.by.name,
            device=row.device,
            value=row.value,
            answer=row.answer,
            answer_label=row.get_answer_display(),
            reason=row.note or sentence(row.refusal, row.refusal_params),
            version=row.server_version,
        )
        for row in rows
    ]
