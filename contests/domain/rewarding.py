"""Tell the award rules what a final result means: who took part, who was placed, what the award table paid."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from contests.domain.results import awards_of, people_of
from contests.models import Contest
from contests.queries.awards import fund_of
from people.models import Employee
from rewards.domain import awards, rule_revisions, rule_tables


def tell_rules(contest: Contest, *, at: datetime) -> None:
    """Keep what the award table paid as decisions, and note who took part and who was placed for the award rules.

    Called again after a correction: what has changed is decided again by the rules that decided before.
    The worker lets the rules decide afterwards: no account is locked here. 12 SQL statements, 14 for teams.
    """
    facts = {"contest": contest.code, "trade": contest.trade.code if contest.trade else ""}
    shown = contest.result_rows.filter(entry__employee__isnull=False).exclude(entry__status__in=("dns", "dq", "wd"))
    rows = [(person, row.rank) for row, people in people_of(contest, shown) for person in people]
    facts_of_all: dict[str, int | str] = {**facts, "entrants": len(rows)}
    table = rule_tables.table_version(code="contest-award-table", title=str(_("Award table of the contest")),
                                      event="contest.result", at=at)  # fmt: skip
    paid: list[tuple[Employee, int, dict[str, int | str]]] = [
        (one.employee, one.points, {**facts_of_all, "rank": one.rank or 0}) for one in awards_of(contest)
    ]
    rule_tables.keep_table(version=table, key=contest.subject, lines=paid, budget=_payer(contest), at=at)
    took_part = {person.pk: facts_of_all for person, _rank in rows}
    placed: dict[int, dict[str, int | str]] = {
        person.pk: {**facts_of_all, "rank": rank} for person, rank in rows if rank
    }
    people = [person for person, _rank in rows]
    ranked = [person for person, rank in rows if rank]
    rule_revisions.revise(event="contest.taken-part", key=contest.subject, facts=took_part, people=people, at=at)
    rule_revisions.revise(event="contest.placed", key=contest.subject, facts=placed, people=ranked, at=at)


def _payer(contest: Contest) -> str:
    """Return the account that pays, as the award finds it."""
    fund = fund_of(contest)
    return awards.budget_code(awards.payer_of(contest.budget_unit, fund), fund)


def correct(contest: Contest, *, at: datetime) -> None:
    """Tell the rules of a corrected final result, if they were told of it before."""
    is_told = rule_revisions.is_known(event="contest.taken-part", key=contest.subject)
    if contest.state == Contest.State.FINAL and is_told:
        tell_rules(contest, at=at)
