"""Every step file of the pure tests, TigerBeetle's tables among them, once more on the database: the same answers,
accounts and lots from SQLite's rules and from PostgreSQL's functions.
"""

from __future__ import annotations

from datetime import datetime
from types import ModuleType

import pytest
from django.db import transaction
from django.utils import timezone

from rewards.domain import ledger
from rewards.domain.ledger import rows
from rewards.models import ledger as tables
from rewards.pure import replay as pure
from rewards.pure.ledger import Ledger
from rewards.pure.steps import Advance, Batch, Close, Expire, GoTo, Open, read_script
from rewards.pure.view import Changes
from tests.rewards.pure import (
    files,
    test_replay,
    test_replay_accounts,
    test_tigerbeetle,
    test_tigerbeetle_single_phase,
    test_tigerbeetle_two_phase,
    test_undoing,
)

pytestmark = pytest.mark.django_db
MODULES: tuple[ModuleType, ...] = (
    test_replay, test_replay_accounts, test_tigerbeetle, test_tigerbeetle_single_phase, test_tigerbeetle_two_phase,
    test_undoing,
)  # fmt: skip


def played(document: object) -> pure.Replayed:
    """Play a step file on the pure ledger and on the database's; the same must come out. The database is left as it was."""
    expected = pure.replay(document)
    script = read_script(document)
    clock = Ledger(script.today)
    results: list[str] = []
    with transaction.atomic():
        for step in script.steps:
            now = aware(clock.now)
            match step:
                case Batch():
                    results += ledger.post(list(step.transfers), at=now)
                case Open():
                    open_account(step, now)
                case Close():
                    ledger.close(step.code, at=now)
                case Expire():
                    ledger.expire_lots(at=now)
                case Advance():
                    clock.advance(step.minutes)
                    ledger.release_due(at=aware(clock.now))
                case GoTo():
                    clock.go_to(step.day)
                    ledger.release_due(at=aware(clock.now))
        found = shown(results, clock)
        transaction.set_rollback(True)
    assert moved(found) == moved(expected), document
    return moved(found)


def open_account(step: Open, now: datetime) -> None:
    """An account that is there stays as it is."""
    if not tables.Account.objects.filter(pk=step.code).exists():
        ledger.open_account(step.code, flags=step.flags or frozenset(), at=now)


def shown(results: list[str], clock: Ledger) -> pure.Replayed:
    """What lies in the database, in the form of a replay's answer."""
    clock.store.apply(
        Changes(
            accounts={row.code: rows.account_of(row) for row in tables.Account.objects.all()},
            lots={row.id: rows.lot_of(row) for row in tables.Lot.objects.all()},
        )
    )
    return {"results": results, "accounts": pure.accounts_shown(clock), "lots": pure.lots_shown(clock)}


def moved(answer: pure.Replayed) -> pure.Replayed:
    """An answer without the accounts that never moved, which may be left out."""
    return {**answer, "accounts": {code: four for code, four in answer["accounts"].items() if any(four.values())}}


def aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment)


@pytest.fixture(autouse=True)
def on_the_database(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(files, "replay", played)


for module in MODULES:
    place = module.__name__.rpartition(".")[2].removeprefix("test_")
    globals().update({f"{name}__{place}": test for name, test in vars(module).items() if name.startswith("test_")})
