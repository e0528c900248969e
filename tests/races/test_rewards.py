"""The last points and the last seat, wanted by many at once."""

from __future__ import annotations

import uuid
from collections import Counter
from functools import partial

import pytest

from rewards.domain import awards, budgets, ledger, redemption
from rewards.models import Redemption
from rewards.pure.transfers import Transfer
from rewards.queries import balance
from tests.factories.people import Company, make_company, make_employee
from tests.factories.rewards import AT, ask, give_points, make_course, make_leave, seats_left
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return make_company()


def spend(number: str, points: int, key: str | None = None) -> tuple[str, ...]:
    transfer = Transfer(
        id=key or str(uuid.uuid4()), debit=f"wallet:{number}", credit="spent", kind="redeem", amount=points
    )
    return ledger.post([transfer], at=AT)


def test_forty_spend_ten_of_a_hundred_and_ten_succeed(company: Company) -> None:
    give_points(company.worker, 100)

    answers = at_once(*[partial(spend, "1301", 10)] * 40)

    assert Counter(answers) == {("created",): 10, ("exceeds_credits",): 30}
    assert ledger.verify() is None


def test_one_id_twenty_times_is_one_effect(company: Company) -> None:
    give_points(company.worker, 100)

    answers = at_once(*[partial(spend, "1301", 10, str(uuid.UUID(int=7)))] * 20)

    assert Counter(answers) == {("created",): 1, ("exists",): 19}
    assert balance(company.worker).available == 90


def test_post_and_void_of_ten_reservations_end_each_once(company: Company) -> None:
    give_points(company.worker, 100)
    holds = [str(uuid.uuid4()) for _ in range(10)]
    for hold in holds:
        ledger.demand(
            [
                Transfer(
                    id=hold, flags=frozenset({"pending"}), debit="wallet:1301", credit="spent", kind="redeem", amount=10
                )
            ],
            at=AT,
        )

    def end(hold: str, flag: str) -> tuple[str, ...]:
        return ledger.post([Transfer(id=str(uuid.uuid4()), flags=frozenset({flag}), pending_id=hold)], at=AT)

    answers = at_once(*(partial(end, hold, flag) for hold in holds for flag in ("post", "void", "post", "void")))

    assert Counter(answers)["created",] == 10
    assert balance(company.worker).reserved == 0
    assert ledger.verify() is None


def test_two_wallets_in_both_directions_never_deadlock(company: Company) -> None:
    give_points(company.worker, 500)
    give_points(company.stranger, 500)

    def swap(debit: str, credit: str) -> tuple[str, ...]:
        transfer = Transfer(
            id=str(uuid.uuid4()), debit=f"wallet:{debit}", credit=f"wallet:{credit}", kind="adjust", amount=1
        )
        return ledger.post([transfer], at=AT)

    answers = at_once(*[partial(swap, "1301", "1302"), partial(swap, "1302", "1301")] * 15)

    assert set(answers) == {("created",)}
    assert ledger.verify() is None


def test_one_id_with_other_contents_at_once_is_one_effect(company: Company) -> None:
    """The accounts differ, so no lock makes them wait for each other: the id itself must."""
    budgets.grant(unit=company.plant, points=5000, by=None, at=AT, id=uuid.uuid4())
    key = str(uuid.UUID(int=11))

    def award(number: int) -> tuple[str, ...]:
        payer = f"pot:{number}"
        ledger.open_account(payer)
        return ledger.post(
            [Transfer(id=key, debit=payer, credit=f"wallet:{number}", kind="award", amount=1)], at=AT
        )  # fmt: skip

    answers = at_once(*(partial(award, number) for number in range(12)))

    assert Counter(answers) == {("created",): 1, ("exists_with_different_debit",): 11}
    assert ledger.verify() is None


def test_batches_over_the_same_people_in_any_order_never_deadlock(company: Company) -> None:
    numbers = [str(number) for number in range(8)]
    budgets.grant(unit=company.plant, points=5000, by=None, at=AT, id=uuid.uuid4())

    def mixed(turn: int) -> tuple[str, ...]:
        order = numbers[turn % 8 :] + numbers[: turn % 8]
        order = order[::-1] if turn % 2 else order
        payers = [f"budget:{company.plant.code}", "mint"] * 4
        paying = [
            Transfer(id=str(uuid.uuid4()), debit=payer, credit=f"wallet:{number}", kind="award", amount=2)
            for payer, number in zip(payers, order, strict=True)
        ]
        spending = [
            Transfer(id=str(uuid.uuid4()), debit=f"wallet:{number}", credit="spent", kind="redeem", amount=1)
            for number in order[:4]
        ]
        return ledger.post([*paying, *(spending if turn % 3 else [])], at=AT)

    answers = at_once(*(partial(mixed, turn) for turn in range(24)))

    assert {code for answer in answers for code in answer} == {"created"}
    assert ledger.verify() is None


def test_last_seat_goes_to_one_of_twenty(company: Company) -> None:
    item, session = make_course(company, seats=3)
    people = [make_employee(company.team) for _ in range(20)]
    for person in people:
        give_points(person, 100)

    answers = at_once(*(partial(ask, item, person, session=session) for person in people))

    assert sum(isinstance(answer, Redemption) for answer in answers) == 3
    assert {type(answer) for answer in answers} == {Redemption, redemption.NoSeat}
    assert seats_left(session) == 0
    assert sum(balance(person).reserved for person in people) == 300


def test_last_points_wanted_by_eight_requests_of_one_person(company: Company) -> None:
    item = make_leave(company)
    give_points(company.worker, 700)

    answers = at_once(*[partial(ask, item, company.worker)] * 8)

    assert sum(isinstance(answer, Redemption) for answer in answers) == 2
    assert (balance(company.worker).available, balance(company.worker).reserved) == (100, 600)


def test_same_award_by_eight_workers_pays_once(company: Company) -> None:
    budgets.grant(unit=company.plant, points=5000, by=None, at=AT, id=uuid.uuid4())
    lines = [awards.AwardLine(person, 100, "") for person in (company.worker, company.stranger, company.leader)]
    pay = partial(awards.award, event="contest:x", lines=lines, budget_unit=company.plant, by=None, at=AT)

    answers = at_once(*[pay] * 8)

    assert sorted(answers) == [0] * 7 + [300]
    assert ledger.verify() is None


def paid(company: Company) -> None:
    budgets.grant(unit=company.plant, points=5000, by=None, at=AT, id=uuid.uuid4())
    lines = [awards.AwardLine(company.worker, 300, ""), awards.AwardLine(company.stranger, 100, "")]
    awards.award(event="contest:x", lines=lines, budget_unit=company.plant, by=None, at=AT)


def correction(company: Company, number: int, worker: int, stranger: int) -> partial[awards.Correction]:
    lines = [awards.AwardLine(company.worker, worker, ""), awards.AwardLine(company.stranger, stranger, "")]
    earlier = ["contest:x", *(f"contest:x:r{other}" for other in range(2, 10) if other != number)]
    return partial(
        awards.correct, event=f"contest:x:r{number}", earlier=earlier, lines=lines, reason="", by=None, at=AT,
        budget_unit=company.plant,
    )  # fmt: skip


def test_the_same_correction_by_eight_at_once_moves_points_once(company: Company) -> None:
    paid(company)

    answers = at_once(*[correction(company, 2, 100, 300)] * 8)

    assert sorted((answer.paid, answer.taken) for answer in answers) == [(0, 0)] * 7 + [(200, 200)]
    assert (balance(company.worker).available, balance(company.stranger).available) == (100, 300)
    assert ledger.verify() is None


def test_two_corrections_at_once_leave_what_one_of_them_says(company: Company) -> None:
    paid(company)
    targets = {2: (100, 300), 3: (0, 250), 4: (200, 400)}

    answers = at_once(*(correction(company, number, *points) for number, points in targets.items()))

    done = [answer for answer in answers if isinstance(answer, awards.Correction)]
    assert done
    assert all(isinstance(answer, awards.Correction | awards.PaidMeanwhile) for answer in answers)
    assert (balance(company.worker).available, balance(company.stranger).available) in targets.values()
    assert ledger.verify() is None
