"""The database agrees with the pure model after any history: one suite for SQLite's rules and PostgreSQL's functions.

`LEDGER_HISTORIES=20000` runs as many, a test for every 500 with a seed of its own; a few dozen by default.
"""

from __future__ import annotations

import os
from datetime import datetime

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, seed, settings

from rewards.domain import ledger
from rewards.domain.ledger import rows
from rewards.models import ledger as tables
from rewards.pure import codes
from tests.rewards.pure.histories import History, histories, state

pytestmark = pytest.mark.django_db
HISTORIES = int(os.environ.get("LEDGER_HISTORIES", "40"))
PART = 500


def aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment)


class Twin(History):
    """A history played on the pure ledger and on the database, answer by answer."""

    def __post_init__(self) -> None:
        now = aware(self.ledger.now)
        ledger.open_account("stock:mug", flags=frozenset({codes.DEBITS_MUST_NOT_EXCEED_CREDITS}), at=now)
        ledger.open_account("free", at=now)
        ledger.open_account("capped", flags=frozenset({codes.CREDITS_MUST_NOT_EXCEED_DEBITS}), at=now)
        super().__post_init__()

    def play(self, step: list | int | str) -> list:
        batch = super().play(step)
        now = aware(self.ledger.now)
        if step == "expire":
            ledger.release_due(at=now)
            ledger.expire_lots(at=now)
        elif isinstance(step, str) and step.startswith("close "):
            ledger.close(step.removeprefix("close "), at=now)
        return batch

    def send(self, batch: list) -> list:
        count = len(self.answers)
        super().send(batch)
        stored = ledger.post(batch, at=aware(self.ledger.now))
        assert list(stored) == self.answers[count:], (batch, self.ledger.now)
        return batch


def stored_state() -> tuple[object, ...]:
    """Everything in the database, in the form of `histories.state`; accounts that never moved are left out."""
    accounts = {row.code: rows.account_of(row) for row in tables.Account.objects.all()}
    transfers = {str(row.id): rows.transfer_of(row) for row in tables.Transfer.objects.order_by("number")}
    reservations = {str(row.transfer): rows.reservation_of(row) for row in tables.Reservation.objects.all()}
    lots = {row.id: rows.lot_of(row) for row in tables.Lot.objects.all()}
    takings = {
        (str(row.transfer), row.position): (row.lot, row.amount, row.returned) for row in tables.Taking.objects.all()
    }
    failed = {str(row.id): row.code for row in tables.FailedTransfer.objects.all()}
    return moved(accounts), transfers, ends(reservations), lots, takings, failed


def moved(accounts: dict) -> dict:
    return {
        code: a
        for code, a in accounts.items()
        if a.debits_pending or a.debits_posted or a.credits_pending or a.credits_posted or a.is_closed
    }


def ends(reservations: dict) -> dict:
    return {key: (r.status, r.ends_at.replace(tzinfo=None) if r.ends_at else None) for key, r in reservations.items()}


def expected_state(history: History) -> tuple[object, ...]:
    accounts, transfers, reservations, lots, takings, failed = state(history.ledger)
    lines = {key: (t.lot_id, t.amount, t.returned) for key, t in takings.items()}
    return moved(accounts), transfers, ends(reservations), lots, lines, failed


@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(-(-HISTORIES // PART)))
def test_database_agrees_with_the_model_after_any_history(part: int) -> None:
    @seed(part)
    @settings(max_examples=min(PART, HISTORIES - part * PART), deadline=None, suppress_health_check=list(HealthCheck))
    @given(histories)
    def agrees(history: list) -> None:
        with transaction.atomic():
            twin = Twin()
            for step in history:
                twin.play(step)
            ledger.release_due(at=aware(twin.ledger.now))

            assert stored_state() == expected_state(twin)
            assert ledger.verify() is None
            transaction.set_rollback(True)

    agrees()
