"""frontend/src/verify: the browser's arithmetic equals the server's, to the letter."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from contests.pure import results, versions
from contests.pure.bundle import Bundle, read
from tests.contests.pure import samples
from tests.spec.test_official_results import FOLDERS, files_of

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import { result } from %r;
import { fixed } from %r;
let text = "";
for await (const piece of process.stdin) text += piece;
const answers = JSON.parse(text).map((data) => result(data).map((row) => ({
  entry: row.entry[0], rank: row.rank, total: row.text, standardised: row.standardised,
  groups: Object.fromEntries(row.groups.map((group) => [group.group.code, fixed(group.total, data.rules.contest.places)])),
})));
process.stdout.write(JSON.stringify(answers));
"""


def build() -> Any:
    spec = importlib.util.spec_from_file_location("frontend_build", ROOT / "frontend/build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = ROOT / "frontend/src/verify"
    script = tmp_path_factory.mktemp("verifier") / "run.mjs"
    script.write_text(SCRIPT % (str(folder / "scoring.js"), str(folder / "fraction.js")), encoding="utf-8")
    return [*build().node()[0], str(script)]


def recomputed(node: list[str], bundles: list[Bundle]) -> list[Any]:
    data = [versions.data_of(bundle, results.standings(bundle), {}) for bundle in bundles]
    done = subprocess.run(node, input=json.dumps(data), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def expected(bundle: Bundle) -> list[dict[str, Any]]:
    return [
        {
            "entry": row.entry.entry,
            "rank": row.rank,
            "total": format(row.total, "f"),
            "standardised": row.standardised,
            "groups": {code: format(group.total, "f") for code, group in row.score.groups.items()},
        }
        for row in results.standings(bundle)
    ]


@pytest.mark.skipif(not FOLDERS, reason="no bundles in shared data")
def test_real_contests_come_out_the_same(node: list[str]) -> None:
    bundles = [read(files_of(folder)) for folder in FOLDERS]

    assert recomputed(node, bundles) == [expected(bundle) for bundle in bundles]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(samples.bundles())
def test_any_contest_comes_out_the_same(node: list[str], bundle: Bundle) -> None:
    assert recomputed(node, [bundle]) == [expected(bundle)]
