"""The chief judge's desk: judges × entries, which marks were passed over, which lie far from the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count

from contests.models import Contest, Mark, PanelMember, Recusal, Sheet, Tablet
from contests.pure import decimals, judge_statistics
from contests.queries.material import material_of

MOST_OUTLIERS = 6
DENSE_FROM = 20  # with so many entries a cell has room for one number


@dataclass(frozen=True)
class HeatRow:
    """One judge's line of the heat map: marks given per entry, in the entries' order, None where this judge gives none
    (recusal, or the plan gave the entry to others). Marks of the judge they replaced count as given."""

    sheet_id: int
    judge: str
    code: str
    state: str
    state_label: str
    aspects: int
    counts: list[int | None]
    seen_at: datetime | None = None
    unsent: int = 0
    has_left: bool = False
    is_leader: bool = False
    role: str = ""

    @property
    def marked(self) -> int:
        """Marks given altogether."""
        return sum(count or 0 for count in self.counts)

    @property
    def total(self) -> int:
        """Marks to be given altogether."""
        return self.aspects * sum(count is not None for count in self.counts)


@dataclass(frozen=True)
class Passed:
    """Entries a judge has begun or passed over without giving every mark: (code, marks given)."""

    row: HeatRow
    entries: list[tuple[str, int]]


@dataclass(frozen=True)
class HeatMap:
    """Judges × entries in start order: who has marked how much; entries by code, as all are blind here."""

    entries: list[str]
    rows: list[HeatRow]

    @property
    def is_dense(self) -> bool:
        """Whether cells are drawn close together, with what is to be given beside the judge."""
        return len(self.entries) >= DENSE_FROM

    def passed_over(self, *, is_closed: bool) -> list[Passed]:
        """Return what judges left blank: up to the last entry they have marked, and everything once judging is closed."""
        found = []
        for row in self.rows:
            if row.has_left or row.role == PanelMember.Role.TRAINEE:
                continue
            begun = [place for place, count in enumerate(row.counts) if count]
            end = len(row.counts) if is_closed else (begun[-1] + 1 if begun else 0)
            cells = zip(self.entries[:end], row.counts[:end], strict=True)
            if blank := [(code, count) for code, count in cells if count is not None and count < row.aspects]:
                found.append(Passed(row, blank))
        return found


def heat_map(contest: Contest) -> HeatMap:
    """Return how far judging is, and what each judge's tablets last said. Five statements."""
    entries = list(contest.entries.filter(status="").order_by("start_order", "position").values_list("code", flat=True))
    counts = _counts(contest)
    barred = set(Recusal.objects.filter(member__contest=contest).values_list("member", "entry__code"))
    sheets = list(contest.sheets.select_related("member").order_by("member__position"))
    before = {sheet.member.replaced_by_id: sheet for sheet in sheets if sheet.member.replaced_by_id}
    tablets: dict[int, tuple[datetime, int]] = {}
    said = Tablet.objects.filter(sheet__contest=contest).values_list("sheet", "seen_at", "unsent")
    for sheet_id, seen_at, unsent in said:
        last, waiting = tablets.get(sheet_id, (seen_at, 0))
        tablets[sheet_id] = (max(last, seen_at), waiting + unsent)

    def given(sheet: Sheet, entry: str) -> int:
        earlier = before.get(sheet.member_id)
        return counts[sheet.pk][entry] + (given(earlier, entry) if earlier else 0)

    return HeatMap(
        entries=entries,
        rows=[
            HeatRow(
                sheet_id=sheet.pk,
                judge=sheet.member.name,
                code=sheet.member.code,
                state=sheet.state,
                state_label=sheet.get_state_display(),
                aspects=len(sheet.aspects),
                counts=[None if (sheet.member_id, entry) in barred else given(sheet, entry) for entry in entries],
                seen_at=tablets[sheet.pk][0] if sheet.pk in tablets else None,
                unsent=tablets[sheet.pk][1] if sheet.pk in tablets else 0,
                has_left=sheet.member.left_at is not None,
                is_leader=sheet.member.is_leader,
                role=sheet.member.role,
            )
            for sheet in sheets
            if sheet.aspects
        ],
    )


def _counts(contest: Contest) -> dict[int, dict[str, int]]:
    """Return how many marks each sheet holds of each entry. One statement."""
    held = Mark.objects.filter(sheet__contest=contest, value__isnull=False).order_by()
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for sheet, entry, count in held.values_list("sheet", "entry__code").annotate(count=Count("pk")):
        counts[sheet][entry] = count
    return counts


@dataclass(frozen=True)
class Far:
    """A mark far from the others of its cell."""

    judge: str
    entry: str
    title: str
    value: str
    median: str


@dataclass(frozen=True)
class First:
    """What the chief judge looks at first."""

    passed: list[Passed] = field(default_factory=list)
    far: list[Far] = field(default_factory=list)
    far_count: int = 0


def first_of(contest: Contest, heat: HeatMap, *, is_closed: bool) -> First:
    """Return what was passed over and the marks furthest from the others. Five statements; none without rules."""
    if not contest.has_scheme:
        return First()
    material = material_of(contest)
    titles = {aspect.code: aspect.title for aspect in material.scheme.aspects}
    found: Sequence[judge_statistics.Outlier] = judge_statistics.figures(material).outliers
    far = [
        Far(row.judge, row.entry, titles[row.aspect], decimals.text(row.value), decimals.exact_text(row.median))
        for row in found[:MOST_OUTLIERS]
    ]
    return First(heat.passed_over(is_closed=is_closed), far, len(found))
