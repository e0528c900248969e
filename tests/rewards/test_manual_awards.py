"""Points for people no rule knows of: proposed by one, agreed to by another, paid once."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.utils import translation

from engine.approvals.models import Approval
from rewards import flows
from rewards.domain import ledger
from rewards.domain.manual_awards import Faulty
from rewards.models import ManualAward
from rewards.pure.transfers import Transfer
from rewards.queries import balance
from tests.factories.approvals import act
from tests.factories.people import give_role
from tests.factories.rewards import AT
from tests.support import refused

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def fill_budget(points):
    ledger.demand(
        [Transfer(id=str(uuid.uuid4()), debit="mint", credit="budget:company", kind="grant", amount=points)], at=AT
    )


def propose(company, lines=(("1301", 50), ("1001", 20)), *, key=None, by=None):
    return flows.propose_award(
        key=key or uuid.uuid4(),
        by=by or company.organiser,
        at=AT,
        lines=list(lines),
        reason="抢修立功",
        budget_unit=None,
    )


def as_(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def approval_of(row):
    return Approval.objects.get(subject=row.subject)


def test_points_move_only_when_somebody_else_agreed(company):
    fill_budget(1000)
    row = propose(company)
    assert balance(company.worker).available == 0

    act(approval_of(row), company.union_chair, at=AT)

    row.refresh_from_db()
    assert (row.state, balance(company.worker).available, balance(company.leader).available) == ("paid", 50, 20)


def test_same_key_proposes_once(company):
    key = uuid.uuid4()

    first, again = propose(company, key=key), propose(company, key=key)

    assert first.pk == again.pk
    assert Approval.objects.count() == 1


def test_refused_and_withdrawn_pay_nothing(company):
    fill_budget(1000)
    one, other = propose(company), propose(company)

    act(approval_of(one), company.union_chair, "refuse", note="没有依据", at=AT)
    act(approval_of(other), company.organiser, "withdraw", at=AT)

    assert list(ManualAward.objects.order_by("state").values_list("state", flat=True)) == ["refused", "withdrawn"]
    assert balance(company.worker).available == 0


def test_nobody_agrees_to_their_own_proposal(company):
    row = propose(company, by=company.union_chair)

    waiting = {one.person for one in approval_of(row).waiting.all()}

    assert waiting
    assert company.union_chair not in waiting


@committed
def test_empty_budget_undoes_the_approval(transactional_db, company):
    row = propose(company)
    approval = approval_of(row)

    with refused(ledger.BudgetEmpty, code="budget_empty"):
        act(approval, company.union_chair, at=AT)

    assert Approval.objects.get(pk=approval.pk).status == "running"
    row.refresh_from_db()
    assert row.state == "proposed"


@pytest.mark.parametrize(
    ("lines", "says"),
    [([], "at least one"), ([("4711", 5)], "Line 1: there is no employee"), ([("1301", 0)], "Line 1: points are"),
     ([("1301", 5), ("1301", 6)], "Line 2: 1301 stands twice"), ([("1301", 10_001)], "Line 1: points are")],
)  # fmt: skip
def test_faults_name_the_line(company, lines, says):
    with translation.override("en"), refused(Faulty, code="faulty-award") as caught:
        propose(company, lines)

    assert says in str(caught.value)


def test_nobody_proposes_points_for_themselves(company):
    with refused(Faulty, code="faulty-award"):
        propose(company, [(company.organiser.number, 5)])


def test_pages(company):
    give_role(company.leader, "branch_chair", company.shop)
    key = str(uuid.uuid4())
    client = as_(company.leader)

    bad = client.post(
        "/mall/awards/new/", {"key": key, "reason": "x", "budget_unit": company.root.pk, "lines": "1301 abc\n1002"}
    )
    good = client.post(
        "/mall/awards/new/",
        {"key": key, "reason": "抢修立功", "budget_unit": company.root.pk, "lines": "1301 赵磊 50\n1002,20"},
    )

    assert bad.status_code == 422
    assert "Line 1: write a number and points" in bad.content.decode()
    assert good.status_code == 302
    assert ManualAward.objects.get().lines == [["1301", 50], ["1002", 20]]
    assert "抢修立功" in client.get("/mall/awards/").content.decode()
    assert as_(company.worker).get(good["Location"]).status_code == 404
    assert as_(company.worker).get("/mall/awards/").status_code == 403
    assert as_(company.auditor).get(good["Location"]).status_code == 200
    assert "50" in client.get(good["Location"]).content.decode()


def test_awards_page_takes_eight_statements(company, django_assert_max_num_queries):
    propose(company)
    propose(company)
    client = as_(company.organiser)

    with django_assert_max_num_queries(8):
        client.get("/mall/awards/")
