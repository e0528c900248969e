"""The last piece and the last seat, wanted by two hundred at once; a code shown at two desks at once."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from engine.notices.models import Notice
from people.models import Employee
from rewards import flows
from rewards.domain import kinds, ledger, mall, stock
from rewards.domain.kinds.base import SoldOut
from rewards.models import Item, Redemption, Seat
from rewards.models.ledger import Account
from rewards.pure.transfers import Transfer
from rewards.queries import balance
from tests.factories.people import Company, encoded_password, make_company
from tests.factories.rewards import AT, ask, give_points, make_course, make_goods, pieces_left, seats_left
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
CROWD, LEFT = 200, 7
State = Redemption.State


@pytest.fixture
def company() -> Company:
    return make_company()


def test_uncollected_goods_are_given_back_once_by_two_workers_and_never_handed_out_too(company: Company) -> None:
    item = make_goods(company, left=8, points=50, pickup_days=1)
    people = crowd(company, 8, 50)
    rows = [ask(item, person) for person in people]
    late = AT + timedelta(days=2)

    sweeps = [partial(flows.give_back_uncollected, at=late) for _ in range(4)]
    desks = [partial(flows.hand_over, redemption=row, place="", by=company.hr, at=late) for row in rows[:4]]
    answers = at_once(*sweeps, *desks)

    states = Counter(Redemption.objects.values_list("state", flat=True))
    handed = sum(answer is None for answer in answers[4:])
    assert states == Counter({State.REFUNDED: 8 - handed} | ({State.FULFILLED: handed} if handed else {}))
    assert sum(answers[:4]) == 8 - handed
    assert (pieces_left(item), Notice.objects.filter(kind="pickup.given-back").count()) == (8 - handed, 8 - handed)
    assert sorted(balance(person).available for person in people) == [0] * handed + [50] * (8 - handed)
    assert ledger.verify() is None


def crowd(company: Company, count: int, points: int) -> list[Employee]:
    """Many people with the same points, made in few statements."""
    rows = [
        Employee(number=f"c{place:04d}", name=f"职工{place}", unit=company.team, password=encoded_password())
        for place in range(count)
    ]
    people = Employee.objects.bulk_create(rows)
    grant = Transfer(id=str(uuid.uuid4()), debit="mint", credit="budget:tests", kind="grant", amount=points * count)
    awards = [
        Transfer(id=str(uuid.uuid4()), debit="budget:tests", credit=f"wallet:{row.number}", kind="award", amount=points)
        for row in people
    ]
    ledger.demand([grant, *awards], at=AT)
    return people


def test_last_pieces_wanted_by_two_hundred(company: Company) -> None:
    item = make_goods(company, left=LEFT, points=50)
    people = crowd(company, CROWD, 50)

    answers = at_once(*[partial(ask, item, person) for person in people])

    kinds_of_answer = Counter(type(answer) for answer in answers)
    assert kinds_of_answer == {Redemption: LEFT, SoldOut: CROWD - LEFT}
    assert pieces_left(item) == 0
    assert Redemption.objects.filter(state=State.READY).count() == LEFT
    assert sorted(balance(person).available for person in people) == [0] * LEFT + [50] * (CROWD - LEFT)
    assert ledger.verify() is None


def test_last_seats_wanted_by_two_hundred_and_the_rest_stand_in_line(company: Company) -> None:
    item, session = make_course(company, seats=LEFT, points=50)
    item = mall.save_item(item=item, by=company.hr, at=AT, asks_approval=False)
    people = crowd(company, CROWD, 50)

    answers = at_once(*[partial(ask, item, person, session=session, may_wait=True) for person in people])

    states = Counter(answer.state for answer in answers if isinstance(answer, Redemption))
    assert states == {State.FULFILLED: LEFT, State.WAITLISTED: CROWD - LEFT}
    assert (Seat.objects.count(), seats_left(session)) == (LEFT, 0)
    assert Account.objects.get(pk=session.seats_account).debits_posted == LEFT
    assert ledger.verify() is None


def test_one_freed_seat_and_eight_workers_move_one_person_up(company: Company) -> None:
    item, session = make_course(company, seats=1, points=50)
    item = mall.save_item(item=item, by=company.hr, at=AT, asks_approval=False)
    people = crowd(company, 6, 50)
    first, *line = [ask(item, person, session=session, may_wait=True) for person in people]
    flows.refund(redemption=first, reason="", by=people[0], at=AT)

    moved = at_once(*[partial(flows.move_up_waiting, at=AT)] * 8)

    assert sum(moved) == 1
    assert Redemption.objects.filter(pk__in=[row.pk for row in line], state=State.FULFILLED).count() == 1
    assert seats_left(session) == 0
    assert ledger.verify() is None


def test_code_shown_at_eight_desks_at_once_is_handed_out_once(company: Company) -> None:
    give_points(company.worker, 50)
    row = ask(make_goods(company, left=1), company.worker)

    answers = at_once(*[partial(flows.hand_over, redemption=row, place="工会", by=company.hr, at=AT)] * 8)

    assert answers.count(None) == 1
    assert Redemption.objects.get(pk=row.pk).handed_place == "工会"


def test_handed_out_and_given_up_at_once_is_one_of_both(company: Company) -> None:
    for _ in range(5):
        give_points(company.worker, 50)
        row = ask(make_goods(company, left=1), company.worker)
        before = balance(company.worker).available

        answers = at_once(
            partial(flows.hand_over, redemption=row, place="", by=company.hr, at=AT),
            partial(flows.refund, redemption=row, reason="", by=company.worker, at=AT),
        )

        row.refresh_from_db()
        is_back = row.state == State.REFUNDED
        assert sum(isinstance(answer, Exception) for answer in answers) == 1
        assert (row.handed_at is None, balance(company.worker).available - before) == (is_back, 50 if is_back else 0)
    assert ledger.verify() is None


def test_count_and_buyers_at_once_never_go_below_zero(company: Company) -> None:
    item = make_goods(company, left=10, points=10)
    people = crowd(company, 12, 10)
    count = partial(stock.correct, item=item, change=-1, reason="盘点", by=company.hr, at=AT)

    answers = at_once(
        *[partial(ask, item, person) for person in people], *[partial(count, key=uuid.uuid4()) for _ in range(4)]
    )

    sold = sum(isinstance(answer, Redemption) for answer in answers)
    counted = sum(isinstance(answer, int) for answer in answers)
    assert (sold + counted, pieces_left(item)) == (10, 0)
    assert ledger.verify() is None


def test_price_changed_while_buyers_click_charges_only_what_was_seen(company: Company) -> None:
    item = make_goods(company, left=40, points=50)
    people = crowd(company, 20, 100)
    shown = Item.objects.get(pk=item.pk)

    answers = at_once(
        *[partial(ask, shown, person) for person in people],
        partial(mall.save_item, item=item, by=company.hr, at=AT, points=80),
    )

    bought = [answer for answer in answers if isinstance(answer, Redemption)]
    assert {row.points for row in bought} <= {50}
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(bought) + len(refused) == 20
    assert all(getattr(answer, "code", "") == "price-changed" for answer in refused)


def test_without_the_chain_a_shelf_is_oversold(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: when nothing scarce is reserved, the same crowd buys more than there is; the chain is what holds."""
    item = make_goods(company, left=2, points=50)
    people = crowd(company, 8, 50)
    monkeypatch.setattr(kinds.goods.Goods, "scarce", lambda *_: [])

    answers = at_once(*[partial(ask, item, person) for person in people])

    assert sum(isinstance(answer, Redemption) for answer in answers) == 8
    assert pieces_left(item) == 2
