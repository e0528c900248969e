"""How firm a result is: without one judge, with another trimming, and by how little each medal was won."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from contests.pure import results
from contests.pure.bundle.contents import Bundle
from contests.pure.ranking import Standing
from contests.pure.scheme import Aspect

MEDALS = 3


@dataclass(frozen=True, slots=True)
class Variant:
    """The podium under another assumption. `kind` is without-judge · trim-more · trim-none · median; `judge` names whom the
    first leaves out. `podium` is (entry, rank) of those ranked 1–3; `moved` those of the true podium whose rank differs."""

    kind: str
    judge: str
    podium: tuple[tuple[str, int], ...]
    moved: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether the podium stays exactly as it is."""
        return not self.moved


@dataclass(frozen=True, slots=True)
class Margin:
    """By how much rank `rank` lies before the next: `points`, in the contest's decimals; None when nobody follows."""

    rank: int
    entry: str
    next_entry: str | None
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Everything beside a result: `deciding` are judges without whom the podium would differ."""

    variants: tuple[Variant, ...]
    margins: tuple[Margin, ...]

    @property
    def deciding(self) -> tuple[str, ...]:
        """Judges without whom the podium would differ; empty: no single judge decides the podium."""
        return tuple(row.judge for row in self.variants if row.kind == "without-judge" and not row.is_same)


def look(material: Bundle) -> Sensitivity:
    """Score the contest again without each judge of judgements and under three other ways of combining.

    Leaving out a judge leaves worldskills aspects alone (they need three) and a trimming that asks for more marks than
    remain becomes the plain mean, as the rules say.
    """
    true = results.standings(material)
    judging = {
        aspect.code for aspect in material.scheme.aspects if aspect.kind == "judgement" and not aspect.is_worldskills
    }
    judges = sorted({mark.judge for mark in material.marks if mark.aspect in judging})
    variants = [_variant("without-judge", judge, _without(material, judge, judging), true) for judge in judges]
    changes = {"trim-more": _trim_more, "trim-none": _trim_none, "median": _median}
    for kind, change in changes.items():
        aspects = tuple(change(aspect) if aspect.code in judging else aspect for aspect in material.scheme.aspects)
        if aspects != material.scheme.aspects:
            changed = replace(material, scheme=replace(material.scheme, aspects=aspects))
            variants.append(_variant(kind, "", changed, true))
    return Sensitivity(tuple(variants), margins(true))


def margins(standings: Sequence[Standing]) -> tuple[Margin, ...]:
    """Return how far each of the first three ranks lies before whoever comes next."""
    ranked = [row for row in standings if row.rank is not None]
    found = []
    for place, row in enumerate(ranked[:MEDALS]):
        after = ranked[place + 1] if place + 1 < len(ranked) else None
        points = None if after is None else row.total - after.total
        found.append(Margin(row.rank or 0, row.entry.entry, after.entry.entry if after else None, points))
    return tuple(found)


def _without(material: Bundle, judge: str, judging: set[str]) -> Bundle:
    left = tuple(mark for mark in material.marks if mark.judge != judge or mark.aspect not in judging)
    return replace(material, marks=left)


def _variant(kind: str, judge: str, material: Bundle, true: Sequence[Standing]) -> Variant:
    podium = _podium(results.standings(material))
    was = dict(_podium(true))
    moved = sorted(entry for entry in was.keys() | dict(podium).keys() if was.get(entry) != dict(podium).get(entry))
    return Variant(kind, judge, podium, tuple(moved))


def _podium(standings: Sequence[Standing]) -> tuple[tuple[str, int], ...]:
    return tuple((row.entry.entry, row.rank) for row in standings if row.rank is not None and row.rank <= MEDALS)


def _trim_more(aspect: Aspect) -> Aspect:
    trim = aspect.trim + 1 if aspect.combine == "trimmed-mean" else 1
    if aspect.combine not in {"mean", "trimmed-mean"}:
        return aspect
    return replace(aspect, combine="trimmed-mean", trim=trim, trim_from=max(aspect.trim_from, 2 * trim + 1))


def _trim_none(aspect: Aspect) -> Aspect:
    return replace(aspect, combine="mean", trim=0, trim_from=0) if aspect.combine == "trimmed-mean" else aspect


def _median(aspect: Aspect) -> Aspect:
    if aspect.combine not in {"mean", "trimmed-mean"}:
        return aspect
    return replace(aspect, combine="median", trim=0, trim_from=0)
