"""A private PostgreSQL that can be stopped hard and started again, and a client that posts and notes what was acknowledged.

`python -m tests.races.crash URL SEED FILE` posts batches with ids made from the seed until it is stopped; the number of a batch is
written to FILE only after its answer has arrived.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))
import services

ZONE = "Asia/Shanghai"
POST = "SELECT rewards_ledger_post(%s::jsonb, now(), %s)"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
PEOPLE = 12
BATCHES = 100_000


class Cluster:
    """A cluster of its own, durable as in production."""

    def __init__(self, folder: Path) -> None:
        self.home, self.port, self.folder = (
            Path(tempfile.mkdtemp(prefix="jinbang-crash-")),
            services.free_port(),
            folder,
        )
        owner = services._cluster_owner(self.home)
        self._as = ["setpriv", f"--reuid={owner}", f"--regid={owner}", "--clear-groups"] if owner else []
        command = [str(folder / "initdb"), "-D", str(self.home / "data"), "-U", "jinbang", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*self._as, *command, "--locale=C.UTF-8"], check=True, cwd=self.home, **QUIET)
        self.url = f"postgres://jinbang@127.0.0.1:{self.port}/postgres"

    def _control(self, *arguments: str) -> int:
        command = [*self._as, str(self.folder / "pg_ctl"), "-D", str(self.home / "data"), "-w", *arguments]
        return subprocess.run(command, check=False, cwd=self.home, **QUIET).returncode

    def start(self) -> None:
        """Start, as often as it takes: after a kill the last children must have gone."""
        options = f"-p {self.port} -k {self.home} -c listen_addresses=127.0.0.1 -c max_connections=40"
        for _ in range(60):
            if self._control("-l", str(self.home / "log"), "-o", options, "start") == 0:
                return
            time.sleep(0.5)
        raise RuntimeError((self.home / "log").read_text()[-2000:])

    def stop_hard(self) -> None:
        """Stop without a checkpoint, sessions cut off."""
        self._control("-m", "immediate", "stop")

    def kill(self) -> None:
        """Kill the server itself."""
        os.kill(int((self.home / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def remove(self) -> None:
        self.stop_hard()
        shutil.rmtree(self.home, ignore_errors=True)


def key(seed: int, number: int, part: int) -> str:
    """Return the id of a part of a batch: the same again when the batch is sent again."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}:{number}:{part}"))


def batch(seed: int, number: int) -> list[dict[str, Any]]:
    """Return batch `number` of a client: awards as a chain, one alone, a reservation and its end, or a redemption."""
    chance = random.Random(f"{seed}:{number}")
    one, other = (f"wallet:{chance.randrange(PEOPLE)}" for _ in range(2))

    def sent(part: int, **fields: Any) -> dict[str, Any]:
        return {"id": key(seed, number, part), "flags": [], "timeout_minutes": 0, "kind": "adjust"} | fields

    if number % 4 == 0:
        return [sent(0, debit="mint", credit="budget:a", kind="grant", amount=50)]
    if number % 4 == 1:
        paid = {"debit": "budget:a", "kind": "award", "amount": chance.randrange(1, 9)}
        return [sent(0, credit=one, flags=["linked"], **paid), sent(1, credit=other, **paid)]
    if number % 4 == 2:
        hold = sent(0, debit=one, credit="spent", kind="redeem", amount=2, flags=["pending"])
        return [hold, {**sent(1, flags=[chance.choice(["post", "void"])], pending=key(seed, number, 0)), "kind": None}]
    return [sent(0, debit=other, credit="spent", kind="redeem", amount=1)]


def post_until_stopped(url: str, seed: int, path: str) -> None:
    """Post one batch after the other; what is in the file was acknowledged."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection, Path(path).open("a") as noted:
        for number in range(BATCHES):
            (results,) = connection.execute(POST, [json.dumps(batch(seed, number)), ZONE]).fetchone()
            noted.write(f"{number} {' '.join(results)}\n")
            noted.flush()


if __name__ == "__main__":
    post_until_stopped(sys.argv[1], int(sys.argv[2]), sys.argv[3])
