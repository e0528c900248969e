"""Writes that wait, go as one statement and take COMMIT with them: all of it is there afterwards, or nothing."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from engine.approvals import prepared
from engine.approvals.models import Approval, Ballot, Cc
from tests.factories.approvals import NOW, act, make_approval, make_policy

committed = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.django_db
only_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'")
OFTEN = 4  # as it is, twice to be prepared, and prepared


@pytest.fixture
def approval(company):
    make_policy(("all", "user:1001 user:1002"))
    return make_approval(company.worker)


def copy(approval_id: int, person: int) -> prepared.Statement:
    return prepared.insert_values(Cc, ("approval_id", "person_id"), [(approval_id, person)])


@committed
def test_last_write_is_committed_with_the_transaction(company, approval):
    for person in (company.leader, company.shop_head, company.hr, company.worker):
        with prepared.transaction():
            prepared.write(copy(approval.pk, person.pk))

        assert not connection.in_atomic_block
        connection.rollback()
        assert Cc.objects.filter(person=person).count() == 1


@committed
def test_write_that_fails_takes_everything_with_it(company, approval):
    people = [company.leader, company.shop_head, company.hr, company.worker]
    for person in people:
        with prepared.transaction():
            prepared.write(copy(approval.pk, person.pk))

    for person in people:
        with pytest.raises(IntegrityError), prepared.transaction():
            Approval.objects.filter(pk=approval.pk).update(title="changed")
            prepared.write(copy(approval.pk, person.pk))

    assert Approval.objects.get().title != "changed"
    assert Cc.objects.count() == len(people)


@committed
def test_what_is_found_only_at_commit_is_an_error_of_the_block(company, approval):
    with prepared.transaction():
        prepared.write(copy(approval.pk, company.hr.pk))

    for _ in range(OFTEN):
        with pytest.raises(IntegrityError), prepared.transaction():
            Approval.objects.filter(pk=approval.pk).update(title="changed")
            prepared.write(copy(approval.pk, 10**9))  # a foreign key, checked at COMMIT

    assert Approval.objects.get().title != "changed"
    assert Cc.objects.count() == 1


@committed
def test_block_within_a_transaction_commits_nothing(company, approval):
    for person in (company.leader, company.shop_head, company.hr, company.worker):
        with pytest.raises(RuntimeError), transaction.atomic():
            with prepared.transaction():
                prepared.write(copy(approval.pk, person.pk))
            raise RuntimeError

    assert Cc.objects.count() == 0


@committed
def test_refusal_caught_inside_leaves_nothing(company, approval):
    with pytest.raises(transaction.TransactionManagementError), prepared.transaction():
        with pytest.raises(RuntimeError), prepared.transaction():
            raise RuntimeError
        prepared.write(copy(approval.pk, company.hr.pk))

    assert Cc.objects.count() == 0


@committed
def test_act_is_kept_when_the_connection_is_gone_right_after(company, approval):
    for person in (company.leader, company.shop_head):
        act(approval, person)
        connection.close()

    assert Approval.objects.get().status == "approved"
    assert Ballot.objects.filter(verb="approve").count() == 2


def test_values_come_back_as_they_were_written(company):
    values = {
        "id": uuid.uuid4(), "position": 1, "person_id": company.hr.pk, "on_behalf_of_id": None, "step": "门'\"\\",
        "round": 2**31 - 1, "verb": "comment", "note": "一\n二 %s $1 {}", "reason": "", "seq": None, "minute": 0,
        "action": {"do": "comment", "note": "\\ \" ' 题"}, "at": datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC),
    }  # fmt: skip
    make_policy(("all", "user:1001"))
    approval = make_approval(company.worker)
    for number in range(OFTEN):
        row = values | {"id": uuid.uuid4(), "position": 10 + number, "approval_id": approval.pk}

        prepared.write(prepared.insert_values(Ballot, tuple(row), [tuple(row.values())]))

        found = Ballot.objects.get(pk=row["id"])
        assert {name: getattr(found, name) for name in row} == row
        read = prepared.execute(
            f"SELECT {prepared.columns(Ballot, 'b')} FROM approvals_ballot b WHERE id = %s",
            [prepared.value_of(Ballot, "id", row["id"])],
        ).fetchone()
        again = prepared.read(Ballot, read)
        assert {name: getattr(again, name) for name in row} == row
        assert again == found
        assert not again._state.adding


def test_new_row_is_what_its_class_makes(company):
    made, wanted = prepared.new(Approval, applicant=company.hr, title="t"), Approval(applicant=company.hr, title="t")

    assert {column.attname: getattr(made, column.attname) for column in Approval._meta.concrete_fields} == {
        column.attname: getattr(wanted, column.attname) for column in Approval._meta.concrete_fields
    }
    assert made.applicant is company.hr
    assert made._state.adding
    assert made.facts is not prepared.new(Approval, applicant=company.hr).facts


@only_postgresql
def test_value_of_a_kind_nobody_writes_is_named():
    with pytest.raises(TypeError, match="complex"):
        prepared.execute("SELECT %s", [1j])


@only_postgresql
def test_error_of_a_prepared_statement_is_djangos(company, approval):
    for _ in range(OFTEN):
        with pytest.raises(IntegrityError), transaction.atomic():
            prepared.execute("INSERT INTO approvals_cc (approval_id, person_id) VALUES (%s, NULL)", [approval.pk])


def test_people_named_by_a_new_version_are_found(company):
    make_policy(("all", "user:1001"))
    make_approval(company.worker)
    make_policy(("all", "user:1002 user:9999"))

    found = make_approval(company.worker, subject="request:2")

    assert [row.person.number for row in found.waiting.all()] == ["1002"]
    assert found.created_at == NOW


@only_postgresql
def test_no_act_looks_at_all_that_is_open(company, approval):
    """Of the plan that is kept for every act: the index of what is open anywhere is no part of it."""
    with CaptureQueriesContext(connection) as asked:
        act(approval, company.worker, "withdraw")
    writes = next(row["sql"] for row in asked if "UPDATE approvals_waiting" in row["sql"])

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO approvals_waiting (approval_id, person_id, since)"
            " SELECT 1000000 + n, %s, now() FROM generate_series(1, 5000) n",
            [company.hr.pk],
        )
        cursor.execute(f"EXPLAIN {writes}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        transaction.set_rollback(True)

    assert "waiting_open" not in plan
    assert "on approvals_waiting" in plan
