"""contests/queries/draws.py: the draw as anybody can make it again, naming nobody while codes are blind."""

from __future__ import annotations

import hashlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.models import Contest, Entry
from contests.queries.draws import draw_of
from tests.factories.contests import make_contest, make_judging
from tests.factories.people import Company


@pytest.mark.parametrize("count", [1, 3])
def test_lots_stand_in_start_order_and_cost_two_statements(company: Company, count: int) -> None:
    contest = make_judging(company, contestants=count)

    with CaptureQueriesContext(connection) as queries:
        found = draw_of(contest)

    assert found is not None
    assert len(queries) == 2
    assert [row.start_order for row in found.lots] == list(range(1, count + 1))
    assert [row.lot for row in found.lots] == sorted(
        hashlib.sha256(f"start-order\nopen\n{row.code}".encode()).hexdigest() for row in found.lots
    )
    assert (found.seed, found.is_same) == ("open", True)


def test_another_order_than_the_seed_gives_is_said(company: Company) -> None:
    contest = make_judging(company, contestants=3)
    one, other = contest.entries.order_by("start_order")[:2]
    Entry.objects.filter(pk=one.pk).update(start_order=other.start_order)
    Entry.objects.filter(pk=other.pk).update(start_order=one.start_order)

    found = draw_of(contest)

    assert found is not None
    assert not found.is_same


def test_blind_codes_name_nobody_and_keep_their_seed(company: Company) -> None:
    contest = make_judging(company, contestants=2)

    blind = draw_of(contest)
    Contest.objects.filter(pk=contest.pk).update(state=Contest.State.NOTICE)
    opened = draw_of(Contest.objects.get())

    assert blind is not None
    assert opened is not None
    assert ({(row.name, row.unit) for row in blind.lots}, blind.code_seed) == ({("", "")}, "")
    assert blind.announced == opened.announced == [("", hashlib.sha256(b"commitment\nsecret\n").hexdigest())]
    assert ({row.name for row in opened.lots}, opened.code_seed) == ({"选手1", "选手2"}, "secret")


def test_both_envelopes_are_announced(company: Company) -> None:
    contest = make_judging(company, contestants=2, is_sealed=True)

    found = draw_of(contest)

    assert found is not None
    assert [commitment for _layer, commitment in found.announced] == list(
        contest.seals.values_list("commitment", flat=True)
    )


def test_before_the_draw_there_is_none(company: Company) -> None:
    assert draw_of(make_contest(company)) is None
