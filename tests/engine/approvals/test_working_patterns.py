"""Deadlines run in the hours of the applicant's unit, and follow them when they change."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.approvals import tasks
from engine.approvals.models import Approval
from people.domain import working_patterns
from people.queries import calendar_of
from tests.factories.approvals import act, make_approval, make_policy

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2026, 11, 20, 16, 30, tzinfo=ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture
def keep(company):
    def keep(unit, kind="daily", hours="08:00-20:00", **more):
        return working_patterns.keep(unit, kind=kind, hours=hours, by=company.administrator, at=FRIDAY, **more)

    return keep


@pytest.fixture
def policy(company):
    return make_policy(
        {"key": "head", "approvers": ["manager:1"], "deadline": "1d", "overdue": "pass"},
        {"key": "hr", "approvers": ["role:hr"], "deadline": "4h"},
    )


def due(approval: Approval) -> datetime | None:
    found = Approval.objects.get(pk=approval.pk).due_at
    return found.astimezone(ZONE) if found else None


def test_without_a_pattern_deadlines_run_in_office_hours(company, policy):
    assert due(make_approval(company.worker, at=FRIDAY)) == at("2026-11-23 16:30")


def test_a_unit_that_works_every_day_has_its_deadline_on_saturday(company, policy, keep):
    keep(company.shop)

    approval = make_approval(company.worker, at=FRIDAY)

    assert due(approval) == at("2026-11-21 12:30")
    assert due(make_approval(company.hr, at=FRIDAY)) == at("2026-11-23 16:30")  # another unit's people
    assert tasks.run_deadlines(at=at("2026-11-21 12:29")) == 0
    assert tasks.run_deadlines(at=at("2026-11-21 12:30")) == 1
    assert tasks.run_deadlines(at=at("2026-11-21 12:30")) == 0
    row = Approval.objects.get(pk=approval.pk)
    assert row.state["steps"]["head"]["status"] == "passed"
    assert due(approval) == at("2026-11-21 16:30")  # the next step runs on the same clock


def test_shifts_stop_on_days_of_rest(company, policy, keep):
    shifts = "早 08:00-16:00\n中 16:00-24:00\n夜 00:00-08:00"
    keep(company.team, "rotation", "", shifts=shifts, cycle="早早中中夜夜休休", starts_on=date(2026, 11, 19))

    approval = make_approval(company.worker, at=at("2026-11-24 06:00"))  # the last night shift

    assert due(approval) == at("2026-11-27 14:00")


def test_running_deadlines_follow_a_pattern_that_changes(company, policy, keep):
    approval, other = make_approval(company.worker, at=FRIDAY), make_approval(company.hr, at=FRIDAY)

    keep(company.shop)
    assert tasks.recount_deadlines(at=FRIDAY + timedelta(minutes=5)) == 1
    assert tasks.recount_deadlines(at=FRIDAY + timedelta(minutes=6)) == 0
    assert (due(approval), due(other)) == (at("2026-11-21 12:30"), at("2026-11-23 16:30"))

    working_patterns.drop(company.shop)
    assert tasks.recount_deadlines(at=FRIDAY + timedelta(minutes=7)) == 1
    assert due(approval) == at("2026-11-23 16:30")


def test_deadlines_follow_somebody_who_changes_the_unit(company, policy, keep):
    keep(company.team)
    approval = make_approval(company.worker, at=FRIDAY)
    company.worker.unit = company.other_team
    company.worker.save()

    assert tasks.recount_deadlines(at=FRIDAY + timedelta(minutes=5)) == 1

    assert due(approval) == at("2026-11-23 16:30")
    company.worker.unit = None
    company.worker.save()
    keep(company.root)
    assert tasks.recount_deadlines(at=FRIDAY + timedelta(minutes=6)) == 0  # without a unit: office hours, as before


def test_a_pattern_above_does_not_touch_a_unit_with_its_own(company, policy, keep):
    keep(company.team, "office", "08:30-12:00 13:00-17:30")
    approval = make_approval(company.worker, at=FRIDAY)

    keep(company.plant)

    assert tasks.recount_deadlines(at=FRIDAY + timedelta(minutes=5)) == 0
    assert due(approval) == at("2026-11-23 16:30")
    assert calendar_of(company.worker.number).time.kind == "office"
    assert calendar_of(company.shop_head.number).time.kind == "daily"


def test_deadline_that_has_passed_by_the_new_hours_takes_effect_at_once(company, policy, keep):
    approval = make_approval(company.worker, at=FRIDAY)
    keep(company.shop, hours="00:00-24:00")

    assert tasks.recount_deadlines(at=at("2026-11-21 09:00")) == 1

    assert Approval.objects.get(pk=approval.pk).state["steps"]["head"]["status"] == "passed"


def test_finding_what_is_outdated_takes_four_statements(company, policy, keep, django_assert_num_queries):
    for person in (company.worker, company.leader, company.hr):
        make_approval(person, at=FRIDAY)
    keep(company.team)
    tasks.recount_deadlines(at=FRIDAY)

    with django_assert_num_queries(4):
        assert tasks.recount_deadlines(at=FRIDAY) == 0


def test_acts_take_the_same_effect_whatever_the_hours(company, policy, keep):
    keep(company.shop)
    approval = make_approval(company.worker, at=FRIDAY)

    act(approval, company.leader, at=at("2026-11-21 09:00"))

    assert act(approval, company.hr, at=at("2026-11-21 10:00")).status == "approved"
