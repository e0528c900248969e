"""The ledger on PostgreSQL against pgbench's TPC-B on the same server, in one run (targets of issue 5).

`python -m bench.ledger` (BENCH_POSTGRES_URL). Eight client processes call the SQL function as the product does, one statement a
transaction; pgbench runs eight clients at scale 10. Like TPC-B's branches there are ten budgets, like its accounts many
wallets. Then 100,000 people are
paid in bulk, and the time from commit to index is measured. Rounds alternate, each ratio is of one round, the median is shown with its range. ROUNDS, SECONDS change how long.
"""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SECONDS = float(os.environ.get("SECONDS", "4"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
CLIENTS = 8
BATCH = 100
BUDGETS = 10
WALLETS = 20_000
PEOPLE = 100_000
ZONE = "Asia/Shanghai"
POST = "SELECT rewards_ledger_post(%s::jsonb, now(), %s)"
NO_LEAVES = (
    "CREATE OR REPLACE FUNCTION rewards_ledger_log(t rewards_transfer) RETURNS void LANGUAGE plpgsql AS $$ BEGIN END $$"
)


def award(budget: str) -> dict[str, object]:
    """Return one award as the SQL function takes it."""
    return {
        "id": str(uuid.uuid4()), "flags": [], "debit": budget, "credit": f"wallet:{random.randrange(WALLETS)}", "kind": "award",
        "amount": 1, "timeout_minutes": 0, "reference": "bench", "reason": "焊接 welding",
    }  # fmt: skip


def client(url: str, size: int, budgets: int, seconds: float) -> None:
    """Post for some seconds in a process of its own; print how many transfers a second."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.pgconn.prepare(b"post", b"SELECT rewards_ledger_post($1::jsonb, now(), $2)")
        payers = [f"budget:b{number}" for number in range(budgets)]
        print("ready", flush=True)
        sys.stdin.readline()
        done, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            payer = random.choice(payers)
            asked = json.dumps([award(payer) for _ in range(size)]).encode()
            answer = connection.pgconn.exec_prepared(b"post", [asked, ZONE.encode()]).get_value(0, 0) or b""
            if answer.count(b"created") != size:
                raise SystemExit(f"refused: {answer!r}")
            done += size
        print(done / (time.perf_counter() - started), flush=True)


def hear(process: subprocess.Popen[str]) -> str:
    """Return the next line a process prints."""
    assert process.stdout is not None
    return process.stdout.readline()


def begin(process: subprocess.Popen[str]) -> None:
    """Let a process that waits go on."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def one(connection: Any, statement: str, values: list[Any] | None = None) -> Any:
    """Return the only value a statement answers."""
    row = connection.execute(statement, values).fetchone()
    assert row is not None
    return row[0]


def transfers(url: str, *, size: int = 1, budgets: int = BUDGETS) -> float:
    """Return transfers a second of eight client processes."""
    command = [sys.executable, "-m", "bench.ledger", "client", url, str(size), str(budgets), str(SECONDS)]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(CLIENTS)
    ]
    for process in running:
        hear(process)
    for process in running:
        begin(process)
    rates = [float(process.communicate()[0]) for process in running]
    return sum(rates)


def pgbench(url: str, *arguments: str) -> str:
    """Run the pgbench that belongs to the server."""
    parts = urlsplit(url)
    folder = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    command = [
        str(folder[-1]) if folder else "pgbench",
        "-h",
        str(parts.hostname),
        "-p",
        str(parts.port),
        "-U",
        str(parts.username),
    ]
    return subprocess.run([*command, *arguments, "tpcb"], check=True, capture_output=True, text=True).stdout


def tpcb(url: str) -> float:
    """Return TPC-B's transactions a second with eight clients."""
    text = pgbench(url, "-c", str(CLIENTS), "-j", "2", "-T", str(int(SECONDS)), "-n")
    found = re.search(r"tps = ([0-9.]+)", text)
    if found is None:
        raise SystemExit(text)
    return float(found[1])


def set_up(url: str) -> None:
    """Make Django look at this database."""
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def prepare(url: str) -> str:
    """Make the ledger's tables, ten rich budgets and TPC-B's; return the function that writes leaves."""
    import psycopg

    set_up(url)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS tpcb WITH (FORCE)")
        connection.execute("CREATE DATABASE tpcb")
        grants = [
            {**award(""), "debit": "mint", "credit": f"budget:b{n}", "kind": "grant", "amount": 10**12}
            for n in range(BUDGETS)
        ]
        connection.execute(POST, [json.dumps(grants), ZONE])
        for start in range(0, WALLETS, 1000):
            first = [{**award("budget:b0"), "credit": f"wallet:{start + n}"} for n in range(1000)]
            connection.execute(POST, [json.dumps(first), ZONE])
        connection.execute("VACUUM ANALYZE")
        with_leaves = one(connection, "SELECT pg_get_functiondef('rewards_ledger_log'::regproc)")
    pgbench(url, "-i", "-s", "10", "-q")
    return str(with_leaves)


def run(url: str, with_leaves: str) -> None:
    """Measure everything in rounds and print the ratios."""
    import psycopg

    def without_leaves() -> float:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(NO_LEAVES)
            try:
                return transfers(url)
            finally:
                connection.execute(with_leaves)

    acts: dict[str, Callable[[], float]] = {
        "TPC-B": lambda: tpcb(url),
        "single": lambda: transfers(url),
        "without leaves": without_leaves,
        f"batches of {BATCH}": lambda: transfers(url, size=BATCH),
        "hot, one by one": lambda: transfers(url, budgets=1),
        "hot, in sets": lambda: transfers(url, size=BATCH, budgets=1),
    }
    for act in acts.values():
        act()  # warm: after a checkpoint the first touch of each page is written whole, whoever comes first would pay
    names = list(acts)
    rounds = []
    for turn in range(ROUNDS):
        order = names[turn % len(names) :] + names[: turn % len(names)]
        rounds.append({name: acts[name]() for name in order})
    for name in acts:
        print(f"{name:16} {statistics.median(found[name] for found in rounds):10,.0f} /s")
    show("single transfers / TPC-B", "single", "TPC-B", 0.7, rounds)
    show(f"batches of {BATCH} / TPC-B", f"batches of {BATCH}", "TPC-B", 2.0, rounds)
    show("hot budget, sets / one by one", "hot, in sets", "hot, one by one", 4.0, rounds)
    show("with leaves / without", "single", "without leaves", 0.8, rounds)


def bulk(url: str) -> None:
    """Print how long two running workers take to pay 100,000 people in 200 units, from the agreed proposal to the last unit."""
    import psycopg
    from django.utils import timezone

    from people.models import Employee, Unit
    from rewards.domain import bulk_awards
    from rewards.models import BulkAward

    root = Unit.objects.get_or_create(code="bulk", defaults={"name": "bulk", "kind": "company"})[0]
    units = [
        Unit.objects.get_or_create(code=f"bulk-{n}", defaults={"name": str(n), "parent": root})[0] for n in range(200)
    ]
    people = [Employee(number=f"k{n}", name=f"k{n}", unit=units[n % 200], password="!") for n in range(PEOPLE)]
    Employee.objects.bulk_create(people, batch_size=5000, ignore_conflicts=True)
    by = Employee.objects.get(number="k0")
    grants = [{**award(""), "debit": "mint", "credit": "budget:bulk", "kind": "grant", "amount": 10**9}]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(POST, [json.dumps(grants), ZONE])
        connection.execute("VACUUM ANALYZE")
    command = [sys.executable, "-m", "bench.ledger", "worker", url]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in workers:
        hear(process)
    for turn in ("first points ever", "later points"):
        now = timezone.now()
        asked, _is_new = bulk_awards.ask(
            key=uuid.uuid4(), unit=root, points=10, reason="安全生产月", expires_on=None, by=by, at=now
        )
        started = time.perf_counter()
        bulk_awards.begin(award=asked, at=now)
        for process in workers:
            begin(process)
        for process in workers:
            hear(process)
        took = time.perf_counter() - started
        asked.refresh_from_db()
        if (asked.state, asked.people_paid) != (BulkAward.State.PAID, PEOPLE):
            raise SystemExit(f"{asked.state} {asked.people_paid}")
        print(f"{PEOPLE:,} people, {turn:18} {took:6.1f} s  target < 10 s (two workers)")
    for process in workers:
        process.communicate()


def worker(url: str) -> None:
    """Pay what is due, as the worker's sweep does, until nothing is; again for each line that comes in."""
    set_up(url)
    from django.db import connection
    from django.utils import timezone

    from rewards.domain import bulk_awards

    connection.ensure_connection()
    print("ready", flush=True)
    for _line in sys.stdin:
        while bulk_awards.pay_due(at=timezone.now()):
            pass
        print("done", flush=True)


def indexed(url: str) -> None:
    """Print how long after its commit a transfer has its place in the log, while eight clients post 25 a second each."""
    import psycopg

    set_up(url)
    from django.utils import timezone

    from engine.proof import sequencer

    while sequencer.run(at=timezone.now()):
        pass  # what was made before waits no longer
    sequencing = subprocess.Popen([sys.executable, "-m", "bench.ledger", "sequencer", url])
    posting = [
        subprocess.Popen([sys.executable, "-m", "bench.ledger", "steady", url, "25", "600"]) for _ in range(CLIENTS)
    ]
    waits = []
    with psycopg.connect(url, autocommit=True) as connection:
        seen = "SELECT count(*) FROM proof_leaf WHERE kind = 'transfer' AND key = %s AND index IS NOT NULL"
        ending = 0.0
        while not ending or time.perf_counter() < ending:
            made = award("budget:b1")
            connection.execute(POST, [json.dumps([made]), ZONE])
            committed = time.perf_counter()
            while not one(connection, seen, [made["id"]]):
                time.sleep(0.002)
            if ending:
                waits.append((time.perf_counter() - committed) * 1000)
            else:  # the first one waited for the sequencer to start
                ending = time.perf_counter() + SECONDS * 3
            time.sleep(0.01)
    for process in [*posting, sequencing]:
        process.terminate()
        process.wait()
    waits.sort()
    print(
        f"commit to index, ms: median {statistics.median(waits):.0f}, p99 {waits[int(len(waits) * 0.99)]:.0f} of {len(waits)}, "
        f"target p99 ≤ 100 (the sequencer runs without a pause)"
    )


def steady(url: str, a_second: float, seconds: float) -> None:
    """Post so many transfers a second, evenly."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        ending = time.perf_counter() + seconds
        while time.perf_counter() < ending:
            connection.execute(POST, [json.dumps([award(f"budget:b{random.randrange(BUDGETS)}")]), ZONE])
            time.sleep(random.expovariate(a_second))


def sequence(url: str) -> None:
    """Give indexes until stopped, as the worker's sweep does, without waiting between two."""
    set_up(url)
    from django.utils import timezone

    from engine.proof import sequencer

    while True:
        if not sequencer.run(at=timezone.now()):
            time.sleep(0.01)


def show(title: str, part: str, whole: str, target: float, rounds: list[dict[str, float]]) -> None:
    """Print the median and the range of a ratio."""
    ratios = sorted(found[part] / found[whole] for found in rounds)
    print(f"{title:32} {statistics.median(ratios):6.2f}  ({ratios[0]:.2f} … {ratios[-1]:.2f})  target ≥ {target}")


def main(arguments: list[str]) -> int:
    """Run as a client, or measure."""
    if arguments[:1] == ["client"]:
        url, size, budgets, seconds = arguments[1:]
        client(url, int(size), int(budgets), float(seconds))
        return 0
    if arguments[:1] == ["steady"]:
        steady(arguments[1], float(arguments[2]), float(arguments[3]))
        return 0
    if arguments[:1] in (["worker"], ["sequencer"]):
        {"worker": worker, "sequencer": sequence}[arguments[0]](arguments[1])
        return 0
    url = os.environ.get("BENCH_POSTGRES_URL", "")
    if not url:
        print("PostgreSQL is missing: the ledger is measured on it alone.", file=sys.stderr)
        return 0
    with_leaves = prepare(url)
    indexed(url)
    run(url, with_leaves)
    bulk(url)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
