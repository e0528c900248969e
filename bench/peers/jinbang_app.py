"""The product's own ASGI application, with a board of the bench and a clock: when did the hub hear of a change?"""

from __future__ import annotations

import json
import os
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from config.asgi import application as product
from engine.live import domain, hub

__all__ = ["application"]
application = product
CONTENT = Path(os.environ.get("BENCH_CONTENT", ""))
MARK = re.compile(r"@@(\d{6})@@")


@domain.source("bench")
def content(key: str) -> domain.BoardContent:
    """Return the rows the bench wrote last."""
    return domain.BoardContent("Bench", [], json.loads(CONTENT.read_text()))


_published = hub.Hub.published


def published(self: hub.Hub, code: str, frame: dict[str, Any], before: datetime) -> None:
    """Print when the hub is handed a change: in the publisher's thread, right after the commit."""
    begun = time.monotonic_ns()
    _published(self, code, frame, before)
    if mark := MARK.search(str(frame["rows"][:1])):
        print(f"S {int(mark[1])} {begun}", flush=True)


hub.Hub.published = published  # type: ignore[method-assign]
