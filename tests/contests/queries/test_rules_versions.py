"""contests/queries/rules_versions.py: worked examples in the scheme's order, both results of an amendment."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.domain import amendments
from contests.models import Contest
from contests.pure.scheme import Scheme
from contests.queries import rules_versions
from tests.factories.contests import AT, make_judging, make_published, mark_everything
from tests.factories.people import Company


def heavier(scheme: Scheme) -> Scheme:
    """The same aspects, theory counting ten times."""
    return replace(scheme, groups=(replace(scheme.groups[0], weight=Decimal(10)), *scheme.groups[1:]))


def test_comparison_shows_both_results_and_changes_nothing(company: Company) -> None:
    contest = make_judging(company, contestants=3)
    mark_everything(contest, company.judge)

    shifts = rules_versions.compare(contest, heavier(contest.marking_scheme))

    assert [(row.entry, row.rank_before, row.rank_after) for row in shifts] == [
        ("03", 1, 1),
        ("02", 2, 2),
        ("01", 3, 3),
    ]
    assert [(row.total_before, row.total_after) for row in shifts] == [
        ("9.00", "36.00"),
        ("6.00", "24.00"),
        ("3.00", "12.00"),
    ]
    assert all(row.is_change for row in shifts)
    assert Contest.objects.get().scheme_version == 1


def test_examples_stand_under_their_aspects_whatever_order_the_database_keeps(company: Company) -> None:
    contest = make_published(company)
    amendments.freeze(contest=contest, by=company.chief_judge, at=AT)

    (row,) = rules_versions.versions_of(contest, may_see_results=True)

    assert row.titles == ["笔试", "焊缝外观", "安全文明"]
    assert row.examples[0].marks == [
        ("笔试", "100"),
        ("焊缝外观", "10 · 10 · 10 · 10 · 10"),
        ("安全文明", "10 · 10 · 10 · 10 · 10"),
    ]
    assert (row.by, row.examples[0].total, row.shifts) == (company.chief_judge.name, "120.00", None)


def test_an_amendment_shows_the_results_before_and_after_to_who_may_see_them(company: Company) -> None:
    contest = make_judging(company, contestants=2)
    mark_everything(contest, company.judge)
    scheme = heavier(contest.marking_scheme)
    amendments.amend(contest=contest, scheme=scheme, reason="理论权重写错", by=company.chief_judge, at=AT)
    contest.refresh_from_db()

    with CaptureQueriesContext(connection) as queries:
        newest, first = rules_versions.versions_of(contest, may_see_results=True)

    assert len(queries) == 6
    assert (first.shifts, newest.reason) == (None, "理论权重写错")
    assert newest.shifts == [
        rules_versions.Shift("02", 1, 1, "6.00", "24.00"),
        rules_versions.Shift("01", 2, 2, "3.00", "12.00"),
    ]
    hidden = rules_versions.versions_of(contest, may_see_results=False)
    assert [row.shifts for row in hidden] == [None, None]


def test_what_was_amended_before_anything_was_marked_has_no_result_before_it(company: Company) -> None:
    contest = make_published(company)
    amendments.freeze(contest=contest, by=company.chief_judge, at=AT)
    scheme = contest.marking_scheme
    fewer = replace(scheme, aspects=scheme.aspects[:2])

    amendments.amend(contest=contest, scheme=fewer, reason="取消一项", by=company.chief_judge, at=AT)

    newest, first = rules_versions.versions_of(contest, may_see_results=True)
    assert (newest.shifts, len(newest.titles), len(first.titles)) == (None, 2, 3)
    assert Contest.objects.get().scheme_version == 2


def test_what_was_never_frozen_has_no_version(company: Company) -> None:
    assert rules_versions.versions_of(make_published(company), may_see_results=True) == []
