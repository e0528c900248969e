"""How firmly a result stands: without each judge, trimmed another way, and by how little each medal was won.

A variant scores everything again by the contest's own rules, with one thing changed, and tells which of the ranks 1 to 3
would be another's. Nothing here changes a result: it is what the chief judge reads before answering for it.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from contests.pure import decimals, ranking, results, scoring
from contests.pure.bundle.contents import Bundle
from contests.pure.ranking import Standing
from contests.pure.results import Material
from contests.pure.scheme import WORLDSKILLS_JUDGES, Aspect, Entry, Factor, Mark, Scheme
from contests.pure.scoring import EntryScore

Kind = Literal["without-judge", "no-trim", "more-trim", "median"]
MEDALS = 3
TRIMMABLE = ("mean", "trimmed-mean", "median")


@dataclass(frozen=True, slots=True)
class Place:
    """One entry that holds, or would hold, one of the ranks 1 to 3; None is a rank it does not have (any more)."""

    entry: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement for a page: a code and what goes into it, as texts.

    Codes: no_ranking · one_judge · nobody_decides · judges_decide (judges) · without_same (judge) ·
    without_swap (judge, one, other) · without_change (judge, changes) · trim_same (kind) · trim_swap (kind, one, other) ·
    trim_change (kind, changes).
    """

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing done otherwise: `changes` are the medal places that would be another's, `moved` how many ranks in all."""

    kind: Kind
    judge: str
    changes: tuple[Place, ...]
    moved: int

    @property
    def sentence(self) -> Sentence:
        """What the variant says, for a page."""
        stem = "without" if self.kind == "without-judge" else "trim"
        about = {"judge": self.judge} if stem == "without" else {"kind": self.kind}
        if not self.changes:
            return Sentence(f"{stem}_same", about)
        if len(self.changes) == 2:
            one, other = self.changes
            if (one.before, one.after) == (other.after, other.before) and None not in {one.before, one.after}:
                return Sentence(f"{stem}_swap", about | {"one": str(one.before), "other": str(other.before)})
        moves = (f"{row.entry} {row.before or '—'}→{row.after or '—'}" for row in self.changes)
        return Sentence(f"{stem}_change", about | {"changes": ", ".join(moves)})


@dataclass(frozen=True, slots=True)
class Nudge:
    """The smallest change of one judge's one mark that puts the lower entry ahead: `steps` of the aspect's step."""

    entry: str
    aspect: str
    judge: str
    before: Decimal
    after: Decimal
    steps: int


@dataclass(frozen=True, slots=True)
class Margin:
    """Between one medal and the next place: points apart, and the smallest nudge, None when no one mark would do it."""

    rank: int
    entry: str
    next_rank: int
    next_entry: str
    points: Decimal
    nudge: Nudge | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything: `podium` is entry → rank 1 to 3, `verdict` the sentence on top."""

    podium: Mapping[str, int]
    judges: tuple[Variant, ...]
    trims: tuple[Variant, ...]
    margins: tuple[Margin, ...]
    verdict: Sentence


def examine(material: Material) -> Report:
    """Return how firmly the standings stand. 100 entries × 20 aspects × 9 judges take about a second."""
    standings = results.standings(material)
    judges = tuple(_without_each(material, standings))
    return Report(
        podium={entry: rank for entry, rank in _ranks(standings).items() if rank is not None and rank <= MEDALS},
        judges=judges,
        trims=tuple(_other_trims(material, standings)),
        margins=tuple(_margins(material, standings)),
        verdict=_verdict(standings, judges),
    )


def _verdict(standings: Iterable[Standing], judges: Sequence[Variant]) -> Sentence:
    if sum(row.rank is not None for row in standings) < 2:
        return Sentence("no_ranking")
    if not judges:
        return Sentence("one_judge")
    deciding = [row.judge for row in judges if row.changes]
    return Sentence("judges_decide", {"judges": ", ".join(deciding)}) if deciding else Sentence("nobody_decides")


# --- variants ------------------------------------------------------------------------------------------------------


def _without_each(material: Material, standings: Sequence[Standing]) -> Iterator[Variant]:
    """Leave out each judge who gave a judgement others gave too, in the order of the panel."""
    judged = {aspect.code: aspect for aspect in material.scheme.aspects if aspect.kind == "judgement"}
    cells: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for mark in material.marks:
        if mark.aspect in judged and (mark.value or not judged[mark.aspect].zero_is_missing):
            cells[mark.entry, mark.aspect].append(mark)
    chiefs = {judge.judge for judge in material.judges if judge.role == "chief"}
    shared = {mark.judge for marks in cells.values() if len(marks) > 1 for mark in marks}
    for judge in material.judges:
        if judge.judge in shared:
            marks = list(_without(judge.judge, material.marks, judged, cells, chiefs))
            yield _variant("without-judge", judge.judge, standings, _again(material, marks=marks))


def _without(
    judge: str,
    marks: Iterable[Mark],
    judged: Mapping[str, Aspect],
    cells: Mapping[tuple[str, str], Sequence[Mark]],
    chiefs: set[str],
) -> Iterator[Mark]:
    """Give the marks without a judge's judgements, except where nobody else marked.

    A worldskills aspect needs three marks: the one left out becomes the mean of the other two, which is what those two
    make of it; of a sum that judge's marks are gone for all. One the chief judge settled, and a settling mark itself, stay: that is a decision, not a judgement.
    """
    for mark in marks:
        cell = cells.get((mark.entry, mark.aspect), ())
        if mark.judge != judge or mark not in cell or len(cell) == 1:
            yield mark
        elif judged[mark.aspect].is_worldskills:
            others = [row.value for row in cell if row.judge != judge]
            if len(cell) > WORLDSKILLS_JUDGES and chiefs & {row.judge for row in cell}:
                yield mark
            elif len(others) == WORLDSKILLS_JUDGES - 1:
                yield replace(mark, value=decimals.total(others) / len(others))


def _other_trims(material: Material, standings: Sequence[Standing]) -> Iterator[Variant]:
    """Combine judgements by the plain mean, with one more dropped at each end, and by the median; what is the same is left out."""
    makers: tuple[tuple[Kind, Callable[[Aspect], Aspect]], ...] = (
        ("no-trim", lambda row: replace(row, combine="mean", trim=0, trim_from=0)),
        ("more-trim", _trimmed_more),
        ("median", lambda row: replace(row, combine="median", trim=0, trim_from=0)),
    )
    for kind, make in makers:
        aspects = tuple(
            make(row) if row.kind == "judgement" and row.combine in TRIMMABLE else row
            for row in material.scheme.aspects
        )
        if aspects != material.scheme.aspects:
            again = _again(material, scheme=replace(material.scheme, aspects=aspects))
            yield _variant(kind, "", standings, again)


def _trimmed_more(aspect: Aspect) -> Aspect:
    """Drop one more mark at each end, from as many marks on as leave one; a median has nothing more to drop."""
    if aspect.combine == "median":
        return aspect
    trim = aspect.trim + 1
    return replace(aspect, combine="trimmed-mean", trim=trim, trim_from=max(aspect.trim_from, 2 * trim + 1))


def _again(
    material: Material, *, scheme: Scheme | None = None, marks: Sequence[Mark] | None = None
) -> Sequence[Standing]:
    return results.standings(
        Bundle(
            scheme=scheme or material.scheme,
            entries=tuple(material.entries),
            judges=tuple(material.judges),
            marks=tuple(material.marks if marks is None else marks),
            penalties=tuple(material.penalties),
            factors=tuple(material.factors),
        )
    )


def _variant(kind: Kind, judge: str, before: Iterable[Standing], after: Iterable[Standing]) -> Variant:
    was, now = _ranks(before), _ranks(after)
    changes = [
        Place(entry, was[entry], now[entry])
        for entry in was
        if was[entry] != now[entry] and any(rank is not None and rank <= MEDALS for rank in (was[entry], now[entry]))
    ]
    return Variant(kind, judge, tuple(changes), sum(was[entry] != now[entry] for entry in was))


def _ranks(standings: Iterable[Standing]) -> dict[str, int | None]:
    return {row.entry.entry: row.rank for row in standings}


# --- margins -------------------------------------------------------------------------------------------------------


def _margins(material: Material, standings: Sequence[Standing]) -> Iterator[Margin]:
    """Look between each of the first three lines and the next one."""
    ranked = [row for row in standings if row.rank is not None]
    for upper, lower in itertools.islice(itertools.pairwise(ranked), MEDALS):
        yield Margin(
            rank=upper.rank or 0,
            entry=upper.entry.entry,
            next_rank=lower.rank or 0,
            next_entry=lower.entry.entry,
            points=decimals.EXACT.subtract(upper.total, lower.total),
            nudge=_smallest_nudge(material, upper, lower),
        )


def _smallest_nudge(material: Material, upper: Standing, lower: Standing) -> Nudge | None:
    """Find the fewest steps of one judgement of either entry that put the lower one ahead; the first found of the fewest."""
    pair = _Pair(material, upper, lower)
    best: Nudge | None = None
    for entry in (lower.entry.entry, upper.entry.entry):
        for aspect in material.scheme.aspects:
            if aspect.kind == "judgement":
                for mark in pair.given(entry, aspect):
                    for direction in (1, -1):
                        best = pair.nudge(aspect, mark, direction, best) or best
    return best


class _Pair:
    """Two neighbours of the standings, one of whom has one mark changed for a try."""

    def __init__(self, material: Material, upper: Standing, lower: Standing) -> None:
        self.scheme = material.scheme
        self.entries: tuple[Entry, Entry] = (upper.entry, lower.entry)
        self.lower = lower.entry.entry
        self.scores: dict[str, EntryScore] = {row.entry.entry: row.score for row in (upper, lower)}
        self.chiefs = {judge.judge for judge in material.judges if judge.role == "chief"}
        self.factors: tuple[Factor, ...] = tuple(material.factors)

    def given(self, entry: str, aspect: Aspect) -> list[Mark]:
        """The marks that made the aspect's score, or were trimmed from it."""
        score = self.scores[entry].aspects[aspect.code]
        if score.state != "scored":
            return []
        return [
            Mark(entry, aspect.code, mark.judge, mark.value)
            for mark in score.marks
            if mark.use in {"counted", "trimmed"}
        ]

    def nudge(self, aspect: Aspect, mark: Mark, direction: int, best: Nudge | None) -> Nudge | None:
        """Return the fewest steps in a direction that put the lower entry ahead, when they are fewer than the best's.

        By halving: more steps the same way put it further ahead, unless a criterion where lower wins pulls the other way;
        then what is found still puts it ahead, and one step less does not.
        """
        room = aspect.mark_maximum - mark.value if direction > 0 else mark.value - aspect.mark_minimum
        most = int(room / aspect.mark_step)
        while most and aspect.zero_is_missing and not self._moved(aspect, mark, direction * most):
            most -= 1
        if aspect.is_worldskills:  # only moves after which the three still agree
            ways = [steps for steps in range(1, most + 1) if self.is_ahead(aspect, mark, direction * steps)]
            few = ways[0] if ways else 0
        else:
            most = most if best is None else min(most, best.steps - 1)
            few = self._halved(aspect, mark, direction, most)
        if not few or (best is not None and few >= best.steps):
            return None
        return Nudge(mark.entry, mark.aspect, mark.judge, mark.value, self._moved(aspect, mark, direction * few), few)

    def _halved(self, aspect: Aspect, mark: Mark, direction: int, most: int) -> int:
        """Return the fewest of 1 … most steps, or 0."""
        if most < 1 or not self.is_ahead(aspect, mark, direction * most):
            return 0
        behind, ahead = 0, most
        while ahead - behind > 1:
            middle = (behind + ahead) // 2
            if self.is_ahead(aspect, mark, direction * middle):
                ahead = middle
            else:
                behind = middle
        return ahead

    @staticmethod
    def _moved(aspect: Aspect, mark: Mark, steps: int) -> Decimal:
        return decimals.EXACT.add(mark.value, decimals.EXACT.multiply(Decimal(steps), aspect.mark_step))

    def is_ahead(self, aspect: Aspect, mark: Mark, steps: int) -> bool:
        """Whether the lower entry stands alone in front once this mark has moved."""
        score = self._rescored(aspect, mark, self._moved(aspect, mark, steps))
        if score is None:
            return False
        rows = ranking.rank(self.scheme, self.entries, self.scores | {mark.entry: score})
        return rows[0].entry.entry == self.lower and rows[1].rank == 2

    def _rescored(self, aspect: Aspect, mark: Mark, value: Decimal) -> EntryScore | None:
        """Return the entry's arithmetic with one mark changed, or None when the aspect would have no score."""
        score = self.scores[mark.entry]
        old = score.aspects[aspect.code]
        marks = [
            Mark(mark.entry, aspect.code, row.judge, value if row.judge == mark.judge else row.value)
            for row in old.marks
        ]
        new = scoring.score_aspect(self.scheme.contest, aspect, marks, factor=old.factor, chiefs=self.chiefs)
        if new.score is None or old.score is None:
            return None
        contest, group = self.scheme.contest, score.groups[aspect.group]
        points = group.points - old.score + new.score
        total = decimals.rounded(Fraction(group.weight) * points, contest.places, contest.rounding)
        groups = {**score.groups, group.group: replace(group, points=points, total=total)}
        whole = decimals.total([row.total for row in groups.values()])
        left = max(Fraction(decimals.EXACT.subtract(whole, score.penalty_points)), Fraction(0))
        return replace(
            score,
            aspects={**score.aspects, aspect.code: new},
            groups=groups,
            total=decimals.rounded(left, contest.places, contest.rounding),
        )
