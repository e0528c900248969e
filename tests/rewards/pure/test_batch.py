from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from rewards.pure.batch import Outcome, chains, post
from rewards.pure.ledger import Ledger
from rewards.pure.transfers import Account, Transfer
from rewards.pure.view import Changes
from tests.rewards.pure.files import uid

LINKED = frozenset({"linked"})


def transfer(name: str, amount: int = 1, **fields: object) -> Transfer:
    return replace(Transfer(id=uid(name), debit="mint", credit="spent", kind="adjust", amount=amount), **fields)


def linked(name: str, amount: int = 1, **fields: object) -> Transfer:
    return transfer(name, amount, flags=LINKED, **fields)


def test_chains_end_where_a_transfer_is_not_linked() -> None:
    a, b, c, d, e = linked("a"), linked("b"), transfer("c"), transfer("d"), linked("e")

    assert list(chains([a, b, c, d, e])) == [[a, b, c], [d], [e]]
    assert list(chains([])) == []


@given(st.lists(st.booleans(), max_size=12))
def test_chains_are_the_batch_cut_in_pieces(links: list[bool]) -> None:
    batch = [linked(str(i)) if is_linked else transfer(str(i)) for i, is_linked in enumerate(links)]

    pieces = list(chains(batch))

    assert [one for piece in pieces for one in piece] == batch
    assert all(one.flags == LINKED for piece in pieces for one in piece[:-1])
    assert all(piece[-1].flags != LINKED for piece in pieces[:-1])


def test_post_answers_and_leaves_rows_to_write() -> None:
    ledger = Ledger(date(2026, 3, 1))

    outcome = post([transfer("a", 7), transfer("b", credit="nowhere")], ledger.store, at=ledger.now)

    assert outcome == Outcome(
        results=("created", "credit_account_not_found"),
        changes=Changes(
            accounts={
                "mint": Account(code="mint", debits_posted=7),
                "spent": replace(ledger.account("spent"), credits_posted=7),
            },
            transfers={uid("a"): transfer("a", 7, fund="default")},
            failed={uid("b"): "credit_account_not_found"},
        ),
    )
    assert ledger.store.rows == Changes()


def test_later_transfers_of_a_batch_see_the_earlier_ones() -> None:
    ledger = Ledger(date(2026, 3, 1))
    spend = transfer("b", 5, debit="spent", credit="expired")

    assert ledger.post([transfer("a", 5), spend, transfer("a", 5)]) == ("created", "created", "exists")


def test_chain_is_whole_or_not_at_all() -> None:
    ledger = Ledger(date(2026, 3, 1))
    chain = [linked("a"), linked("b", credit="nowhere"), linked("c"), transfer("d")]

    answers = ledger.post([*chain, transfer("e")])

    assert answers == (
        "linked_event_failed",
        "credit_account_not_found",
        "linked_event_failed",
        "linked_event_failed",
        "created",
    )
    assert list(ledger.store.rows.transfers) == [uid("e")]
    assert ledger.store.rows.failed == {uid("b"): "credit_account_not_found"}


def test_only_the_culprit_of_a_chain_spends_its_id() -> None:
    ledger = Ledger(date(2026, 3, 1))
    ledger.post([linked("a"), transfer("b", credit="nowhere")])

    assert ledger.post([linked("a"), transfer("b")]) == ("linked_event_failed", "id_already_failed")
    assert ledger.post([transfer("a")]) == ("created",)


def test_culprit_of_an_open_chain_has_its_own_code() -> None:
    ledger = Ledger(date(2026, 3, 1))
    chain = [linked("a"), linked("b", 0), linked("c"), linked("d")]

    assert ledger.post(chain) == (
        "linked_event_failed",
        "amount_must_not_be_zero",
        "linked_event_failed",
        "linked_event_chain_open",
    )


def test_open_chain_spends_no_id_and_leaves_nothing() -> None:
    ledger = Ledger(date(2026, 3, 1))

    answers = ledger.post([linked("a"), linked("b", credit="nowhere", amount=1)])

    assert answers == ("linked_event_failed", "linked_event_chain_open")
    assert ledger.store.rows == Changes()


def test_post_in_the_chain_of_its_reservation() -> None:
    ledger = Ledger(date(2026, 3, 1))
    reserved = transfer("p", 5, flags=LINKED | {"pending"})
    post_it = Transfer(id=uid("q"), flags=frozenset({"post"}), pending_id=uid("p"))

    assert ledger.post([reserved, post_it]) == ("created", "created")
    assert ledger.account("spent").credits_posted == 5
