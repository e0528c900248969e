"""Who may read what the log says about a transfer, an opinion, an account: whose it is, and who answers for it."""

from __future__ import annotations

import uuid

import pytest
from django.utils import translation

from engine.approvals.models import Approval, Ballot
from engine.approvals.rules import reads_ballot
from engine.proof.models import Leaf
from engine.proof.rules import label_of
from rewards.models import Transfer
from rewards.queries.receipts import reads_every_record, reads_transfer
from tests.factories.approvals import act
from tests.factories.people import Company
from tests.factories.rewards import AT, ask, give_points, make_leave

pytestmark = pytest.mark.django_db
ANSWERING = {"union_chair", "organiser", "auditor", "administrator"}


def test_transfer_is_read_by_its_owner_and_who_answers_for_points(company: Company) -> None:
    give_points(company.worker, 300)
    key = str(Transfer.objects.get(credit=f"wallet:{company.worker.number}").id)

    may = {name for name, person in company.personas.items() if reads_transfer(person, key)}

    assert may == ANSWERING | {"worker"}
    assert Leaf.objects.filter(kind="transfer", key=key).exists()
    assert not reads_transfer(company.worker, str(uuid.uuid4()))
    assert not reads_transfer(company.worker, "x")


def test_accounts_and_refusals_are_for_who_answers_for_points(company: Company) -> None:
    may = {name for name, person in company.personas.items() if reads_every_record(person, "x")}

    assert may == ANSWERING


def test_opinion_is_read_by_who_may_see_its_approval(company: Company) -> None:
    give_points(company.worker, 900)
    approval = Approval.objects.get(subject=ask(make_leave(company), company.worker).subject)
    act(approval, company.leader, at=AT)
    key = str(Ballot.objects.filter(approval=approval, person=company.leader)[0].pk)

    may = {name for name, person in company.personas.items() if reads_ballot(person, key)}
    seen = {name for name, person in company.personas.items() if person.has_perm("approvals.view_approval", approval)}

    assert may == seen
    assert {"worker", "leader"} <= may
    assert "stranger" not in may
    assert not reads_ballot(company.worker, "x")


@pytest.mark.parametrize("kind", ["transfer", "refusal", "account", "ballot", "result", "sheet"])
def test_every_kind_has_a_name_for_people(kind: str) -> None:
    with translation.override("zh-hans"):
        assert not label_of(kind).isascii()
