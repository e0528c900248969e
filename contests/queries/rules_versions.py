"""The rules of a contest as they were at each moment: worked examples, and what each amendment did to the standings."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import datetime

from contests.models import Contest, RulesVersion
from contests.pure import results, worked_examples
from contests.pure import scheme as schemes
from contests.pure.bundle import Bundle
from contests.queries.material import material_of


@dataclass(frozen=True)
class Shift:
    """What an amendment does to one entry: rank and total before and after (rank None: not ranked)."""

    entry: str
    rank_before: int | None
    rank_after: int | None
    total_before: str
    total_after: str

    @property
    def is_change(self) -> bool:
        """Whether anything differs."""
        return (self.rank_before, self.total_before) != (self.rank_after, self.total_after)


@dataclass(frozen=True)
class ExampleRow:
    """A worked example: its title (a code of `worked_examples.usual` or a person's text), (aspect's title, its marks), the total."""

    title: str
    marks: list[tuple[str, str]]
    total: str


@dataclass(frozen=True)
class VersionRow:
    """One version of the rules; `titles` are the columns of its examples. `shifts`: both results, None where none is told."""

    number: int
    at: datetime
    by: str
    reason: str
    digest: str
    titles: list[str]
    examples: list[ExampleRow]
    shifts: list[Shift] | None = None


def compare(contest: Contest, scheme: schemes.Scheme) -> list[Shift]:
    """Return what another rule set would do to the standings as they are now, in their present order. Five statements."""
    return _shifts(material_of(contest), contest.marking_scheme, scheme)


def versions_of(contest: Contest, *, may_see_results: bool) -> list[VersionRow]:
    """Return every version, the newest first; with each amendment the results under the rules before and after it.

    The marks are those of now, so that anybody who may see them can compute both again. An amendment that came before the
    first sheet and changed what is marked has no result under the rules before it. One statement, five more where results
    are told.
    """
    rows = list(contest.rules_versions.select_related("by").order_by("-number"))
    material = material_of(contest) if may_see_results and len(rows) > 1 else None
    return [_version(row, before, material) for row, before in itertools.zip_longest(rows, rows[1:])]


def _version(row: RulesVersion, before: RulesVersion | None, material: Bundle | None) -> VersionRow:
    scheme = schemes.from_json(row.scheme)
    shifts = None
    if material is not None and material.marks and before is not None:
        old = schemes.from_json(before.scheme)
        shifts = _shifts(material, old, scheme) if worked_examples.same_cells(old, scheme) else None
    return VersionRow(
        number=row.number,
        at=row.at,
        by=row.by.name if row.by else "",
        reason=row.reason,
        digest=row.digest,
        titles=[aspect.title for aspect in scheme.aspects],
        # The database keeps no order in an object: the aspects' is the scheme's.
        examples=[
            ExampleRow(
                example["title"],
                [(aspect.title, " · ".join(example["marks"].get(aspect.code, ()))) for aspect in scheme.aspects],
                example["total"],
            )
            for example in row.examples
        ],
        shifts=shifts,
    )


def _shifts(material: Bundle, before: schemes.Scheme, after: schemes.Scheme) -> list[Shift]:
    then = {row.entry.entry: row for row in results.standings(replace(material, scheme=after))}
    return [
        Shift(
            row.entry.entry,
            row.rank,
            then[row.entry.entry].rank,
            format(row.total, "f"),
            format(then[row.entry.entry].total, "f"),
        )
        for row in results.standings(replace(material, scheme=before))
    ]
