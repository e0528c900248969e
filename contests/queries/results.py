"""Results as the chief judge, contestants and everybody see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from contests.models import Contest, Entry, ResultRow
from contests.pure import decimals
from contests.pure.ranking import Standing
from contests.pure.scheme import Aspect, Group
from contests.queries import teams
from contests.queries.material import standings_of
from contests.queries.owners import own_entry
from people.models import Employee


@dataclass(frozen=True)
class MarkCell:
    """One judge's mark and what became of it: counted · trimmed · missing · settling · idle."""

    judge: str
    value: str
    use: str


@dataclass(frozen=True)
class AspectCell:
    """One aspect of one entry: marks, combined, factor, score; `state` scored · open · contested."""

    code: str
    title: str
    group: str
    state: str
    marks: list[MarkCell]
    combined: str
    factor: str
    score: str


@dataclass(frozen=True)
class ResultLine:
    """One line of a result. `name` is the code while names are hidden; decimals as text; `groups` code → total."""

    rank: int | None
    entry: str
    name: str
    unit: str
    status: str
    status_label: str
    total: str
    standardised: int | None
    penalty: str
    groups: Mapping[str, str]
    award_points: int
    aspects: list[AspectCell]
    members: str = ""

    @property
    def full_name(self) -> str:
        """The name; of a team with its members."""
        return f"{self.name}（{self.members}）" if self.members else self.name


def live(contest: Contest, *, is_hidden: bool) -> list[ResultLine]:
    """Return the standings as they are now, every mark shown, for the chief judge and the auditor. Five statements, two more
    for teams whose names are open."""
    if not contest.has_scheme:
        return []
    aspects = contest.marking_scheme.aspects
    lines = [_line(standing, aspects, is_hidden=is_hidden) for standing in standings_of(contest)]
    return lines if is_hidden else _with_members(contest, lines)


def _with_members(contest: Contest, lines: list[ResultLine]) -> list[ResultLine]:
    """Name the people of each team, the captain first."""
    if contest.team_size < 2:
        return lines
    keys = dict(Entry.objects.filter(contest=contest).values_list("code", "pk"))
    people = teams.members(keys.values())
    return [
        replace(line, members="、".join(person.name for person in people.get(keys[line.entry], []))) for line in lines
    ]


def published(contest: Contest) -> list[ResultLine]:
    """Return the stored result of a contest in notice or final, without single marks. One statement, two more for teams."""
    rows = ResultRow.objects.filter(contest=contest).select_related("entry").order_by("position")
    lines = [
        ResultLine(
            rank=row.rank,
            entry=row.entry.code,
            name=row.entry.name,
            unit=row.entry.unit,
            status=row.entry.status,
            status_label=row.entry.get_status_display() if row.entry.status else "",
            total=format(row.total, "f"),
            standardised=row.standardised,
            penalty=decimals.text(row.penalty),
            groups=row.cells,
            award_points=row.award_points,
            aspects=[],
        )
        for row in rows
    ]
    return _with_members(contest, lines)


def groups_of(contest: Contest) -> tuple[Group, ...]:
    """Return the columns of a result."""
    return contest.marking_scheme.groups if contest.has_scheme else ()


def mine(person: Employee, contest: Contest) -> ResultLine | None:
    """Return the person's own result with its arithmetic, once public; judges stay nameless. Six statements."""
    entry = own_entry(person, contest)
    if entry is None or contest.state not in {Contest.State.NOTICE, Contest.State.FINAL}:
        return None
    return next((line for line in live(contest, is_hidden=False) if line.entry == entry.code), None)


def _line(standing: Standing, aspects: tuple[Aspect, ...], *, is_hidden: bool) -> ResultLine:
    entry, score = standing.entry, standing.score
    status = Entry.Status(entry.status)
    return ResultLine(
        rank=standing.rank,
        entry=entry.entry,
        name=entry.entry if is_hidden else entry.name,
        unit="" if is_hidden else entry.unit,
        status=entry.status,
        status_label=str(status.label) if entry.status else "",
        total=format(standing.total, "f"),
        standardised=standing.standardised,
        penalty=decimals.text(score.penalty_points),
        groups={code: format(group.total, "f") for code, group in score.groups.items()},
        award_points=0,
        aspects=[_aspect(aspect, standing) for aspect in aspects],
    )


def _aspect(aspect: Aspect, standing: Standing) -> AspectCell:
    score = standing.score.aspects[aspect.code]
    return AspectCell(
        code=aspect.code,
        title=aspect.title,
        group=aspect.group,
        state=score.state,
        marks=[MarkCell(mark.judge, decimals.text(mark.value), mark.use) for mark in score.marks],
        combined="" if score.combined is None else decimals.exact_text(score.combined),
        factor=decimals.text(score.factor),
        score="" if score.score is None else decimals.exact_text(score.score),
    )
