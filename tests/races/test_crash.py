"""The database is stopped hard, the server killed, the posting processes killed, at seeded moments: nothing acknowledged is lost,
nothing posts twice, the sums are right. `CRASHES=50` tries as many moments; a few by default. PostgreSQL only.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.races import crash

ROOT = Path(__file__).resolve().parents[2]
CRASHES = int(os.environ.get("CRASHES", "5"))
SUMS = """
SELECT a.code FROM rewards_account AS a, LATERAL (
    SELECT coalesce(sum(t.amount) FILTER (WHERE t.debit = a.code), 0) AS debits,
        coalesce(sum(t.amount) FILTER (WHERE t.credit = a.code), 0) AS credits
    FROM rewards_transfer AS t WHERE NOT t.flags ?| '{pending,void}' AND a.code IN (t.debit, t.credit)) AS made
WHERE (a.debits_posted, a.credits_posted) <> (made.debits, made.credits)
"""


def manage(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": url, "REDIS_URL": ""}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)


def copy_tables(folder: Path, url: str) -> None:
    """Copy the tables and functions of the tests' own database, which is quicker than to migrate another."""
    here = connection.settings_dict
    source = f"postgres://{here['USER']}@{here['HOST']}:{here['PORT']}/{here['NAME']}"
    dumped = subprocess.run([str(folder / "pg_dump"), "-s", "-O", source], check=True, capture_output=True).stdout
    command = [str(folder / "psql"), "-q", "-v", "ON_ERROR_STOP=1", url]
    subprocess.run(command, input=dumped, check=True, capture_output=True)


@pytest.fixture
def cluster(db: None) -> Iterator[crash.Cluster]:
    folder = crash.services.postgres_folder()
    if connection.vendor != "postgresql" or folder is None:
        pytest.skip("PostgreSQL only")
    made = crash.Cluster(folder)
    try:
        made.start()
        copy_tables(folder, made.url)
        yield made
    finally:
        made.remove()


def posting(url: str, seed: int, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.races.crash", url, str(seed), str(folder / f"{seed}.acknowledged")]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def acknowledged(seed: int, folder: Path) -> dict[int, list[str]]:
    """Return batch → its results, as the client was told; a half-written line was not read to its end."""
    path = folder / f"{seed}.acknowledged"
    lines = path.read_text().split("\n")[:-1] if path.exists() else []
    return {int(line.split()[0]): line.split()[1:] for line in lines}


@pytest.mark.timeout(0)
def test_nothing_acknowledged_is_lost_and_nothing_posts_twice(cluster: crash.Cluster, tmp_path: Path) -> None:
    chance = random.Random(20261120)
    told = 0
    for moment in range(CRASHES):
        seeds = [moment * 10 + number for number in range(3)]
        clients = [posting(cluster.url, seed, tmp_path) for seed in seeds]
        wait_for_the_first(seeds, tmp_path)
        time.sleep(chance.uniform(0.0, 0.6))
        hit = (cluster.stop_hard, cluster.kill, None)[moment % 3]
        if hit is None:
            clients[0].kill()
            time.sleep(0.1)
            hit = cluster.stop_hard
        hit()
        for client in clients:
            client.kill()
            client.wait(30)
        cluster.start()
        told += sum(check(cluster.url, seed, acknowledged(seed, tmp_path)) for seed in seeds)

    verified = manage(cluster.url, "ledger", "verify")
    assert (verified.returncode, verified.stdout.strip()) == (0, "ok"), verified.stderr
    assert told > CRASHES


def wait_for_the_first(seeds: list[int], folder: Path) -> None:
    """Wait until every client has been told something, so that each moment hits posting."""
    deadline = time.monotonic() + 60
    while not all(acknowledged(seed, folder) for seed in seeds):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def check(url: str, seed: int, told: dict[int, list[str]]) -> int:
    """Everything told is there; sent again it moves nothing, and the first batch that was not told is there whole or not at all."""
    with psycopg.connect(url, autocommit=True) as database:
        for number, results in told.items():
            ids = [crash.key(seed, number, part) for part, code in enumerate(results) if code == "created"]
            (stored,) = database.execute(
                "SELECT count(*) FROM rewards_transfer WHERE id = ANY(%s::uuid[])", [ids]
            ).fetchone()
            assert stored == len(ids), (seed, number, results)
        (before,) = database.execute("SELECT count(*) FROM rewards_transfer").fetchone()
        for number, results in told.items():
            (again,) = database.execute(crash.POST, [json.dumps(crash.batch(seed, number)), crash.ZONE]).fetchone()
            assert "created" not in again, (seed, number, results, again)
        assert database.execute("SELECT count(*) FROM rewards_transfer").fetchone() == (before,)
        if (untold := max(told) + 1) % 4 == 1:
            ids = [crash.key(seed, untold, part) for part in range(2)]
            (stored,) = database.execute(
                "SELECT count(*) FROM rewards_transfer WHERE id = ANY(%s::uuid[])", [ids]
            ).fetchone()
            assert stored in {0, 2}
        assert database.execute(SUMS).fetchall() == []
    return len(told)
