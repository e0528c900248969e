"""Processes a second, and races on one step, on SQLite and, with BENCH_POSTGRES_URL, PostgreSQL.

`python -m bench.approvals`. A process: start, an approval of two, end; three acts, each one transaction, committed durably.

The peer is what one would write by hand for a request that two people agree to, and no less: three transactions through
the same connection, driver and Django cursor, each with its row lock (a second click must not count twice), an UPDATE of
the status and an INSERT into a log. It has two tables without foreign keys, no policy, no history of who was asked, no
inbox, no process; it is prepared for nothing else. One client drives each, in turns of a few dozen processes, so that
both meet the same machine; the ratio is that of the medians over the turns. With several clients commits overlap and
processor time alone counts, of which docs/decisions/0008 says more.

Races: two people decide the same step of an approval at the same moment; exactly one wins, and the loser's answer is
timed against an uncontended decision.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from people.models import Employee

TURNS, EACH = 40, 12  # turns of each side, and processes a turn
RACES = int(os.environ.get("RACES", "1000"))


def run() -> None:
    """Measure on the database the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    per_second()
    races()


def company() -> list[Employee]:
    """Three employees and the policy of two, made once."""
    from django.utils import timezone

    from engine.approvals.domain import policies
    from people.models import Employee, Unit

    unit, _ = Unit.objects.get_or_create(code="bench", defaults={"name": "bench", "path": "bench/"})
    people = [
        Employee.objects.get_or_create(number=f"b{n}", defaults={"name": f"b{n}", "unit": unit, "password": "!"})[0]
        for n in range(3)
    ]
    now = timezone.now()
    policies.ensure("bench", {"steps": [{"key": "s", "approvers": ["user:b1", "user:b2"]}]}, at=now)
    policies.ensure("bench-any", {"steps": [{"key": "s", "approvers": ["user:b1", "user:b2"], "mode": "any"}]}, at=now)
    return list(people)


def per_second() -> None:
    """Print processes a second against the peer, alternating in the same run."""
    from django.db import connection, transaction
    from django.utils import timezone

    from bench.flow import BenchFlow
    from engine.approvals.domain import approvals
    from engine.approvals.models import Approval

    worker, one, other = company()

    def processes(count: int) -> None:
        """Run some from start to end; their approvals are looked up as an inbox would, by one statement for all."""
        subjects = [f"bench:{uuid.uuid4()}" for _ in range(count)]
        for subject in subjects:
            BenchFlow.start.run(subject=subject, by=worker, at=timezone.now())
        for pk in Approval.objects.filter(subject__in=subjects).values_list("pk", flat=True):
            for person in (one, other):
                approvals.decide(pk, ballot=uuid.uuid4(), person=person, verb="approve", at=timezone.now())

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_status (id VARCHAR(36) PRIMARY KEY, status TEXT)")
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_log (id VARCHAR(36) PRIMARY KEY, of VARCHAR(36), status TEXT, at TEXT)"
        )
    lock = " FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""

    def by_hand(count: int) -> None:
        for key in [str(uuid.uuid4()) for _ in range(count)]:
            change(key)

    def change(key: str) -> None:
        for place, status in enumerate(("asked", "first", "approved")):
            with transaction.atomic(), connection.cursor() as cursor:
                if place:
                    cursor.execute(f"SELECT status FROM bench_status WHERE id = %s{lock}", [key])
                    cursor.execute("UPDATE bench_status SET status = %s WHERE id = %s", [status, key])
                else:
                    cursor.execute("INSERT INTO bench_status VALUES (%s, %s)", [key, status])
                cursor.execute(
                    "INSERT INTO bench_log VALUES (%s, %s, %s, %s)", [str(uuid.uuid4()), key, status, str(time.time())]
                )

    mine, theirs = measured(processes, by_hand)
    target = " (target 0.4)" if connection.vendor == "postgresql" else ""
    print(f"{connection.vendor}: processes/s {mine:.0f}, hand-written {theirs:.0f}, ratio {mine / theirs:.2f}{target}")


def measured(*sides: Callable[[int], None]) -> list[float]:
    """Return how often a second each side does its thing: the median over turns that alternate."""
    taken: dict[Callable[[int], None], list[float]] = {side: [] for side in sides}
    for side in sides:
        side(EACH)  # warm: connection, prepared statements, caches
    for _ in range(TURNS):
        for side in sides:
            started = time.perf_counter()
            side(EACH)
            taken[side].append((time.perf_counter() - started) / EACH)
    return [1 / statistics.median(taken[side]) for side in sides]


def races() -> None:
    """Print how many races had exactly one winner, and how long losers waited."""
    from django.db import connection
    from django.utils import timezone

    from engine.approvals.domain import approvals
    from engine.approvals.models import Approval, Ballot

    worker, one, other = company()
    losers, exact = [], 0
    pool = ThreadPoolExecutor(2)

    def ask() -> int:
        now = timezone.now()
        return approvals.ask(
            "bench-any", subject=f"race:{uuid.uuid4()}", title="race", applicant=worker, by=worker, at=now
        ).pk

    def decide(pk: int, person: Employee, barrier: threading.Barrier | None) -> tuple[bool, float]:
        if barrier:
            barrier.wait(30)
        started = time.perf_counter()
        try:
            approvals.decide(pk, ballot=uuid.uuid4(), person=person, verb="approve", at=timezone.now())
        except Exception as error:
            if type(error).__name__ not in {"AlreadyDecided", "NotYours"}:
                raise
            return False, time.perf_counter() - started
        return True, time.perf_counter() - started

    alone = [decide(ask(), one, None)[1] for _ in range(50)]
    for _ in range(RACES):
        pk, barrier = ask(), threading.Barrier(2)
        found = [future.result() for future in [pool.submit(decide, pk, person, barrier) for person in (one, other)]]
        winners = [took for won, took in found if won]
        losers += [took for won, took in found if not won]
        is_one = len(winners) == 1 and Ballot.objects.filter(approval=pk, verb="approve").count() == 1
        exact += is_one and Approval.objects.get(pk=pk).status == "approved"
    pool.shutdown()
    usual, late = statistics.median(alone), statistics.median(losers)
    worst = sorted(losers)[int(len(losers) * 0.99)]
    print(
        f"{connection.vendor}: {exact} of {RACES} races exact; uncontended {usual * 1000:.1f} ms, loser median {late * 1000:.1f} ms, "
        f"p99 {worst * 1000:.1f} ms, ratio {late / usual:.2f} (target 5)"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run()
    else:
        for url in dict.fromkeys(["", os.environ.get("BENCH_POSTGRES_URL", "")]):
            environment = {**os.environ, "DATABASE_URL": url}
            subprocess.run([sys.executable, "-m", "bench.approvals", "run"], env=environment, check=True)
