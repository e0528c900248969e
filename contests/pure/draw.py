r"""Drawing lots anybody can draw again: from a seed, by SHA-256, without chance in the program.

The lot of an item is SHA-256 over `<purpose>\n<seed>\n<item>` in UTF-8; items stand in the order of their lots in
hexadecimal, the smallest first. `printf 'start-order\nSEED\nITEM' | sha256sum` gives the same to anyone.

The two draws of a contest (glossary: 抽签, 加密号) serve different ends. The seed of the start order is published
with the draw. The seed of the blind codes would tell who is behind a code: it stays with the secrecy officer until
results, and only its `commitment` is published, so that nobody can exchange it later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

START_ORDER = "start-order"
BLIND_CODE = "blind-code"
COMMITMENT = "commitment"
ORDER_NUMBER = "order-number"


def lot(seed: str, item: str, purpose: str) -> str:
    """Give the lot of one item: 64 hexadecimal digits."""
    return hashlib.sha256(f"{purpose}\n{seed}\n{item}".encode()).hexdigest()


def order(seed: str, items: Iterable[str], purpose: str = START_ORDER) -> list[str]:
    """Draw an order of different items; the order they come in does not matter.

    Raises ValueError when an item is there twice or contains a line break, or the seed is empty or has one.
    """
    drawn = list(items)
    if not seed or "\n" in seed or any("\n" in item for item in drawn):
        raise ValueError("a seed must not be empty, and neither seed nor item may hold a line break")
    if len(set(drawn)) != len(drawn):
        raise ValueError("nobody draws two lots")
    return sorted(drawn, key=lambda item: lot(seed, item, purpose))


def start_orders(seed: str, items: Iterable[str]) -> dict[str, int]:
    """Draw who starts when: item → 1 … n."""
    return {item: place for place, item in enumerate(order(seed, items), start=1)}


def blind_codes(seed: str, items: Iterable[str], taken: Sequence[str] = ()) -> dict[str, str]:
    """Draw blind codes: item → a number of at least two digits, 01 … n.

    Codes in `taken` are left out: entries that come later draw among the numbers still free. One seed draws once:
    with the same seed and purpose two draws over different items are not independent.
    """
    drawn = order(seed, items, BLIND_CODE)
    width = max(2, len(str(len(drawn) + len(taken))))
    used = set(taken)
    numbers = (f"{number:0{width}d}" for number in range(1, len(drawn) + len(used) + 1))
    free = [code for code in numbers if code not in used]
    return dict(zip(drawn, free, strict=False))


def commitment(seed: str) -> str:
    """Give what is published of a secret seed beforehand: whoever later sees the seed can check it was this one."""
    return lot(seed, "", COMMITMENT)


def order_numbers(seed: str, people: Iterable[str]) -> dict[str, str]:
    """Draw the first of two draws of a sealed contest: person → a number of at least three digits, 001 … n."""
    drawn = order(seed, people, ORDER_NUMBER)
    width = max(3, len(str(len(drawn))))
    return {item: f"{place:0{width}d}" for place, item in enumerate(drawn, start=1)}


def opened(first: dict[str, str], second: dict[str, str]) -> dict[str, str]:
    """Join the two layers: person → number, number → code; code → person. Raises ValueError when they do not fit."""
    if set(first.values()) != set(second) or len(set(second.values())) != len(first):
        raise ValueError("the two layers do not fit together")
    return {second[number]: person for person, number in first.items()}
