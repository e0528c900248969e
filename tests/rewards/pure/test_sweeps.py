from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from rewards.pure.effects import derived_id
from rewards.pure.ledger import Ledger, Store
from rewards.pure.sweeps import expire, time_out
from rewards.pure.transfers import Reservation, Transfer
from rewards.pure.view import Changes
from tests.rewards.pure.files import uid

LAST_DAY = date(2026, 3, 1)
AFTER = datetime(2026, 3, 2)


def award(name: str, amount: int, **fields: object) -> Transfer:
    plain = Transfer(id=uid(name), debit="mint", credit="wallet:1", kind="award", amount=amount, expires_on=LAST_DAY)
    return replace(plain, **fields)


RESERVED = Transfer(
    id=uid("p"),
    flags=frozenset({"pending"}),
    debit="wallet:1",
    credit="spent",
    kind="redeem",
    amount=5,
    timeout_minutes=60,
)


def stored(*transfers: Transfer) -> Store:
    ledger = Ledger(LAST_DAY)
    assert ledger.post(transfers) == ("created",) * len(transfers)
    return ledger.store


def test_expire_posts_one_transfer_per_lot() -> None:
    store = stored(award("a", 3), award("b", 4), award("later", 5, expires_on=date(2026, 3, 2)))

    changes = expire("wallet:1", store, at=AFTER)

    posted = list(changes.transfers.values())
    assert [(one.id, one.amount, one.reference) for one in posted] == [
        (derived_id("expire", uid("a")), 3, uid("a")),
        (derived_id("expire", uid("b")), 4, uid("b")),
    ]
    assert {(one.debit, one.credit, one.kind, one.fund) for one in posted} == {
        ("wallet:1", "expired", "expire", "default")
    }
    assert {lot.id: (lot.left, lot.expired_points) for lot in changes.lots.values()} == {
        uid("a"): (0, 3),
        uid("b"): (0, 4),
    }
    assert (changes.accounts["wallet:1"].debits_posted, changes.accounts["expired"].credits_posted) == (7, 7)


def test_expire_on_the_last_day_or_twice_changes_nothing() -> None:
    store = stored(award("a", 3))

    assert expire("wallet:1", store, at=AFTER - timedelta(minutes=1)) == Changes()
    store.apply(expire("wallet:1", store, at=AFTER))
    assert expire("wallet:1", store, at=AFTER) == Changes()


def test_time_out_releases_a_reservation_once() -> None:
    store = stored(award("a", 8), RESERVED)

    store.apply(time_out(uid("p"), store))

    assert store.reservation(uid("p")) == Reservation(
        transfer_id=uid("p"), status="expired", ends_at=datetime(2026, 3, 1, 1)
    )
    assert (store.account("wallet:1").debits_pending, store.account("spent").credits_pending) == (0, 0)
    assert [(lot.left, lot.held) for lot in store.lots("wallet:1")] == [(8, 0)]
    assert time_out(uid("p"), store) == Changes()


def test_time_out_posts_no_transfer() -> None:
    store = stored(award("a", 8), RESERVED)

    assert time_out(uid("p"), store).transfers == {}


@pytest.mark.parametrize("flag", ["post", "void"])
def test_time_out_of_a_resolved_reservation_changes_nothing(flag: str) -> None:
    store = stored(award("a", 8), RESERVED, Transfer(id=uid("q"), flags=frozenset({flag}), pending_id=uid("p")))

    assert time_out(uid("p"), store) == Changes()


def test_reservation_without_timeout_never_times_out() -> None:
    store = stored(award("a", 8), replace(RESERVED, timeout_minutes=0))

    assert time_out(uid("p"), store) == Changes()


def test_time_out_of_nothing_is_an_error() -> None:
    with pytest.raises(LookupError):
        time_out(uid("p"), Store())


def test_undoing_an_expiry_gives_the_points_thirty_days_and_uncounts_them() -> None:
    """A cadre may decide that points should not have expired: then a claw-back may take them again."""
    ledger = Ledger(LAST_DAY)
    ledger.post([award("a", 3)])
    ledger.go_to(date(2026, 3, 2))
    ledger.expire()
    undone = derived_id("expire", uid("a"))
    refund = Transfer(id=uid("f"), debit="expired", credit="wallet:1", kind="refund", amount=3, reference=undone)
    claw_back = Transfer(id=uid("c"), debit="wallet:1", credit="mint", kind="reverse", amount=3, reference=uid("a"))

    assert ledger.post([replace(claw_back, id=uid("too early")), refund]) == ("exceeds_reference_amount", "created")
    assert [(lot.left, lot.expires_on) for lot in ledger.store.lots("wallet:1")] == [(3, date(2026, 4, 1))]
    assert ledger.post([claw_back]) == ("created",)
