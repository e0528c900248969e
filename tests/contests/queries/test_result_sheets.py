"""contests/queries/result_sheets.py: how much of a result each may take away."""

from __future__ import annotations

import re
import zlib
from typing import Any

import pytest
from django.utils import translation

from contests.models import Contest, Entry, Penalty, ResultRow
from contests.queries import result_sheets, results
from tests.factories.certificates import make_final
from tests.factories.contests import AT, make_judging
from tests.factories.people import Company


@pytest.fixture
def contest(company: Company) -> Contest:
    contest = make_final(company)
    entry = contest.entries.get(code="01")
    Penalty.objects.create(entry=entry, points="0.5", reason="超时", by=company.chief_judge, at=AT)
    ResultRow.objects.filter(entry=entry).update(penalty="0.5", total="78.00")
    return contest


def public(contest: Contest, company: Company, detail: str) -> result_sheets.ResultSheet:
    Contest.objects.filter(pk=contest.pk).update(result_detail=detail)
    contest.refresh_from_db()
    return result_sheets.sheet_for(company.stranger, contest)


def texts(contest: Contest, company: Company, detail: str) -> tuple[list[str], list[list[Any]]]:
    with translation.override("en"):
        sheets = result_sheets.workbook(public(contest, company, detail))
    return [name for name, _head, _rows in sheets], [head for _name, head, _rows in sheets]


def test_ranks_tell_no_totals_of_groups_and_no_penalty(contest: Contest, company: Company) -> None:
    sheet = public(contest, company, "ranks")
    names, (head,) = texts(contest, company, "ranks")

    assert [(line.rank, dict(line.groups), line.penalty, line.aspects) for line in sheet.lines] == [
        (1, {}, "0", []), (2, {}, "0", []), (3, {}, "0", [])
    ]  # fmt: skip
    assert head == ["Rank", "Entry code", "Name", "Unit", "Total"]
    assert names == ["Result"]


def test_groups_tell_totals_of_groups_and_no_mark(contest: Contest, company: Company) -> None:
    sheet = public(contest, company, "groups")
    _names, (head,) = texts(contest, company, "groups")

    assert sheet.lines[0].groups == {"theory": "70.00", "practical": "8.50"}
    assert sheet.lines[0].aspects == []
    assert head == ["Rank", "Entry code", "Name", "Unit", "理论", "实操", "Penalty", "Total"]


def test_marks_are_nameless_for_the_public(contest: Contest, company: Company) -> None:
    sheet = public(contest, company, "marks")
    names, heads = texts(contest, company, "marks")

    assert names == ["Result", "Every mark"]
    assert "Judge" not in heads[1]
    assert {mark.judge for line in sheet.lines for cell in line.aspects for mark in cell.marks} == {""}
    assert sheet.lines[0].aspects[0].marks[0].value == "70"
    assert sheet.penalties == {}


@pytest.mark.parametrize("who", ["chief_judge", "organiser", "auditor", "union_chair", "administrator"])
def test_who_may_see_scores_gets_all_whatever_the_public_sees(contest: Contest, company: Company, who: str) -> None:
    Contest.objects.filter(pk=contest.pk).update(result_detail="ranks")
    contest.refresh_from_db()

    sheet = result_sheets.sheet_for(getattr(company, who), contest)

    with translation.override("en"):
        result, marks, penalties = result_sheets.workbook(sheet)
    assert "J1" in [row[5] for row in marks[2]]
    assert penalties[2] == [["01", sheet.lines[0].name, pytest.approx(0.5), "超时"]]
    assert result[1][-2:] == ["Penalty", "Total"]


@pytest.mark.parametrize("who", ["worker", "stranger", "leader", "judge", "hr"])
def test_nobody_else_gets_a_judges_code(contest: Contest, company: Company, who: str) -> None:
    assert result_sheets.sheet_for(getattr(company, who), contest).names_judges is False


def test_while_the_contest_is_blind_the_chief_gets_codes(company: Company) -> None:
    contest = make_judging(company, contestants=2)

    sheet = result_sheets.sheet_for(company.chief_judge, contest)

    assert [line.name for line in sheet.lines] == ["01", "02"]


def test_nothing_is_shown_to_the_public_before_the_notice(company: Company) -> None:
    contest = make_judging(company, contestants=2, result_detail="marks")

    assert result_sheets.public_lines(contest) == []


def words_of(content: bytes) -> int:
    """Count the strings a PDF prints; its fonts are subsets, so their letters cannot be read back."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    shown = 0
    for stream in streams:
        try:
            shown += zlib.decompress(stream).count(b"Tj")
        except zlib.error:
            continue
    return shown


def test_the_pdf_grows_with_what_may_be_seen(contest: Contest, company: Company) -> None:
    sizes = [
        words_of(result_sheets.as_pdf(public(contest, company, detail))) for detail in ("ranks", "groups", "marks")
    ]
    own = results.mine(Entry.objects.get(contest=contest, code="01").employee, contest)  # type: ignore[arg-type]

    assert sizes == sorted(set(sizes))
    assert own is not None
    assert words_of(result_sheets.own_pdf(contest, own)) > 20


def test_titles_with_small_figures_can_be_printed(contest: Contest, company: Company) -> None:
    Contest.objects.filter(pk=contest.pk).update(title="CO₂气体保护焊")

    assert result_sheets.as_pdf(public(contest, company, "groups")).startswith(b"%PDF-")


def test_trimmed_and_other_marks_have_their_signs() -> None:
    cell = results.AspectCell("a", "外观", "g", "scored", [
        results.MarkCell("J1", "9", "counted"), results.MarkCell("J2", "9.5", "trimmed"),
        results.MarkCell("J3", "0", "missing"), results.MarkCell("", "2", "settling"),
    ], "9", "1", "9")  # fmt: skip

    assert result_sheets._marks(cell) == "J1 9 · J2 (9.5) · J3 [0] · 2*"


def test_numbers_of_a_workbook_are_numbers_and_names_stay_text(contest: Contest, company: Company) -> None:
    Entry.objects.filter(contest=contest, code="01").update(name="123")

    row = result_sheets.workbook(public(contest, company, "groups"))[0][2][0]

    assert row[1:3] == ["01", "123"]
    assert [type(cell).__name__ for cell in row] == ["Decimal", "str", "str", "str", *["Decimal"] * 4]


def test_what_kind_of_result_it_is_stands_on_it(contest: Contest, company: Company) -> None:
    with translation.override("en"):
        final = result_sheets.state_line(contest)
        running = result_sheets.state_line(make_judging(company, code="other", contestants=1))

    assert final.startswith("Final result of")
    assert running == "Not published: as the marks are now"


def test_own_penalties_are_given_with_their_reason(contest: Contest) -> None:
    assert result_sheets._penalties(contest) == {"01": [("0.5", "超时")]}
    row = Penalty.objects.get()
    Penalty.objects.filter(pk=row.pk).update(cancelled_at=AT)

    assert result_sheets._penalties(contest) == {}
