from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.pure.lots import (
    Lot,
    Taking,
    available_points,
    day_of_return,
    due_for_expiry,
    give_back,
    keep_first,
    lapsed_points,
    return_last,
    spending_order,
    take,
)

TODAY = date(2026, 3, 1)


def lot(name: str, left: int, days: int | None = None, *, number: int = 1, origin: str = "", held: int = 0) -> Lot:
    expires_on = None if days is None else TODAY + timedelta(days=days)
    return Lot(
        id=name, wallet="wallet:1", origin=origin or name, number=number, left=left, held=held, expires_on=expires_on
    )


def names(lots: list[Lot]) -> list[str]:
    return [one.id for one in lots]


def test_spending_order_is_first_to_expire_then_oldest_then_never() -> None:
    lots = [lot("never", 1), lot("late", 1, 9), lot("young", 1, 5, number=3), lot("old", 1, 5, number=2)]

    assert names(spending_order(lots, TODAY)) == ["old", "young", "late", "never"]


def test_spending_order_leaves_out_what_is_past_or_empty() -> None:
    lots = [lot("past", 1, -1), lot("today", 1, 0), lot("empty", 0, 3), lot("held", 0, 3, held=2)]

    assert names(spending_order(lots, TODAY)) == ["today"]
    assert available_points(lots, TODAY) == 1


def test_spending_order_of_a_claw_back_begins_with_its_award() -> None:
    lots = [lot("other", 1, 1), lot("own", 1, 9), lot("came back", 1, 30, origin="own")]

    assert names(spending_order(lots, TODAY, first="own")) == ["own", "came back", "other"]


def test_lot_expiring_on_the_last_day_of_the_calendar_goes_before_never() -> None:
    ends = replace(lot("ends", 1), expires_on=date.max)

    assert names(spending_order([lot("never", 1), ends], TODAY)) == ["ends", "never"]


def test_take_goes_from_lot_to_lot() -> None:
    lots = [lot("a", 3, 1), lot("b", 5, 2), lot("c", 7)]

    assert take(lots, 6, TODAY) == [(lots[0], 3), (lots[1], 3)]
    assert take(lots, 0, TODAY) == []


def test_take_of_more_than_there_is_raises() -> None:
    with pytest.raises(ValueError, match="2 of 5"):
        take([lot("a", 3, 1), lot("past", 9, -1)], 5, TODAY)


def takings(*amounts: int, returned: tuple[int, ...] = ()) -> list[Taking]:
    back = returned or (0,) * len(amounts)
    return [
        Taking(transfer_id="t", position=i, lot_id=f"l{i}", amount=amount, returned=back[i])
        for i, amount in enumerate(amounts)
    ]


def test_keep_first_keeps_what_was_taken_first() -> None:
    assert [kept for _, kept in keep_first(takings(5, 4, 3), 7)] == [5, 2, 0]


def test_return_last_returns_what_was_taken_last() -> None:
    taken = takings(5, 4, 3, returned=(0, 0, 2))

    assert [(one.lot_id, points) for one, points in return_last(taken, 6)] == [("l2", 1), ("l1", 4), ("l0", 1)]


def test_return_last_of_more_than_is_out_raises() -> None:
    with pytest.raises(ValueError, match="1 points more"):
        return_last(takings(2, returned=(1,)), 2)


@given(st.lists(st.integers(1, 9), max_size=6), st.data())
def test_keep_first_and_return_last_share_what_was_taken(amounts: list[int], data: st.DataObject) -> None:
    taken = takings(*amounts)
    kept_points = data.draw(st.integers(0, sum(amounts)))

    kept = [points for _, points in keep_first(taken, kept_points)]
    returned = {one.lot_id: points for one, points in return_last(taken, sum(amounts) - kept_points)}

    assert sum(kept) == kept_points
    assert [points + returned.get(f"l{i}", 0) for i, points in enumerate(kept)] == amounts


def test_give_back_on_the_last_day_is_into_the_lot_itself() -> None:
    own = lot("a", 2, 0)

    assert give_back(own, 3, TODAY, new_id="n", new_number=9) == replace(own, left=5)


def test_give_back_after_the_day_is_a_lot_of_its_own_for_thirty_days() -> None:
    own = lot("a", 2, -1, origin="award")

    assert give_back(own, 3, TODAY, new_id="n", new_number=9) == Lot(
        id="n", wallet="wallet:1", origin="award", number=9, left=3, expires_on=date(2026, 3, 31)
    )


def test_day_of_return_ends_with_the_calendar() -> None:
    assert day_of_return(date(2026, 7, 5)) == date(2026, 8, 4)
    assert day_of_return(date(9999, 12, 30)) == date.max


def test_due_for_expiry_is_what_is_left_past_its_day() -> None:
    lots = [lot("b", 1, -1), lot("a", 1, -2), lot("today", 1, 0), lot("never", 1), lot("held", 0, -3, held=1)]

    assert names(due_for_expiry(lots, TODAY)) == ["a", "b"]


def test_lapsed_points_are_expired_or_awaiting_the_run() -> None:
    expired = replace(lot("own", 0, -9), expired_points=5)
    lots = [expired, lot("waits", 3, -1, origin="own"), lot("lives", 4, 1, origin="own"), lot("other", 8, -1)]

    assert lapsed_points(lots, "own", TODAY) == 8
