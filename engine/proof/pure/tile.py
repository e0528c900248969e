"""Tiles of C2SP tlog-tiles: the tree cut into squares of 256 hashes that never change once full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 8
WIDTH = 1 << HEIGHT
MOST_LEVEL = 5


class NotATile(ValueError):
    """The path names no tile."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Tile `number` of level `level` (−1: the entries themselves), `width` hashes of it, 256 when full."""

    level: int
    number: int
    width: int = WIDTH

    def __str__(self) -> str:
        level = "entries" if self.level < 0 else str(self.level)
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{number_path(self.number)}{part}"


def number_path(number: int) -> str:
    """Write a tile's number in groups of three digits, all but the last behind an x: 1234067 → x001/x234/067."""
    text = f"{number % 1000:03}"
    while number >= 1000:
        number //= 1000
        text = f"x{number % 1000:03}/{text}"
    return text


def read(path: str) -> Tile:
    """Read `tile/L/N` or `tile/L/N.p/W`. Raises NotATile for anything a log would not serve."""
    parts = path.split("/")
    if len(parts) < 3 or parts[0] != "tile":
        raise NotATile(path)
    level = -1 if parts[1] == "entries" else _whole(parts[1], MOST_LEVEL)
    width = WIDTH
    names = parts[2:]
    if len(names) >= 2 and names[-2].endswith(".p"):
        width = _whole(names.pop(), WIDTH - 1)
        names[-1] = names[-1].removesuffix(".p")
    digits = "".join(name.removeprefix("x") for name in names)
    found = Tile(level, _whole(digits.lstrip("0") or "0", 2**48), width)
    if not width or str(found) != path:
        raise NotATile(path)
    return found


def _whole(text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or (len(text) > 1 and text[0] == "0") or int(text) > most:
        raise NotATile(text)
    return int(text)


def exists(tile: Tile, size: int) -> bool:
    """Return whether a log of `size` leaves serves this tile."""
    count = size if tile.level < 0 else size >> (HEIGHT * tile.level)
    return tile.number * WIDTH + tile.width <= count


def of_tree(size: int) -> list[Tile]:
    """List the tiles of hashes a log of `size` leaves is served as, level by level; the last of each may be partial.

    Level 0 holds leaf hashes, each level above one hash for every full tile below. Entries bundles are cut as level 0.
    """
    found, level = [], 0
    while count := size >> (HEIGHT * level):
        found += [Tile(level, number) for number in range(count // WIDTH)]
        if count % WIDTH:
            found.append(Tile(level, count // WIDTH, count % WIDTH))
        level += 1
    return found


def holding(level: int, position: int, size: int) -> tuple[Tile, int]:
    """Return the tile in which a log of `size` leaves serves hash `position` of a tile level, and its place within."""
    number, place = divmod(position, WIDTH)
    return Tile(level, number, min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH)), place


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return an entries bundle: each entry behind its length in two bytes, big-endian."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
