"""Corrections as pages show them: names instead of codes once they are open, sentences instead of steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contests.models import Appeal, Change, Contest, Entry
from contests.pure import whatif
from contests.queries.changes import told_steps


@dataclass(frozen=True)
class Shown:
    """One line of a difference: (before, after) of everything that can differ; equal where it does not."""

    entry: str
    name: str
    rank: tuple[str, str]
    total: tuple[str, str]
    points: tuple[int, int]
    medal: tuple[str, str]
    status: tuple[str, str]
    certificates: list[str]


def shown_rows(contest: Contest, rows: Iterable[Mapping[str, Any]]) -> list[Shown]:
    """Return the rows of a stored difference for a page, names hidden while they are. One statement."""
    names = {} if contest.names_hidden else dict(Entry.objects.filter(contest=contest).values_list("code", "name"))
    return [_shown(row, names.get(row["entry"], "")) for row in rows]


def shown_of(contest: Contest, rows: Iterable[whatif.Row]) -> list[Shown]:
    """Return a difference that was just computed, for a page. One statement."""
    return shown_rows(contest, [whatif.to_json(row) for row in rows])


def _shown(row: Mapping[str, Any], name: str) -> Shown:
    before, after = row["before"], row["after"]
    labels = {code: str(label) for code, label in Entry.Status.choices}

    def pair(key: str) -> tuple[str, str]:
        return str(before[key] or "—"), str(after[key] or "—")

    is_standardised = before["standardised"] is not None or after["standardised"] is not None
    return Shown(
        entry=row["entry"],
        name=name,
        rank=pair("rank"),
        total=pair("standardised" if is_standardised else "total"),
        points=(before["points"], after["points"]),
        medal=(before["medal"], after["medal"]),
        status=(labels[before["status"]], labels[after["status"]]),
        certificates=list(row["certificates"]),
    )


@dataclass(frozen=True)
class ChangeRow:
    """One correction in a list."""

    change: Change
    steps: list[str]
    entries: int


def of_contest(contest: Contest) -> list[ChangeRow]:
    """Return a contest's corrections, newest first. Two statements."""
    rows = Change.objects.filter(contest=contest).select_related("by", "applied_by")
    return [ChangeRow(row, told_steps(contest, row.steps), len(row.difference.get("rows", []))) for row in rows]


def appeal_of(change: Change) -> Appeal | None:
    """Return the appeal a correction was prepared for. One statement."""
    return Appeal.objects.filter(change=change).select_related("entry", "by").first()
