from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from rewards.pure.effects import carry_out, derived_id, ends_at, sides
from rewards.pure.ledger import Ledger
from rewards.pure.lots import Lot, Taking
from rewards.pure.precedence import Verdict
from rewards.pure.transfers import Reservation, Transfer
from rewards.pure.view import Overlay
from tests.rewards.pure.files import uid

DAY = date(2026, 3, 1)
AWARD = Transfer(id=uid("a"), debit="mint", credit="wallet:1", kind="award", amount=30, by="9")
REDEEM = Transfer(id=uid("r"), debit="wallet:1", credit="spent", kind="redeem", amount=20)
CLAW_BACK = Transfer(
    id=uid("c"), debit="wallet:1", credit="mint", kind="reverse", amount=30, reference=uid("a"), by="8"
)


def after(*transfers: Transfer) -> Ledger:
    ledger = Ledger(DAY)
    for transfer in transfers:
        assert ledger.post([transfer]) == ("created",)
    return ledger


def test_derived_id_is_a_function_of_its_cause() -> None:
    assert derived_id("expire", "x") == derived_id("expire", "x")
    assert derived_id("expire", "x") != derived_id("repay", "x")


def test_credit_makes_a_lot_named_after_its_transfer() -> None:
    ledger = after(replace(AWARD, expires_on=date(2026, 6, 30)))

    lot = Lot(id=uid("a"), wallet="wallet:1", origin=uid("a"), number=1, left=30, expires_on=date(2026, 6, 30))
    assert list(ledger.store.lots("wallet:1")) == [lot]


def test_debit_leaves_takings() -> None:
    ledger = after(AWARD, REDEEM)

    assert list(ledger.store.takings(uid("r"))) == [
        Taking(transfer_id=uid("r"), position=0, lot_id=uid("a"), amount=20)
    ]


def test_post_leaves_takings_of_its_own() -> None:
    pending = replace(REDEEM, flags=frozenset({"pending"}))
    ledger = after(AWARD, pending, Transfer(id=uid("q"), flags=frozenset({"post"}), pending_id=uid("r"), amount=12))

    assert list(ledger.store.takings(uid("q"))) == [
        Taking(transfer_id=uid("q"), position=0, lot_id=uid("a"), amount=12)
    ]
    assert ledger.store.reservation(uid("r")) == Reservation(transfer_id=uid("r"), status="posted")


def test_loan_comes_from_the_debt_before_the_claw_back_takes_it() -> None:
    ledger = after(AWARD, REDEEM, CLAW_BACK)

    transfers = ledger.store.rows.transfers
    loan = Transfer(
        id=derived_id("loan", uid("c")),
        debit="debt:1",
        credit="wallet:1",
        kind="adjust",
        amount=20,
        fund="default",
        reference=uid("c"),
        by="8",
    )
    assert list(transfers) == [uid("a"), uid("r"), loan.id, uid("c")]
    assert transfers[loan.id] == loan
    assert transfers[uid("c")].amount == 30


def test_repayment_goes_from_the_wallet_to_the_debt() -> None:
    ledger = after(AWARD, REDEEM, CLAW_BACK, replace(AWARD, id=uid("b"), amount=15))

    repayment = Transfer(
        id=derived_id("repay", uid("b"), "wallet:1"),
        debit="wallet:1",
        credit="debt:1",
        kind="adjust",
        amount=15,
        fund="default",
        reference=uid("b"),
    )
    assert list(ledger.store.rows.transfers.values())[-1] == repayment
    assert ledger.account("debt:1").owed_points == 5


def test_what_a_debt_is_owed_by_reservations_is_not_repaid_twice() -> None:
    """A reservation wallet → debt is a repayment under way."""
    owing = [AWARD, REDEEM, replace(CLAW_BACK, amount=30)]
    ledger = after(*owing)
    ledger.open("x")
    pending = Transfer(id=uid("p"), flags=frozenset({"pending"}), debit="x", credit="debt:1", kind="adjust", amount=20)
    assert ledger.post([pending]) == ("created",)

    assert ledger.post([replace(AWARD, id=uid("b"), amount=15)]) == ("created",)

    assert ledger.account("wallet:1").balance_points == 15


def test_carry_out_of_a_refusal_is_an_error() -> None:
    with pytest.raises(ValueError, match="exists"):
        carry_out(Verdict(code="exists"), Overlay(Ledger(DAY).store), at=datetime(2026, 3, 1))


def test_sides_of_what_is_not_filled_in_is_an_error() -> None:
    with pytest.raises(ValueError, match="not filled in"):
        sides(Transfer(id=uid("x"), debit="mint"))


def test_ends_at_counts_real_minutes() -> None:
    berlin = ZoneInfo("Europe/Berlin")  # the night the clocks go forward
    start = datetime(2026, 3, 29, 1, 30, tzinfo=berlin)
    shanghai = datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=8)))

    assert ends_at(datetime(2026, 3, 1), 90) == datetime(2026, 3, 1, 1, 30)
    assert ends_at(start, 60) == datetime(2026, 3, 29, 3, 30, tzinfo=berlin)
    assert ends_at(shanghai, 60) == shanghai.replace(hour=1)
    assert ends_at(start, 0) is None
    assert ends_at(start, 2**53) is None
    assert ends_at(datetime(2026, 3, 1), 2**53) is None
