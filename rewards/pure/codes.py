"""What the ledger answers, and the words a transfer may use.

The codes and their precedence are TigerBeetle's (`create_transfers`, "two-phase transfers"), for the fields we have.
"""

from __future__ import annotations

from typing import Final

PENDING: Final = "pending"
LINKED: Final = "linked"
BALANCING_DEBIT: Final = "balancing_debit"
POST: Final = "post"
VOID: Final = "void"
TRANSFER_FLAGS: Final = frozenset({PENDING, LINKED, BALANCING_DEBIT, POST, VOID})

DEBITS_MUST_NOT_EXCEED_CREDITS: Final = "debits_must_not_exceed_credits"
CREDITS_MUST_NOT_EXCEED_DEBITS: Final = "credits_must_not_exceed_debits"
ACCOUNT_FLAGS: Final = frozenset({DEBITS_MUST_NOT_EXCEED_CREDITS, CREDITS_MUST_NOT_EXCEED_DEBITS})

GRANT: Final = "grant"
AWARD: Final = "award"
REDEEM: Final = "redeem"
REFUND: Final = "refund"
EXPIRE: Final = "expire"
ADJUST: Final = "adjust"
REVERSE: Final = "reverse"
KINDS: Final = frozenset({GRANT, AWARD, REDEEM, REFUND, EXPIRE, ADJUST, REVERSE})
UNDOING_KINDS: Final = frozenset({REFUND, REVERSE})

MAXIMUM_AMOUNT: Final = 2**53 - 1
"""The largest integer every JSON reader keeps exactly."""

CREATED: Final = "created"
EXISTS: Final = "exists"
ID_ALREADY_FAILED: Final = "id_already_failed"
LINKED_EVENT_FAILED: Final = "linked_event_failed"
LINKED_EVENT_CHAIN_OPEN: Final = "linked_event_chain_open"

ACCOUNTS_MUST_BE_DIFFERENT: Final = "accounts_must_be_different"
PENDING_ID_MUST_BE_ZERO: Final = "pending_id_must_be_zero"
TIMEOUT_RESERVED_FOR_PENDING_TRANSFER: Final = "timeout_reserved_for_pending_transfer"
AMOUNT_MUST_NOT_BE_ZERO: Final = "amount_must_not_be_zero"
DEBIT_ACCOUNT_NOT_FOUND: Final = "debit_account_not_found"
CREDIT_ACCOUNT_NOT_FOUND: Final = "credit_account_not_found"
ACCOUNTS_MUST_HAVE_THE_SAME_FUND: Final = "accounts_must_have_the_same_fund"
TRANSFER_MUST_HAVE_THE_SAME_FUND_AS_ACCOUNTS: Final = "transfer_must_have_the_same_fund_as_accounts"
DEBIT_ACCOUNT_ALREADY_CLOSED: Final = "debit_account_already_closed"
CREDIT_ACCOUNT_ALREADY_CLOSED: Final = "credit_account_already_closed"
REFERENCE_NOT_FOUND: Final = "reference_not_found"
EXCEEDS_REFERENCE_AMOUNT: Final = "exceeds_reference_amount"
EXCEEDS_CREDITS: Final = "exceeds_credits"
EXCEEDS_DEBITS: Final = "exceeds_debits"

FLAGS_ARE_MUTUALLY_EXCLUSIVE: Final = "flags_are_mutually_exclusive"
PENDING_ID_MUST_NOT_BE_ZERO: Final = "pending_id_must_not_be_zero"
PENDING_ID_MUST_BE_DIFFERENT: Final = "pending_id_must_be_different"
PENDING_TRANSFER_NOT_FOUND: Final = "pending_transfer_not_found"
PENDING_TRANSFER_NOT_PENDING: Final = "pending_transfer_not_pending"
PENDING_TRANSFER_HAS_DIFFERENT: Final = "pending_transfer_has_different_"
"""Followed by debit, credit, fund, kind or amount."""
EXCEEDS_PENDING_TRANSFER_AMOUNT: Final = "exceeds_pending_transfer_amount"
PENDING_TRANSFER_ALREADY_POSTED: Final = "pending_transfer_already_posted"
PENDING_TRANSFER_ALREADY_VOIDED: Final = "pending_transfer_already_voided"
PENDING_TRANSFER_EXPIRED: Final = "pending_transfer_expired"

EXISTS_WITH_DIFFERENT: Final = "exists_with_different_"
"""Followed by a field of COMPARED_FIELDS."""
COMPARED_FIELDS: Final = (
    "flags",
    "pending_id",
    "timeout_minutes",
    "debit",
    "credit",
    "amount",
    "expires_on",
    "reference",
    "reason",
    "by",
    "fund",
    "kind",
)
"""The order in which a repeated transfer is compared with the one stored."""

SPENDING: Final = frozenset(
    {
        DEBIT_ACCOUNT_NOT_FOUND,
        CREDIT_ACCOUNT_NOT_FOUND,
        DEBIT_ACCOUNT_ALREADY_CLOSED,
        CREDIT_ACCOUNT_ALREADY_CLOSED,
        REFERENCE_NOT_FOUND,
        EXCEEDS_CREDITS,
        EXCEEDS_DEBITS,
        PENDING_TRANSFER_NOT_FOUND,
    }
)
"""Refusals that depend on the moment: they spend the id, so that a retry can never end otherwise."""
