"""contests/queries/changes.py and change_pages.py: steps in words, the difference, names while they are hidden."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from contests.models import Certificate, CertificateTemplate, Contest
from contests.queries import change_pages, changes
from tests.factories.contests import AT
from tests.factories.people import Company
from tests.factories.results import draft, make_final, make_noticed, make_reviewed, new_mark, penalty


def tell(contest: Contest, *steps: dict[str, str]) -> list[str]:
    with translation.override("en"):
        return changes.told_steps(contest, steps)


def test_each_step_is_a_sentence(company: Company) -> None:
    contest = make_noticed(company)
    moments = {"since": "2026-11-20T09:00:00+08:00", "until": "2026-11-20T09:30:00+08:00"}

    told = tell(
        contest, new_mark("01", "8"), new_mark("01", ""), penalty("02", "2.5"),
        {"kind": "cancel-penalty", "penalty": "999999"}, {"kind": "status", "entry": "02", "status": "dq"},
        {"kind": "factor", "entry": "02", "aspect": "paper", "factor": ""}, {"kind": "void-span", **moments},
        {"kind": "void-span", **moments, "judge": "J1"},
    )  # fmt: skip

    assert told[:6] == [
        "Entry 01, “笔试”, judge J1: mark 8",
        "Entry 01, “笔试”, judge J1: the mark is taken away",
        "Entry 02: 2.5 points are taken",
        "Entry —: the penalty of — points is cancelled",
        "Entry 02: disqualified",
        "Entry 02, “笔试”: factor —",
    ]
    assert told[6].startswith("What was given from ")
    assert told[7].startswith("What judge J1 gave from ")


def test_the_same_steps_on_the_same_result_have_the_same_digest(company: Company) -> None:
    contest = make_noticed(company)
    steps = changes.Reader(contest, "x").read([penalty("02", "30")])

    first, again = changes.try_steps(contest, steps), changes.try_steps(contest, steps)
    other = changes.try_steps(contest, changes.Reader(contest, "x").read([penalty("02", "31")]))

    assert first.digest == again.digest != other.digest


def test_certificates_that_would_no_longer_be_true_are_named(company: Company) -> None:
    contest = make_final(company)
    template = CertificateTemplate.objects.create(title="x", at=AT)
    for code, state in (("02", "valid"), ("01", "revoked"), ("03", "valid")):
        Certificate.objects.create(
            number=f"C-{code}", token=code, contest=contest, entry=contest.entries.get(code=code), template=template,
            state=state, issued_at=AT,
        )  # fmt: skip

    change = draft(contest, company, penalty("02", "30"))

    assert {row["entry"]: row["certificates"] for row in change.difference["rows"]} == {"01": [], "02": ["C-02"]}


@pytest.mark.parametrize("is_blind", [True, False])
def test_a_difference_has_names_once_they_are_open(company: Company, is_blind: bool) -> None:
    contest = make_reviewed(company, is_blind=is_blind)
    change = draft(contest, company, penalty("02", "30"))

    rows = change_pages.shown_rows(contest, change.difference["rows"])

    names = {row.entry: row.name for row in rows}
    assert all((name == "") is is_blind for name in names.values())
    assert (rows[0].entry, rows[0].rank, rows[0].total, rows[0].points, rows[0].medal) == (
        "01", ("2", "1"), ("70.00", "70.00"), (10, 300), ("silver", "gold")
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 20])
def test_reading_makes_the_same_statements_for_any_number_of_steps(
    company: Company, count: int, django_assert_num_queries: Any
) -> None:
    contest = make_noticed(company)
    steps = [new_mark("01", str(value)) for value in range(count)]

    with django_assert_num_queries(2):
        changes.Reader(contest, "x").read(steps)
    read = changes.Reader(contest, "x").read(steps)
    with django_assert_num_queries(6):
        changes.try_steps(contest, read)


def test_a_contest_lists_its_corrections_newest_first(company: Company) -> None:
    contest = make_noticed(company)
    rows = [draft(contest, company, penalty("02", "30"), reason=reason) for reason in ("一", "二")]

    listed = change_pages.of_contest(contest)

    assert {row.change for row in listed} == set(rows)
    assert [row.entries for row in listed] == [2, 2]
    assert change_pages.appeal_of(rows[0]) is None
