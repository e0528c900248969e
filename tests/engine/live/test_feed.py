"""The pages' feed in Node, before a server made by hand: boards put back to an older state, late answers, polling."""

from __future__ import annotations

import subprocess
from pathlib import Path

from frontend.build import node

SCRIPT = Path(__file__).resolve().parent / "feed.mjs"


def test_feed_shows_a_board_put_back_and_no_late_answer() -> None:
    done = subprocess.run([*node()[0], str(SCRIPT)], capture_output=True, text=True, check=False, timeout=60)

    assert (done.stdout.strip(), done.returncode) == ("ok", 0), done.stderr[-2000:]
