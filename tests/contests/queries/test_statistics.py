"""contests/queries/statistics.py: the report kept with a result, and what the page shows of it."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given

from contests.models import Contest
from contests.pure import sensitivity
from contests.pure.bundle import Bundle
from contests.pure.scheme import Entry, Judge
from contests.queries import statistics
from tests.contests.pure import samples
from tests.factories.contests import AT, make_judging, mark_everything
from tests.factories.people import Company

# Three judges, four entries; j3 is far from the others on b.
ROWS = {"a": "9 9 9", "b": "8 8 5", "c": "7 7 7.25", "d": "6 6 6.25"}
MATERIAL = Bundle(
    samples.scheme(),
    tuple(Entry(code, f"name of {code}") for code in ROWS),
    tuple(Judge(f"j{number}", f"judge {number}") for number in (1, 2, 3)),
    tuple(mark for code, row in ROWS.items() for mark in samples.marks(code, "skill", *row.split())),
)


def test_report_holds_figures_as_text_and_people_by_code() -> None:
    found = statistics.report(MATERIAL)

    assert found["unit"] == "marks"
    assert found["judges"][2] == {
        "judge": "j3", "marks": 4, "mean": "6.88", "severity": "-0.42", "spread": "1.69", "correlation": "0.46",
        "outliers": 1,
    }  # fmt: skip
    assert (found["overall"]["entries"], found["overall"]["w_word"]) == (4, "high")
    assert "name of" not in json.dumps(found)
    assert "judge 1" not in json.dumps(found)


def test_outlier_comes_with_all_marks_of_its_cell() -> None:
    (row,) = statistics.report(MATERIAL)["outliers"]

    assert (row["entry"], row["judge"], row["value"], row["median"], row["deviation"]) == ("b", "j3", "5", "8", "-3")
    assert row["marks"] == [["j1", "8"], ["j2", "8"], ["j3", "5"]]


def test_sensitivity_is_told_as_codes() -> None:
    found = statistics.report(MATERIAL)["sensitivity"]

    # means: a 9, b 7, c 7.08, d 6.08; without j3 b 8 and c 7
    assert found["podium"] == {"a": 1, "c": 2, "b": 3}
    assert found["verdict"] == {"code": "judges_decide", "params": {"judges": "j3"}}
    assert found["judges"][2]["sentence"]["params"] == {"judge": "j3", "one": "2", "other": "3"}
    assert found["margins"][1] == {
        "rank": 2, "entry": "c", "next_rank": 3, "next_entry": "b", "points": "0.08",
        "nudge": {"entry": "b", "aspect": "skill", "judge": "j1", "before": "8", "after": "8.5", "steps": 2},
    }  # fmt: skip


@given(samples.bundles())
def test_any_report_is_plain_data_and_every_sentence_can_be_said(material: Bundle) -> None:
    found = statistics.report(material)
    tested = found["sensitivity"]

    assert json.loads(json.dumps(found)) == found
    for row in (tested["verdict"], *(row["sentence"] for row in (*tested["judges"], *tested["trims"]))):
        assert "%(" not in statistics.said(row)


def test_every_code_of_a_sentence_has_words() -> None:
    documented = (sensitivity.Sentence.__doc__ or "").replace("\n", " ")

    assert [code for code in statistics.SENTENCES if code not in documented] == []


def test_sentences_are_said_in_the_language_of_the_reader() -> None:
    with translation.override("en"):
        assert statistics.said({"code": "without_swap", "params": {"judge": "J3", "one": "2", "other": "3"}}) == (
            "Without J3 places 2 and 3 swap."
        )
        assert statistics.said({"code": "trim_same", "params": {"kind": "median"}}) == (
            "Median instead: places 1 to 3 stay."
        )


@pytest.fixture
def contest(company: Company) -> Contest:
    contest = make_judging(company, contestants=3)
    mark_everything(contest, company.judge, at=AT)
    return contest


def test_page_shows_codes_while_blind_and_names_afterwards(contest: Contest) -> None:
    with translation.override("en"):
        blind = statistics.page_of(contest)
        contest.is_blind = False
        open_ = statistics.page_of(contest)

    assert blind is not None
    assert open_ is not None
    assert [row["name"] for row in blind.margins] == ["03", "02"]
    assert all(row["name"].startswith(f"{row['entry']} 选手") for row in open_.margins)


def test_page_says_when_one_judge_marked_alone(contest: Contest) -> None:
    with translation.override("en"):
        page = statistics.page_of(contest)

    assert page is not None
    assert (page.is_firm, page.verdict) == (False, "No mark was given by more than one judge: nobody can be left out.")
    assert [(row.code, row.figures["severity"], row.bar_width) for row in page.judges] == [("J1", None, 0)]


def test_page_is_empty_before_the_first_judgement(company: Company) -> None:
    assert statistics.page_of(make_judging(company, contestants=2)) is None
    assert statistics.page_of(Contest()) is None
    assert statistics.report_of(Contest()) == {}


def test_bars_are_drawn_from_the_middle(monkeypatch: pytest.MonkeyPatch, contest: Contest) -> None:
    wide = replace(MATERIAL, scheme=replace(MATERIAL.scheme, contest=replace(MATERIAL.scheme.contest, places=2)))
    monkeypatch.setattr(statistics, "material_of", lambda _contest: wide)

    page = statistics.page_of(contest)

    assert page is not None
    first: Any = page.judges[0]  # most far marks first
    assert (first.code, first.bar_x, first.bar_width, first.is_severe) == ("j3", -50, 50, True)
    assert {row.bar_x for row in page.judges[1:]} == {0}
    assert Decimal(first.figures["severity"]) < 0
