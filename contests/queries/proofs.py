"""Who may read what the log says about results and signed sheets."""

from __future__ import annotations

from typing import Any

from contests.models import Contest, Sheet


def reads_result(person: Any, key: str) -> bool:
    """Return whether a person may read a result's record (`<contest>:<version>`): who may read the result."""
    contest = Contest.objects.filter(code=key.rpartition(":")[0]).first()
    return contest is not None and person.has_perm("contests.view_results", contest)


def reads_sheet(person: Any, key: str) -> bool:
    """Return whether a person may read a signed sheet's record (`<sheet>:<moment>`): who may read the sheet."""
    number = key.partition(":")[0]
    rows = Sheet.objects.select_related("contest", "member")
    sheet = rows.filter(pk=int(number)).first() if number.isdecimal() else None
    return sheet is not None and person.has_perm("contests.view_sheet", sheet)


def reads_round(person: Any, key: str) -> bool:
    """Return whether a person may read a signed round's record (`<contest>:<number>`): who may see its sign-off."""
    contest = Contest.objects.filter(code=key.rpartition(":")[0]).first()
    return contest is not None and person.has_perm("contests.view_round", contest)
