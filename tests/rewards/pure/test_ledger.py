from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from rewards.pure.ledger import Ledger
from rewards.pure.transfers import Account, Transfer
from tests.rewards.pure.files import uid

DAY = date(2026, 3, 1)
LIMITED = frozenset({"debits_must_not_exceed_credits"})
RESERVED = Transfer(
    id=uid("p"), flags=frozenset({"pending"}), debit="mint", credit="spent", kind="adjust", amount=5, timeout_minutes=60
)


def test_ledger_begins_at_the_start_of_its_day_and_empty() -> None:
    ledger = Ledger(DAY)

    assert ledger.now == datetime(2026, 3, 1)
    assert ledger.account("wallet:1@default") == Account(code="wallet:1", flags=LIMITED)
    assert ledger.account("stock:mug") is None


def test_open_and_close() -> None:
    ledger = Ledger(DAY)

    ledger.open("stock:mug", LIMITED)
    ledger.open("stock:mug", LIMITED)
    ledger.close("stock:mug")
    ledger.close("stock:mug")
    ledger.close("wallet:1")

    assert ledger.account("stock:mug") == Account(code="stock:mug", flags=LIMITED, is_closed=True)
    assert ledger.account("wallet:1") == Account(code="wallet:1", flags=LIMITED, is_closed=True)


def test_opening_again_does_not_reopen() -> None:
    ledger = Ledger(DAY)
    ledger.open("x")
    ledger.close("x")

    ledger.open("x")

    assert ledger.account("x").is_closed


def test_open_with_other_flags_and_close_of_nothing_are_errors() -> None:
    ledger = Ledger(DAY)
    ledger.open("x")

    with pytest.raises(ValueError, match="other flags"):
        ledger.open("x", LIMITED)
    with pytest.raises(LookupError, match="stock:mug"):
        ledger.close("stock:mug")


def test_advance_crosses_midnight() -> None:
    ledger = Ledger(DAY)

    ledger.advance(24 * 60 + 1)

    assert ledger.now == datetime(2026, 3, 2, 0, 1)


def test_go_to_the_same_day_changes_nothing() -> None:
    ledger = Ledger(DAY)
    ledger.advance(90)

    ledger.go_to(DAY)

    assert ledger.now == datetime(2026, 3, 1, 1, 30)


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2025, 3, 1)])
def test_clock_does_not_go_back(day: date) -> None:
    ledger = Ledger(DAY)

    with pytest.raises(ValueError, match="goes back"):
        ledger.go_to(day)
    with pytest.raises(ValueError, match="goes back"):
        ledger.advance(-1)


@pytest.mark.parametrize("minutes", [10**10, 10**30])
def test_clock_does_not_leave_the_calendar(minutes: int) -> None:
    with pytest.raises(ValueError, match="leaves the calendar"):
        Ledger(DAY).advance(minutes)


def test_timeouts_end_in_their_own_order() -> None:
    """The later reservation ends first, repays a debt first, and each on its own day."""
    ledger = Ledger(DAY)
    award = Transfer(id=uid("a"), debit="mint", credit="wallet:1", kind="award", amount=9, expires_on=DAY)
    long = replace(RESERVED, id=uid("long"), debit="wallet:1", amount=4, timeout_minutes=3 * 24 * 60)
    short = replace(long, id=uid("short"), amount=5, timeout_minutes=2 * 24 * 60)
    claw_back = Transfer(id=uid("c"), debit="wallet:1", credit="mint", kind="reverse", amount=6, reference=uid("a"))
    assert ledger.post([award, long, short, claw_back]) == ("created",) * 4

    ledger.advance(10 * 24 * 60)

    assert ledger.account("debt:1").owed_points == 0
    assert [(lot.left, lot.expires_on) for lot in ledger.store.lots("wallet:1")] == [(3, date(2026, 4, 3))]


def test_timeout_at_its_very_minute() -> None:
    ledger = Ledger(DAY)
    ledger.post([RESERVED])

    ledger.advance(59)
    assert ledger.account("spent").credits_pending == 5

    ledger.advance(1)
    assert ledger.account("spent").credits_pending == 0


def test_many_lots_stay_fast() -> None:
    """Awards in sets: 4,000 to one wallet in one batch, then each of them spent."""
    ledger = Ledger(DAY)
    award = Transfer(id=uid("a"), debit="mint", credit="wallet:1", kind="award", amount=1)
    batch = [replace(award, id=uid(f"a{index}"), credit=f"wallet:{index % 40}") for index in range(4000)]

    assert set(ledger.post(batch)) == {"created"}

    assert sum(lot.left for lot in ledger.store.lots("wallet:7")) == 100
