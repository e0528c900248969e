"""contests/queries/subjects.py: what approvers read about a contest and a registration."""

from __future__ import annotations

import pytest

from contests.models import Contest
from engine.approvals.subjects import description
from tests.factories.contests import make_contest, make_published, register
from tests.factories.people import Company


def test_a_contest_tells_what_it_is_and_what_pays(company: Company) -> None:
    contest = make_contest(company, place="一号实训车间")

    told = description(contest.subject)

    assert told.link == "/contests/welding-2026/"
    values = [str(value) for _label, value in told.facts]
    assert {"一号实训车间", "3", str(company.root), str(company.chief_judge)} <= set(values)


def test_a_registration_tells_who_applies(company: Company) -> None:
    row = register(make_published(company), company.worker)

    told = description(row.subject)

    assert told.link == "/contests/welding-2026/"
    assert {str(company.team), str(company.trade)} <= {str(value) for _label, value in told.facts}


@pytest.mark.django_db
@pytest.mark.parametrize("subject", ["contest:gone", "registration:999999", "registration:x", "registration:"])
def test_what_is_gone_tells_nothing(subject: str) -> None:
    assert not Contest.objects.exists()
    assert description(subject).facts == []
