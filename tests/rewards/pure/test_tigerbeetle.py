"""TigerBeetle's tables of single transfers, chains, balancing and closing."""

from __future__ import annotations

import pytest

from tests.rewards.pure.files import closed, minutes, opened, uid
from tests.rewards.pure.tables import accounts, check, row, setup


def test_create_transfers_by_descending_precedence() -> None:
    steps = [
        *accounts(A1="", A3="", A4="D<C", A5="C<D"),
        opened("A2@two"),
        setup("A1", 100, 200, 0, 0),
        setup("A3", 0, 0, 110, 210),
        setup("A4", 20, 700, 0, 920),
        setup("A5", 0, 1000, 10, 900),
    ]
    check(
        steps,
        [
            row("T1 A8 A8 9 PEN accounts_must_be_different", of="T1"),
            row("T1 A8 A9 9 PEN pending_id_must_be_zero", of="T1"),
            row("T1 A8 A9 9 timeout_reserved_for_pending_transfer", timeout_minutes=1),
            row("T1 A8 A9 0 PEN amount_must_not_be_zero"),
            row("T1 A8 A9 9 PEN debit_account_not_found", fund="nine"),
            row("T1 A1 A3 123 id_already_failed"),
            row("T2 A1 A9 9 PEN credit_account_not_found", fund="nine"),
            row("T2 A1 A3 123 id_already_failed"),
        ],
        [
            row("T3 A1 A2@two 1 PEN accounts_must_have_the_same_fund", fund="nine"),
            row("T3 A1 A3 1 PEN transfer_must_have_the_same_fund_as_accounts", fund="nine"),
            row("T3 A4 A5 201 exceeds_credits"),
            row("T3 A1 A3 123 id_already_failed"),
            row("T4 A4 A5 91 exceeds_debits"),
            row("T4 A1 A3 123 id_already_failed"),
            row("T5 A1 A3 123 PEN created", timeout_minutes=1),
        ],
        [
            row("T5 A1 A3 123 PEN exists_with_different_fund", timeout_minutes=1, fund="two"),
            row("T5 A1 A3 999 exists_with_different_flags", timeout_minutes=0, kind="grant"),
            row("T5 A3 A1 999 PEN exists_with_different_debit", timeout_minutes=1, kind="grant"),
            row("T5 A1 A4 999 PEN exists_with_different_credit", timeout_minutes=1, kind="grant"),
            row("T5 A1 A3 999 PEN exists_with_different_amount", timeout_minutes=1),
            row("T5 A1 A3 123 PEN exists_with_different_reference", timeout_minutes=1, reference="U1", reason="U1"),
            row("T5 A1 A3 123 PEN exists_with_different_reason", timeout_minutes=1, reason="U1", by="U1"),
            row("T5 A1 A3 123 PEN exists_with_different_by", timeout_minutes=1, by="U1", kind="grant"),
            row("T5 A1 A3 123 PEN exists_with_different_timeout_minutes", timeout_minutes=2, kind="grant"),
            row("T5 A1 A3 123 PEN exists_with_different_kind", timeout_minutes=1, kind="grant"),
            row("T5 A1 A3 123 PEN exists", timeout_minutes=1),
            row("T6 A3 A1 7 created"),
            row("T7 A1 A3 3 created"),
        ],
        A1=(223, 203, 0, 7),
        A3=(0, 7, 233, 213),
    )


def test_exceeds_credits_and_debits_are_not_reached_at_the_limit() -> None:
    check(
        [*accounts(A4="D<C", A5="C<D"), setup("A4", 20, 700, 0, 920), setup("A5", 0, 1000, 10, 900)],
        [row("T1 A4 A5 90 created"), row("T2 A4 A5 1 exceeds_debits")],
        A4=(20, 790, 0, 920),
        A5=(0, 1000, 10, 990),
    )


def test_empty_batch() -> None:
    check(accounts(A1=""), [], A1=(0, 0, 0, 0))


def test_linked_event_chain_open() -> None:
    check(
        accounts(A1="", A2=""),
        [
            row("T1 A1 A2 1 LNK created"),
            row("T2 A1 A2 1 LNK created"),
            row("T3 A1 A2 1 created"),
            row("T4 A1 A2 1 LNK linked_event_failed"),
            row("T5 A1 A2 1 LNK linked_event_chain_open"),
        ],
        A1=(0, 3, 0, 0),
        A2=(0, 0, 0, 3),
    )


def test_linked_event_chain_open_for_an_already_failed_batch() -> None:
    check(
        accounts(A1="", A2=""),
        [
            row("T1 A1 A2 1 created"),
            row("T2 A1 A2 1 LNK linked_event_failed"),
            row("T1 A1 A2 1 LNK exists_with_different_flags"),
            row("T3 A1 A2 1 LNK linked_event_chain_open"),
        ],
        A1=(0, 1, 0, 0),
        A2=(0, 0, 0, 1),
    )


def test_linked_event_chain_open_for_a_batch_of_one() -> None:
    check(accounts(A1="", A2=""), [row("T1 A1 A2 1 LNK linked_event_chain_open")], A1=(0, 0, 0, 0))


def test_failed_chains_are_undone() -> None:
    check(
        accounts(A1="", A2=""),
        [row("T1 A1 A2 15 LNK linked_event_failed"), row("T2 A1 A2 0 amount_must_not_be_zero")],
        [
            row("T3 A1 A2 15 LNK PEN linked_event_failed", timeout_minutes=1),
            row("T4 A1 A2 0 amount_must_not_be_zero"),
        ],
        A1=(0, 0, 0, 0),
        A2=(0, 0, 0, 0),
    )


def test_failed_chains_are_undone_within_a_commit() -> None:
    check(
        [*accounts(A1="D<C", A2=""), setup("A1", 0, 0, 0, 20)],
        [
            row("T1 A1 A2 15 LNK linked_event_failed"),
            row("T2 A1 A2 0 amount_must_not_be_zero"),
            row("T3 A1 A2 15 created"),
        ],
        A1=(0, 15, 0, 20),
        A2=(0, 0, 0, 15),
    )


def test_balancing_debit_of_a_limited_account() -> None:
    check(
        [*accounts(A1="D<C", A3=""), setup("A1", 1, 0, 0, 10)],
        [
            row("T1 A1 A3 3 BDR transfer_must_have_the_same_fund_as_accounts", fund="two"),
            row("T1 A1 A3 3 BDR created"),
            row("T2 A1 A3 13 BDR created"),
            row("T5 A1 A3 1 BDR created"),
            row("T1 A1 A3 2 BDR exists_with_different_amount"),
            row("T1 A1 A3 0 BDR exists_with_different_amount"),
            row("T1 A1 A3 3 BDR exists"),
            row("T1 A1 A3 4 BDR exists"),
            row("T2 A1 A3 6 BDR exists"),
            row("T2 A1 A3 0 BDR exists_with_different_amount"),
        ],
        A1=(1, 9, 0, 10),
        A3=(0, 0, 0, 9),
    )


def test_balancing_debit_keeps_the_other_limit() -> None:
    check(
        [
            *accounts(A1="D<C", A2="", A3="C<D", A4=""),
            setup("A1", 0, 0, 0, 4),
            setup("A3", 0, 4, 0, 0),
            setup("A4", 0, 0, 0, 5),
        ],
        [row("T2 A1 A2 10 BDR created"), row("T3 A4 A3 10 BDR exceeds_debits")],
        A1=(0, 4, 0, 4),
        A2=(0, 0, 0, 4),
        A3=(0, 4, 0, 0),
        A4=(0, 0, 0, 5),
    )


def test_balancing_debit_of_an_unlimited_account() -> None:
    check(
        [*accounts(A1="", A3=""), setup("A1", 1, 0, 0, 10)],
        [
            row("T2 A3 A1 99 BDR created"),
            row("T4 A1 A3 99 BDR created"),
            row("T5 A1 A3 99 BDR created"),
        ],
        A1=(1, 9, 0, 10),
        A3=(0, 0, 0, 9),
    )


def test_balancing_debit_pending() -> None:
    steps = [*accounts(A1="D<C", A2="C<D"), setup("A1", 0, 0, 0, 10), setup("A2", 0, 10, 0, 0)]
    reserved = [
        row("T1 A1 A2 3 PEN BDR created"),
        row("T2 A1 A2 13 PEN BDR created"),
        row("T3 A1 A2 1 PEN BDR created"),
    ]
    check(steps, reserved, A1=(10, 0, 0, 10), A2=(0, 10, 10, 0))
    check(
        steps,
        reserved,
        [row("T4 A1 A2 3 POS created", of="T1"), row("T5 A1 A2 5 POS created", of="T2")],
        A1=(0, 8, 0, 10),
        A2=(0, 10, 0, 8),
    )


@pytest.mark.parametrize(("third", "code"), [(21, "created"), (19, "exceeds_credits")])
def test_multiple_debits_single_credit(third: int, code: str) -> None:
    """The recipe with a control account; its last transfer limits what was collected."""
    other = "created" if code == "created" else "linked_event_failed"
    steps = [
        *accounts(A1="D<C", A2="D<C", A3="D<C", A4="D<C", A6=""),
        setup("A1", 0, 0, 0, 40),
        setup("A2", 0, 0, 0, 40),
    ]
    check(
        [*steps, setup("A3", 0, 0, 0, third)],
        [
            row(f"T2 A1 A4 40 LNK BDR {other}"),
            row(f"T3 A2 A4 40 LNK BDR {other}"),
            row(f"T4 A3 A4 20 LNK BDR {other}"),
            row(f"T5 A4 A6 100 {code}"),
        ],
        A6=(0, 0, 0, 100 if code == "created" else 0),
    )


def test_per_transfer_balance_invariant() -> None:
    check(
        [*accounts(A1="", A2="", A3="C<D"), setup("A2", 0, 40, 0, 0)],
        [
            row("T1 A1 A2 41 LNK linked_event_failed"),
            row("T2 A2 A3 1 LNK PEN BDR exceeds_debits"),
            row("T3 A2 A3 0 VOI linked_event_failed", of="T2"),
        ],
        [
            row("T2 A2 A3 1 id_already_failed"),
            row("T4 A1 A2 40 LNK created"),
            row("T5 A2 A3 1 LNK PEN BDR created"),
            row("T6 A2 A3 0 VOI created", of="T5"),
        ],
        [row("T1 A1 A2 1 created"), row("T3 A1 A2 1 created")],
        A1=(0, 42, 0, 0),
        A2=(0, 40, 0, 42),
        A3=(0, 0, 0, 0),
    )


def test_closed_accounts() -> None:
    check(
        accounts(A1="", A2="", A3=""),
        [
            row("T1 A1 A2 15 created"),
            row("T8 A1 A2 10 PEN created", timeout_minutes=1),
            row("T9 A1 A2 10 PEN created"),
            row("T10 A2 A1 10 PEN created"),
        ],
        closed("A2"),
        [
            row("T3 A2 A1 5 debit_account_already_closed"),
            row("T3 A2 A1 5 id_already_failed"),
            row("T4 A1 A2 5 credit_account_already_closed"),
            row("T4 A1 A3 5 id_already_failed"),
            row("T11 A1 A2 10 POS credit_account_already_closed", of="T9"),
            row("T11 A1 A2 10 VOI id_already_failed", of="T9"),
            row("T5 A2 A1 10 POS debit_account_already_closed", of="T10"),
            row("T12 A1 A2 10 VOI created", of="T9"),
            row("T12 A1 A2 10 VOI exists", of="T9"),
            row("T13 A1 A3 5 created"),
        ],
        minutes(1),
        A1=(0, 20, 10, 0),
        A2=(10, 0, 0, 15),
    )


def test_repeated_chain_answers_exists_then_linked_event_failed() -> None:
    chain = [row("T1 A1 A2 1 LNK created"), row("T2 A1 A2 2 LNK created"), row("T3 A1 A2 3 created")]
    codes = ["exists", "linked_event_failed", "linked_event_failed"]
    again = [(document, code) for (document, _), code in zip(chain, codes, strict=True)]

    check(accounts(A1="", A2=""), chain, again, A1=(0, 6, 0, 0))


def test_same_id_twice_in_a_failing_chain() -> None:
    check(
        accounts(A1="", A2=""),
        [row("T1 A1 A2 1 LNK linked_event_failed"), row("T1 A1 A2 1 exists_with_different_flags")],
        [row("T1 A1 A2 1 created")],
        A1=(0, 1, 0, 0),
    )


def test_names_of_the_tables_are_distinct_ids() -> None:
    assert uid("T1") != uid("T10")
