"""The points ledger in the database (spec/ledger.md): post, sweep, verify. The rules are `rewards.pure`.

    results = ledger.post([Transfer(id=…, debit="budget:huayue", credit="wallet:1001", kind="award", amount=30)], at=now)

`post` answers one code per transfer and never raises for a refusal; `demand` raises the refusals callers care about.
"""

from rewards.domain.ledger.posting import (
    BudgetEmpty,
    ExceedsCredits,
    LedgerRefused,
    close,
    demand,
    demand_results,
    open_account,
    post,
)
from rewards.domain.ledger.recording import exported
from rewards.domain.ledger.replaying import Wrong
from rewards.domain.ledger.sweeping import expire_lots, release_due
from rewards.domain.ledger.verifying import verify

__all__ = [
    "BudgetEmpty",
    "ExceedsCredits",
    "LedgerRefused",
    "Wrong",
    "close",
    "demand",
    "demand_results",
    "expire_lots",
    "exported",
    "open_account",
    "post",
    "release_due",
    "verify",
]
