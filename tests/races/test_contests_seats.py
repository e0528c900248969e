"""Applicants at once: exactly as many seats as the quota has."""

from __future__ import annotations

import threading
from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import connection, models

from contests.domain import draw, registration, seats, setup
from contests.models import Contest, Entry, Registration
from tests.factories.contests import AT, make_contestants, make_published, register
from tests.factories.people import Company, make_company
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return make_company()


def states(contest: Contest) -> Counter[str]:
    return Counter(Registration.objects.filter(contest=contest).values_list("state", flat=True))


@pytest.mark.parametrize("quota", [1, 7])
def test_twenty_applicants_get_exactly_the_seats(company: Company, quota: int) -> None:
    contest = make_published(company, quota=quota)
    people = make_contestants(company, 20)

    at_once(*(partial(register, contest, person) for person in people))

    assert states(contest) == {"confirmed": quota, "waitlisted": 20 - quota}


def test_one_person_pressing_twice_is_registered_once(company: Company) -> None:
    contest = make_published(company)
    apply = partial(registration.apply, contest=contest, employee=company.worker, by=company.worker, at=AT)

    answers = at_once(apply, apply, apply)

    assert sum(isinstance(answer, Registration) for answer in answers) == 1
    assert sum(isinstance(answer, registration.AlreadyRegistered) for answer in answers) == 2


def test_every_freed_seat_is_given_once(company: Company) -> None:
    contest = make_published(company, quota=5)
    rows = [register(contest, person) for person in make_contestants(company, 12)]

    at_once(
        *(partial(registration.withdraw, registration_id=row.pk, by=row.employee, at=AT) for row in rows[:3]),
        partial(setup.update, contest=contest, by=company.organiser, at=AT, quota=6),
    )

    assert states(contest) == {"withdrawn": 3, "confirmed": 6, "waitlisted": 3}
    confirmed = Registration.objects.filter(contest=contest, state="confirmed").values_list("pk", flat=True)
    assert sorted(confirmed) == [row.pk for row in rows[3:9]]


def test_a_registration_is_decided_once(company: Company) -> None:
    contest = make_published(company)
    row = registration.apply(contest=contest, employee=company.worker, by=company.worker, at=AT)
    confirm = partial(registration.confirm, registration_id=row.pk, by=None, at=AT)
    refuse = partial(registration.refuse, registration_id=row.pk, reason="x", by=None, at=AT)

    answers = at_once(confirm, refuse, confirm, refuse)

    assert sum(isinstance(answer, registration.AlreadyDecided) for answer in answers) == 3


def test_lots_are_drawn_once(company: Company) -> None:
    contest = make_published(company, quota=None)
    for person in make_contestants(company, 4):
        register(contest, person)
    registration.close(contest=contest, by=None, at=AT)
    acts = [
        partial(draw.draw, contest=contest, seed=seed, code_seed=seed, by=company.organiser, at=AT) for seed in "abcd"
    ]

    answers = at_once(*acts)

    assert sum(isinstance(answer, setup.WrongState) for answer in answers) == 3
    assert Entry.objects.count() == 4


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer, with or without row locks")
def test_without_the_lock_the_last_seat_would_be_given_twice(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the test of the last seat fails when the contest is not locked."""
    contest = make_published(company, quota=1)
    rows = [
        registration.apply(contest=contest, employee=person, by=person, at=AT)
        for person in make_contestants(company, 4)
    ]
    together = threading.Barrier(4)
    has_seat = seats.has_seat

    def count_together(contest: Contest) -> Any:
        found = has_seat(contest)
        together.wait(10)
        return found

    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda rows, **_: rows.all())
    monkeypatch.setattr(seats, "has_seat", count_together)

    at_once(*(partial(registration.confirm, registration_id=row.pk, by=None, at=AT) for row in rows))

    assert states(contest) == {"confirmed": 4}
