"""contests/domain/gate.py, contests/queries/gate.py: what holds a result, and what lets it through."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.domain import corrections, gate, judging, marking, presence, setup, signing
from contests.models import Appeal, Contest, Entry, Operation, Sheet
from contests.pure.marks import Op
from contests.queries import gate as gates
from tests.factories.contests import AT, clear_gate, make_judging, sheet_of
from tests.factories.people import Company
from tests.support import refused


def mark_all(contest: Contest, company: Company, *, but: tuple[str, ...] = ()) -> Sheet:
    """Everything gets a mark, differing by entry; the sheet is signed when nothing is left out."""
    sheet = sheet_of(contest, company.judge)
    entries = [code for code in Entry.objects.filter(contest=contest).values_list("code", flat=True) if code not in but]
    ops = [
        Op(str(uuid4()), code, aspect, str(number + 1), 0)
        for number, code in enumerate(entries)
        for aspect in ("paper", "seam", "safety")
    ]
    marking.record(sheet_id=sheet.pk, ops=ops, by=company.judge, at=AT)
    if not but:
        sheet = signing.sign_off(
            sheet_id=sheet.pk, version=Sheet.objects.get(pk=sheet.pk).version, by=company.judge, at=AT
        )
    return sheet


def closed(company: Company, *, but: tuple[str, ...] = ()) -> Contest:
    contest = make_judging(company, contestants=3)
    mark_all(contest, company, but=but)
    return judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")


def found(contest: Contest) -> dict[str, str]:
    return {finding.code: finding.level for finding in gates.look(contest, at=AT).findings}


def test_a_clean_contest_asks_for_the_review_alone(company: Company) -> None:
    contest = closed(company)

    assert found(contest) == {"review": "error", "weights": "warning"}


def test_reviewed_and_answered_lets_the_result_through(company: Company) -> None:
    contest = closed(company)
    with refused(gate.GateClosed, code="gate-closed"):
        gate.demand_open(contest, at=AT)

    clear_gate(contest, company.chief_judge)

    assert gate.demand_open(contest, at=AT).is_open


def test_blank_marks_block_and_cannot_be_answered(company: Company) -> None:
    contest = closed(company, but=("02",))
    finding = next(row for row in gates.look(contest, at=AT).findings if row.code == "blank")

    assert finding.level == "error"
    with refused(gate.GateClosed):
        gate.answer(contest=contest, code="blank", found=finding.found, reason="没关系", by=company.chief_judge, at=AT)


def test_each_named_check_finds_what_it_is_for(company: Company) -> None:
    contest = make_judging(company, contestants=3)
    sheet = sheet_of(contest, company.judge)
    mark_all(contest, company, but=("03",))
    corrections.set_status(contest=contest, entry="01", status="dns", reason="未到", by=company.chief_judge, at=AT)
    corrections.penalise(contest=contest, entry="02", points="500", reason="违规", by=company.chief_judge, at=AT)
    presence.report(sheet=sheet, device="a", unsent=2, at=AT)
    contest = judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    marking.record(sheet_id=sheet.pk, ops=[Op(str(uuid4()), "03", "seam", "5", 0)], by=company.judge, at=AT)
    Appeal.objects.create(id=uuid4(), contest=contest, kind="objection", by=company.worker, text="?", at=AT)

    assert Operation.objects.filter(answer="locked").count() == 1
    assert found(contest) == {
        "blank": "error", "absent": "error", "unsent": "error", "appeals": "error", "review": "error",
        "unsigned": "warning", "late": "warning", "weights": "warning", "floored": "note",
    }  # fmt: skip


def test_a_tablet_that_fell_silent_holds_the_result_until_somebody_says_why_not(company: Company) -> None:
    contest = make_judging(company)
    mark_all(contest, company)
    presence.report(sheet=sheet_of(contest, company.judge), device="a", unsent=2, at=AT)
    contest = judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    later = AT + timedelta(hours=1)

    assert found(contest)["unsent"] == "error"
    assert {row.code: row.level for row in gates.look(contest, at=later).findings}["silent"] == "warning"

    finding = next(row for row in gates.look(contest, at=later).findings if row.code == "silent")
    gate.answer(
        contest=contest, code="silent", found=finding.found, reason="与纸质核对", by=company.chief_judge, at=later
    )

    assert not next(row for row in gates.look(contest, at=later).findings if row.code == "silent").blocks


def test_answer_holds_only_for_what_was_found(company: Company) -> None:
    contest = closed(company)
    clear_gate(contest, company.chief_judge)
    assert gates.look(contest, at=AT).is_open

    setup.Contest.objects.filter(pk=contest.pk).update(
        scheme={**contest.scheme, "group": [{**row, "weight": "2"} for row in contest.scheme["group"]]}
    )
    contest.refresh_from_db()

    assert found(contest)["weights"] == "warning"
    assert not gates.look(contest, at=AT).is_open


def test_an_error_in_the_review_asks_for_everybody(company: Company) -> None:
    contest = closed(company)
    with refused(gate.NoReason, code="reason"):
        gate.review(contest=contest, entry="01", is_right=False, note=" ", by=company.chief_judge, at=AT)

    gate.review(contest=contest, entry="01", is_right=False, note="焊缝应为 7", by=company.chief_judge, at=AT)

    assert gates.look(contest, at=AT).quota.is_all


@pytest.mark.parametrize("contestants", [2, 9])
def test_looking_costs_the_same_for_any_size(company: Company, contestants: int) -> None:
    contest = make_judging(company, contestants=contestants)

    with CaptureQueriesContext(connection) as queries:
        gates.look(contest, at=AT)

    assert len(queries) == 18
