from __future__ import annotations

from dataclasses import replace

from rewards.pure.ledger import Store
from rewards.pure.lots import Lot, Taking
from rewards.pure.transfers import Account, Reservation, Transfer
from rewards.pure.view import Changes, Overlay

LOT = Lot(id="l", wallet="wallet:1", origin="o", number=4, left=5)
TAKING = Taking(transfer_id="t", position=1, lot_id="l", amount=2)
REFUND = Transfer(id="f", kind="refund", amount=3, reference="t")


def stored() -> Store:
    store = Store()
    store.apply(
        Changes(
            accounts={"x": Account(code="x", debits_posted=1)},
            transfers={"t": Transfer(id="t", amount=9), "f": REFUND},
            reservations={"p": Reservation(transfer_id="p")},
            lots={"l": LOT},
            takings={("t", 1): TAKING},
            failed={"bad": "exceeds_credits"},
        )
    )
    return store


def test_overlay_shows_what_is_below() -> None:
    book = Overlay(stored())

    assert book.account("x") == Account(code="x", debits_posted=1)
    assert book.transfer("f") == REFUND
    assert book.reservation("p") == Reservation(transfer_id="p")
    assert (book.has_failed("bad"), book.has_failed("good")) == (True, False)
    assert book.undone_amount("t") == 3
    assert (book.lots("wallet:1"), book.lots_of_origin("o"), book.lot("l")) == ([LOT], [LOT], LOT)
    assert book.last_lot_number("wallet:1") == 4
    assert book.takings("t") == [TAKING]


def test_overlay_shows_nothing_where_nothing_is() -> None:
    book = Overlay(Store())

    assert (book.account("x"), book.transfer("t"), book.reservation("p"), book.lot("l")) == (None, None, None, None)
    assert (book.lots("w"), book.lots_of_origin("o"), book.takings("t")) == ([], [], [])
    assert (book.undone_amount("t"), book.last_lot_number("w")) == (0, 0)


def test_overlay_implies_the_accounts_of_the_page() -> None:
    assert Overlay(Store()).account("mint") == Account(code="mint")


def test_overlay_lays_its_changes_over_what_is_below() -> None:
    store = stored()
    book = Overlay(store)
    newer, moved = Lot(id="m", wallet="wallet:1", origin="o", number=5), replace(LOT, left=1)
    earlier, returned = replace(TAKING, position=0), replace(TAKING, returned=1)

    book.put_account(Account(code="x", debits_posted=7))
    book.put_transfer(Transfer(id="g", kind="reverse", amount=2, reference="t"))
    book.put_reservation(Reservation(transfer_id="p", status="voided"))
    for lot in (moved, newer):
        book.put_lot(lot)
    for taking in (returned, earlier):
        book.put_taking(taking)
    book.put_failed("worse", "exceeds_debits")

    assert book.account("x") == Account(code="x", debits_posted=7)
    assert book.undone_amount("t") == 5
    assert book.reservation("p") == Reservation(transfer_id="p", status="voided")
    assert (book.lots("wallet:1"), book.lots_of_origin("o"), book.lot("l")) == ([moved, newer], [moved, newer], moved)
    assert book.last_lot_number("wallet:1") == 5
    assert book.takings("t") == [earlier, returned]
    assert (book.has_failed("worse"), book.has_failed("bad")) == (True, True)
    assert store.account("x") == Account(code="x", debits_posted=1)
    assert store.rows.failed == {"bad": "exceeds_credits"}


def test_overlay_that_is_thrown_away_leaves_nothing() -> None:
    book = Overlay(stored())
    Overlay(book).put_lot(replace(LOT, left=0))

    assert book.changes == Changes()


def test_absorbing_an_overlay_is_the_same_as_writing_on_the_one_below() -> None:
    below, direct = Overlay(stored()), Overlay(stored())
    above = Overlay(below)
    for book in (above, direct):
        book.put_account(Account(code="y"))
        book.put_transfer(Transfer(id="g", kind="refund", amount=2, reference="t"))
        book.put_reservation(Reservation(transfer_id="p", status="posted"))
        book.put_lot(replace(LOT, left=0))
        book.put_taking(replace(TAKING, returned=2))
        book.put_failed("worse", "exceeds_debits")

    below.absorb(above.changes)

    assert below.changes == direct.changes
    assert below.undone_amount("t") == direct.undone_amount("t") == 5
    assert below.lots("wallet:1") == direct.lots("wallet:1")
    assert below.takings("t") == direct.takings("t")


def test_store_keeps_empty_lots_out_of_a_wallet_but_remembers_them() -> None:
    store = stored()

    store.apply(Changes(lots={"l": replace(LOT, left=0)}))

    assert list(store.lots("wallet:1")) == []
    assert list(store.lots_of_origin("o")) == [replace(LOT, left=0)]
    assert store.lot("l") == replace(LOT, left=0)
    assert store.last_lot_number("wallet:1") == 4
