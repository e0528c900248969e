"""Lists of the inbox, and that they agree with the permissions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engine.approvals import queries
from engine.approvals.models import Approval, Cc
from tests.factories.approvals import NOW, act, make_approval, make_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def season(company):
    """One running, one approved, one returned, one copied; different people everywhere."""
    make_policy(("all", "manager:1"), ("any", "role:hr"))
    make_policy(("all", "user:1002"), name="other")
    running = make_approval(company.worker, title="进行中")
    approved = make_approval(company.worker, title="已通过")
    act(approved, company.leader)
    act(approved, company.hr)
    returned = make_approval(company.stranger, title="已退回", policy="other")
    act(returned, company.shop_head, "return", note="补材料")
    copied = make_approval(company.stranger, title="抄送", policy="other")
    Cc.objects.create(approval=copied, person=company.judge)
    return {"running": running, "approved": approved, "returned": returned, "copied": copied}


def titles(rows):
    return [row.title for row in rows]


def test_waiting_for_is_the_longest_waiting_first(company, season):
    make_approval(company.worker, title="更早", at=NOW - timedelta(days=1))

    assert titles(queries.waiting_for(company.leader)) == ["更早", "进行中"]
    assert titles(queries.waiting_for(company.hr)) == []
    assert titles(queries.waiting_for(company.stranger)) == ["已退回"]
    assert queries.waiting_counts([company.leader.pk, company.judge.pk]) == {company.leader.pk: 2}


def test_done_started_and_copied(company, season):
    assert titles(queries.done_by(company.leader)) == ["已通过"]
    assert titles(queries.done_by(company.worker)) == []
    assert titles(queries.started_by(company.worker)) == ["已通过", "进行中"]
    assert titles(queries.copied_to(company.judge)) == ["抄送"]


def test_counts_in_one_statement(company, season):
    with CaptureQueriesContext(connection) as captured:
        found = queries.counts(company.worker)

    assert len(captured) == 1
    assert found == queries.Counts(waiting=0, started=2, copied=0, drafts=0)
    assert queries.counts(company.stranger) == queries.Counts(waiting=1, started=2, copied=0, drafts=0)
    assert queries.counts(company.judge) == queries.Counts(waiting=0, started=0, copied=1, drafts=0)


@pytest.mark.parametrize(
    ("words", "policy", "expected"),
    [("通过", "", ["已通过"]), ("焊工", "", ["已通过", "进行中"]), ("1301", "", ["已通过", "进行中"]),
     ("孙芳", "", []), ("", "other", []), ("", "request", ["已通过", "进行中"])],
)  # fmt: skip
def test_narrowed_by_words_and_policy(company, season, words, policy, expected):
    rows = queries.narrowed(queries.started_by(company.worker), words=words, policy=policy)

    assert titles(rows) == expected


def test_visible_to_agrees_with_the_permission_for_everybody(company, season):
    everything = list(Approval.objects.all())

    for name, person in company.personas.items():
        visible = set(queries.visible_to(person, timezone.localdate()))
        assert visible == {row for row in everything if person.has_perm("approvals.view_approval", row)}, name


def test_who_sees_what(company, season):
    def seen(person):
        return sorted(titles(queries.visible_to(person, timezone.localdate())))

    assert seen(company.administrator) == seen(company.auditor) == ["已退回", "已通过", "抄送", "进行中"]
    assert seen(company.leader) == ["已通过", "进行中"]
    assert seen(company.hr) == ["已通过"]
    assert seen(company.judge) == ["抄送"]
    assert seen(company.organiser) == []


def test_who_has_left_sees_nothing(company, season):
    company.auditor.is_active = False
    company.auditor.save()

    assert not queries.visible_to(company.auditor, timezone.localdate()).exists()
    assert not company.auditor.has_perm("approvals.view_approval", season["running"])


def test_reader_may_not_act(company, season):
    assert not company.auditor.has_perm("approvals.decide_approval", season["running"])
    assert company.leader.has_perm("approvals.decide_approval", season["approved"])


def test_sums_add_whole_numbers_by_label(company, season):
    make_approval(company.worker, facts={"积分": 120, "Reason": "病假"})

    assert queries.sums(queries.waiting_for(company.leader)) == [("积分", 620)]
