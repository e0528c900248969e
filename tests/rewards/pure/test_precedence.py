"""For every two checks of the page: a transfer that fails both gets the code of the earlier one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from itertools import combinations
from typing import Any

import pytest

from rewards.pure import codes
from rewards.pure.ledger import Ledger
from rewards.pure.precedence import Verdict, claw_back_origin, judge
from rewards.pure.transfers import Transfer
from rewards.pure.view import Overlay
from tests.rewards.pure.files import uid

NOON = datetime(2026, 3, 1, 12)
PENDING = frozenset({"pending"})
LIMITED = frozenset({codes.DEBITS_MUST_NOT_EXCEED_CREDITS})
OWED = frozenset({codes.CREDITS_MUST_NOT_EXCEED_DEBITS})


def a_ledger() -> Ledger:
    """Accounts x, y and limited ones, some closed; a redemption, and reservations in every state."""
    ledger = Ledger(date(2026, 3, 1))
    for code in ("x", "y", "shut", "shut too", "x@union", "y@union"):
        ledger.open(code)
    ledger.open("poor", LIMITED)
    ledger.open("full", OWED)
    ledger.open("poor@union", LIMITED)
    ledger.open("full@union", OWED)
    redeem = Transfer(id=uid("redeem"), debit="y", credit="x", kind="redeem", amount=5)
    reserve = Transfer(id=uid("p"), flags=PENDING, debit="x", credit="y", kind="adjust", amount=5, reason="why")
    timed = replace(reserve, id=uid("timed"), timeout_minutes=1)
    to_shut = replace(reserve, id=uid("to shut"), credit="shut")
    from_shut = replace(reserve, id=uid("from shut"), debit="shut too")
    others = [replace(reserve, id=uid(name)) for name in ("posted", "voided")]
    into_poor = Transfer(id=uid("into poor"), debit="full", credit="poor", kind="redeem", amount=50)
    ledger.post([redeem, reserve, timed, to_shut, from_shut, *others, into_poor])
    ledger.post([Transfer(id=uid("drain"), debit="poor", credit="x", kind="adjust", amount=50)])
    ledger.post([Transfer(id=uid("fill"), debit="x", credit="full", kind="adjust", amount=50)])
    ledger.post([Transfer(id=uid("post"), flags=frozenset({"post"}), pending_id=uid("posted"))])
    ledger.post([Transfer(id=uid("void"), flags=frozenset({"void"}), pending_id=uid("voided"))])
    ledger.advance(1)
    ledger.close("shut")
    ledger.close("shut too")
    assert ledger.post([Transfer(id=uid("spent"), debit="no", credit="y", kind="adjust", amount=1)]) == (
        codes.DEBIT_ACCOUNT_NOT_FOUND,
    )
    return ledger


def code_of(transfer: Transfer) -> str:
    return judge(transfer, Overlay(a_ledger().store), at=NOON).code


SINGLE = Transfer(id=uid("new"), debit="x", credit="y", kind="adjust", amount=5)
REFUND = replace(SINGLE, kind="refund", reference=uid("redeem"))

# Each fault with its code, in the order of the page. Faults that are the same field cannot meet in one transfer.
SINGLE_FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("id_already_failed", {"id": uid("spent")}),
    ("accounts_must_be_different", {"debit": "y", "credit": "y"}),
    ("pending_id_must_be_zero", {"pending_id": uid("p")}),
    ("timeout_reserved_for_pending_transfer", {"timeout_minutes": 1}),
    ("amount_must_not_be_zero", {"amount": 0}),
    ("debit_account_not_found", {"debit": "nowhere"}),
    ("credit_account_not_found", {"credit": "no one"}),
    ("accounts_must_have_the_same_fund", {"credit": "y@union"}),
    ("transfer_must_have_the_same_fund_as_accounts", {"fund": "union"}),
    ("debit_account_already_closed", {"debit": "shut"}),
    ("credit_account_already_closed", {"credit": "shut too"}),
    ("reference_not_found", {"kind": "refund", "reference": uid("nothing")}),
    ("exceeds_reference_amount", {"kind": "refund", "reference": uid("redeem"), "amount": 6}),
    ("exceeds_credits", {"debit": "poor"}),
    ("exceeds_debits", {"credit": "full"}),
]


@pytest.mark.parametrize(("code", "fault"), SINGLE_FAULTS)
def test_each_fault_of_a_single_alone(code: str, fault: dict[str, Any]) -> None:
    assert code_of(replace(SINGLE, **fault)) == code


@pytest.mark.parametrize(
    ("first", "second"), [pair for pair in combinations(SINGLE_FAULTS, 2) if not set(pair[0][1]) & set(pair[1][1])]
)
def test_single_with_two_faults_gets_the_earlier_code(
    first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]]
) -> None:
    code, fault = first
    _, later = second
    if code == codes.EXCEEDS_REFERENCE_AMOUNT:  # needs the accounts of what it undoes: shown apart
        return

    assert code_of(replace(SINGLE, **later, **fault)) == code


def test_exceeds_reference_amount_comes_before_exceeds_credits_and_debits() -> None:
    undoing = replace(REFUND, debit="poor", credit="full", reference=uid("into poor"), amount=51)

    assert code_of(undoing) == codes.EXCEEDS_REFERENCE_AMOUNT
    assert code_of(replace(undoing, amount=50)) == codes.EXCEEDS_CREDITS
    assert code_of(replace(undoing, amount=50, flags=frozenset({"balancing_debit"}))) == codes.CREATED


POST = Transfer(id=uid("new"), flags=frozenset({"post"}), pending_id=uid("p"))
FAULTS_OF_A_POST: list[tuple[str, dict[str, Any]]] = [
    ("id_already_failed", {"id": uid("spent")}),
    ("flags_are_mutually_exclusive", {"flags": frozenset({"post", "pending"})}),
    ("pending_id_must_not_be_zero", {"pending_id": None}),
    ("pending_id_must_be_different", {"pending_id": uid("new")}),
    ("timeout_reserved_for_pending_transfer", {"timeout_minutes": 1}),
    ("pending_transfer_not_found", {"pending_id": uid("nothing")}),
    ("pending_transfer_not_pending", {"pending_id": uid("redeem")}),
    ("pending_transfer_has_different_debit", {"debit": "nowhere"}),
    ("pending_transfer_has_different_credit", {"credit": "nowhere"}),
    ("pending_transfer_has_different_fund", {"fund": "union"}),
    ("pending_transfer_has_different_kind", {"kind": "redeem"}),
    ("exceeds_pending_transfer_amount", {"amount": 6}),
    ("pending_transfer_already_posted", {"pending_id": uid("posted")}),
    ("pending_transfer_already_voided", {"pending_id": uid("voided")}),
    ("pending_transfer_expired", {"pending_id": uid("timed")}),
    ("debit_account_already_closed", {"pending_id": uid("from shut")}),
    ("credit_account_already_closed", {"pending_id": uid("to shut")}),
]


@pytest.mark.parametrize(("code", "fault"), FAULTS_OF_A_POST)
def test_each_fault_of_a_post_alone(code: str, fault: dict[str, Any]) -> None:
    assert code_of(replace(POST, **fault)) == code


@pytest.mark.parametrize(
    ("first", "second"), [pair for pair in combinations(FAULTS_OF_A_POST, 2) if not set(pair[0][1]) & set(pair[1][1])]
)
def test_post_with_two_faults_gets_the_earlier_code(
    first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]]
) -> None:
    code, fault = first
    _, later = second
    if code == codes.PENDING_ID_MUST_BE_DIFFERENT:  # its pending_id is that of POST
        later = {name: value for name, value in later.items() if name != "id"}

    assert code_of(replace(POST, **later, **fault)) == code


VOID = replace(POST, flags=frozenset({"void"}))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({}, "created"),
        ({"amount": 0}, "created"),
        ({"amount": 5}, "created"),
        ({"amount": 6}, "exceeds_pending_transfer_amount"),
        ({"amount": 4}, "pending_transfer_has_different_amount"),
        ({"amount": 4, "pending_id": uid("posted")}, "pending_transfer_has_different_amount"),
        ({"amount": 4, "kind": "redeem"}, "pending_transfer_has_different_kind"),
        ({"pending_id": uid("from shut")}, "created"),
        ({"pending_id": uid("to shut")}, "created"),
        ({"pending_id": uid("timed")}, "pending_transfer_expired"),
        ({"flags": frozenset({"void", "balancing_debit"})}, "flags_are_mutually_exclusive"),
        ({"flags": frozenset({"void", "post"})}, "flags_are_mutually_exclusive"),
        ({"flags": frozenset({"void", "linked"})}, "created"),
    ],
)
def test_void(fault: dict[str, Any], code: str) -> None:
    assert code_of(replace(VOID, **fault)) == code


def different_fields() -> list[tuple[str, dict[str, Any]]]:
    """Each field of a stored reservation, changed, in the order of comparison."""
    return [
        ("flags", {"flags": frozenset({"pending", "balancing_debit"}), "amount": 4}),
        ("pending_id", {"pending_id": uid("x")}),
        ("timeout_minutes", {"timeout_minutes": 9}),
        ("debit", {"debit": "no"}),
        ("credit", {"credit": "no one"}),
        ("amount", {"amount": 4}),
        ("expires_on", {"expires_on": date(2026, 1, 1)}),
        ("reference", {"reference": "r"}),
        ("reason", {"reason": None}),
        ("by", {"by": "me"}),
        ("fund", {"fund": "union"}),
        ("kind", {"kind": "redeem"}),
    ]


STORED = Transfer(id=uid("p"), flags=PENDING, debit="x", credit="y", kind="adjust", amount=5, reason="why")


def test_compared_fields_are_tried_in_order() -> None:
    assert tuple(name for name, _ in different_fields()) == codes.COMPARED_FIELDS
    for index, (name, _) in enumerate(different_fields()):
        changes: dict[str, Any] = {}
        for _, change in different_fields()[index:]:
            changes = {**change, **changes}

        assert code_of(replace(STORED, **changes)) == f"exists_with_different_{name}"
    assert code_of(STORED) == codes.EXISTS


def test_existing_post_is_compared_with_its_reservation_s_fields() -> None:
    stored = Transfer(id=uid("post"), flags=frozenset({"post"}), pending_id=uid("posted"))
    whole = replace(stored, debit="x", credit="y", kind="adjust", amount=5, fund="default", reason="why")

    assert code_of(stored) == codes.EXISTS
    assert code_of(whole) == codes.EXISTS
    assert code_of(replace(whole, reason="because")) == "exists_with_different_reason"


def test_judge_fills_in_what_is_stored() -> None:
    verdict = judge(replace(POST, amount=3), Overlay(a_ledger().store), at=NOON)

    whole = replace(POST, debit="x", credit="y", kind="adjust", amount=3, fund="default", reason="why")
    assert verdict == Verdict(code=codes.CREATED, transfer=whole)


def test_judge_changes_nothing() -> None:
    book = Overlay(a_ledger().store)
    before = replace(book.changes)

    for fault in ({}, *(fault for _, fault in SINGLE_FAULTS)):
        judge(replace(SINGLE, **fault), book, at=NOON)

    assert book.changes == before


def test_reservation_is_over_at_its_end_even_if_no_sweep_has_run() -> None:
    ledger = a_ledger()
    timed = replace(STORED, id=uid("two minutes"), timeout_minutes=2)
    ledger.post([timed])
    post = replace(POST, pending_id=timed.id)
    moment = ledger.now

    assert (
        judge(post, Overlay(ledger.store), at=moment.replace(minute=moment.minute + 2)).code
        == "pending_transfer_expired"
    )
    assert judge(post, Overlay(ledger.store), at=moment.replace(minute=moment.minute + 1)).code == codes.CREATED


def test_balancing_debit_repeated_with_at_least_what_was_taken_exists() -> None:
    ledger = a_ledger()
    balancing = replace(SINGLE, flags=frozenset({"balancing_debit"}), debit="wallet:1", amount=9)
    ledger.post([Transfer(id=uid("a"), debit="mint", credit="wallet:1", kind="award", amount=4)])
    assert ledger.post([balancing]) == (codes.CREATED,)

    answers = [ledger.post([replace(balancing, amount=amount)])[0] for amount in (3, 4, 5, 99)]

    assert answers == ["exists_with_different_amount", "exists", "exists", "exists"]


@pytest.mark.parametrize(
    ("kind", "undone_kind", "is_claw_back"),
    [("reverse", "award", True), ("refund", "award", False), ("reverse", "adjust", False)],
)
def test_claw_back_is_the_reverse_of_an_award(kind: str, undone_kind: str, is_claw_back: bool) -> None:
    ledger = Ledger(date(2026, 3, 1))
    ledger.post([Transfer(id=uid("a"), debit="mint", credit="wallet:1", kind=undone_kind, amount=4)])
    undoing = Transfer(id=uid("u"), debit="wallet:1", credit="mint", kind=kind, amount=4, reference=uid("a"))

    assert claw_back_origin(undoing, Overlay(ledger.store)) == (uid("a") if is_claw_back else None)
