"""contests/domain/registration.py: apply, confirm, refuse, withdraw; the waitlist moves up by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contests.domain import draw, panels, registration, seats, setup
from contests.models import Contest, Entry, Registration
from engine.events.models import Event
from tests.factories.contests import AT, make_contest, make_contestants, make_judging, make_published, register
from tests.factories.people import Company
from tests.support import refused


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_published(company, quota=1)


def apply(contest: Contest, person, at=AT) -> Registration:
    return registration.apply(contest=contest, employee=person, by=person, at=at)


def states(contest: Contest) -> list[str]:
    return list(Registration.objects.filter(contest=contest).order_by("id").values_list("state", flat=True))


def test_an_application_waits_for_a_decision_and_is_told(contest: Contest, company: Company) -> None:
    row = registration.apply(
        contest=contest, employee=company.worker, by=company.worker, at=AT, phone="13800000000", note="第一次参赛"
    )

    assert (row.state, row.phone, row.note, row.applied_at) == ("applied", "13800000000", "第一次参赛", AT)
    event = Event.objects.get(action="registration.applied")
    assert (event.subject, event.by, event.data["employee"]) == (contest.subject, company.worker, company.worker.pk)


def test_the_seats_go_to_the_first_confirmed_and_the_rest_waits(contest: Contest, company: Company) -> None:
    for person in make_contestants(company, 3):
        register(contest, person)

    assert states(contest) == ["confirmed", "waitlisted", "waitlisted"]


def test_without_a_quota_everybody_has_a_seat(company: Company) -> None:
    contest = make_published(company, quota=None)

    for person in make_contestants(company, 3):
        register(contest, person)

    assert states(contest) == ["confirmed"] * 3


def test_a_withdrawal_moves_the_earliest_applicant_up(contest: Contest, company: Company) -> None:
    first, late, early = make_contestants(company, 3)
    seat = register(contest, first)
    register(contest, late, at=AT + timedelta(minutes=2))
    register(contest, early, at=AT + timedelta(minutes=1))

    registration.withdraw(registration_id=seat.pk, by=first, at=AT, reason="值班")

    assert states(contest) == ["withdrawn", "waitlisted", "confirmed"]
    assert Event.objects.get(action="registration.promoted").data["employee"] == early.pk


def test_withdrawing_from_the_waitlist_moves_nobody(contest: Contest, company: Company) -> None:
    people = make_contestants(company, 3)
    rows = [register(contest, person) for person in people]

    registration.withdraw(registration_id=rows[1].pk, by=people[1], at=AT)

    assert states(contest) == ["confirmed", "withdrawn", "waitlisted"]


def test_a_growing_quota_moves_the_waitlist_up(contest: Contest, company: Company) -> None:
    for person in make_contestants(company, 4):
        register(contest, person)

    setup.update(contest=contest, by=company.organiser, at=AT, quota=3)

    assert states(contest) == ["confirmed", "confirmed", "confirmed", "waitlisted"]


def test_a_removed_quota_moves_everybody_up(contest: Contest, company: Company) -> None:
    for person in make_contestants(company, 3):
        register(contest, person)

    setup.update(contest=contest, by=company.organiser, at=AT, quota=None)

    assert states(contest) == ["confirmed"] * 3


def test_the_quota_never_falls_below_the_confirmed(company: Company) -> None:
    contest = make_published(company, quota=2)
    for person in make_contestants(company, 2):
        register(contest, person)

    with refused(seats.QuotaTooSmall, code="quota-too-small") as caught:
        setup.update(contest=contest, by=company.organiser, at=AT, quota=1)

    assert "2" in caught.value.messages[0]


def test_registering_twice_is_refused(contest: Contest, company: Company) -> None:
    apply(contest, company.worker)

    with refused(registration.AlreadyRegistered, code="already-registered"):
        apply(contest, company.worker)


def test_after_a_withdrawal_one_queues_again_at_the_end(contest: Contest, company: Company) -> None:
    row = apply(contest, company.worker)
    registration.withdraw(registration_id=row.pk, by=company.worker, at=AT)
    later = AT + timedelta(hours=1)

    again = apply(contest, company.worker, later)

    assert (again.pk, again.state, again.applied_at) == (row.pk, "applied", later)


def test_a_refusal_is_final_and_says_why(contest: Contest, company: Company) -> None:
    row = apply(contest, company.worker)
    registration.refuse(registration_id=row.pk, reason="证书过期", by=company.leader, at=AT)

    with refused(registration.AlreadyRegistered, code="refused") as caught:
        apply(contest, company.worker)

    assert "证书过期" in caught.value.messages[0]


@pytest.mark.parametrize("verb", ["confirm", "refuse"])
def test_a_decided_registration_is_not_decided_again(contest: Contest, company: Company, verb: str) -> None:
    row = register(contest, company.worker)

    with refused(registration.AlreadyDecided, code="already-decided"):
        if verb == "confirm":
            registration.confirm(registration_id=row.pk, by=None, at=AT)
        else:
            registration.refuse(registration_id=row.pk, reason="", by=None, at=AT)

    assert states(contest) == ["confirmed"]


@pytest.mark.parametrize(("shift_days", "code"), [(-2, "too-early"), (7, "closed"), (30, "closed")])
def test_outside_its_period_nobody_registers(contest: Contest, company: Company, shift_days: int, code: str) -> None:
    with refused(registration.NotOpen, code=code):
        apply(contest, company.worker, AT + timedelta(days=shift_days))


def test_a_draft_takes_no_registration(company: Company) -> None:
    contest = make_contest(company)

    with refused(registration.NotOpen, code="closed"):
        apply(contest, company.worker)


def test_who_misses_conditions_reads_every_one(company: Company) -> None:
    conditions = {"trades": ["welder"], "unit_ids": [company.team.pk], "minimum_skill_level": 4}
    contest = make_published(company, conditions=conditions)

    with refused(registration.NotEligible, code="not-eligible") as caught:
        apply(contest, company.stranger)

    assert len(caught.value.messages) == 3
    assert "焊工" in caught.value.messages[0]


def test_a_judge_does_not_take_part(contest: Contest, company: Company) -> None:
    with refused(registration.NotEligible, code="not-eligible"):
        apply(contest, company.judge)


def test_withdrawing_after_the_draw_marks_the_entry(company: Company) -> None:
    contest = make_published(company, quota=1)
    people = make_contestants(company, 2)
    rows = [register(contest, person) for person in people]
    registration.close(contest=contest, by=company.organiser, at=AT)
    draw.draw(contest=contest, seed="a", code_seed="b", by=company.organiser, at=AT)

    registration.withdraw(registration_id=rows[0].pk, by=people[0], at=AT, reason="受伤")

    assert list(Entry.objects.values_list("status", "status_reason")) == [("wd", "受伤")]
    assert states(contest) == ["withdrawn", "waitlisted"]


def test_withdrawing_during_judging_is_the_chief_judges_business(company: Company) -> None:
    contest = make_judging(company)
    row = contest.registrations.first()

    with refused(registration.TooLate, code="too-late"):
        registration.withdraw(registration_id=row.pk, by=row.employee, at=AT)


def test_a_withdrawn_registration_is_not_withdrawn_again(contest: Contest, company: Company) -> None:
    row = apply(contest, company.worker)
    registration.withdraw(registration_id=row.pk, by=company.worker, at=AT)

    with refused(registration.AlreadyDecided, code="not-active"):
        registration.withdraw(registration_id=row.pk, by=company.worker, at=AT)


def test_closing_ends_registration(contest: Contest, company: Company) -> None:
    registration.close(contest=contest, by=None, at=AT)

    with refused(registration.NotOpen, code="closed"):
        apply(contest, company.worker)
    with refused(setup.WrongState, code="wrong-state"):
        registration.close(contest=contest, by=None, at=AT)


def test_a_contestant_becomes_no_judge(contest: Contest, company: Company) -> None:
    apply(contest, company.worker)

    with refused(panels.ConflictOfInterest, code="conflict-of-interest"):
        panels.assign(contest=contest, employee=company.worker, by=company.organiser, at=AT)
