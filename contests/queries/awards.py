"""The award table as it is stored."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contests.models import Contest
from contests.pure.awards import MOST_POINTS, BadTable, Band, read_table
from contests.pure.team import Sharing
from rewards.queries.budgets import fund_for

KEYS = frozenset({"rows", "participation_points", "team", "fund"})


def sharing_of(data: object) -> Sharing:
    """Return how a team's points are shared: each member gets them, unless the table splits them."""
    return "split" if isinstance(data, dict) and data.get("team") == "split" else "each"


def fund_of(contest: Contest) -> str:
    """Return the fund a contest's points come from: the one its award table names, else that of the budget of the unit that
    pays, or of the nearest above. At most 2 SQL statements."""
    return chosen_fund(contest.award_table) or fund_for(contest.budget_unit)


def chosen_fund(data: object) -> str:
    """Return the fund an award table names; '' where the budget decides."""
    return str(data.get("fund", "")) if isinstance(data, dict) else ""


def read_award_table(data: object) -> tuple[tuple[Band, ...], int]:
    """Return the bands and the points of taking part from `Contest.award_table`.

    Raises:
        ValidationError: naming the wrong rows.
    """
    table = data if isinstance(data, dict) else {"rows": None}
    rows, participation = table.get("rows", []), table.get("participation_points", 0)
    is_shared_rightly = table.get("team", "each") in {"each", "split"}
    is_known = isinstance(table.get("fund", ""), str) and not set(table) - KEYS
    if not isinstance(rows, list) or not is_shared_rightly or not is_known:
        raise ValidationError(_("Write the award table as rows of ranks and points."), code="award-table")
    if type(participation) is not int or not 0 <= participation <= MOST_POINTS:
        raise ValidationError(_("Write the points of taking part as a whole number."), code="award-table")
    try:
        return read_table(rows), participation
    except BadTable as error:
        wrong = ", ".join(str(index + 1) for index in sorted({fault.index for fault in error.faults}))
        raise ValidationError(
            _("Row %(rows)s of the award table is wrong: ranks count from 1 and must not overlap."),
            code="award-table",
            params={"rows": wrong},
        ) from None
