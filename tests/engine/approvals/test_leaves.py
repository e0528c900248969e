"""Final ballots are leaves of the transparency log, written with the act that ends an approval."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta

import pytest
from django.db import transaction

from engine.approvals.models import Ballot
from engine.approvals.record import as_pdf
from engine.proof import sequencer
from engine.proof.models import Leaf
from engine.proof.pure import checkpoint as checkpoints
from engine.proof.pure import merkle
from engine.proof.pure import note as notes
from engine.proof.pure.tlog_proof import read
from tests.factories.approvals import NOW, act, make_approval, make_policy

committed = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.django_db


def records() -> list[dict[str, object]]:
    return [json.loads(bytes(row.record)) for row in Leaf.objects.filter(kind="ballot").order_by("pk")]


@pytest.fixture
def approval(company):
    make_policy(("all", "user:1001 user:1002"))
    return make_approval(company.worker)


def test_running_approval_has_no_final_ballot(company, approval):
    act(approval, company.leader)

    assert records() == []


def test_each_ballot_is_a_leaf_when_the_approval_ends(company, approval):
    act(approval, company.leader, note="同意")
    act(approval, company.shop_head)

    found = records()
    ballots = {str(row.pk): row for row in Ballot.objects.filter(verb="approve")}
    assert [(row["by"], row["verb"], row["note"], row["outcome"]) for row in found] == [
        ("1001", "approve", "同意", "approved"), ("1002", "approve", "", "approved")]  # fmt: skip
    assert {row["ballot"] for row in found} == ballots.keys() == set(Leaf.objects.values_list("key", flat=True))
    assert all(row["at"] == ballots[str(row["ballot"])].at.isoformat() for row in found)


def test_only_ballots_that_stand_are_final(company, approval):
    act(approval, company.leader)
    act(approval, company.leader, "take-back")
    act(approval, company.leader, "refuse", note="no")

    assert [(row["by"], row["verb"], row["outcome"]) for row in records()] == [("1001", "refuse", "refused")]


def test_the_systems_ballots_are_final_too(company):
    make_policy({"key": "a", "approvers": ["user:1001"]}, {"key": "b", "approvers": ["user:1001"]})
    approval = make_approval(company.worker)

    act(approval, company.leader)

    assert [(row["by"], row["step"], row["reason"]) for row in records()] == [
        ("1001", "a", ""),
        ("system", "b", "repeat:1"),
    ]


def test_ballots_of_a_deadline_and_of_the_act_after_it_are_leaves_of_one_end(company):
    make_policy(
        {"key": "a", "approvers": ["user:1001"], "deadline": "1h", "overdue": "pass"},
        {"key": "b", "approvers": ["user:1002"]},
    )
    approval = make_approval(company.worker)

    act(approval, company.shop_head, at=NOW + timedelta(days=7))

    assert [(row["by"], row["step"], row["verb"]) for row in records()] == [
        ("system", "a", "approve"),
        ("1002", "b", "approve"),
    ]


@committed
def test_refused_act_leaves_no_leaf(company, approval):
    act(approval, company.leader)
    with pytest.raises(RuntimeError), transaction.atomic():
        act(approval, company.shop_head)
        raise RuntimeError

    assert records() == []


@committed
def test_record_names_the_leaf_and_carries_its_proof(company, approval):
    act(approval, company.leader)
    act(approval, company.shop_head)
    sequencer.run(at=NOW)
    approval.refresh_from_db()

    content = as_pdf(approval, at=NOW)

    proofs = [
        read(row.decode())
        for row in re.findall(rb"stream\r?\n(c2sp.org/tlog-proof.*?\n)\r?\n?endstream", content, re.DOTALL)
    ]
    assert {hashlib.sha256(proof.extra).digest() for proof in proofs} == {
        bytes(data) for data in Leaf.objects.filter(kind="ballot").values_list("data", flat=True)}  # fmt: skip
    tree = checkpoints.read(notes.read(proofs[0].checkpoint).text)
    for proof in proofs:
        data = hashlib.sha256(proof.extra).digest()
        assert merkle.verify_inclusion(proof.index, tree.size, merkle.leaf_hash(data), proof.hashes, tree.root) == ""
