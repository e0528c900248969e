"""Write what happened into the log, in the same transaction; find it again; prove it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from engine.proof.models import Checkpoint, Head, Leaf, Node
from engine.proof.pure import checkpoint as checkpoints
from engine.proof.pure import merkle
from engine.proof.pure import note as notes
from engine.proof.pure.canonical import canonical
from engine.proof.pure.checkpoint import LogProof

SALT_BYTES = 16
Entry = tuple[str, str, Mapping[str, Any]]  # kind, key, record


class NotYet(ValidationError):
    """The record has no place in the tree yet: the sequencer gives it within seconds."""


def append(*, kind: str, key: str, record: Mapping[str, Any], at: datetime) -> Leaf:
    """Write one record as a leaf, in the caller's transaction: one INSERT. (kind, key) is written once, for ever."""
    return append_all([(kind, key, record)], at=at)[0]


def append_all(entries: Iterable[Entry], *, at: datetime) -> list[Leaf]:
    """Write several records in one INSERT; a record that cannot be written down (NaN, half a letter) raises NotCanonical."""
    leaves = []
    for kind, key, record in entries:
        text, salt = canonical(record), secrets.token_bytes(SALT_BYTES)
        data = hashlib.sha256(salt + text).digest()
        leaves.append(Leaf(kind=kind, key=key, record=text, salt=salt, data=data, at=at))
    return Leaf.objects.bulk_create(leaves)


@transaction.atomic(savepoint=False)
def erase(*, kind: str, key: str) -> int:
    """Forget what a record said (and the salt that would let it be guessed); its proof stays valid. Returns how many."""
    return Leaf.objects.filter(kind=kind, key=key).update(record=None, salt=None)


def size() -> int:
    """Return how many leaves have an index."""
    return Head.objects.values_list("size", flat=True).first() or 0


def node(level: int, position: int) -> bytes:
    """Return a stored subtree hash: one statement each, O(log n) for a proof."""
    return bytes(Node.objects.values_list("hash", flat=True).get(level=level, position=position))


def latest() -> Checkpoint | None:
    """Return the newest checkpoint."""
    return Checkpoint.objects.order_by("-size").first()


def note_of(checkpoint: Checkpoint) -> str:
    """Return a checkpoint as its signed note, cosignatures below the log's own."""
    return checkpoint.note + "".join(f"{row.line}\n" for row in checkpoint.cosignatures.all())


def proof_of(leaf: Leaf, checkpoint: Checkpoint | None = None) -> LogProof:
    """Return the offline proof of a leaf; `extra` is salt ‖ record, so that the leaf can be computed again.

    Raises:
        NotYet: the leaf has no index, or no checkpoint covers it.
    """
    checkpoint = checkpoint or latest()
    if leaf.index is None or checkpoint is None or checkpoint.size <= leaf.index:
        raise NotYet(_("The record is not in a checkpoint yet: try again in a few seconds."), code="not-yet")
    hashes = merkle.inclusion_proof(leaf.index, checkpoint.size, node)
    extra = b"" if leaf.record is None or leaf.salt is None else bytes(leaf.salt) + bytes(leaf.record)
    return LogProof(leaf.index, tuple(hashes), note_of(checkpoint), extra)


def consistency(earlier: int, later: int) -> Sequence[bytes]:
    """Return the proof between two sizes of this log. Raises ValueError for sizes it never had."""
    if later > size():
        raise ValueError(f"the log has {size()} leaves")
    return merkle.consistency_proof(earlier, later, node)


def wrong_leaf() -> str:
    """Compute everything again from the leaves; return '' or the first thing that is wrong. For `ledger verify` and `log`."""
    stored = {(row[0], row[1]): bytes(row[2]) for row in Node.objects.values_list("level", "position", "hash")}
    count = 0
    for leaf in Leaf.objects.exclude(index=None).order_by("index").iterator(2000):
        if wrong := _wrong(leaf, count, stored.get((0, count))):
            return wrong
        count += 1
    return _wrong_node(stored, count) or _wrong_checkpoint(stored, count)


def _wrong(leaf: Leaf, place: int, held: bytes | None) -> str:
    if leaf.index != place:
        return f"leaf {place} is missing"
    data = bytes(leaf.data)
    if leaf.record is not None and hashlib.sha256(bytes(leaf.salt or b"") + bytes(leaf.record)).digest() != data:
        return f"leaf {place} ({leaf}): the record is not what was hashed"
    return "" if held == merkle.leaf_hash(data) else f"leaf {place} ({leaf}): the hash in the tree is another"


def _wrong_node(stored: Mapping[tuple[int, int], bytes], count: int) -> str:
    for level, position in merkle.complete_above(0, count):
        left, right = stored.get((level - 1, 2 * position)), stored.get((level - 1, 2 * position + 1))
        if left is None or right is None or stored.get((level, position)) != merkle.node_hash(left, right):
            return f"node {level}/{position} is not the hash of its children"
    return ""


def _wrong_checkpoint(stored: Mapping[tuple[int, int], bytes], count: int) -> str:
    for checkpoint in Checkpoint.objects.order_by("size"):
        if checkpoint.size > count:
            return f"a checkpoint speaks of {checkpoint.size} leaves, there are {count}"
        root = merkle.root(checkpoint.size, lambda level, place: stored[level, place])
        body = checkpoints.read(notes.read(checkpoint.note).text)
        if root != bytes(checkpoint.root) or (body.size, body.root) != (checkpoint.size, root):
            return f"the checkpoint of {checkpoint.size} leaves has another root"
    return ""
