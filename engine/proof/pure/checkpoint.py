"""Checkpoints of C2SP tlog-checkpoint, and the proofs that travel with them (tlog-proof)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

HEAD = "c2sp.org/tlog-proof@v1"
HASH = 32


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
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions]
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class LogProof:
    """A `.tlog-proof` file: where a leaf stands, the way to the root, the signed checkpoint as text; `extra` is opaque."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def __str__(self) -> str:
        lines = [HEAD]
        if self.extra:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines += [
            f"index {self.index}",
            *(base64.b64encode(part).decode() for part in self.hashes),
            "",
            self.checkpoint,
        ]
        return "\n".join(lines)


def read(text: str) -> Checkpoint:
    """Read a checkpoint's body. Raises NotACheckpoint."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise NotACheckpoint("a checkpoint has a name, a size and a root, each in its line")
    if not lines[1].isascii() or not lines[1].isdigit() or (lines[1] != "0" and lines[1].startswith("0")):
        raise NotACheckpoint("the size of a checkpoint is a decimal without leading zeros")
    return Checkpoint(lines[0], int(lines[1]), _hash(lines[2]), tuple(lines[3:-1]))


def read_proof(text: str) -> LogProof:
    """Read a `.tlog-proof` file. Raises NotACheckpoint."""
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines[0] != HEAD:
        raise NotACheckpoint("not a tlog-proof@v1")
    rest = lines[1:]
    extra = b""
    if rest and rest[0].startswith("extra "):
        extra = _base64(rest.pop(0)[6:])
    if not rest or not rest[0].startswith("index ") or not rest[0][6:].isdigit():
        raise NotACheckpoint("the index of a proof is a decimal")
    return LogProof(int(rest[0][6:]), tuple(_hash(line) for line in rest[1:]), checkpoint, extra)


def consistency_text(size: int, later: int, hashes: Sequence[bytes]) -> str:
    """Write a consistency proof as lines: `old SIZE`, `new SIZE`, the hashes in base64."""
    lines = [f"old {size}", f"new {later}", *(base64.b64encode(part).decode() for part in hashes)]
    return "".join(f"{line}\n" for line in lines)


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotACheckpoint("no base64") from error


def _hash(text: str) -> bytes:
    found = _base64(text)
    if len(found) != HASH:
        raise NotACheckpoint("a hash has 32 bytes")
    return found
