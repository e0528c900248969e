"""Awards in sets beside each other: one budget, many workers, people who owe points."""

from __future__ import annotations

import uuid
from collections import Counter
from functools import partial

import pytest

from rewards.domain import budgets, ledger
from rewards.models.ledger import Account
from rewards.pure.transfers import Transfer
from tests.factories.people import Company, make_company
from tests.factories.rewards import AT
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return make_company()


def award(number: object, payer: str, amount: int = 10, key: str | None = None) -> Transfer:
    return Transfer(
        id=key or str(uuid.uuid4()), debit=payer, credit=f"wallet:{number}", kind="award", amount=amount
    )  # fmt: skip


def test_a_budget_for_ten_sets_pays_ten_of_twenty(company: Company) -> None:
    payer = f"budget:{company.plant.code}"
    budgets.grant(unit=company.plant, points=10 * 8 * 10 + 79, by=None, at=AT, id=uuid.uuid4())

    def pay(turn: int) -> tuple[str, ...]:
        people = range(turn * 4, turn * 4 + 8)  # half of them are the next one's, too
        return ledger.post([award(number, payer) for number in people], at=AT)

    answers = at_once(*(partial(pay, turn) for turn in range(20)))

    created = Counter(code for answer in answers for code in answer)
    assert created == {"created": 87, "exceeds_credits": 73}
    assert Account.objects.get(pk=payer).debits_posted == 870
    assert ledger.verify() is None


def test_the_same_set_by_twelve_at_once_is_posted_once(company: Company) -> None:
    payer = f"budget:{company.plant.code}"
    budgets.grant(unit=company.plant, points=5000, by=None, at=AT, id=uuid.uuid4())
    batch = [award(number, payer, key=str(uuid.UUID(int=number + 1))) for number in range(20)]

    answers = at_once(*[partial(ledger.post, batch, at=AT)] * 12)

    assert Counter(answers) == {("created",) * 20: 1, ("exists",) * 20: 11}
    assert ledger.verify() is None


def test_awards_to_people_who_owe_and_claw_backs_never_deadlock(company: Company) -> None:
    """A debt is locked after its wallet by everybody: single awards, sets, and claw-backs that lend."""
    payer = f"budget:{company.plant.code}"
    budgets.grant(unit=company.plant, points=50_000, by=None, at=AT, id=uuid.uuid4())
    numbers = [str(number) for number in range(6)]
    first = {number: [award(number, payer, 40) for _ in range(4)] for number in numbers}
    ledger.demand([transfer for found in first.values() for transfer in found], at=AT)
    spent = [
        Transfer(id=str(uuid.uuid4()), debit=f"wallet:{number}", credit="spent", kind="redeem", amount=160)
        for number in numbers
    ]
    ledger.demand(spent, at=AT)

    def claw_back(turn: int) -> tuple[str, ...]:
        order = numbers if turn % 2 else numbers[::-1]
        batch = [
            Transfer(
                id=str(uuid.uuid4()), debit=f"wallet:{number}", credit=payer, kind="reverse", amount=40,
                reference=first[number][turn].id,
            )
            for number in order
        ]  # fmt: skip
        return ledger.post(batch, at=AT)

    def pay_one(turn: int) -> tuple[str, ...]:
        return ledger.post([award(numbers[turn % 6], payer, 5)], at=AT)

    def pay_all(turn: int) -> tuple[str, ...]:
        order = numbers if turn % 2 else numbers[::-1]
        return ledger.post([award(number, payer, 5) for number in order], at=AT)

    acts = [partial(claw_back, turn) for turn in range(4)]
    for turn in range(8):
        acts += [partial(pay_one, turn), partial(pay_all, turn)]
    answers = at_once(*acts)

    assert {code for answer in answers for code in answer} == {"created"}
    assert ledger.verify() is None
