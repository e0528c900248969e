"""Ledger transfers a second, against a raw SQL insert-and-update on the same database, in one run.

`python -m bench.ledger` measures SQLite and, with BENCH_POSTGRES_URL, PostgreSQL. The peer does the least a transfer needs:
one transaction with an INSERT of a row and an UPDATE of two balances. Ratios above 1 would mean faster than that.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable

SECONDS = 3.0
BATCH = 100


def measured(act: Callable[[], int]) -> float:
    """Return how many transfers a second an act makes, over three seconds."""
    act()
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        done += act()
    return done / (time.perf_counter() - started)


def run() -> None:
    """Measure on the database the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from rewards.domain import ledger
    from rewards.pure.transfers import Transfer

    call_command("migrate", verbosity=0)
    now = timezone.now()

    def transfer(kind: str, debit: str, credit: str, amount: int = 1) -> Transfer:
        return Transfer(id=str(uuid.uuid4()), debit=debit, credit=credit, kind=kind, amount=amount)

    ledger.demand([transfer("grant", "mint", "budget:bench", 10**9)], at=now)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_rows (id VARCHAR(36) PRIMARY KEY, debit TEXT, credit TEXT, amount BIGINT)"
        )
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_balances (code VARCHAR(40) PRIMARY KEY, points BIGINT)")
        cursor.execute("DELETE FROM bench_balances")
        cursor.executemany("INSERT INTO bench_balances VALUES (%s, 0)", [("a",), ("b",)])

    def raw() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_rows VALUES (%s, 'a', 'b', 1)", [str(uuid.uuid4())])
            cursor.execute("UPDATE bench_balances SET points = points - 1 WHERE code = 'a'")
            cursor.execute("UPDATE bench_balances SET points = points + 1 WHERE code = 'b'")
        return 1

    def single() -> int:
        ledger.post([transfer("award", "budget:bench", f"wallet:{uuid.uuid4().int % 1000}")], at=now)
        return 1

    def batch() -> int:
        ledger.post([transfer("award", "budget:bench", f"wallet:{number}") for number in range(BATCH)], at=now)
        return BATCH

    rates = {
        "raw insert-and-update": measured(raw),
        "single transfers": measured(single),
        f"batches of {BATCH}": measured(batch),
    }
    peer = rates["raw insert-and-update"]
    for name, rate in rates.items():
        print(f"{connection.vendor:11} {name:22} {rate:9,.0f} /s   ratio {rate / peer:5.2f}")
    wrong = ledger.verify()
    print(f"{connection.vendor:11} ledger verify: {'ok' if wrong is None else wrong}")


def main() -> int:
    """Run once a database, each in a process of its own."""
    urls = ["", *([os.environ["BENCH_POSTGRES_URL"]] if os.environ.get("BENCH_POSTGRES_URL") else [])]
    codes = [
        subprocess.run(
            [sys.executable, "-m", "bench.ledger", "run"], env={**os.environ, "DATABASE_URL": url}, check=False
        ).returncode
        for url in urls
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(run() if sys.argv[1:] == ["run"] else main())
