"""A contest judged by four whose highest and lowest marks do not count, with one mark far from the others."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from contests.domain import judging, marking, panels, results, setup
from contests.models import Contest, Penalty
from contests.pure.marks import Op
from tests.factories.contests import AT, make_contest, make_judging, make_scheme, sheet_of
from tests.factories.people import Company, make_employee

SEAM = {
    "code": "seam", "group": "practical", "title": "焊缝外观", "kind": "judgement", "min": 0, "max": 10, "step": "0.25",
    "combine": "trimmed-mean", "trim": 1, "trim_from": 4, "factor": "1.6",
}  # fmt: skip
MARKS = {"01": "8 7.25 9.75 8.5", "02": "8 8 7 9", "03": "6 6.25 1 6"}


def make_trimmed(company: Company, marks: dict[str, str] | None = None, **fields: Any) -> Contest:
    """Four judges mark; entry 01 stands for `company.worker` and lost half a point. By rank: 02 (12.80), 01 (12.70), 03 (9.60).

    Args:
        marks: entry → the four marks, others than the usual ones.
    """
    marks = marks or MARKS
    draft = make_contest(company, quota=None, **fields)
    scheme = make_scheme(group=[{"code": "practical", "title": "实操"}], aspect=[SEAM], ranking={"order": ["total"]})
    setup.set_scheme(contest=draft, scheme=scheme, by=company.organiser, at=AT)
    judges = [company.judge, *(make_employee(company.other_team, name=f"裁判{number}") for number in (2, 3, 4))]
    for judge in judges[1:]:
        panels.assign(contest=draft, employee=judge, by=company.organiser, at=AT)
    contest = make_judging(company, contestants=len(marks), contest=draft)
    for number, judge in enumerate(judges):
        ops = [Op(str(uuid4()), code, "seam", row.split()[number], 0) for code, row in marks.items()]
        answers = marking.record(sheet_id=sheet_of(contest, judge).pk, ops=ops, by=judge, at=AT)
        assert {answer.answer for answer in answers} == {"ok"}
    contest.entries.filter(code="01").update(employee=company.worker, name=company.worker.name)
    Penalty.objects.create(
        entry=contest.entries.get(code="01"), points="0.5", reason="超时", by=company.chief_judge, at=AT
    )
    return contest


def make_trimmed_notice(company: Company, contest: Contest | None = None) -> Contest:
    """The same on public notice."""
    contest = contest or make_trimmed(company)
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="x")
    return results.begin_notice(contest=contest, until=AT, by=None, at=AT)
