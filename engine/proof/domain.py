"""Write what happened into the log, in the same transaction; find it again; prove it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from engine.proof.audit import wrong_leaf as wrong_leaf
from engine.proof.models import Checkpoint, Head, Leaf, Node
from engine.proof.pure import merkle
from engine.proof.pure.canonical import canonical
from engine.proof.pure.tlog_proof import LogProof

SALT_BYTES = 16
AT_ONCE = 500
Entry = tuple[str, str, Mapping[str, Any]]  # kind, key, record


class NotYet(ValidationError):
    """The record has no place in the tree yet: the sequencer gives it within seconds."""


def append(*, kind: str, key: str, record: Mapping[str, Any], at: datetime) -> Leaf:
    """Write one record as a leaf, in the caller's transaction: one INSERT, no lock. (kind, key) is written once, for ever.

    Args:
        kind: what it is, at most 40 characters: `transfer`, `result`, `sheet`, `ballot`.
        key: which one it is among its kind, at most 100 characters.
        record: JSON values only; money and marks as text or whole numbers up to 2^53.
        at: the moment of the fact.

    Raises:
        NotCanonical: the record cannot be written down in one way (NaN, half a letter, a number beyond 2^53).
        IntegrityError: the same (kind, key) is in the log already.
    """
    return append_all([(kind, key, record)], at=at)[0]


def append_all(entries: Iterable[Entry], *, at: datetime) -> list[Leaf]:
    """Write several records, 500 an INSERT, in the caller's transaction. Raises what `append` raises, nothing written."""
    return Leaf.objects.bulk_create(leaves(entries, at=at), batch_size=AT_ONCE)


def leaves(entries: Iterable[Entry], *, at: datetime) -> list[Leaf]:
    """Return the leaves of several records for who inserts them together with the facts themselves; see `append`."""
    return [Leaf(**dict(zip(COLUMNS, values, strict=True))) for values in leaf_values(entries, at=at)]


COLUMNS = ("kind", "key", "record", "salt", "data", "at")


def leaf_values(entries: Iterable[Entry], *, at: datetime) -> list[tuple[Any, ...]]:
    """Return the leaves of several records as the values of `COLUMNS`; see `leaves`."""
    made = []
    for kind, key, record in entries:
        text, salt = canonical(record), secrets.token_bytes(SALT_BYTES)
        made.append((kind, key, text, salt, hashlib.sha256(salt + text).digest(), at))
    return made


@transaction.atomic(savepoint=False)
def erase(*, kind: str, key: str) -> int:
    """Forget what a record said (and the salt that would let it be guessed); its proof stays valid. Returns how many."""
    return Leaf.objects.filter(kind=kind, key=key).update(record=None, salt=None)


def find(*, kind: str, key: str) -> Leaf | None:
    """Return the leaf of a record, sequenced or not."""
    return Leaf.objects.filter(kind=kind, key=key).first()


def known(*, kind: str, keys: Sequence[str]) -> set[str]:
    """Return those of the keys that stand in the log, sequenced or not. One statement."""
    return set(Leaf.objects.filter(kind=kind, key__in=keys).values_list("key", flat=True))


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


def proof_of(
    leaf: Leaf, checkpoint: Checkpoint | None = None, *, is_open: bool = True, is_signed_by_witnesses: bool = True
) -> LogProof:
    """Return the offline proof of a leaf under a checkpoint, the newest when none is named; witnesses' lines may be left out.

    `extra` is salt ‖ record, so that the leaf can be computed again; nothing when the record was erased, or when
    `is_open` is False (who asks may not read it): then the proof is about the leaf's hash alone.

    Raises:
        NotYet: the leaf has no index, or no checkpoint covers it.
    """
    checkpoint = checkpoint or latest()
    if leaf.index is None or checkpoint is None or checkpoint.size <= leaf.index:
        raise NotYet(_("The record is not in a checkpoint yet: try again in a few seconds."), code="not-yet")
    hashes = merkle.inclusion_proof(leaf.index, checkpoint.size, node)
    is_known = is_open and leaf.record is not None and leaf.salt is not None
    extra = bytes(leaf.salt or b"") + bytes(leaf.record or b"") if is_known else b""
    note = note_of(checkpoint) if is_signed_by_witnesses else checkpoint.note
    return LogProof(leaf.index, tuple(hashes), note, extra)


def consistency(earlier: int, later: int) -> Sequence[bytes]:
    """Return the proof between two sizes of this log. Raises ValueError for sizes it never had."""
    if later > size():
        raise ValueError(f"the log has {size()} leaves")
    return merkle.consistency_proof(earlier, later, node)


def lines(upto: int | None = None) -> Iterator[str]:
    """Yield the log as NDJSON in tree order, a canonical line for each leaf, up to a size: what `verify_log.py export` reads.

    A line has index, kind, key, `data` (hex), and `salt` (hex) and `record` (the very text that was hashed), or null and
    null when they were erased. Not for everybody's eyes.
    """
    rows = Leaf.objects.filter(index__lt=size() if upto is None else upto).order_by("index")
    for leaf in rows.iterator(2000):
        record = None if leaf.record is None else bytes(leaf.record).decode()
        salt = None if leaf.salt is None else bytes(leaf.salt).hex()
        row = {"index": leaf.index, "kind": leaf.kind, "key": leaf.key, "data": bytes(leaf.data).hex()}
        yield canonical(row | {"salt": salt, "record": record}).decode()
