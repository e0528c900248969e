"""How long the sixteen official contests take from their files to ranked totals, as ratios against a plain loop.

The peer reads the same files with the standard library's csv and tomllib and does the same arithmetic in binary floats:
no checks, no exactness, no database. Three ratios: exact scoring alone, with the checks of the bundle, and all of it
through the database and back. Shared data: skating.
"""

from __future__ import annotations

import csv
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

SKATING = Path(__file__).resolve().parents[2] / "shared" / "data" / "skating"
ROUNDS = 5
Files = dict[str, bytes]


def load() -> list[Files]:
    """Read the bundles' bytes once; no bench reads the disk."""
    names = ("contest.toml", "entries.csv", "judges.csv", "marks.csv", "penalties.csv", "factors.csv")
    return [
        {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}
        for folder in sorted(path.parent for path in SKATING.glob("*/contest.toml"))
    ]


def rows(files: Files, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files.get(name, b"").decode("utf-8-sig"))))


def peer(bundles: list[Files]) -> None:
    """Csv rows and floats: what a script of one evening does."""
    for files in bundles:
        rules = tomllib.loads(files["contest.toml"].decode("utf-8-sig"))
        marks: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        for row in rows(files, "marks.csv"):
            if row["value"]:
                marks[row["entry"], row["aspect"]].append(float(row["value"]))
        penalties: defaultdict[str, float] = defaultdict(float)
        for row in rows(files, "penalties.csv"):
            penalties[row["entry"]] += float(row["points"])
        totals = {}
        for row in rows(files, "entries.csv"):
            total = -penalties[row["entry"]]
            for aspect in rules["aspect"]:
                given = sorted(marks[row["entry"], aspect["code"]])
                if aspect["combine"] == "trimmed-mean" and len(given) >= aspect["trim_from"]:
                    given = given[aspect["trim"] : -aspect["trim"]]
                if given:
                    total += round(aspect["factor"] * round(sum(given) / len(given), 2), 2)
            totals[row["entry"]] = round(total, 2)
        sorted(totals.items(), key=lambda item: -item[1])


def median_of(work: Callable[[], object]) -> float:
    """Seconds of the median of ROUNDS runs, after one to warm up."""
    work()
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def measure(label: str) -> None:
    """Print the ratios on the database of this process."""
    import django

    django.setup()
    from datetime import UTC, datetime

    from django.core.management import call_command

    from contests.domain import bundles as verbs
    from contests.pure import bundle, results
    from contests.queries.material import standings_of

    call_command("migrate", verbosity=0)
    files, at = load(), datetime(2026, 11, 20, tzinfo=UTC)
    read = [bundle.read(each) for each in files]

    def through_the_database() -> None:
        for each in files:
            standings_of(verbs.import_bundle(files=each, by=None, at=at, is_replacing=True))

    plain = median_of(lambda: peer(files))
    exact = median_of(lambda: [results.standings(each) for each in read])
    checked = median_of(lambda: [results.standings(bundle.read(each)) for each in files])
    stored = median_of(through_the_database)
    print(f"{label}: {len(files)} contests, peer (csv + floats) {plain * 1000:.1f} ms = 1.0")
    for name, seconds in (("exact scoring", exact), ("read, checked, scored", checked), ("imported, scored", stored)):
        print(f"  {name:24} {seconds * 1000:8.1f} ms  {seconds / plain:6.1f} ×")


def main() -> int:
    """Measure on SQLite, and on PostgreSQL where BENCH_POSTGRES_URL names one."""
    if not SKATING.exists():
        print(f"Not measured: no bundles under {SKATING}.")
        return 0
    if sys.argv[1:]:
        measure(sys.argv[1])
        return 0
    code = 0
    with tempfile.TemporaryDirectory() as scratch:
        for label, url in (("SQLite", ""), ("PostgreSQL", os.environ.get("BENCH_POSTGRES_URL", ""))):
            if label == "SQLite" or url:
                environment = {
                    **os.environ,
                    "DATA_DIR": scratch,
                    "DATABASE_URL": url,
                    "DJANGO_SETTINGS_MODULE": "config.settings",
                }
                command = [sys.executable, "-m", "bench.contests", label]
                code |= subprocess.run(command, env=environment, check=False).returncode
    return code


if __name__ == "__main__":
    sys.exit(main())
