"""Who came to a course, and what they may show for it."""

from __future__ import annotations

from datetime import timedelta

from rewards.domain import courses, mall
from rewards.models import Seat, SkillRecord
from tests.factories.people import Company
from tests.factories.rewards import AT, ask, give_points, make_course
from tests.support import refused

LATER = AT + timedelta(days=10, hours=7)


def sit(company: Company) -> Seat:
    item, session = make_course(company)
    mall.save_item(item=item, by=company.hr, at=AT, asks_approval=False)
    give_points(company.worker, 100)
    return Seat.objects.get(redemption=ask(item, company.worker, session=session))


def test_who_came_has_one_skill_record(company: Company) -> None:
    seat = sit(company)

    changed = [
        courses.mark(session=seat.session, marks={seat.pk: mark}, by=company.hr, at=LATER)
        for mark in ("attended", "attended", "absent")
    ]

    record = SkillRecord.objects.get()
    assert changed == [1, 0, 0]
    assert (record.employee, record.title, record.minutes) == (company.worker, "PLC 实训", 360)
    assert Seat.objects.get().attendance == "attended"


def test_absent_may_still_become_present(company: Company) -> None:
    seat = sit(company)

    for mark in ("absent", "excused", "attended"):
        courses.mark(session=seat.session, marks={seat.pk: mark}, by=company.hr, at=LATER)

    assert SkillRecord.objects.count() == 1


def test_nobody_comes_before_the_day_or_to_another_session(company: Company) -> None:
    seat = sit(company)
    other = make_course(company)[1]

    with refused(courses.NotYetBegun):
        courses.mark(session=seat.session, marks={seat.pk: "attended"}, by=company.hr, at=AT)
    with refused(courses.NotInSession):
        courses.mark(session=other, marks={seat.pk: "attended"}, by=company.hr, at=LATER)
    assert Seat.objects.get().attendance == ""
