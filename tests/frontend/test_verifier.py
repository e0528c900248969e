"""frontend/src/verify: the browser's arithmetic equals the server's to the letter, and can be followed line by line."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings

from contests.pure import decimals, results, versions
from contests.pure.bundle import Bundle, read
from contests.pure.nameless import nameless
from contests.pure.scheme import Entry, Judge, Mark, Penalty
from contests.views.words import verifier_words
from tests.contests.pure import samples
from tests.contests.pure.bundle import test_sports as sports
from tests.spec.test_official_results import FOLDERS, files_of

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("verifier.mjs")
OWN = {
    "diving": sports.diving(),
    "aerobatics rounded before the factor": sports.aerobatics('["combined"]'),
    "aerobatics rounded after the factor": sports.aerobatics('["factor"]'),
    "aerobatics not rounded": sports.aerobatics("[]"),
    "repair": sports.repair(),
    "repair settled": sports.repair("d finish c1 3"),
    "files": read(samples.files()),
}
Ask = Callable[..., Any]
often = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def build() -> Any:
    spec = importlib.util.spec_from_file_location("frontend_build", ROOT / "frontend/build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Ask the verifier's modules in Node: a question a line, an answer a line."""
    command = [*build().node()[0], str(SCRIPT)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:  # fmt: skip
        reads, writes = process.stdout, process.stdin
        assert reads is not None
        assert writes is not None

        def question(about: str, data: Any) -> Any:
            writes.write(json.dumps({"ask": about, "data": data, "words": english()}) + "\n")
            writes.flush()
            return json.loads(reads.readline())

        yield question
        writes.close()


def english() -> dict[str, str]:
    with translation.override("en"):
        return verifier_words()


def data_of(bundle: Bundle) -> dict[str, Any]:
    """The stored form of a result, judges in the order of the panel."""
    data = versions.data_of(bundle, results.standings(bundle), {})
    totals = [[row["entry"], row["total"]] for row in data["rows"] if row["rank"] is not None]
    return data | {"panel": [[judge.judge, judge.role] for judge in bundle.judges], "totals": totals}


def expected(bundle: Bundle) -> list[dict[str, Any]]:
    return [
        {
            "entry": row.entry.entry,
            "rank": row.rank,
            "total": format(row.total, "f"),
            "standardised": row.standardised,
            "penalty": decimals.text(row.score.penalty_points),
            "groups": [
                [code, decimals.exact_text(group.points), format(group.total, "f"), group.missing_scores]
                for code, group in row.score.groups.items()
            ],
            "aspects": [
                [
                    code,
                    one.state,
                    [[mark.judge, decimals.text(mark.value), mark.use] for mark in one.marks],
                    None if one.combined is None else decimals.exact_text(one.combined),
                    None if one.score is None else decimals.exact_text(one.score),
                ]
                for code, one in row.score.aspects.items()
            ],
        }
        for row in results.standings(bundle)
    ]


@pytest.mark.skipif(not FOLDERS, reason="no bundles in shared data")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_real_contests_come_out_the_same(ask: Ask, folder: Path) -> None:
    bundle = read(files_of(folder))

    assert ask("rows", data_of(bundle)) == expected(bundle)


@pytest.mark.parametrize("bundle", OWN.values(), ids=OWN)
def test_other_sports_come_out_the_same(ask: Ask, bundle: Bundle) -> None:
    assert ask("rows", data_of(bundle)) == expected(bundle)


@often
@given(bundle=samples.bundles())
def test_any_contest_comes_out_the_same(ask: Ask, bundle: Bundle) -> None:
    assert ask("rows", data_of(bundle)) == expected(bundle)


@often
@given(bundle=samples.bundles())
def test_contest_without_judges_comes_out_the_same(ask: Ask, bundle: Bundle) -> None:
    found = ask("rows", data_of(nameless(bundle)))

    assert [(row["entry"], row["rank"], row["total"]) for row in found] == [
        (row["entry"], row["rank"], row["total"]) for row in expected(bundle)
    ]


def test_first_chief_judge_of_the_panel_settles_as_on_the_server(ask: Ask) -> None:
    skills = samples.aspect(combine="worldskills", maximum=Decimal(9))
    bundle = Bundle(
        samples.scheme(skills),
        (Entry("a", ""),),
        (Judge("z", "", role="chief"), Judge("y", "", role="chief"), Judge("x", ""), Judge("w", "")),
        tuple(Mark("a", "skill", judge, Decimal(value)) for judge, value in zip("wxyz", (1, 3, 3, 2), strict=True)),
    )

    assert ask("rows", data_of(bundle)) == expected(bundle)
    assert ["z", "2", "settling"] in ask("rows", data_of(bundle))[0]["aspects"][0][2]


# --- line by line --------------------------------------------------------------------------------------------------


def one(*values: str, penalty: str = "", **changes: Any) -> Bundle:
    item = samples.aspect(maximum=Decimal(10), **changes)
    taken = (Penalty("a", Decimal(penalty)),) if penalty else ()
    judges = (*(Judge(f"j{number}", "") for number in range(1, 6)), Judge("c", "", role="chief"))
    return Bundle(samples.scheme(item), (Entry("a", ""),), judges, tuple(samples.marks("a", "skill", *values)), taken)


TRIMMED: dict[str, Any] = {"combine": "trimmed-mean", "trim": 1, "trim_from": 4}


@pytest.mark.parametrize(
    ("bundle", "line"),
    [
        (one("7.25", "8", "8.5", "9.75", **TRIMMED, factor=Decimal("1.6")),
         "技能: 7.25 8 8.5 9.75 → drop 7.25, 9.75 → mean 8.25 → × 1.6 = 13.2"),
        (one("8", "8", "9", factor=Decimal(2)), "技能: 8 8 9 → mean 25/3 → rounded 8.33 → × 2 = 16.66"),
        (one("8", "8", "9", factor=Decimal(2), round=("factor",)),
         "技能: 8 8 9 → mean 25/3 → × 2 = 50/3 → rounded 16.67"),
        (one("8", "8", "9", round=()), "技能: 8 8 9 → mean 25/3"),
        (one("8", "7", combine="median"), "技能: 8 7 → median 7.5"),
        (one("8", "7", combine="sum"), "技能: 8 7 → sum 15"),
        (one("8", kind="measurement"), "技能: 8 → value 8"),
        (one("2", "3", "2", combine="worldskills"), "技能: 2 3 2 → mean 7/3 → ÷ 3 × 10 = 70/9 → rounded 7.78"),
        (one("0", "3", "2", combine="worldskills"), "技能: 0 3 2 → contested: counts 0"),
        (one(), "技能: not marked: counts 0"),
    ],
)  # fmt: skip
def test_marks_become_a_score_step_by_step(ask: Ask, bundle: Bundle, line: str) -> None:
    assert ask("lines", data_of(bundle))["a"]["aspects"] == [line]


def test_what_the_chief_judge_settled_is_said(ask: Ask) -> None:
    contested = one("0", "3", "2", combine="worldskills")
    settled = replace(contested, marks=(*contested.marks, Mark("a", "skill", "c", Decimal(3))))

    assert ask("lines", data_of(settled))["a"]["aspects"] == [
        "技能: 0 3 2 3 → settled by the chief judge: 3 → ÷ 3 × 10 = 10"
    ]


def test_groups_and_penalties_become_the_total(ask: Ask) -> None:
    found = ask("lines", data_of(OWN["diving"]))["quan"]

    assert found["groups"] == ["75.20 + 90.75 = 165.95"]
    assert found["total"] == "165.95"
    assert ask("lines", data_of(one("8", "8", penalty="0.5")))["a"]["total"] == "8.00 − 0.5 = 7.50"
    assert ask("lines", data_of(one("1", penalty="2")))["a"]["total"] == "1.00 − 2 = 0.00 (never below 0)"


def test_weight_of_a_group_is_shown_and_its_rounding(ask: Ask) -> None:
    found = ask("lines", data_of(OWN["repair"]))["a"]

    # truncated to three places: 80/9 → 8.888, × 2; × 0.5
    assert found["aspects"][0] == "工艺: 3 3 2 → mean 8/3 → ÷ 3 × 10 = 80/9 → rounded 8.888 → × 2 = 17.776"
    assert found["groups"] == ["17.776 → × 0.5 = 8.888", "30.125 → × 0 = 0.000"]


@often
@given(bundle=samples.bundles())
def test_each_line_ends_with_the_score_of_the_server(ask: Ask, bundle: Bundle) -> None:
    found = ask("lines", data_of(bundle))

    for row in results.standings(bundle):
        scores = [Decimal(text) if "/" not in text else text for text in found[row.entry.entry]["scores"]]
        assert scores == [
            Decimal(text) if "/" not in (text := decimals.exact_text(one.score or Fraction(0))) else text
            for one in row.score.aspects.values()
        ]
        assert found[row.entry.entry]["total"].removesuffix(" (never below 0)").endswith(f"{row.total:f}")


# --- compared with what was published ------------------------------------------------------------------------------


def test_published_result_that_is_right_has_no_difference(ask: Ask) -> None:
    assert [row["differences"] for row in ask("check", data_of(OWN["repair"]))] == [[]] * 5


def test_every_difference_is_named(ask: Ask) -> None:
    data = data_of(OWN["repair"])
    data["rows"][0] |= {"total": "9.888", "rank": 2, "standardised": 701}
    data["rows"][0]["groups"]["quality"] = "9.888"

    found = {row["entry"]: row["differences"] for row in ask("check", data)}

    assert [(row["what"], row["here"], row["published"]) for row in found.pop("a")] == [
        ("total", "8.888", "9.888"), ("group", "8.888", "9.888"), ("rank", "1", "2"), ("standardised", "700", "701"),
    ]  # fmt: skip
    assert set(map(len, found.values())) == {0}


def own(bundle: Bundle, entry: str) -> dict[str, Any]:
    data = data_of(bundle)
    for table in ("entries", "marks", "penalties", "factors"):
        data[table] = [row for row in data[table] if row[0] == entry]
    data["rows"] = [row for row in data["rows"] if row["entry"] == entry]
    return data | {"scope": "own"}


def test_own_rank_is_known_from_all_totals_when_nobody_has_the_same(ask: Ask) -> None:
    assert ask("check", own(OWN["diving"], "chen"))[0] | {"differences": []} == {
        "entry": "chen", "rank": 2, "standardised": None, "differences": []
    }  # fmt: skip
    assert ask("check", own(OWN["repair"], "b"))[0]["rank"] is None  # a and c have the same total


def test_own_standardised_score_is_computed_from_all_totals(ask: Ask) -> None:
    (found,) = ask("check", own(OWN["repair"], "d"))

    assert (found["standardised"], found["rank"], found["differences"]) == (469, 4, [])


@often
@given(bundle=samples.bundles())
def test_own_part_of_any_contest_has_no_difference(ask: Ask, bundle: Bundle) -> None:
    for entry in bundle.entries:
        assert [row["differences"] for row in ask("check", own(bundle, entry.entry))] == [[]]
