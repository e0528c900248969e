"""Lettering: texts fitted into a width by breaking and shrinking, never cut off; and how rare their characters are."""

from __future__ import annotations

import re
from collections.abc import Callable

MM_OF_POINT = 25.4 / 72
LINE_HEIGHT = 1.35
BREAKS_AT = 0.72  # a text is broken into lines only where one line would need a type smaller than this share
NEAR = 0.35  # a name is broken behind a dot 间隔号 that stands at most this share of the line away from its end
# No line begins with these, none ends with those.
CLOSING, OPENING = "，。、；：？！”’）》」』】·,.;:?!)", "“‘（《「『【("


def fit(
    text: str, width_of: Callable[[str], float], *, size: float, width: float, most_lines: int = 1
) -> tuple[float, list[str]]:
    """Return the type size (points, at most `size`) and the lines in which a text keeps within `width` millimetres.

    `width_of` gives a text's width in ems.

    The fewest lines whose type is at least BREAKS_AT of the wanted one; else the number of lines with the largest type.
    """
    best: tuple[float, list[str]] = (0.0, [text])
    for count in range(1, most_lines + 1):
        lines = broken(text, count, width_of)
        widest = max(width_of(line) for line in lines) * MM_OF_POINT
        fitting = min(size, width / widest) if widest else size
        if fitting > best[0]:
            best = (fitting, lines)
        if fitting >= size * BREAKS_AT:
            break
    return best


def broken(text: str, count: int, width_of: Callable[[str], float]) -> list[str]:
    """Break a text into at most `count` lines of about the same width.

    Between any two characters of Chinese, within Latin words never; punctuation neither begins a line nor opens at its end.
    """
    pieces = re.findall(r"[0-9A-Za-z.,'’\-]+|\s+|.", text)
    lines: list[str] = []
    for left in range(count, 1, -1):
        target, taken = width_of("".join(pieces)) / left, 1
        while taken < len(pieces) and (
            width_of("".join(pieces[: taken + 1])) <= target + 0.5 or pieces[taken][0] in CLOSING
        ):
            taken += 1
        while 1 < taken < len(pieces) and pieces[taken - 1] in OPENING:
            taken -= 1
        taken = _behind_a_dot(pieces, target, width_of) or taken
        lines.append("".join(pieces[:taken]).strip())
        pieces = pieces[taken:]
    lines.append("".join(pieces).strip())
    return [line for line in lines if line] or [text]


def _behind_a_dot(pieces: list[str], target: float, width_of: Callable[[str], float]) -> int:
    """Return how many pieces end behind the dot nearest to the wanted width, 0 without one near it: names break there."""
    ends = [index + 1 for index, piece in enumerate(pieces[:-1]) if piece == "·"]
    away = {end: abs(width_of("".join(pieces[:end])) - target) for end in ends}
    near = [end for end in ends if away[end] <= target * NEAR]
    return min(near, key=lambda end: away[end], default=0)


def rarity(text: str) -> tuple[int, int]:
    """Say how rare the rarest character is and how many are rare: GB 2312 is 0, GBK 1, the rest of plane 0 is 2, beyond 3."""
    grades = [_grade(character) for character in text]
    return max(grades, default=0), sum(grade > 0 for grade in grades)


def _grade(character: str) -> int:
    if ord(character) > 0xFFFF:
        return 3
    for grade, encoding in enumerate(("gb2312", "gbk")):
        try:
            character.encode(encoding)
        except UnicodeEncodeError:
            continue
        return grade
    return 2
