"""contests/views/proofs.py: a published result carries a proof anybody checks offline."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from contests.domain import judging, results
from contests.models import Contest, ResultVersion
from engine.proof import sequencer
from engine.proof.pure import tlog_proof
from tests.factories.contests import AT, make_judging, mark_everything
from tests.factories.people import Company, make_company

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return make_company()


def noticed(company: Company) -> Contest:
    contest = make_judging(company, contestants=2)
    mark_everything(contest, company.judge)
    contest = judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    return results.begin_notice(contest=contest, until=AT, by=company.union_chair, at=AT)


def enter(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_proof_carries_the_digest_of_the_version(company: Company) -> None:
    contest = noticed(company)
    sequencer.run(at=AT)

    answer = enter(company.worker).get(f"/contests/{contest.code}/result.tlog-proof")

    assert answer.status_code == 200
    assert ResultVersion.objects.get().digest.encode() in tlog_proof.read(answer.content.decode()).extra


def test_before_the_sequencer_came_the_page_says_to_try_again(company: Company) -> None:
    contest = noticed(company)
    client = enter(company.worker)

    answer = client.get(f"/contests/{contest.code}/result.tlog-proof", follow=True)

    assert answer.redirect_chain
    assert b"toast error" in answer.content


def test_without_a_result_there_is_none(company: Company) -> None:
    contest = make_judging(company)

    assert enter(company.chief_judge).get(f"/contests/{contest.code}/result.tlog-proof").status_code == 404
