"""The four races of the main job, fifty times each: two hundred of two hundred right.

The same task approved twice stands in test_approvals.py (fifty of fifty, with its twin that breaks without the lock).
"""

from __future__ import annotations

import uuid
from functools import partial

import pytest

from contests.domain import marking
from contests.models import Mark, Operation
from contests.pure.marks import Op
from rewards.domain import ledger
from rewards.models import Redemption
from rewards.pure.transfers import Transfer
from rewards.queries import balance
from tests.factories.contests import AT as JUDGED_AT
from tests.factories.contests import make_judging, sheet_of
from tests.factories.people import Company, make_company
from tests.factories.rewards import AT, ask, give_points, make_course, seats_left
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 50


@pytest.fixture
def company() -> Company:
    return make_company()


def test_last_seat_fifty_of_fifty(company: Company) -> None:
    give_points(company.worker, 10_000)
    give_points(company.stranger, 10_000)

    right = 0
    for _ in range(ROUNDS):
        item, session = make_course(company, seats=1, points=10)
        answers = at_once(
            *(partial(ask, item, person, session=session) for person in (company.worker, company.stranger))
        )
        granted = [answer for answer in answers if isinstance(answer, Redemption)]
        right += len(granted) == 1 and seats_left(session) == 0

    assert right == ROUNDS
    assert ledger.verify() is None


def test_last_points_fifty_of_fifty(company: Company) -> None:
    def spend() -> str:
        transfer = Transfer(id=str(uuid.uuid4()), debit="wallet:1301", credit="spent", kind="redeem", amount=10)
        return ledger.post([transfer], at=AT)[0]

    right = 0
    for _ in range(ROUNDS):
        give_points(company.worker, 10)
        answers = at_once(spend, spend)
        right += sorted(answers) == ["created", "exceeds_credits"] and balance(company.worker).available == 0

    assert right == ROUNDS
    assert ledger.verify() is None


def test_same_operation_twice_fifty_of_fifty(company: Company) -> None:
    contest = make_judging(company)
    sheet = sheet_of(contest, company.judge)
    entry, aspect = contest.entries.order_by("position")[0].code, sheet.aspects[-1]

    right = 0
    for version in range(ROUNDS):
        op = Op(str(uuid.uuid4()), entry, aspect, str(version % 10), version)
        send = partial(marking.record, sheet_id=sheet.pk, ops=[op], by=company.judge, at=JUDGED_AT)
        first, second = at_once(send, send)
        held = Mark.objects.get(sheet=sheet, aspect=aspect)
        right += first == second and first[0].answer == "ok" and held.version == version + 1

    assert right == ROUNDS
    assert Operation.objects.count() == ROUNDS
