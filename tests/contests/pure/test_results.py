"""results.csv and its twin for JSON."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

from hypothesis import given, settings

from contests.pure import results
from contests.pure.bundle import Bundle
from contests.pure.scheme import Entry, Mark, Penalty
from tests.contests.pure import samples

THEORY = samples.aspect(code="paper", group="theory", factor=Decimal("0.5"))
PRACTICE = samples.aspect(code="seam", group="practice")
BUNDLE = Bundle(
    samples.scheme(THEORY, PRACTICE),
    entries=(
        Entry("e1", "=SUM(A1)", "一车间"),
        Entry("e2", '李 "雷", 焊工'),
        Entry("e3", "缺席"),
        Entry("e4", "王芳", "二车间", status="dq"),
    ),
    marks=(
        Mark("e1", "paper", "j1", Decimal(7)),
        Mark("e1", "seam", "j1", Decimal(8)),
        Mark("e2", "seam", "j1", Decimal("9.25")),
        Mark("e4", "seam", "j1", Decimal(10)),
    ),
    penalties=(Penalty("e1", Decimal(1)),),
)


def standardised() -> Bundle:
    scheme = samples.scheme(THEORY, PRACTICE, contest={"scale": "standardised"})
    return Bundle(scheme, BUNDLE.entries, BUNDLE.judges, BUNDLE.marks, BUNDLE.penalties)


def test_csv_has_rank_total_and_a_column_for_each_group_in_file_order() -> None:
    written = results.write_csv(BUNDLE.scheme, results.standings(BUNDLE))

    assert written.decode() == (
        "rank,entry,name,unit,total,theory,practice\n"
        "1,e1,=SUM(A1),一车间,10.50,3.50,8.00\n"
        '2,e2,"李 ""雷"", 焊工",,9.25,0.00,9.25\n'
        ",e3,缺席,,0.00,0.00,0.00\n"
        ",e4,王芳,二车间,10.00,0.00,10.00\n"
    )


def test_csv_of_a_standardised_contest_has_that_column_after_the_total() -> None:
    bundle = standardised()

    written = results.write_csv(bundle.scheme, results.standings(bundle))

    rows = list(csv.reader(io.StringIO(written.decode())))
    assert [row[:6] for row in rows] == [
        ["rank", "entry", "name", "unit", "total", "standardised"],
        ["1", "e1", "=SUM(A1)", "一车间", "10.50", "800"],
        ["2", "e2", '李 "雷", 焊工', "", "9.25", "600"],
        ["", "e3", "缺席", "", "0.00", ""],
        ["", "e4", "王芳", "二车间", "10.00", ""],
    ]


def test_json_says_the_same_as_the_csv() -> None:
    data = results.to_json(BUNDLE.scheme, results.standings(BUNDLE))

    assert data[0] == {
        "rank": 1,
        "entry": "e1",
        "name": "=SUM(A1)",
        "unit": "一车间",
        "status": "",
        "total": "10.50",
        "groups": {"theory": "3.50", "practice": "8.00"},
    }
    assert [(row["rank"], row["status"]) for row in data] == [(1, ""), (2, ""), (None, ""), (None, "dq")]


def test_json_of_a_standardised_contest_has_whole_numbers() -> None:
    bundle = standardised()

    data = results.to_json(bundle.scheme, results.standings(bundle))

    assert [row["standardised"] for row in data] == [800, 600, None, None]


def test_places_are_kept_in_text() -> None:
    scheme = samples.scheme(samples.aspect(factor=Decimal("0.0000001")), contest={"places": 7})
    bundle = Bundle(scheme, (Entry("e1", "王芳"),), (), (Mark("e1", "skill", "j1", Decimal(1)),))

    data = results.to_json(scheme, results.standings(bundle))

    assert data[0]["total"] == "0.0000001"


@settings(max_examples=50)
@given(samples.bundles())
def test_csv_and_json_agree_on_any_contest(bundle: Bundle) -> None:
    standings = results.standings(bundle)

    rows = list(csv.DictReader(io.StringIO(results.write_csv(bundle.scheme, standings).decode(), newline="")))
    data = json.loads(json.dumps(results.to_json(bundle.scheme, standings)))

    assert [(row["entry"], row["name"], row["total"]) for row in rows] == [
        (row["entry"], row["name"], row["total"]) for row in data
    ]
    assert [row["rank"] for row in rows] == ["" if row["rank"] is None else str(row["rank"]) for row in data]
