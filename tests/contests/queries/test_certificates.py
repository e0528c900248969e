"""contests/queries/certificates.py: recipients, what is missing, samples, words for faults."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from contests.models import Entry
from contests.pure.certificate import BadLayout, default_layout, read_layout
from contests.queries import certificates
from tests.factories.certificates import make_final, make_issued
from tests.factories.people import Company, make_employee

LAYOUT = read_layout(default_layout())


def test_recipients_come_by_rank_in_two_statements(company: Company, django_assert_num_queries: object) -> None:
    contest = make_final(company, contestants=7)

    with django_assert_num_queries(2):  # type: ignore[operator]
        found = certificates.recipients(contest, LAYOUT)

    assert [row.facts["award"] for row in found] == ["一等奖", *["二等奖"] * 2, *["三等奖"] * 3, "优秀奖"]
    assert [row.facts["rank"] for row in found] == [str(rank) for rank in range(1, 8)]


def test_who_has_one_or_had_it_revoked_waits_for_none(company: Company) -> None:
    contest, rows = make_issued(company)
    rows[0].state = "revoked"
    rows[0].save()

    assert certificates.without_one(contest, certificates.recipients(contest, LAYOUT)) == []


def test_samples_are_the_longest_and_the_rarest_name(company: Company) -> None:
    people = [make_employee(company.team, trade=company.trade, name=name) for name in ("欧阳买买提·江", "𠮷川")]
    contest = make_final(company, people=people)

    found = certificates.samples(contest, LAYOUT, day=date(2026, 11, 25))

    assert [row["name"] for row in found] == ["欧阳买买提·江", "𠮷川"]
    assert found[0]["day"] == "2026年11月25日"
    assert set(found[0]) == set(certificates.sample_facts())


def test_missing_glyphs_name_the_person(company: Company) -> None:
    contest = make_final(company)
    Entry.objects.filter(contest=contest, code="02").update(unit="炼\U0001f9e8厂")

    found = certificates.missing_glyphs(LAYOUT, [row.facts for row in certificates.recipients(contest, LAYOUT)])

    assert [(row.owner, row.characters) for row in found] == [(contest.entries.get(code="02").name, "\U0001f9e8")]


def test_the_sample_of_an_editor_can_be_printed() -> None:
    assert certificates.missing_glyphs(LAYOUT, [certificates.sample_facts()]) == []


def test_every_fault_has_words() -> None:
    broken = default_layout() | {
        "page": "A3",
        "qr": {"x": "", "y": 1, "size": 1},
        "awards": [{"rank_from": 0, "rank_to": 1, "title": "x"}, 5],
        "texts": [{"text": "{a}{", "x": 1, "y": 1, "size": 900, "align": "", "colour": "", "width": 10}],
    }
    with pytest.raises(BadLayout) as caught:
        read_layout(broken)

    with translation.override("en"):
        words = [certificates.fault_text(fault) for fault in caught.value.faults]

    assert "Text 1: There is no placeholder {a}. Known are: {name} {unit}" in " ".join(words)
    assert all(": " in line and "%(" not in line for line in words)


def test_mine_leaves_out_what_was_replaced(company: Company) -> None:
    _contest, rows = make_issued(company)
    person = rows[0].employee
    assert person is not None
    assert list(certificates.mine(person)) == [rows[0]]
    rows[0].state = "superseded"
    rows[0].save()

    assert list(certificates.mine(person)) == []
