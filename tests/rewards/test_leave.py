"""Leave from the wish to the last day: rules, cover, entitlement, what is taken, what is returned."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.utils import translation

from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from people.models import Employee
from rewards import tasks
from rewards.domain import leave, ledger
from rewards.domain.handover import marks
from rewards.models import BlackOut, CoverQuota, HandOver, LeaveGrant, LeaveRequest, Redemption, UnitCap
from rewards.queries import balance
from tests.factories.people import Company, make_employee
from tests.factories.rewards import AT, ask, give_points, grant_leave, make_leave
from tests.support import refused

FRIDAY = date(2026, 12, 4)


def decide(company: Company, row: Redemption, persona: str, verb: str = "approve") -> None:
    approval = Approval.objects.get(subject=row.subject)
    person = company.personas[persona]
    approvals.decide(approval.pk, ballot=uuid.uuid4(), person=person, verb=verb, at=AT, note="意见")


@pytest.fixture
def rich(company: Company) -> Company:
    for person in (company.worker, company.leader, company.stranger):
        give_points(person, 3000)
    return company


def test_a_wish_is_kept_with_its_half_days(rich: Company) -> None:
    row = ask(make_leave(rich, half_days=2), rich.worker, wanted_on=FRIDAY, is_afternoon=True)

    request = LeaveRequest.objects.get(pk=row.pk)
    assert (request.halves, request.ends_on, request.unit) == (
        ["2026-12-04p", "2026-12-07a"],
        date(2026, 12, 7),
        rich.team,
    )


def test_black_out_days_refuse_and_name_the_next_free_day(rich: Company) -> None:
    BlackOut.objects.create(unit=rich.plant, from_on=FRIDAY, until_on=FRIDAY + timedelta(days=3), reason="年度检修")
    item = make_leave(rich)

    with translation.override("en"), refused(leave.CannotTake) as refusal:
        ask(item, rich.worker, wanted_on=FRIDAY)

    assert refusal.value.messages == [
        "炼钢厂 takes no leave from 2026-12-04 to 2026-12-07: 年度检修. The next free day is 2026-12-08."
    ]
    assert (Redemption.objects.count(), balance(rich.worker).reserved) == (0, 0)
    assert ask(item, rich.worker, wanted_on=FRIDAY + timedelta(days=4)).wanted_on == date(2026, 12, 8)


def test_the_quota_of_the_shop_counts_everybody_in_it(rich: Company) -> None:
    CoverQuota.objects.create(unit=rich.shop, most_away=1)
    item = make_leave(rich)
    ask(item, rich.worker, wanted_on=FRIDAY)

    with refused(leave.CannotTake) as refusal:
        ask(item, rich.stranger, wanted_on=FRIDAY)

    assert [fault.code for fault in refusal.value.error_dict["wanted_on"]] == ["nobody-left"]
    assert ask(item, rich.stranger, wanted_on=FRIDAY, is_afternoon=True).state == "reserved"


@pytest.mark.parametrize("kind", ["person", "unit", "unit-of-item"])
def test_yearly_caps_count_half_days(rich: Company, kind: str) -> None:
    item = make_leave(rich, half_days=2)
    if kind == "person":
        leave.save_rule(item=item, person_cap_half_days=3, needs_cover=False, by=rich.hr, at=AT)
    else:
        UnitCap.objects.create(unit=rich.plant, item=item if kind == "unit-of-item" else None, half_days=3)
    ask(item, rich.worker)

    with refused(leave.CannotTake):
        ask(item, rich.worker if kind == "person" else rich.stranger)

    assert LeaveRequest.objects.count() == 1


def test_a_refused_request_frees_its_cap(rich: Company) -> None:
    UnitCap.objects.create(unit=rich.team, half_days=1)
    item = make_leave(rich)
    row = ask(item, rich.worker)

    decide(rich, row, "leader", "refuse")

    assert ask(item, rich.worker).state == "reserved"


def test_the_unit_head_names_who_covers_before_agreeing(rich: Company) -> None:
    item = make_leave(rich)
    leave.save_rule(item=item, person_cap_half_days=None, needs_cover=True, by=rich.hr, at=AT)
    row = ask(item, rich.worker, wanted_on=FRIDAY)
    request = LeaveRequest.objects.get(pk=row.pk)

    with refused(leave.NoCover, code="no-cover"):
        decide(rich, row, "leader")
    leave.name_cover(request=request, number=rich.stranger.number, by=rich.leader, at=AT)
    decide(rich, row, "leader")
    decide(rich, row, "hr")

    request.refresh_from_db()
    assert (request.cover, request.cover_by) == (rich.stranger, rich.leader)
    assert LeaveGrant.objects.get(redemption=row).state == "granted"


def test_who_cannot_cover_is_refused(rich: Company) -> None:
    item = make_leave(rich)
    request = LeaveRequest.objects.get(pk=ask(item, rich.worker, wanted_on=FRIDAY).pk)
    ask(item, rich.leader, wanted_on=FRIDAY)
    gone = make_employee(rich.team, is_active=False)

    codes = []
    for number in (rich.worker.number, rich.leader.number, rich.hr.number, gone.number, "nobody"):
        with refused(leave.NoCover) as refusal:
            leave.name_cover(request=request, number=number, by=rich.leader, at=AT)
        codes.append(refusal.value.error_dict["cover"][0].code)

    assert codes == ["oneself", "away", "no-colleague", "no-colleague", "no-colleague"]
    assert LeaveRequest.objects.filter(cover=None).count() == 2


def test_taken_half_days_only_grow_up_to_all(rich: Company) -> None:
    grant = grant_leave(rich, rich.worker, half_days=2)

    one = leave.report_taken(pk=grant.pk, half_days=1, by=None, at=AT)
    again = leave.report_taken(pk=grant.pk, half_days=1, by=None, at=AT)
    with refused(leave.WrongCount):
        leave.report_taken(pk=grant.pk, half_days=0, by=None, at=AT)
    with refused(leave.WrongCount):
        leave.report_taken(pk=grant.pk, half_days=3, by=None, at=AT)
    every = leave.report_taken(pk=grant.pk, half_days=2, by=None, at=AT)

    assert (one.state, one.sequence, again.sequence, every.state) == ("part-taken", 1, 1, "taken")


def test_what_is_not_taken_lapses_after_its_last_day(rich: Company) -> None:
    grant = grant_leave(rich, rich.worker)
    last = AT + timedelta(days=365)

    counts = [tasks.lapse_leave(at=moment) for moment in (last, last + timedelta(days=1), last + timedelta(days=2))]

    grant.refresh_from_db()
    assert (counts, grant.state) == ([0, 1, 0], "expired")


def test_leave_nobody_heard_of_is_returned_at_once(rich: Company) -> None:
    grant = grant_leave(rich, rich.worker)

    marks.ask_return(grant=grant, by=rich.worker, at=AT)

    grant.refresh_from_db()
    assert (grant.state, grant.redemption.state, balance(rich.worker).available) == ("reversed", "refunded", 3000)
    assert list(HandOver.objects.values_list("verb", "status")) == [("grant", "dropped")]
    assert ledger.verify() is None


def test_leave_hr_knows_of_is_returned_when_hr_says_so(rich: Company) -> None:
    grant = grant_leave(rich, rich.worker)
    HandOver.objects.update(status="done", external_id="HR-1")

    marks.ask_return(grant=grant, by=rich.worker, at=AT)
    before = balance(rich.worker).available
    back = HandOver.objects.get(verb="reverse")
    marks.acknowledge(pk=back.pk, external_id="HR-2", half_days=1, by=None, at=AT)
    marks.acknowledge(pk=back.pk, external_id="HR-2", half_days=1, by=None, at=AT)

    grant.refresh_from_db()
    assert (before, balance(rich.worker).available, grant.state) == (2700, 3000, "reversed")
    assert ledger.verify() is None


def test_a_refused_return_leaves_the_leave(rich: Company) -> None:
    grant = grant_leave(rich, rich.worker)
    HandOver.objects.update(status="done")
    marks.ask_return(grant=grant, by=rich.worker, at=AT)

    marks.refuse(pk=HandOver.objects.get(verb="reverse").pk, reason="已休", by=None, at=AT)

    grant.refresh_from_db()
    assert (grant.state, balance(rich.worker).available, rich.worker.notices.count()) == ("granted", 2700, 1)
    assert marks.ask_return(grant=grant, by=rich.worker, at=AT).state == "returning"


@pytest.mark.parametrize("state", ["part-taken", "taken", "expired", "reversed", "returning"])
def test_what_is_taken_or_gone_is_not_returned(rich: Company, state: str) -> None:
    grant = grant_leave(rich, rich.worker)
    LeaveGrant.objects.update(state=state)

    with refused(marks.CannotReturn):
        marks.ask_return(grant=grant, by=rich.worker, at=AT)

    assert (LeaveGrant.objects.get().state, balance(rich.worker).available) == (state, 2700)


@pytest.mark.parametrize(
    "persona", ["worker", "stranger", "leader", "shop_head", "hr", "auditor", "administrator", "organiser"]
)
def test_who_sees_a_request_and_names_cover(rich: Company, persona: str) -> None:
    request = LeaveRequest.objects.get(pk=ask(make_leave(rich), rich.worker).pk)
    person: Employee = rich.personas[persona]

    sees = person.has_perm("rewards.view_leave_request", request)
    names = person.has_perm("rewards.name_cover", request)

    assert sees == (persona in {"worker", "leader", "shop_head", "hr", "auditor", "administrator"})
    assert names == (persona in {"leader", "shop_head", "hr"})
