"""TigerBeetle's tables that ask for accounts, histories, filters and events: what they post, and what is there after it.

Their questions are not ours; the transfers they are asked about are. With the other two files every row of the tables is
here whose fields we have. Rows we cannot have: amount 0 of a single (`amount_must_not_be_zero` here), the largest integers as
"no id", balancing_credit, closing by a transfer (ours is a step), times of imported events, overflow of 128 bits.
"""

from __future__ import annotations

import pytest

from tests.rewards.pure.files import Document, closed, four, minutes, opened, run, send
from tests.rewards.pure.tables import FLAGS, accounts, check, row, setup

# Accounts


@pytest.mark.parametrize("flag", ["", "D<C", "C<D"])
def test_new_account_is_empty_and_opened_again_it_stays(flag: str) -> None:
    again = [opened("A1", *flags) for flags in ([], *([word] for word in FLAGS.values()))]

    check([*accounts(A1=flag), *again], [], A1=(0, 0, 0, 0))


def test_flags_of_the_first_opening_count() -> None:
    steps = [*accounts(A1="", A2="D<C"), opened("A1", FLAGS["D<C"]), opened("A2"), setup("A2", 0, 0, 0, 4)]

    check(
        steps,
        [row("T1 A1 A2 9 created"), row("T2 A2 A1 14 exceeds_credits"), row("T3 A2 A1 13 created")],
        A1=(0, 9, 0, 13),
        A2=(0, 13, 0, 13),
    )


def test_account_closed_from_the_start() -> None:
    check([*accounts(A1="", A2=""), closed("A1")], [row("T1 A1 A2 1 debit_account_already_closed")], A1=(0, 0, 0, 0))


# Single transfers


def test_refused_transfer_is_not_there() -> None:
    check(
        accounts(A1="", A2=""),
        [row("T1 A1 A2 15 created"), row("T2 A1 A2 0 amount_must_not_be_zero")],
        [row("T2 A1 A2 15 transfer_must_have_the_same_fund_as_accounts", fund="nine"), row("T2 A1 A2 15 created")],
        A1=(0, 30, 0, 0),
        A2=(0, 0, 0, 30),
    )


def test_amount_zero_of_a_single_moves_nothing() -> None:
    """Where TigerBeetle creates a transfer of nothing, the page says 1 … 2^53−1."""
    rows = [
        row(f"T{n} A1 A2 0 {flags}amount_must_not_be_zero") for n, flags in enumerate(["", "PEN ", "BDR ", "PEN BDR "])
    ]

    check([*accounts(A1="D<C", A2=""), setup("A1", 1, 0, 0, 10)], rows, A1=(1, 0, 0, 10), A2=(0, 0, 0, 0))


def there_and_back() -> list[tuple[Document, str]]:
    return [
        row("T1 A1 A2 10 created", reference="U1000", reason="U10", by="U1"),
        row("T2 A2 A1 11 created", reference="U1001", reason="U10", by="U2", kind="grant"),
        row("T3 A1 A2 12 created", reference="U1000", reason="U20", by="U2"),
        row("T4 A2 A1 13 created", reference="U1001", reason="U20", by="U1", kind="grant"),
    ]


@pytest.mark.parametrize(
    ("count", "a1"), [(1, (0, 10, 0, 0)), (2, (0, 10, 0, 11)), (3, (0, 22, 0, 11)), (4, (0, 22, 0, 24))]
)
def test_balances_after_each_transfer(count: int, a1: tuple[int, int, int, int]) -> None:
    a2 = (a1[2], a1[3], a1[0], a1[1])

    check(accounts(A1="", A2=""), there_and_back()[:count], A1=a1, A2=a2)


def test_ids_are_unique_across_funds() -> None:
    check(
        [*accounts(A1="", A2=""), opened("A3@two"), opened("A4@two")],
        [
            row("T2 A3@two A4@two 11 created", fund="two", kind="grant", reference="U1000"),
            row("T3 A2 A1 12 created", kind="award", reference="U1000"),
            row("T4 A4@two A3@two 13 created", kind="redeem"),
            row("T5 A2 A1 14 created", kind="expire", reference="U2000"),
            row("T6 A4@two A3@two 15 created", fund="two", by="U2"),
            row("T7 A1 A2 16 created"),
            row("T8 A2 A1 17 created"),
            row("T8 A4@two A3@two 17 exists_with_different_debit"),
        ],
        **{"A1": (0, 16, 0, 43), "A2": (0, 43, 0, 16), "A3@two": (0, 11, 0, 28), "A4@two": (0, 28, 0, 11)},
    )


# Chains


@pytest.mark.parametrize("fault", ["T3 A1 A2 0", "T3 A1 A1 3", "T3 A1 A2 3 VOI"])
def test_chain_with_a_bad_end_is_undone_and_its_ids_are_free(fault: str) -> None:
    code = {"0": "amount_must_not_be_zero", "3": "accounts_must_be_different", "VOI": "pending_id_must_not_be_zero"}
    chain = ["T1 A1 A2 3 LNK", "T2 A1 A2 3 LNK", "T3 A1 A2 3"]

    check(
        accounts(A1="", A2="", A3=""),
        [
            row(f"{chain[0]} linked_event_failed"),
            row(f"{chain[1]} linked_event_failed"),
            row(f"{fault} {code[fault.rsplit(maxsplit=1)[-1]]}"),
        ],
        [row(f"{line} created") for line in chain],
        A1=(0, 9, 0, 0),
        A2=(0, 0, 0, 9),
        A3=(0, 0, 0, 0),
    )


def test_two_bad_chains_do_not_touch_what_stands_between() -> None:
    check(
        accounts(A1="", A2=""),
        [
            row("T7 A1 A2 1 created"),
            row("T1 A1 A2 1 LNK linked_event_failed"),
            row("T2 A1 A2 1 LNK linked_event_failed"),
            row("T1 A1 A2 1 LNK exists"),
            row("T3 A1 A2 1 linked_event_failed"),
            row("T1 A1 A2 1 created"),
            row("T1 A1 A2 2 LNK exists_with_different_flags"),
            row("T2 A1 A2 1 linked_event_failed"),
            row("T2 A1 A2 1 created"),
            row("T3 A1 A2 1 LNK linked_event_failed"),
            row("T1 A2 A1 1 exists_with_different_debit"),
            row("T3 A1 A2 1 LNK created"),
            row("T4 A1 A2 1 created"),
        ],
        A1=(0, 5, 0, 0),
        A2=(0, 0, 0, 5),
    )


# Two phases


def test_pending_then_posted() -> None:
    pending = [row("T1 A1 A2 3 created", kind="grant"), row("T2 A1 A2 4 PEN created", timeout_minutes=0, kind="grant")]

    check(accounts(A1="", A2=""), pending, A1=(4, 3, 0, 0), A2=(0, 0, 4, 3))
    check(
        accounts(A1="", A2=""),
        pending,
        [row("T3 A1 A2 4 POS created", of="T2", kind="grant")],
        A1=(0, 7, 0, 0),
        A2=(0, 0, 0, 7),
    )


def test_smaller_post_releases_the_rest() -> None:
    check(
        accounts(A1="", A2=""),
        [row("T1 A1 A2 2 PEN created"), row("T2 A1 A2 1 POS created", of="T1")],
        A1=(0, 1, 0, 0),
        A2=(0, 0, 0, 1),
    )


EVENTS = [
    ([row("T1 A1 A2 10 created")], (0, 10)),
    ([row("T2 A1 A2 11 PEN created", timeout_minutes=0)], (11, 10)),
    ([row("T3 A1 A2 12 PEN created", timeout_minutes=1)], (23, 10)),
    ([row("T4 A1 A2 13 PEN created", timeout_minutes=2)], (36, 10)),
    ([row("T5 A1 A2 14 PEN created", timeout_minutes=2)], (50, 10)),
    (minutes(1), (38, 10)),
    ([row("T14 _ _ _ POS created", of="T4")], (25, 23)),
    ([row("T15 _ _ 0 VOI created", of="T5")], (11, 23)),
]


@pytest.mark.parametrize("count", range(1, len(EVENTS) + 1))
def test_balances_after_each_event(count: int) -> None:
    """Posted, reserved, timed out, posted from a reservation, voided: the four integers after each."""
    pending, posted = EVENTS[count - 1][1]

    check(
        accounts(A1="", A2=""),
        *[event for event, _ in EVENTS[:count]],
        A1=(pending, posted, 0, 0),
        A2=(0, 0, pending, posted),
    )


def test_voided_or_posted_by_somebody_else_s_words() -> None:
    """What a post or void writes out must be its reservation's, in this order."""
    wrong = [("A2 A1", "debit"), ("A1 A3", "credit")]
    check(
        accounts(A1="", A2="", A3=""),
        [
            row("T1 A1 A2 5 PEN created"),
            *[
                row(f"T2 {pair} 9 {flag} pending_transfer_has_different_{field}", of="T1", fund="six", kind="grant")
                for flag in ("POS", "VOI")
                for pair, field in wrong
            ],
            row("T2 A1 A2 9 POS pending_transfer_has_different_fund", of="T1", fund="six", kind="grant"),
            row("T2 A1 A2 9 POS pending_transfer_has_different_kind", of="T1", kind="grant"),
            row("T2 A1 A2 9 POS exceeds_pending_transfer_amount", of="T1"),
            row("T2 A1 A2 4 VOI pending_transfer_has_different_amount", of="T1"),
            row("T2 A1 A2 4 POS created", of="T1"),
            row("T3 A1 A2 9 VOI exceeds_pending_transfer_amount", of="T1"),
            row("T3 A1 A2 5 VOI pending_transfer_already_posted", of="T1"),
        ],
        A1=(0, 4, 0, 0),
        A2=(0, 0, 0, 4),
    )


# Closing


def test_either_side_closed() -> None:
    steps = [*accounts(A1="", A2="", A3=""), send("T1", "A1", "A2", 15), closed("A1"), closed("A2")]
    fates = [
        row("T14 A1 A3 5 debit_account_already_closed"),
        row("T14 A1 A3 5 id_already_failed"),
        row("T15 A3 A2 5 credit_account_already_closed"),
        row("T15 A3 A2 5 id_already_failed"),
        row("T16 A1 A3 5 PEN debit_account_already_closed"),
        row("T16 A1 A3 5 PEN id_already_failed"),
        row("T17 A3 A2 5 PEN credit_account_already_closed"),
        row("T17 A3 A2 5 PEN id_already_failed"),
        row("T18 A1 A2 5 debit_account_already_closed"),
    ]
    played = run(*steps, {"batch": [document for document, _ in fates]})

    assert played["results"][1:] == [code for _, code in fates]
    assert [four(played, code) for code in ("A1", "A2", "A3")] == [(0, 15, 0, 0), (0, 0, 0, 15), (0, 0, 0, 0)]
