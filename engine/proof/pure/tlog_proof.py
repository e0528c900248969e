"""Proofs that travel: `.tlog-proof` files of C2SP tlog-proof, and consistency proofs as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.proof.pure.checkpoint import NotACheckpoint, read_base64, read_hash, read_whole, to_base64

HEAD = "c2sp.org/tlog-proof@v1"
MOST_HASHES = 63


@dataclass(frozen=True, slots=True)
class LogProof:
    """A `.tlog-proof` file: where a leaf stands, the way to the root, the signed checkpoint as text; `extra` is opaque."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def __str__(self) -> str:
        extra = [f"extra {to_base64(self.extra)}"] if self.extra else []
        return "\n".join([HEAD, *extra, f"index {self.index}", *map(to_base64, self.hashes), "", self.checkpoint])


def read(text: str) -> LogProof:
    """Read a `.tlog-proof` file. Raises NotACheckpoint."""
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines.pop(0) != HEAD:
        raise NotACheckpoint("not a tlog-proof@v1")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = read_base64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise NotACheckpoint("a proof names the index of its leaf")
    index, hashes = read_whole(lines[0].removeprefix("index ")), lines[1:]
    if len(hashes) > MOST_HASHES:
        raise NotACheckpoint("a proof has at most 63 hashes")
    return LogProof(index, tuple(read_hash(line) for line in hashes), checkpoint, extra)


def consistency_text(size: int, later: int, hashes: Sequence[bytes]) -> str:
    """Write a consistency proof as lines: `old SIZE`, `new SIZE`, the hashes in base64 (the lines of tlog-witness)."""
    lines = [f"old {size}", f"new {later}", *map(to_base64, hashes)]
    return "".join(f"{line}\n" for line in lines)
