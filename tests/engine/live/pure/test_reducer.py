"""For every kind of change: snapshot + deltas = fresh snapshot."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.live.pure.freeze import shown
from engine.live.pure.reducer import apply, difference, ordered

ROOT = Path(__file__).resolve().parents[4]
# An entry's code may be any text: 𠮷 stands behind Ａ in Python, before it where text is compared in units of UTF-16.
ids = st.integers(1, 12).map(lambda number: f"e{number}") | st.sampled_from(["𠮷", "Ａ", "Ａ𠮷", "ＡＡ"])


@st.composite
def boards(draw: st.DrawFn) -> list[dict[str, Any]]:
    keys = draw(st.lists(ids, unique=True, max_size=10))
    return [
        {"id": key, "rank": draw(st.none() | st.integers(1, 5)), "name": draw(st.sampled_from("甲乙丙")), "unit": "",
         "total": draw(st.sampled_from(["1.00", "2.50"])), "cells": {}}
        for key in keys
    ]  # fmt: skip


def snapshot(rows: list[dict[str, Any]], seq: int) -> dict[str, Any]:
    return {"type": "snapshot", "epoch": "e", "seq": seq, "at": "t", "state": "live", "title": "", "columns": [],
            "rows": ordered(rows)}  # fmt: skip


def delta(before: list[dict[str, Any]], after: list[dict[str, Any]], seq: int) -> dict[str, Any]:
    changed, gone = difference(before, after)
    return {"type": "delta", "epoch": "e", "seq": seq, "at": "t", "state": "live", "rows": changed, "gone": gone}


@given(st.lists(boards(), min_size=1, max_size=6))
def test_deltas_lead_to_the_fresh_snapshot(history: list[list[dict[str, Any]]]) -> None:
    board = apply({}, snapshot(history[0], 0))

    for seq, (before, after) in enumerate(itertools.pairwise(history), 1):
        board = apply(board, delta(before, after, seq))

    assert board == {name: value for name, value in snapshot(history[-1], len(history) - 1).items() if name != "type"}


@given(boards(), boards())
def test_difference_holds_only_what_differs(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    changed, gone = difference(before, after)

    assert all(row not in before for row in changed)
    assert set(gone) == {row["id"] for row in before} - {row["id"] for row in after}


def test_beat_changes_nothing() -> None:
    board = apply({}, snapshot([], 3))

    assert apply(board, {"type": "beat", "epoch": "e", "seq": 9, "at": "t"}) == board


@given(boards(), boards())
def test_frozen_shows_what_was_shown(full: list[dict[str, Any]], before: list[dict[str, Any]]) -> None:
    assert shown("frozen", full, before, 5) == before


@given(boards())
def test_revealing_never_contradicts_and_ends_in_the_final_order(full: list[dict[str, Any]]) -> None:
    steps = [shown("revealing", full, [], count) for count in range(len(full) + 2)]

    for earlier, later in itertools.pairwise(steps):
        assert later[len(later) - len(earlier) :] == earlier
    assert steps[-1] == shown("final", full, [], 0)


@given(st.lists(boards(), min_size=2, max_size=4))
def test_the_screens_reducer_agrees(history: list[list[dict[str, Any]]]) -> None:
    frames = [snapshot(history[0], 0)]
    frames += [delta(a, b, seq) for seq, (a, b) in enumerate(itertools.pairwise(history), 1)]
    VECTORS.append((frames, ordered(history[-1])))


VECTORS: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]] = []
SCRIPT = """
import { apply } from "./frontend/src/screen/reducer.js";
import { readFileSync } from "node:fs";
const wrong = JSON.parse(readFileSync(0)).filter(([frames, rows]) => {
  const board = frames.reduce((board, frame) => apply(board, frame), null);
  return JSON.stringify(board.rows) !== JSON.stringify(rows);
});
console.log(wrong.length);
"""


def test_the_screens_reducer_agrees_with_all_of_them() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine's path: the browser tests still run this module")
    if not VECTORS:
        test_the_screens_reducer_agrees()

    done = subprocess.run(
        [node, "--input-type=module", "-e", SCRIPT], input=json.dumps(VECTORS), capture_output=True, text=True,
        cwd=ROOT, check=True,
    )  # fmt: skip

    assert done.stdout.strip() == "0"
