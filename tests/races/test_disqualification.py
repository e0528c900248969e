"""Two people agree at once, or the result is shown at once: one order, one decision."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from contests import flows
from contests.domain import results
from contests.domain.disqualification import StillOpen
from contests.models import Contest, Disqualification
from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from engine.events.models import Event
from tests.factories.contests import AT
from tests.factories.people import make_company
from tests.factories.results import UNTIL, make_reviewed
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_agreed_to_and_refused_at_once_is_decided_once() -> None:
    company = make_company()
    contest = make_reviewed(company)
    row = flows.propose_disqualification(contest=contest, entry="02", reason="x", by=company.chief_judge, at=AT)
    asked = Approval.objects.get(subject=row.subject)

    answers = at_once(
        *(
            partial(approvals.decide, asked.pk, ballot=uuid4(), person=company.union_chair, verb=verb, at=AT)
            for verb in ("approve", "refuse", "approve")
        )
    )

    row.refresh_from_db()
    assert sum(isinstance(answer, Approval) for answer in answers) == 1
    assert Event.objects.filter(action__in=["disqualification.agreed", "disqualification.refused"]).count() == 1
    assert (contest.entries.get(code="02").status == "dq") == (row.state == "agreed")


def test_a_proposal_and_the_notice_at_once_have_one_order() -> None:
    company = make_company()
    contest = make_reviewed(company)

    shown, proposed = at_once(
        partial(results.begin_notice, contest=contest, until=UNTIL, by=company.union_chair, at=AT),
        partial(flows.propose_disqualification, contest=contest, entry="02", reason="x", by=company.chief_judge, at=AT),
    )

    contest.refresh_from_db()
    if isinstance(shown, Contest):
        assert not Disqualification.objects.exists()
        assert contest.state == "notice"
    else:
        assert isinstance(shown, StillOpen)
        assert isinstance(proposed, Disqualification)
        assert contest.state == "review"
