"""Who is told what about an approval."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.approvals import tasks
from engine.approvals.models import Approval
from engine.notices.models import Notice
from tests.factories.approvals import NOW, act, make_approval, make_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def approval(company):
    make_policy({"key": "unit", "approvers": ["manager:1"], "deadline": "4h"}, {"key": "hr", "approvers": ["role:hr"]})
    return make_approval(company.worker)


def news(*, at=NOW):
    tasks.tell_news(at=at)
    rows = Notice.objects.order_by("created_at", "kind").select_related("person")
    found = [(row.person.number, row.kind.removeprefix("approval.")) for row in rows]
    Notice.objects.all().update(created_at=NOW - timedelta(days=1))
    return found


def test_who_is_asked_then_what_became_of_it(company, approval):
    assert news() == [("1001", "asked")]
    assert news() == [("1001", "asked")]  # nothing new

    act(approval, company.leader)
    act(approval, company.hr, note="好")

    assert news()[1:] == [("1301", "ended")]  # HR had decided before they could be told
    assert Notice.objects.get(kind="approval.ended").body == "好"


def test_return_tells_the_applicant_and_who_is_no_longer_asked(company):
    make_policy(("all", "user:1001 user:1002"))
    approval = make_approval(company.worker)
    news()

    act(approval, company.leader, "return", note="补材料")

    assert sorted(news()[2:]) == [("1002", "called-off"), ("1301", "returned")]


def test_asked_again_is_told_again(company, approval):
    news()
    act(approval, company.leader, "return", note="补", at=NOW + timedelta(minutes=1))
    act(approval, company.worker, "submit", at=NOW + timedelta(minutes=2))

    assert news().count(("1001", "asked")) == 2


def test_urge_copy_and_mention(company, approval):
    news()
    act(approval, company.worker, "urge")
    act(approval, company.leader, "cc", people=["1002"])
    act(approval, company.leader, "comment", note="@1301 请补充 @4711 @1105")

    assert sorted(news()[1:]) == [("1001", "urged"), ("1002", "copied"), ("1301", "commented")]


def test_reminded_before_and_when_overdue_once(company, approval):
    news()
    due = approval.due_at

    assert tasks.remind_soon(at=due - timedelta(hours=3)) == 0
    assert tasks.remind_soon(at=due - timedelta(hours=1)) == 1
    assert tasks.remind_soon(at=due - timedelta(minutes=30)) == 0
    tasks.run_deadlines(at=due)
    tasks.run_deadlines(at=due + timedelta(hours=1))

    assert [kind for _number, kind in news(at=due)].count("overdue") == 1
    assert Approval.objects.get(pk=approval.pk).status == "running"
