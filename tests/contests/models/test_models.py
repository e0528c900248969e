"""contests/models: what the tables themselves hold, whoever writes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from contests.models import Contest, Entry, Mark, PanelMember, Penalty, Registration, Sheet
from contests.models.fields import ExactDecimalField
from contests.pure import decimals
from tests.factories.contests import AT, make_contest, make_judging, sheet_of
from tests.factories.people import Company

pytestmark = pytest.mark.django_db


def violates(make: Any) -> bool:
    try:
        with transaction.atomic():
            make()
    except IntegrityError:
        return True
    return False


def contest(**fields: Any) -> Contest:
    return Contest.objects.create(code="c", title="c", **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"quota": 0},
        {"state": "lost"},
        {"registration_opens_at": AT, "registration_closes_at": AT},
        {"held_from_on": "2026-12-02", "held_until_on": "2026-12-01"},
    ],
)
def test_a_contest_that_cannot_be_is_not_stored(fields: dict[str, Any]) -> None:
    assert violates(lambda: contest(**fields))


def test_what_exists_once_is_stored_once(company: Company) -> None:
    row = contest()
    Registration.objects.create(contest=row, employee=company.worker, applied_at=AT)
    entry = Entry.objects.create(contest=row, code="01", name="x", position=1, employee=company.worker)
    member = PanelMember.objects.create(contest=row, code="J1", name="x", position=1, employee=company.judge)
    sheet = Sheet.objects.create(contest=row, member=member)
    Mark.objects.create(sheet=sheet, entry=entry, aspect="seam", value=Decimal(1))
    again = [
        contest,
        lambda: Registration.objects.create(contest=row, employee=company.worker, applied_at=AT),
        lambda: Entry.objects.create(contest=row, code="01", name="y", position=2),
        lambda: Entry.objects.create(contest=row, code="02", name="y", position=1),
        lambda: Entry.objects.create(contest=row, code="02", name="y", position=2, employee=company.worker),
        lambda: PanelMember.objects.create(contest=row, code="J1", name="y", position=2),
        lambda: PanelMember.objects.create(contest=row, code="J2", name="y", position=2, employee=company.judge),
        lambda: Sheet.objects.create(contest=row, member=member),
        lambda: Mark.objects.create(sheet=sheet, entry=entry, aspect="seam", value=Decimal(2)),
    ]

    assert [violates(make) for make in again] == [True] * len(again)


def test_entries_without_an_account_may_be_many() -> None:
    row = contest()

    for position in (1, 2):
        Entry.objects.create(contest=row, code=f"0{position}", name="x", position=position)

    assert row.entries.count() == 2


@pytest.mark.parametrize(
    "value", ["0.1", "9.00", "123456789012.123456789012", "-0.000000000001", "0.30000000000000004", "1E+2"]
)
def test_a_decimal_comes_back_digit_for_digit(company: Company, value: str) -> None:
    row = contest()
    entry = Entry.objects.create(contest=row, code="01", name="x", position=1)

    Penalty.objects.create(entry=entry, points=Decimal(value), at=AT)

    assert Penalty.objects.get().points == Decimal(value)
    assert decimals.text(Penalty.objects.get().points) == decimals.text(Decimal(value))


@pytest.mark.parametrize("value", ["NaN", "Infinity", "x", ""])
def test_what_is_no_number_is_no_decimal(value: str) -> None:
    with pytest.raises(ValidationError):
        ExactDecimalField().to_python(value)


def test_a_decimal_is_no_float_in_the_table(company: Company) -> None:
    row = contest()
    entry = Entry.objects.create(contest=row, code="01", name="x", position=1)
    Penalty.objects.create(entry=entry, points=Decimal("0.1"), at=AT)

    with connection.cursor() as cursor:
        cursor.execute("SELECT points FROM contests_penalty")
        stored = cursor.fetchone()[0]

    assert stored == ("0.1" if connection.vendor == "sqlite" else Decimal("0.1"))


def test_marks_survive_a_dump(company: Company) -> None:
    row = contest()
    entry = Entry.objects.create(contest=row, code="01", name="x", position=1)
    penalty = Penalty.objects.create(entry=entry, points=Decimal("2.50"), at=AT)

    loaded = next(serializers.deserialize("json", serializers.serialize("json", [penalty]))).object

    assert loaded.points == Decimal("2.50")


def test_the_stored_scheme_reads_under_the_contests_own_name(company: Company) -> None:
    row = make_contest(company)
    row.title = "改名"

    assert (row.marking_scheme.contest.code, row.marking_scheme.contest.title) == ("welding-2026", "改名")
    assert [aspect.code for aspect in row.marking_scheme.aspects] == ["paper", "seam", "safety"]


def test_names_are_hidden_while_a_blind_contest_runs(company: Company) -> None:
    row = make_judging(company, contestants=1)

    hidden = {state: Contest(state=state, is_blind=True).names_hidden for state in Contest.State}

    assert row.names_hidden
    assert [state.value for state, is_hidden in hidden.items() if not is_hidden] == ["notice", "final"]
    assert not any(Contest(state=state, is_blind=False).names_hidden for state in Contest.State)


def test_rows_name_themselves(company: Company) -> None:
    row = make_judging(company, contestants=1)
    sheet = sheet_of(row, company.judge)
    registration = row.registrations.get()

    assert (row.subject, registration.subject) == ("contest:welding-2026", f"registration:{registration.pk}")
    assert str(sheet.member) == f"J1 {company.judge.name}"
