"""From marks to totals, exactly.

Every step is exact arithmetic on fractions; a rounding happens only where the rule set names one (an aspect's
`round`) and at the two places the bundle contract fixes (group totals and the total). The result keeps what
happened to every mark, so that a page can show the sum and not only its end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from contests.pure import decimals
from contests.pure.scheme import (
    WORLDSKILLS_JUDGES,
    WORLDSKILLS_MAXIMUM_MARK,
    Aspect,
    Contest,
    Entry,
    Factor,
    Group,
    Judge,
    Mark,
    Penalty,
    Scheme,
)

Use = Literal["counted", "trimmed", "missing", "settling", "idle"]
State = Literal["scored", "open", "contested"]


@dataclass(frozen=True, slots=True)
class GivenMark:
    """One judge's value and what became of it.

    counted · trimmed · missing (a zero where zero is missing) · settling (the chief judge's, deciding a contested
    aspect) · idle (given, but the aspect has no score, or the chief judge's settled it).
    """

    judge: str
    value: Decimal
    use: Use


@dataclass(frozen=True, slots=True)
class AspectScore:
    """One aspect of one entry. `combined` is after its rounding, `score` after factor and its rounding.

    state: scored · open (not, or not yet, marked by enough judges) · contested (worldskills marks more than 1
    apart, or a measurement with two different values); open and contested have no score and count 0.
    """

    aspect: str
    state: State
    marks: tuple[GivenMark, ...]
    factor: Decimal
    combined: Fraction | None = None
    score: Fraction | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the chief judge's mark decided it."""
        return any(mark.use == "settling" for mark in self.marks)


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """total = round(weight × points), `points` being the exact sum of the group's aspect scores."""

    group: str
    weight: Decimal
    points: Fraction
    total: Decimal
    missing_scores: int


@dataclass(frozen=True, slots=True)
class EntryScore:
    """The whole arithmetic of one entry; aspects and groups in file order, by code."""

    entry: str
    aspects: Mapping[str, AspectScore]
    groups: Mapping[str, GroupTotal]
    penalties: tuple[Penalty, ...]
    penalty_points: Decimal
    total: Decimal
    is_marked: bool

    @property
    def missing_scores(self) -> int:
        """How many aspects are open or contested."""
        return sum(group.missing_scores for group in self.groups.values())


def score(
    scheme: Scheme,
    entries: Iterable[Entry],
    marks: Iterable[Mark],
    *,
    judges: Iterable[Judge] = (),
    penalties: Iterable[Penalty] = (),
    factors: Iterable[Factor] = (),
) -> dict[str, EntryScore]:
    """Score every entry: entry code → its arithmetic, in the order of `entries`.

    The order of marks never matters. `judges` gives the order in which marks are shown and tells who is chief
    judge (who may settle a contested worldskills aspect by a fourth mark). Marks, penalties and factors of
    unknown entries or aspects are ignored: whoever stores them checks that first. Source: the contest bundle.
    """
    given = _Given(
        marks=defaultdict(lambda: defaultdict(list)),
        penalties=defaultdict(list),
        factors={(factor.entry, factor.aspect): factor.factor for factor in factors},
    )
    for mark in marks:
        given.marks[mark.entry][mark.aspect].append(mark)
    for penalty in penalties:
        given.penalties[penalty.entry].append(penalty)
    for place, judge in enumerate(judges):
        given.judge_places[judge.judge] = place
        if judge.role == "chief":
            given.chiefs.add(judge.judge)
    return {entry.entry: _score_entry(scheme, entry.entry, given) for entry in entries}


@dataclass(slots=True)
class _Given:
    """What came in, sorted by whom and what it concerns."""

    marks: dict[str, dict[str, list[Mark]]]
    penalties: dict[str, list[Penalty]]
    factors: dict[tuple[str, str], Decimal]
    judge_places: dict[str, int] = field(default_factory=dict)
    chiefs: set[str] = field(default_factory=set)


def _score_entry(scheme: Scheme, entry: str, given: _Given) -> EntryScore:
    contest = scheme.contest
    marks_of = given.marks.get(entry, {})
    aspects = {
        aspect.code: score_aspect(
            contest,
            aspect,
            _in_order(marks_of.get(aspect.code, ()), given.judge_places),
            factor=given.factors.get((entry, aspect.code), aspect.factor),
            chiefs=given.chiefs,
        )
        for aspect in scheme.aspects
    }
    groups = {group.code: _total_of_group(scheme, group, aspects) for group in scheme.groups}
    penalties = tuple(given.penalties.get(entry, ()))
    penalty_points = decimals.total([penalty.points for penalty in penalties])
    points = decimals.total([group.total for group in groups.values()])
    total = max(Fraction(decimals.EXACT.subtract(points, penalty_points)), Fraction(0))
    return EntryScore(
        entry=entry,
        aspects=aspects,
        groups=groups,
        penalties=penalties,
        penalty_points=penalty_points,
        total=decimals.rounded(total, contest.places, contest.rounding),
        is_marked=any(mark.use != "missing" for aspect in aspects.values() for mark in aspect.marks),
    )


def _in_order(marks: Iterable[Mark], places: Mapping[str, int]) -> list[Mark]:
    return sorted(marks, key=lambda mark: (places.get(mark.judge, len(places)), mark.judge))


def _total_of_group(scheme: Scheme, group: Group, aspects: Mapping[str, AspectScore]) -> GroupTotal:
    scores = [aspects[aspect.code].score for aspect in scheme.aspects if aspect.group == group.code]
    points = sum((score for score in scores if score is not None), Fraction(0))
    total = decimals.rounded(Fraction(group.weight) * points, scheme.contest.places, scheme.contest.rounding)
    return GroupTotal(group.code, group.weight, points, total, sum(score is None for score in scores))


def score_aspect(
    contest: Contest, aspect: Aspect, marks: list[Mark], *, factor: Decimal, chiefs: Container[str] = ()
) -> AspectScore:
    """Score one aspect of one entry from its marks, given in the order they are to be shown in."""
    given = [mark for mark in marks if mark.value or not aspect.zero_is_missing]
    uses: dict[str, Use] = {mark.judge: "missing" for mark in marks}
    if aspect.is_worldskills:
        state, combined = _worldskills(aspect, given, chiefs, uses)
    elif aspect.kind == "measurement" and len({mark.value for mark in given}) > 1:
        state, combined = "contested", None
        uses.update((mark.judge, "idle") for mark in given)
    elif given:
        state, combined = "scored", _combine(aspect, given, uses)
    else:
        state, combined = "open", None
    score = None
    if combined is not None:
        combined = _maybe_rounded(contest, aspect, "combined", combined)
        score = _maybe_rounded(contest, aspect, "factor", Fraction(factor) * combined)
    return AspectScore(
        aspect=aspect.code,
        state=state,
        marks=tuple(GivenMark(mark.judge, mark.value, uses[mark.judge]) for mark in marks),
        factor=factor,
        combined=combined,
        score=score,
    )


def _maybe_rounded(contest: Contest, aspect: Aspect, place: str, value: Fraction) -> Fraction:
    if place not in aspect.round:
        return value
    return Fraction(decimals.rounded(value, contest.places, contest.rounding))


def _combine(aspect: Aspect, given: list[Mark], uses: dict[str, Use]) -> Fraction:
    uses.update((mark.judge, "counted") for mark in given)
    if aspect.kind == "measurement":  # one agreed value; the same value twice is still that value
        return Fraction(given[0].value)
    if aspect.combine == "sum":
        return Fraction(decimals.total([mark.value for mark in given]))
    if aspect.combine == "mean":
        return _mean(given)
    ranked = sorted(given, key=lambda mark: (mark.value, mark.judge))
    if aspect.combine == "median":
        return _mean(ranked[(len(ranked) - 1) // 2 : len(ranked) // 2 + 1])
    if aspect.combine != "trimmed-mean":
        raise ValueError(f"unknown combine {aspect.combine!r}")
    if aspect.trim and len(ranked) >= aspect.trim_from and len(ranked) > 2 * aspect.trim:
        dropped = ranked[: aspect.trim] + ranked[-aspect.trim :]
        uses.update((mark.judge, "trimmed") for mark in dropped)
        ranked = ranked[aspect.trim : -aspect.trim]
    return _mean(ranked)


def _mean(marks: list[Mark]) -> Fraction:
    return Fraction(decimals.total([mark.value for mark in marks])) / len(marks)


def _worldskills(
    aspect: Aspect, given: list[Mark], chiefs: Container[str], uses: dict[str, Use]
) -> tuple[State, Fraction | None]:
    """Three marks no more than 1 apart; more than 1 apart a chief judge's fourth mark settles."""
    uses.update((mark.judge, "idle") for mark in given)
    settling = None
    if len(given) == WORLDSKILLS_JUDGES + 1:
        settling = next((mark for mark in given if mark.judge in chiefs), None)
    three = [mark for mark in given if mark is not settling]
    if len(three) != WORLDSKILLS_JUDGES:
        return "open", None
    values = [mark.value for mark in three]
    if max(values) - min(values) <= 1:
        uses.update((mark.judge, "counted") for mark in three)
        mean = _mean(three)
    elif settling is not None:
        uses[settling.judge] = "settling"
        mean = Fraction(settling.value)
    else:
        return "contested", None
    return "scored", mean / Fraction(WORLDSKILLS_MAXIMUM_MARK) * Fraction(aspect.maximum)
