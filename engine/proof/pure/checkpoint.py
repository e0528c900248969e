"""Checkpoints of C2SP tlog-checkpoint: what a log signs about its tree."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

HASH_BYTES = 32
MOST_DIGITS = 20


class NotACheckpoint(ValueError):
    """The text is no checkpoint, or no proof."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log signs: its name, how many leaves, the root over them, opaque further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [self.origin, str(self.size), to_base64(self.root), *self.extensions]
        return "".join(f"{line}\n" for line in lines)


def read(text: str) -> Checkpoint:
    """Read a checkpoint's body. Raises NotACheckpoint."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise NotACheckpoint("a checkpoint has a name, a size and a root, each in its line")
    return Checkpoint(lines[0], read_whole(lines[1]), read_hash(lines[2]), tuple(lines[3:-1]))


def to_base64(data: bytes) -> str:
    """Write bytes in base64, as every line of these formats has them."""
    return base64.b64encode(data).decode()


def read_whole(text: str) -> int:
    """Read a decimal without leading zeros or sign, below 10^20. Raises NotACheckpoint."""
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS or (text != "0" and text.startswith("0")):
        raise NotACheckpoint("a size or an index is a decimal without leading zeros")
    return int(text)


def read_base64(text: str) -> bytes:
    """Read standard base64, which has one text for each value. Raises NotACheckpoint."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotACheckpoint("no base64") from error
    if to_base64(found) != text:
        raise NotACheckpoint("no base64 as it is written: its last bits are not zero")
    return found


def read_hash(text: str) -> bytes:
    """Read a SHA-256 hash in base64. Raises NotACheckpoint."""
    found = read_base64(text)
    if len(found) != HASH_BYTES:
        raise NotACheckpoint("a hash has 32 bytes")
    return found
