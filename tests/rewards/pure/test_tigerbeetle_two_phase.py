"""TigerBeetle's tables of two-phase transfers."""

from __future__ import annotations

import pytest

from tests.rewards.pure.files import Document, minutes
from tests.rewards.pure.tables import accounts, check, row


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
