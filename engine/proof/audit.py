"""Compute the whole log again from its leaves: records, tree, checkpoints, signatures. Bounded memory, whatever its size."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator

from django.db.models import Max

from engine.proof import keys
from engine.proof.models import Checkpoint, Head, Leaf, Node, Witness
from engine.proof.pure import checkpoint as checkpoints
from engine.proof.pure import merkle
from engine.proof.pure import note as notes

AT_ONCE = 2000
Made = dict[int, dict[int, bytes]]  # level → position → hash
Tell = Callable[[int, int], None]  # leaves done, leaves there are


def wrong_leaf(tell: Tell | None = None) -> str:
    """Return '' when everything adds up, or the first thing that is wrong. For `ledger verify` and `log verify`.

    Reads every leaf, node and checkpoint once, in tree order, two thousand leaves at a time, without a lock: what is
    written meanwhile is not looked at. `tell` is called after each two thousand.
    """
    return next(_faults(tell or (lambda _done, _size: None)), "")


def _faults(tell: Tell) -> Iterator[str]:
    # What must not be larger is read before what must not be smaller, as the log grows all the time.
    newest = Checkpoint.objects.aggregate(size=Max("size"))["size"] or 0
    last = Leaf.objects.aggregate(index=Max("index"))["index"]
    size = Head.objects.values_list("size", flat=True).first() or 0
    if last is not None and last >= size:
        yield f"the log says it has {size} leaves, there is a leaf {last}"
    yield from _wrong_tree(size, tell)
    if newest > size:
        yield f"a checkpoint speaks of {newest} leaves, there are {size}"
    for leaf in Leaf.objects.filter(index=None).order_by("id").iterator(AT_ONCE):
        yield from _wrong_record(leaf, None)


def _wrong_tree(size: int, tell: Tell) -> Iterator[str]:
    signed = Checkpoint.objects.filter(size__lte=size).order_by("size").prefetch_related("cosignatures")
    checkpoints_left = signed.iterator(AT_ONCE)
    checkpoint = next(checkpoints_left, None)
    witnesses = [notes.read_key(row.key) for row in Witness.objects.all()]
    frontier = merkle.Frontier()
    made: Made = defaultdict(dict)
    for leaf in Leaf.objects.filter(index__lt=size).order_by("index").iterator(AT_ONCE):
        yield from _wrong_record(leaf, frontier.size)
        for level, position, value in frontier.push(merkle.leaf_hash(bytes(leaf.data))):
            made[level][position] = value
        if frontier.size % AT_ONCE == 0:
            yield from _wrong_nodes(made)
            made.clear()
            tell(frontier.size, size)
        while checkpoint is not None and checkpoint.size <= frontier.size:
            yield from _wrong_checkpoint(checkpoint, frontier, witnesses)
            checkpoint = next(checkpoints_left, None)
    if frontier.size != size:
        yield f"leaf {frontier.size} is missing"
    yield from _wrong_nodes(made)
    tell(frontier.size, size)


def _wrong_record(leaf: Leaf, place: int | None) -> Iterator[str]:
    if leaf.index != place:
        yield f"leaf {place} is missing"
        return
    if (leaf.record is None) != (leaf.salt is None):
        yield f"leaf {place} ({leaf}): record and salt are erased together or not at all"
    elif leaf.record is not None:
        found = hashlib.sha256(bytes(leaf.salt or b"") + bytes(leaf.record)).digest()
        if found != bytes(leaf.data):
            yield f"leaf {place} ({leaf}): the record is not what was hashed"


def _wrong_nodes(made: Made) -> Iterator[str]:
    """Compare what the leaves give with what is stored, level by level."""
    for level, values in sorted(made.items()):
        rows = Node.objects.filter(level=level, position__gte=min(values), position__lte=max(values))
        stored = {position: bytes(value) for position, value in rows.values_list("position", "hash")}
        for position, value in sorted(values.items()):
            if stored.get(position) != value:
                yield f"node {level}/{position} is not the hash of the leaves below it"


def _wrong_checkpoint(
    checkpoint: Checkpoint, frontier: merkle.Frontier, witnesses: list[notes.VerifierKey]
) -> Iterator[str]:
    """Hold a checkpoint against the tree and the keys; the log's key counts under the name it signed with then."""
    what = f"the checkpoint of {checkpoint.size} leaves"
    if checkpoint.size != frontier.size or bytes(checkpoint.root) != frontier.root():
        yield f"{what} has another root"
    lines = "".join(f"{row.line}\n" for row in checkpoint.cosignatures.all())
    try:
        note = notes.read(checkpoint.note + lines)
        body = checkpoints.read(note.text)
        holds = bool(notes.verified(note, [keys.verifier_key(body.origin)], keys.verify))
        notes.verified(note, witnesses, keys.verify)
    except (notes.NotANote, checkpoints.NotACheckpoint) as error:
        yield f"{what}: {error}"
        return
    if (body.size, body.root) != (checkpoint.size, frontier.root()):
        yield f"{what} has another root"
    if not holds:
        yield f"{what} is not signed with the log's key"
