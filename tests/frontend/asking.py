"""Modules of the pages, asked in Node: a question a line, an answer a line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from frontend.build import node

Ask = Callable[..., Any]


@contextmanager
def asking(script: Path) -> Iterator[Ask]:
    """Run a script that answers `{"ask", "values"}`; yields a function of what is asked and its values."""
    with subprocess.Popen(
        [*node()[0], str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        reads, writes = process.stdout, process.stdin
        assert reads is not None
        assert writes is not None

        def question(about: str, *values: Any) -> Any:
            writes.write(json.dumps({"ask": about, "values": values}) + "\n")
            writes.flush()
            return json.loads(reads.readline())

        yield question
        writes.close()
