"""Contests with a result, for tests: reviewed, on public notice, final; entries 01 … 03 of one judge."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from contests.domain import changes, judging, marking, results
from contests.models import Change, Contest
from contests.pure.marks import Op
from rewards.domain import awards, budgets
from tests.factories.contests import AT, make_judging, sheet_of
from tests.factories.people import Company

UNTIL = AT + timedelta(days=5)
VALUES = {"01": "70", "02": "90", "03": "50"}


def mark(contest: Contest, company: Company, values: dict[str, str], *, at: datetime = AT, base: int = 0) -> None:
    """Let the judge give each of these entries a mark for the paper."""
    ops = [Op(str(uuid4()), entry, "paper", value, base) for entry, value in values.items()]
    answers = marking.record(sheet_id=sheet_of(contest, company.judge).pk, ops=ops, by=company.judge, at=at)
    assert {answer.answer for answer in answers} == {"ok"}


def make_reviewed(company: Company, **fields: Any) -> Contest:
    """Entry 02 has 90 points, 01 has 70, 03 has 50: 300 points for the first, 10 for the others."""
    contest = make_judging(company, contestants=3, **fields)
    mark(contest, company, VALUES)
    return judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")


def make_noticed(company: Company, **fields: Any) -> Contest:
    contest = make_reviewed(company, **fields)
    return results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=AT)


def make_final(company: Company, *, points: int = 1000) -> Contest:
    """Final, its points paid from a budget that had this many."""
    contest = results.publish(contest=make_noticed(company), by=company.chief_judge, at=UNTIL)
    budgets.grant(unit=company.root, points=points, by=company.administrator, at=AT, id=uuid4())
    lines = results.award_lines(contest)
    awards.award(event=contest.subject, lines=lines, budget_unit=company.root, by=None, at=UNTIL)
    return contest


def draft(contest: Contest, company: Company, *steps: dict[str, str], reason: str = "核对原始记录") -> Change:
    """Propose a correction."""
    return changes.propose(contest=contest, key=uuid4(), steps=steps, reason=reason, by=company.chief_judge, at=UNTIL)


def penalty(entry: str, points: str) -> dict[str, str]:
    return {"kind": "penalty", "entry": entry, "points": points}


def new_mark(entry: str, value: str, *, aspect: str = "paper", judge: str = "J1") -> dict[str, str]:
    return {"kind": "mark", "entry": entry, "aspect": aspect, "judge": judge, "value": value}
