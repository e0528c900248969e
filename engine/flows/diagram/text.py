"""How wide a text is, near enough, and where it breaks; Chinese may break anywhere, Latin between words."""

from __future__ import annotations

import re
from itertools import pairwise
from math import ceil
from unicodedata import east_asian_width

PARTS = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|\s+")
LATIN, WIDE = 0.56, 1.0


def width(text: str, size: int) -> int:
    """Return the width of one line in pixels, rather too wide than too narrow."""
    return ceil(sum(WIDE if east_asian_width(sign) in "WF" else LATIN for sign in text) * size)


def wrap(text: str, size: int, limit: int, lines: int = 3) -> tuple[str, ...]:
    """Break a text into lines of at most `limit` pixels; what does not fit into `lines` is cut with an ellipsis."""
    found = [""]
    for part in _parts(text, size, limit):
        if width((found[-1] + part).strip(), size) <= limit:
            found[-1] += part
        else:
            found.append(part)
    whole = [line.strip() for line in found if line.strip()]
    if len(whole) > lines:
        last = whole[lines - 1]
        while last and width(last + "…", size) > limit:
            last = last[:-1]
        whole = [*whole[: lines - 1], last.rstrip() + "…"]
    return tuple(whole)


def _parts(text: str, size: int, limit: int) -> list[str]:
    """Return words and signs; a word longer than a line is cut into pieces."""
    most = max(1, int(limit / (size * WIDE)))
    found: list[str] = []
    for part in PARTS.findall(text):
        if width(part, size) <= limit:
            found.append(part)
        else:
            cuts = [*range(0, len(part), most), len(part)]
            found += [part[start:end] for start, end in pairwise(cuts)]
    return found
