r"""Drawing the order of a panel so that anybody can draw it again: from a published seed, without chance in the program.

The lot of a member is SHA-256 over `panel:<name>\n<seed>\n<employee number>` in UTF-8; members stand in the order of their
lots in hexadecimal, the smallest first. `printf 'panel:NAME\nSEED\nNUMBER' | sha256sum` gives the same to anyone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def lot(name: str, seed: str, member: str) -> str:
    """Return the lot of one member: 64 hexadecimal digits."""
    return hashlib.sha256(f"panel:{name}\n{seed}\n{member}".encode()).hexdigest()


def order(name: str, seed: str, members: Iterable[str]) -> list[str]:
    """Return the members in their drawn order; the order they come in does not matter.

    Raises:
        ValueError: a member is there twice, or one of the words is empty or holds a line break.
    """
    drawn = list(members)
    if any(not word or "\n" in word for word in (name, seed, *drawn)):
        raise ValueError("name, seed and members must not be empty nor hold a line break")
    if len(set(drawn)) != len(drawn):
        raise ValueError("nobody draws two lots")
    return sorted(drawn, key=lambda member: lot(name, seed, member))
