"""people/domain/ties.py: declared once, both ways, until ended."""

from __future__ import annotations

from people.domain import ties
from people.models import Tie
from people.queries import ties_of
from tests.factories.contests import AT
from tests.factories.people import Company
from tests.support import refused


def test_tie_counts_both_ways_and_once(company: Company) -> None:
    for one, other in ((company.worker, company.judge), (company.judge, company.worker)):
        ties.declare(employee=one, other=other, kind="relative", by=one, at=AT)

    assert Tie.objects.count() == 1
    assert ties_of(company.worker) == {company.judge.pk: {"relative"}}
    assert ties_of(company.judge) == {company.worker.pk: {"relative"}}


def test_ended_tie_counts_no_more_and_may_be_declared_again(company: Company) -> None:
    tie = ties.declare(employee=company.worker, other=company.judge, kind="mentor", by=company.worker, at=AT)

    ties.end(tie=tie, at=AT)

    assert ties_of(company.worker) == {}
    ties.declare(employee=company.worker, other=company.judge, kind="mentor", by=company.worker, at=AT)
    assert Tie.objects.count() == 2


def test_no_tie_with_oneself_or_of_an_unknown_kind(company: Company) -> None:
    with refused(ties.WrongTie, code="self"):
        ties.declare(employee=company.worker, other=company.worker, kind="mentor", by=company.worker, at=AT)
    with refused(ties.WrongTie, code="kind"):
        ties.declare(employee=company.worker, other=company.judge, kind="friend", by=company.worker, at=AT)
