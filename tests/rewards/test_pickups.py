"""Goods nobody collects go back: reminded of before, given back once, told, and the history says why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from engine.events.models import Event
from engine.notices.models import Notice
from rewards import flows, tasks
from rewards.domain import fulfilment, ledger, redemption
from rewards.models import Item, Redemption
from rewards.models.ledger import Lot
from rewards.queries import balance
from tests.factories.people import Company
from tests.factories.rewards import AT, ask, give_points, make_fund, make_goods, pieces_left
from tests.support import refused

pytestmark = pytest.mark.django_db
State = Redemption.State


def after(days: int) -> object:
    return AT + timedelta(days=days)


def test_goes_back_the_day_after_its_last_with_stock_points_and_a_word(company: Company) -> None:
    item = make_goods(company, left=1, points=50, pickup_days=10)
    give_points(company.worker, 60)
    row = ask(item, company.worker)

    with translation.override("zh-hans"):
        runs = [flows.give_back_uncollected(at=after(days)) for days in (10, 11, 11, 12)]

    row.refresh_from_db()
    assert (row.pickup_until_on, runs) == (date(2026, 11, 30), [0, 1, 0, 0])
    assert (row.state, row.refunded_points, row.reason) == (State.REFUNDED, 50, "到 2026-11-30 仍未领取。")
    assert (pieces_left(item), balance(company.worker).available) == (1, 60)
    assert row.process is not None
    assert row.process.status == "CANCELED"
    told = Notice.objects.get(kind="pickup.given-back")
    assert (told.person, told.params) == (company.worker, {"title": "工会保温杯", "points": 50})
    history = Event.objects.get(subject=row.subject, action="redemption.refunded")
    assert (history.by, history.data["reason"]) == (None, row.reason)
    assert ledger.verify() is None
    with refused(fulfilment.NotHere):
        flows.hand_over(redemption=row, place="", by=company.hr, at=after(12))


@pytest.mark.parametrize(("percent", "back"), [(100, 50), (33, 17), (0, 0)])
def test_points_come_back_by_the_rule_of_the_item(company: Company, percent: int, back: int) -> None:
    item = make_goods(company, left=1, points=50, pickup_days=1, refund_percent=percent)
    give_points(company.worker, 50)
    ask(item, company.worker)

    flows.give_back_uncollected(at=after(2))

    assert (balance(company.worker).available, pieces_left(item)) == (back, 1)
    assert ledger.verify() is None


def test_points_of_a_fund_go_back_into_it(company: Company) -> None:
    make_fund(company)
    give_points(company.worker, 70, fund="union")
    ask(make_goods(company, points=50, fund="union", pickup_days=3), company.worker)

    flows.give_back_uncollected(at=after(4))

    lot = Lot.objects.get()
    assert (lot.wallet, lot.left, lot.held) == ("wallet:1301@union", 70, 0)


def test_handed_out_or_without_an_end_stays(company: Company) -> None:
    give_points(company.worker, 100)
    handed, kept = ask(make_goods(company, pickup_days=3), company.worker), ask(make_goods(company, pickup_days=0), company.worker)  # fmt: skip
    flows.hand_over(redemption=handed, place="", by=company.hr, at=AT)

    done = flows.give_back_uncollected(at=after(400))

    kept.refresh_from_db()
    assert (done, kept.state, kept.pickup_until_on) == (0, State.READY, None)


def test_longer_promise_made_before_is_kept(company: Company) -> None:
    give_points(company.worker, 100)
    item = make_goods(company, pickup_days=30)
    ask(item, company.worker)
    Item.objects.filter(pk=item.pk).update(pickup_days=1)

    assert flows.give_back_uncollected(at=after(10)) == 0


def test_given_up_before_is_not_given_back_again(company: Company) -> None:
    give_points(company.worker, 50)
    row = ask(make_goods(company, pickup_days=3), company.worker)
    flows.refund(redemption=row, reason="", by=company.worker, at=AT)

    done = flows.give_back_uncollected(at=after(5))

    assert (done, balance(company.worker).available) == (0, 50)
    with refused(redemption.AlreadyDecided):
        flows.refund(redemption=row, reason="", by=None, at=after(5))


def test_reminded_7_days_and_1_day_before_each_once(company: Company) -> None:
    give_points(company.worker, 50)
    ask(make_goods(company, pickup_days=10), company.worker)

    told = {days: [tasks.remind_of_ends(at=after(days)) for _ in range(2)] for days in (0, 2, 3, 5, 9, 10, 11)}

    assert told == {0: [0, 0], 2: [0, 0], 3: [1, 0], 5: [0, 0], 9: [1, 0], 10: [0, 0], 11: [0, 0]}
    assert {row.params["day"] for row in Notice.objects.filter(kind="pickup.reminded")} == {"2026-11-30"}


def test_short_time_is_not_reminded_of_on_the_very_day(company: Company) -> None:
    give_points(company.worker, 50)
    ask(make_goods(company, pickup_days=2), company.worker)

    assert [tasks.remind_of_ends(at=after(days)) for days in (0, 1, 2)] == [0, 1, 0]
