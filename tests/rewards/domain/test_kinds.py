"""What each kind of item adds: goods are collected once, courses have lines, honours stand on the wall."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from engine.notices.models import Notice
from rewards import flows
from rewards.domain import buyers, fulfilment, kinds, ledger, mall, redemption, stock
from rewards.domain.kinds.base import SoldOut
from rewards.domain.kinds.course import Attended, StayedAway
from rewards.models import CourseSession, Item, ItemPrice, Redemption, Seat
from rewards.queries import balance
from rewards.queries.buyers import earned_points
from tests.factories.people import Company, make_employee
from tests.factories.rewards import (
    AT,
    ask,
    give_points,
    make_course,
    make_fund,
    make_goods,
    make_leave,
    pieces_left,
    seats_left,
)
from tests.rewards.test_redemption import decide
from tests.support import refused

State = Redemption.State


def test_every_kind_has_its_class_and_a_policy() -> None:
    assert set(kinds.KINDS) == set(Item.Kind.values)
    assert {kind.policy for kind in kinds.KINDS.values()} <= set(flows.POLICIES)


def test_goods_are_ready_at_once_where_nobody_is_asked_and_handed_out_once(company: Company) -> None:
    item = make_goods(company, left=2)
    give_points(company.worker, 100)

    row = ask(item, company.worker)
    flows.hand_over(redemption=row, place="", by=company.hr, at=AT)

    row.refresh_from_db()
    assert (row.state, row.handed_by, row.handed_place) == (State.FULFILLED, company.hr, "工会活动室")
    assert (pieces_left(item), balance(company.worker).available) == (1, 50)
    with refused(fulfilment.NotHere):
        flows.hand_over(redemption=row, place="", by=company.hr, at=AT)
    assert ledger.verify() is None


def test_goods_wait_for_the_unit_head_where_the_item_says_so(company: Company) -> None:
    item = make_goods(company, left=1, asks_approval=True)
    give_points(company.worker, 50)
    row = ask(item, company.worker)
    asked = (row.state, row.pickup_code, pieces_left(item))

    decide(company, row, ("leader", "approve"))

    row.refresh_from_db()
    assert asked == (State.RESERVED, None, 0)
    assert (row.state, len(row.pickup_code or "")) == (State.READY, fulfilment.LENGTH)


def test_refused_goods_go_back_on_the_shelf(company: Company) -> None:
    item = make_goods(company, left=1, asks_approval=True)
    give_points(company.worker, 50)

    decide(company, ask(item, company.worker), ("leader", "refuse"))

    assert (pieces_left(item), balance(company.worker).available) == (1, 50)
    assert ledger.verify() is None


def test_sold_out_leaves_the_points_untouched(company: Company) -> None:
    item = make_goods(company, left=0)
    give_points(company.worker, 50)

    with refused(SoldOut, code="sold-out"):
        ask(item, company.worker)

    assert (balance(company.worker).available, Redemption.objects.count()) == (50, 0)


@pytest.mark.parametrize(("percent", "back"), [(100, 50), (33, 17), (0, 0)])
def test_goods_given_up_come_back_by_the_rule_and_are_not_handed_out(company: Company, percent: int, back: int) -> None:
    item = make_goods(company, left=1, refund_percent=percent)
    give_points(company.worker, 50)
    row = ask(item, company.worker)

    flows.refund(redemption=row, reason="", by=company.worker, at=AT)

    row.refresh_from_db()
    assert (row.state, row.refunded_points, balance(company.worker).available) == (State.REFUNDED, back, back)
    assert pieces_left(item) == 1
    assert ledger.verify() is None
    with refused(fulfilment.NotHere):
        flows.hand_over(redemption=row, place="", by=company.hr, at=AT)
    with refused(redemption.AlreadyDecided):
        flows.refund(redemption=row, reason="", by=company.worker, at=AT)


def test_handed_out_is_not_given_up(company: Company) -> None:
    give_points(company.worker, 50)
    row = ask(make_goods(company), company.worker)
    flows.hand_over(redemption=row, place="门卫", by=company.hr, at=AT)
    row.refresh_from_db()

    with refused(redemption.AlreadyDecided):
        flows.refund(redemption=row, reason="", by=company.worker, at=AT)


def test_stock_is_corrected_with_a_reason_and_never_below_what_is_reserved(company: Company) -> None:
    item, key = make_goods(company, left=3), uuid.uuid4()
    give_points(company.worker, 50)
    ask(item, company.worker)

    counted = [stock.correct(key=key, item=item, change=-1, reason="盘点", by=company.hr, at=AT) for _ in range(2)]

    assert counted == [1, 1]
    with refused(stock.NotSoMany):
        stock.correct(key=uuid.uuid4(), item=item, change=-2, reason="盘点", by=company.hr, at=AT)
    with refused(stock.NoReason):
        stock.correct(key=uuid.uuid4(), item=item, change=1, reason=" ", by=company.hr, at=AT)
    with refused(ledger.LedgerRefused):
        stock.correct(key=key, item=item, change=5, reason="盘点", by=company.hr, at=AT)
    assert pieces_left(item) == 1


def test_fund_of_the_item_pays(company: Company) -> None:
    make_fund(company)
    item = make_goods(company, points=50, fund="union")
    give_points(company.worker, 500)

    with refused(ledger.ExceedsCredits):
        ask(item, company.worker)

    assert pieces_left(item) == 5


def test_limits_of_a_person_and_days_of_the_offer(company: Company) -> None:
    item = make_goods(company, lifetime_cap=1)
    give_points(company.worker, 500)
    ask(item, company.worker)
    later = make_goods(company, offered_from_on=AT.date() + timedelta(days=1))

    with refused(redemption.CapReached, code="cap-reached"):
        ask(item, company.worker)
    with refused(redemption.NotOffered):
        ask(later, company.worker)


def test_who_may_not_buy_reads_why(company: Company) -> None:
    item = make_goods(company, min_service_months=12, min_skill_level=5, min_earned_points=1000)
    item.units.set([company.other_team])
    give_points(company.worker, 500)

    with refused(buyers.NotForYou, code="not-for-you") as caught:
        ask(item, company.worker)

    assert len(caught.value.messages) == 4
    assert earned_points(company.worker) == 500


def test_price_change_is_kept_and_who_saw_the_old_one_is_refused(company: Company) -> None:
    item = make_goods(company, points=50)
    give_points(company.worker, 100)

    mall.save_item(item=item, by=company.hr, at=AT, points=80)

    with refused(redemption.PriceChanged) as caught:
        ask(item, company.worker)
    assert caught.value.points == 80
    assert list(ItemPrice.objects.filter(item=item).values_list("points", flat=True)) == [80, 50]


def test_kind_stays_once_somebody_asked(company: Company) -> None:
    item = make_goods(company)
    give_points(company.worker, 50)
    ask(item, company.worker)

    with refused(mall.KindStays):
        mall.save_item(item=item, by=company.hr, at=AT, kind="honour")


def test_copy_is_a_draft_without_stock(company: Company) -> None:
    item = make_goods(company, left=4)
    item.units.set([company.team])

    copy = mall.duplicate(item=item, by=company.hr, at=AT)

    assert (copy.state, pieces_left(copy), list(copy.units.all())) == (Item.State.DRAFT, 0, [company.team])
    assert Item.objects.get(pk=item.pk).state == Item.State.PUBLISHED


def test_published_goods_say_where_they_are_collected(company: Company) -> None:
    item = mall.save_item(item=None, by=company.hr, at=AT, kind="goods", title="伞", points=5)

    with refused(kinds.goods.HasNoPlace):
        mall.publish(item=item, is_published=True, by=company.hr, at=AT)


def test_a_session_that_ended_yesterday_is_refused(company: Company) -> None:
    item, session = make_course(company)
    give_points(company.worker, 300)
    ended = AT - timedelta(days=1)
    CourseSession.objects.filter(pk=session.pk).update(starts_at=ended - timedelta(hours=6), ends_at=ended)

    with refused(redemption.NoSeat) as refusal:
        ask(item, company.worker, session=session)

    assert (refusal.value.code, balance(company.worker).available) == ("session-over", 300)


def test_line_of_a_full_course_moves_up_by_itself_and_tells(company: Company) -> None:
    item, session = make_course(company, seats=1)
    item = mall.save_item(item=item, by=company.hr, at=AT, asks_approval=False)
    second, third = make_employee(company.team), make_employee(company.team)
    for person in (company.worker, second, third):
        give_points(person, 100)
    seated = ask(item, company.worker, session=session)
    line = [ask(item, person, session=session, may_wait=True) for person in (second, third)]
    Redemption.objects.filter(pk=line[0].pk).update(asked_at=AT - timedelta(seconds=1))
    waiting = ([row.state for row in line], balance(second).reserved, flows.move_up_waiting(at=AT))

    flows.refund(redemption=seated, reason="", by=company.worker, at=AT)
    moved = flows.move_up_waiting(at=AT)

    for row in line:
        row.refresh_from_db()
    assert waiting == ([State.WAITLISTED, State.WAITLISTED], 100, 0)
    assert (moved, [row.state for row in line]) == (1, [State.FULFILLED, State.WAITLISTED])
    assert Notice.objects.get(kind="course.moved-up").person == second
    assert (seats_left(session), flows.move_up_waiting(at=AT)) == (0, 0)
    assert ledger.verify() is None


def test_who_leaves_the_line_has_all_points_back(company: Company) -> None:
    item, session = make_course(company, seats=1)
    give_points(company.worker, 100)
    give_points(company.stranger, 100)
    ask(item, company.worker, session=session)
    row = ask(item, company.stranger, session=session, may_wait=True)

    flows.cancel(redemption=row, ballot=uuid.uuid4(), by=company.stranger, at=AT)

    assert balance(company.stranger).available == 100
    assert ledger.verify() is None


def seated(company: Company, **fields: object) -> tuple[Redemption, Seat]:
    item, session = make_course(company, seats=2)
    mall.save_item(item=item, by=company.hr, at=AT, asks_approval=False, **fields)
    give_points(company.worker, 300)
    row = ask(item, company.worker, session=session)
    return row, Seat.objects.get(redemption=row)


def test_seat_is_given_up_until_the_rule_says_and_never_once_it_has_begun(company: Company) -> None:
    row, seat = seated(company, refund_percent=50, refund_days_before=3)
    late = seat.session.starts_at - timedelta(days=2)

    assert redemption.refundable(row, at=AT) == 50
    assert redemption.refundable(row, at=late) == 0
    with refused(Attended):
        flows.refund(redemption=row, reason="", by=company.worker, at=seat.session.starts_at)
    flows.refund(redemption=row, reason="", by=company.worker, at=AT)
    assert balance(company.worker).available == 250
    assert not Seat.objects.exists()


def test_session_called_off_gives_everything_back(company: Company) -> None:
    row, seat = seated(company, refund_percent=0)
    item, session = row.item, seat.session
    give_points(company.stranger, 100)
    item.asks_approval = True
    item.save()
    open_row = ask(item, company.stranger, session=session)

    people = flows.cancel_session(session=session, reason="教师生病", by=company.hr, at=AT)

    for each in (row, open_row):
        each.refresh_from_db()
    assert (people, row.state, open_row.state) == (2, State.REFUNDED, State.CANCELLED)
    assert (balance(company.worker).available, balance(company.stranger).available) == (300, 100)
    assert Notice.objects.filter(kind="course.cancelled").count() == 2
    assert ledger.verify() is None


def test_who_stayed_away_waits_before_the_next_course(company: Company) -> None:
    from rewards.domain import courses

    _row, seat = seated(company, no_show_days=30)
    after = seat.session.ends_at + timedelta(days=1)
    courses.mark(session=seat.session, marks={seat.pk: "absent"}, by=company.hr, at=after)
    other, session = make_course(company)
    mall.save_session(
        item=other,
        session=session,
        by=company.hr,
        at=AT,
        starts_at=after + timedelta(days=9),
        ends_at=after + timedelta(days=9, hours=2),
    )
    session.refresh_from_db()
    give_points(company.worker, 100)

    with refused(StayedAway):
        flows.request(hold=uuid.uuid4(), item=other, employee=company.worker, points=100, at=after, session=session)


def test_leave_stays_with_hr(company: Company) -> None:
    give_points(company.worker, 300)
    row = ask(make_leave(company), company.worker)
    decide(company, row, ("leader", "approve"), ("hr", "approve"))
    row.refresh_from_db()

    with refused(kinds.leave.LeaveStands):
        flows.refund(redemption=row, reason="", by=company.worker, at=AT)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (" 2abc-9xyz ", "2ABC9XYZ"),
        ("https://jb.example/mall/hand-out/2ABC9XYZ/", "2ABC9XYZ"),
        ("２ａｂｃ", "２ＡＢＣ"),
        ("", ""),
    ],
)
def test_codes_as_people_type_and_scanners_read_them(typed: str, code: str) -> None:
    assert fulfilment.spelled(typed) == code
