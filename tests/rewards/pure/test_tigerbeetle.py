"""Rows of TigerBeetle's published state machine tables, read by hand into our words.

Left out: what we have no field for (user data, imported events, balancing_credit, overflow of 128 bits, amount 0).
Seconds became minutes, ledgers funds, codes kinds; `D<C` and `C<D` are the two account flags.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.rewards.pure.files import Document, asked, closed, four, minutes, opened, run, uid

NOBODY = "world"
FLAGS = {"D<C": "debits_must_not_exceed_credits", "C<D": "credits_must_not_exceed_debits"}
WORDS = {"PEN": "pending", "LNK": "linked", "BDR": "balancing_debit", "POS": "post", "VOI": "void"}


def accounts(**named: str) -> list[Document]:
    """Open accounts, and one more that all set-up comes from."""
    steps = [opened(NOBODY)]
    return steps + [opened(code, *([FLAGS[flag]] if flag else [])) for code, flag in named.items()]


def setup(code: str, debits_pending: int, debits_posted: int, credits_pending: int, credits_posted: int) -> Document:
    """Bring an account to four integers by transfers with the rest of the world."""
    moves = [
        (NOBODY, code, credits_posted, ()),
        (code, NOBODY, debits_posted, ()),
        (NOBODY, code, credits_pending, ("pending",)),
        (code, NOBODY, debits_pending, ("pending",)),
    ]
    if debits_posted > credits_posted:
        moves = [moves[1], moves[0], *moves[2:]]
    return {
        "batch": [
            asked(f"setup {code} {index}", debit, credit, amount, kind="adjust", flags=list(flags))
            for index, (debit, credit, amount, flags) in enumerate(moves)
            if amount
        ]
    }


def row(line: str, **fields: Any) -> tuple[Document, str]:
    """`T1 A1 A2 15 PEN LNK created`: id, accounts (_: left out), amount (_), flags, code."""
    name, debit, credit, amount, *flags, code = line.split()
    document = asked(
        name,
        None if debit == "_" else debit,
        None if credit == "_" else credit,
        None if amount == "_" else int(amount),
        flags=[WORDS[flag] for flag in flags],
        **({"kind": "adjust"} if debit != "_" and "kind" not in fields else {}),
        **fields,
    )
    return document, code


def check(steps: list[Document], *commits: list[tuple[Document, str]] | Document, **balances: tuple[int, ...]) -> None:
    """Each list of rows is one batch; between them other steps may stand; then the balances are compared."""
    expected: list[str] = []
    total = list(steps)
    set_up = sum(len(step.get("batch", [])) for step in steps)
    for commit in commits:
        if isinstance(commit, dict):
            total.append(commit)
        else:
            total.append({"batch": [document for document, _ in commit]})
            expected += [code for _, code in commit]

    replayed = run(*total)

    assert replayed["results"][:set_up] == ["created"] * set_up
    assert replayed["results"][set_up:] == expected
    assert {code: four(replayed, code) for code in balances} == balances


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


def first_phase() -> list[tuple[Document, str]]:
    return [
        row("T1 A1 A2 15 created"),
        row("T2 A1 A2 15 PEN created", timeout_minutes=1000),
        row("T3 A1 A2 15 PEN created", timeout_minutes=50),
        row("T4 A1 A2 15 PEN created", timeout_minutes=1),
        row("T5 A1 A2 7 PEN created", timeout_minutes=50, reference="U9", reason="U9"),
        row("T6 A1 A2 1 PEN created", timeout_minutes=0),
        row("T7 A1 A2 1 PEN created", timeout_minutes=0),
    ]


def test_two_phase_transfers_before_resolving() -> None:
    check(accounts(A1="", A2=""), first_phase(), A1=(54, 15, 0, 0), A2=(0, 0, 54, 15))


EXCLUSIVE = ["PEN POS VOI", "PEN POS VOI BDR", "PEN VOI", "VOI BDR", "POS BDR", "PEN POS", "POS VOI"]


def test_two_phase_transfers() -> None:
    u2 = {"reference": "U2", "reason": "U2", "fund": "six", "kind": "expire"}
    check(
        accounts(A1="", A2=""),
        first_phase(),
        minutes(1),
        [
            row("T101 A1 A2 13 POS created", of="T2", reference="U1", reason="U1"),
            row("T101 A1 A2 15 VOI exists_with_different_flags", of="T3", reference="U2"),
            row("T101 A1 A2 14 POS exists_with_different_amount", of="T2", reference="U1", reason="U1"),
            row("T101 A1 A2 _ POS exists_with_different_amount", of="T2", reference="U1", reason="U1"),
            row("T101 A1 A2 13 POS exists_with_different_pending_id", of="T3", reference="U2"),
            row("T101 A1 A2 13 POS exists_with_different_reference", of="T2", reference="U2", reason="U2"),
            row("T101 A1 A2 13 POS exists_with_different_reason", of="T2", reference="U1", reason="U2"),
            row("T101 A1 A2 13 POS exists", of="T2", reference="U1", reason="U1"),
            *[
                row(f"T102 A8 A9 16 {flags} flags_are_mutually_exclusive", timeout_minutes=50, **u2)
                for flags in EXCLUSIVE
            ],
            row("T102 A8 A9 16 VOI pending_id_must_not_be_zero", timeout_minutes=50, **u2),
            row("T102 A8 A9 16 VOI pending_id_must_be_different", of="T102", timeout_minutes=50, **u2),
            row("T102 A8 A9 16 VOI timeout_reserved_for_pending_transfer", of="T103", timeout_minutes=50, **u2),
        ],
        [
            row("T102 A8 A9 16 VOI pending_transfer_not_found", of="T103", **u2),
            row("T102 A1 A2 13 id_already_failed"),
            row("T103 A8 A9 16 VOI pending_transfer_not_pending", of="T1", **u2),
            row("T103 A8 A9 16 VOI pending_transfer_has_different_debit", of="T3", **u2),
            row("T103 A1 A9 16 VOI pending_transfer_has_different_credit", of="T3", **u2),
            row("T103 A1 A2 16 VOI pending_transfer_has_different_fund", of="T3", **u2),
            row("T103 A1 A2 16 VOI pending_transfer_has_different_kind", of="T3", kind="expire"),
            row("T103 A1 A2 16 VOI exceeds_pending_transfer_amount", of="T3"),
            row("T103 A1 A2 14 VOI pending_transfer_has_different_amount", of="T3"),
            row("T103 A1 A2 13 POS pending_transfer_already_posted", of="T2"),
            row("T103 A1 A2 15 VOI created", of="T3"),
            row("T104 A1 A2 13 POS pending_transfer_already_voided", of="T3"),
            row("T104 A1 A2 15 VOI pending_transfer_expired", of="T4"),
        ],
        [
            row("T101 _ _ 14 POS exists_with_different_amount", of="T2", reference="U1", reason="U1"),
            row("T101 _ _ 12 POS exists_with_different_amount", of="T2", reference="U1", reason="U1"),
            row("T105 _ _ 8 POS exceeds_pending_transfer_amount", of="T5"),
            row("T105 _ _ _ POS created", of="T5"),
            row("T105 _ _ 7 POS exists", of="T5", kind="adjust", fund="default"),
            row("T105 _ _ 7 POS exists", of="T5"),
            row("T105 _ _ _ POS exists", of="T5"),
            row("T105 _ _ _ POS exists", of="T5", reference="U9"),
            row("T105 _ _ _ POS exists_with_different_reference", of="T5", reference="U8"),
            row("T105 _ _ 8 POS exists_with_different_amount", of="T5"),
            row("T105 _ _ 6 POS exists_with_different_amount", of="T5"),
            row("T105 _ _ 0 POS exists_with_different_amount", of="T5"),
            row("T106 _ _ 2 POS exceeds_pending_transfer_amount", of="T6"),
            row("T106 _ _ _ POS created", of="T6"),
            row("T106 _ _ _ POS exists", of="T6"),
            row("T106 _ _ 1 POS exists", of="T6"),
            row("T106 _ _ 2 POS exists_with_different_amount", of="T6"),
            row("T106 _ _ 0 POS exists_with_different_amount", of="T6"),
            row("T107 _ _ 0 POS created", of="T7"),
            row("T107 _ _ 0 POS exists", of="T7"),
            row("T107 _ _ 1 POS exists_with_different_amount", of="T7"),
        ],
        A1=(0, 36, 0, 0),
        A2=(0, 0, 0, 36),
    )


def test_posting_the_largest_amount() -> None:
    check(
        accounts(A1="", A2=""),
        [
            row(f"T1 A1 A2 {2**53 - 1} PEN created"),
            row(f"T2 A1 A2 {2**53 - 1} POS created", of="T1"),
            row("T2 _ _ _ POS exists", of="T1"),
        ],
        A1=(0, 2**53 - 1, 0, 0),
        A2=(0, 0, 0, 2**53 - 1),
    )


@pytest.mark.parametrize(("passed", "pending"), [(0, 46), (1, 35), (2, 23), (3, 10), (99, 10)])
def test_expired_transfers_release_one_after_another(passed: int, pending: int) -> None:
    rows = [row(f"T{n + 1} A1 A2 {10 + n} PEN created", timeout_minutes=n) for n in range(4)]
    check(accounts(A1="", A2=""), rows, minutes(passed), A1=(pending, 0, 0, 0), A2=(0, 0, pending, 0))


def test_expired_transfers_cannot_be_posted() -> None:
    rows = [row(f"T{n + 1} A1 A2 {10 + n} PEN created", timeout_minutes=n) for n in range(4)]
    check(
        accounts(A1="", A2=""),
        rows,
        minutes(3),
        [
            row("T101 A1 A2 10 POS created", of="T1"),
            row("T102 A1 A2 11 POS pending_transfer_expired", of="T2"),
            row("T103 A1 A2 12 POS pending_transfer_expired", of="T3"),
            row("T104 A1 A2 13 POS pending_transfer_expired", of="T4"),
        ],
        A1=(0, 10, 0, 0),
        A2=(0, 0, 0, 10),
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
