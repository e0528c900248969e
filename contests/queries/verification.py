"""What the verifier in the browser computes with: rules, marks and what was published, as much as a person may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from contests.models import Contest
from contests.pure import decimals, nameless, results
from contests.pure import scheme as schemes
from contests.pure.bundle import Bundle
from contests.queries import results as stored
from contests.queries.material import material_of
from contests.queries.owners import own_entry
from contests.queries.results import ResultLine
from people.models import Employee

FORMAT = "jinbang-verify/1"
Scope = Literal["all", "own"]


def data_for(person: Employee, contest: Contest) -> dict[str, Any] | None:
    """Return what this person may compute again, as JSON-able data; None when they may see no mark.

    `{"format", "scope", "is_public", "rules", "entries", "panel", "marks", "penalties", "factors", "rows", "totals"}`.
    Rows of lists, decimals as text; `rows` and `totals` are what was published, or the standings while nothing is.

    With `contests.view_scores` everything, judges by code, entries by code while the contest is blind. Else, of a public
    result, as the organiser chose: every mark without judges, or a contestant's own. Reasons of penalties are for those
    they concern and for those who see every score. Seven statements, and those of the permission.
    """
    if not contest.has_scheme:
        return None
    if person.has_perm("contests.view_scores", contest):
        return _data(contest, material_of(contest), scope="all", reasons_of=None)
    own = own_entry(person, contest)
    if contest.result_detail == Contest.ResultDetail.MARKS:
        return _data(contest, nameless.nameless(material_of(contest)), scope="all", reasons_of=own.code if own else "")
    if own is None:
        return None
    return _data(contest, nameless.nameless(_only(material_of(contest), own.code)), scope="own", reasons_of=own.code)


def _only(material: Bundle, entry: str) -> Bundle:
    return replace(
        material,
        entries=tuple(row for row in material.entries if row.entry == entry),
        marks=tuple(row for row in material.marks if row.entry == entry),
        penalties=tuple(row for row in material.penalties if row.entry == entry),
        factors=tuple(row for row in material.factors if row.entry == entry),
    )


def _data(contest: Contest, material: Bundle, *, scope: Scope, reasons_of: str | None) -> dict[str, Any]:
    """Put the data together; `reasons_of` is the entry whose penalties say why, None for all."""
    is_hidden = contest.names_hidden
    published = stored.published(contest)
    rows = _rows(published) if published else results.to_json(material.scheme, results.standings(material))
    shown = {row.entry for row in material.entries}
    return {
        "format": FORMAT,
        "scope": scope,
        "is_public": bool(published),
        "rules": schemes.to_json(material.scheme),
        "entries": [
            [
                row.entry,
                "" if is_hidden else row.name,
                "" if is_hidden else row.unit,
                row.group,
                row.start_order,
                row.status,
            ]
            for row in material.entries
        ],
        "panel": [[row.judge, row.role] for row in material.judges],
        "marks": [[row.entry, row.aspect, row.judge, decimals.text(row.value)] for row in material.marks],
        "penalties": [
            [row.entry, decimals.text(row.points), row.reason if reasons_of in {None, row.entry} else ""]
            for row in material.penalties
        ],
        "factors": [[row.entry, row.aspect, decimals.text(row.factor)] for row in material.factors],
        "rows": [
            {key: row.get(key) for key in ("entry", "rank", "total", "standardised", "groups")}
            for row in rows
            if row["entry"] in shown
        ],
        "totals": [[row["entry"], row["total"]] for row in rows if row["rank"] is not None],
    }


def _rows(published: Sequence[ResultLine]) -> list[dict[str, Any]]:
    return [
        {
            "entry": row.entry,
            "rank": row.rank,
            "total": row.total,
            "standardised": row.standardised,
            "groups": dict(row.groups),
        }
        for row in published
    ]
