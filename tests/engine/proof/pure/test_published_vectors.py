"""The vectors transparency-dev publishes for Merkle trees (github.com/transparency-dev/merkle, `testdata`, commit 417fb0c3,
Apache License 2.0), a line each with the name of its file: inclusion and consistency, of trees and of subtrees.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from engine.proof.pure import vectors

LINES = Path(__file__).with_name("merkle-vectors.ndjson").read_text(encoding="utf-8").splitlines()
PUBLISHED: list[dict[str, Any]] = [json.loads(line) for line in LINES]
KINDS = ("inclusion", "consistency", "subtreeinclusion", "subtreeconsistency")


def of(kind: str) -> dict[str, dict[str, Any]]:
    """File → vector of one folder, without what is ours: the name."""
    found = (dict(row) for row in PUBLISHED)
    return {name: row for row in found if (name := str(row.pop("file"))).startswith(f"{kind}/")}


@pytest.mark.parametrize("kind", KINDS)
def test_every_published_vector_holds(kind: str) -> None:
    wrong = {name: said for name, row in of(kind).items() if (said := vectors.check(row))}

    assert wrong == {}


@pytest.mark.parametrize("kind", KINDS)
def test_a_verdict_turned_round_is_found(kind: str) -> None:
    """A check that let everything pass, or nothing, would pass the other test by half."""
    passed = [name for name, row in of(kind).items() if not vectors.check(row | {"wantErr": not row["wantErr"]})]

    assert passed == []


def test_all_that_was_published_is_here() -> None:
    assert len(PUBLISHED) == 518
    assert Counter(str(row["file"]).partition("/")[0] for row in PUBLISHED) == {
        "consistency": 98,
        "inclusion": 98,
        "subtreeconsistency": 118,
        "subtreeinclusion": 204,
    }


def test_command_says_ok_for_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for number, row in enumerate(PUBLISHED):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps({name: value for name, value in row.items() if name != "file"}))

    call_command("log", "verify-vector", *(str(path) for path in files))

    assert capsys.readouterr().out.split() == ["ok"] * len(files)
