"""What the worker runs for points: reservations whose time is over, lots past their day."""

from __future__ import annotations

from datetime import datetime

from rewards.domain import ledger


def release_due(*, at: datetime) -> int:
    """Give back reservations whose time is over."""
    return ledger.release_due(at=at)


def expire_lots(*, at: datetime) -> int:
    """Expire what is left of points past their day."""
    return ledger.expire_lots(at=at)
