"""Ranks of a million workers: our index in memory against Redis (ZSCORE + ZCOUNT), and both rebuilt from PostgreSQL.

`python -m bench.leaderboard` needs BENCH_POSTGRES_URL and BENCH_REDIS_URL (`bin/bench leaderboard` brings both).
Targets: one rank ≤ 0.05 of Redis's; a rebuild ≤ 0.7 of a ZSET's; 0 differences to the ranks SQL counts. BENCH_WORKERS makes
it smaller. Both rebuilds read the same sums from the database; both ranks are asked by this process, one after the other.
"""

from __future__ import annotations

import os
import sys
import time
from random import Random
from statistics import median
from typing import Any

WORKERS = int(os.environ.get("BENCH_WORKERS", "1000000"))
CHUNKS, CHUNK = 200, 50  # asked in turn; the median of each says what one rank costs, whatever else the machine does
BATCH = 10_000


def fill() -> None:
    """Make a million workers with one to three awards each, of 5 to 20,000 points: many ties, a long tail."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE rewards_transfer")
        cursor.execute(
            """INSERT INTO rewards_transfer (id, at, flags, debit, credit, kind, amount, fund, timeout_minutes)
               SELECT gen_random_uuid(), TIMESTAMPTZ '2026-11-01 02:00+00' + n * INTERVAL '1 second', '[]', 'budget:company',
                      'wallet:' || (100000 + n), 'award', 5 * (1 + floor(power(random(), 3) * 4000)::int), 'default', 0
               FROM generate_series(1, %s) AS n, generate_series(1, 3) AS again WHERE again = 1 OR random() < 0.4""",
            [WORKERS],
        )
        cursor.execute("ANALYZE rewards_transfer")
        cursor.execute(
            """INSERT INTO people_unit (code, name, kind, path)
               SELECT 'u' || n, 'u' || n, CASE WHEN n = 1 THEN 'company' ELSE 'team' END, CASE WHEN n = 1 THEN 'u1/' ELSE 'u1/u' || n || '/' END
               FROM generate_series(1, 2000) AS n ON CONFLICT DO NOTHING"""
        )
        cursor.execute(
            """INSERT INTO people_employee (number, name, password, phone, email, skill_level, is_active, must_change_password,
                                            is_name_hidden, language, appearance, text_size, unit_id)
               SELECT (100000 + n)::text, 'n', '', '', '', 0, true, false, false, '', '', 0,
                      (SELECT MIN(id) FROM people_unit) + n %% 2000
               FROM generate_series(1, %s) AS n ON CONFLICT DO NOTHING""",
            [WORKERS],
        )


def redis_rebuild(client: Any, period: Any) -> float:
    """Read the same sums and store them as one sorted set, in pipelines; seconds."""
    from rewards.queries import leaderboards

    started = time.perf_counter()
    sums, _rows, _points = leaderboards._sums(period, upto=2**62)
    client.delete("board")
    batch: dict[str, int] = {}
    pipeline = client.pipeline(transaction=False)
    for number, points in sums.items():
        batch[number] = points
        if len(batch) == BATCH:
            pipeline.zadd("board", batch)
            pipeline.execute()
            batch = {}
    if batch:
        client.zadd("board", batch)
    return time.perf_counter() - started


def differences(board: Any) -> int:
    """Compare every rank with RANK() OVER of the database."""
    from django.db import connection

    wrong = 0
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT credit, RANK() OVER (ORDER BY SUM(amount) DESC), SUM(amount) FROM rewards_transfer
               WHERE kind = 'award' GROUP BY credit"""
        )
        while rows := cursor.fetchmany(50_000):
            for credit, rank, points in rows:
                number = credit.removeprefix("wallet:")
                wrong += board.rank(number) != rank or board.points[number] != points
    return wrong


def main() -> int:
    """Measure; 1 when a target is missed."""
    if not os.environ.get("BENCH_POSTGRES_URL") or not os.environ.get("BENCH_REDIS_URL"):
        print("No PostgreSQL or Redis to compare with: nothing measured.")
        return 0
    os.environ["DATABASE_URL"] = os.environ["BENCH_POSTGRES_URL"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import datetime as dt

    import django
    import redis

    django.setup()
    from django.core.management import call_command

    from rewards.queries import leaderboards

    call_command("migrate", verbosity=0)
    fill()
    client = redis.Redis.from_url(os.environ["BENCH_REDIS_URL"])
    period = leaderboards.Period("bench", "bench", dt.date(2026, 1, 1), dt.date(2027, 12, 31))
    ours, theirs = [], []
    for _round in range(3):
        leaderboards.forget()
        started = time.perf_counter()
        index = leaderboards.read(period)
        ours.append(time.perf_counter() - started)
        theirs.append(redis_rebuild(client, period))
    started = time.perf_counter()
    teams = leaderboards.unit_places(index, "team")
    print(f"boards of units, the first time: {time.perf_counter() - started:.2f} s for {len(teams):,} teams")
    board = index.board
    asked = Random(7).sample(sorted(board.points), CHUNKS * CHUNK)
    ask_ours, ask_theirs, unequal = [], [], 0
    for start in range(0, len(asked), CHUNK):
        part = asked[start : start + CHUNK]
        started = time.perf_counter()
        ranks = [board.rank(number) for number in part]
        ask_ours.append((time.perf_counter() - started) / CHUNK)
        started = time.perf_counter()
        peers = [client.zcount("board", f"({client.zscore('board', number)}", "+inf") + 1 for number in part]
        ask_theirs.append((time.perf_counter() - started) / CHUNK)
        unequal += sum(1 for mine, peer in zip(ranks, peers, strict=True) if mine != peer)
    one_ours, one_theirs = median(ask_ours), median(ask_theirs)
    wrong = differences(board)
    rank_ratio, rebuild_ratio = one_ours / one_theirs, min(ours) / min(theirs)
    print(f"{len(board):,} workers with points, {len(set(board.points.values())):,} different sums")
    print(
        f"one rank     {one_ours * 1e6:8.2f} µs   Redis {one_theirs * 1e6:8.1f} µs   ratio {rank_ratio:6.4f}   target ≤ 0.05"
    )
    print(f"rebuild      {min(ours):8.2f} s    Redis {min(theirs):8.2f} s    ratio {rebuild_ratio:6.2f}   target ≤ 0.7")
    print(f"differences to SQL {wrong}, to Redis {unequal}   target 0")
    return int(rank_ratio > 0.05 or rebuild_ratio > 0.7 or wrong + unequal > 0)


if __name__ == "__main__":
    sys.exit(main())
