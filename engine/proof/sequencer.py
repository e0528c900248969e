"""Give committed records their places in the tree, in batches; sign what there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Case, PositiveBigIntegerField, Value, When

from engine.proof import keys
from engine.proof.domain import node
from engine.proof.models import Checkpoint, Head, Leaf, Node
from engine.proof.pure import merkle
from engine.proof.pure.checkpoint import Checkpoint as Body

BATCH = 2000


def run(*, at: datetime) -> int:
    """Sequence everything that is committed and waits, then sign one checkpoint if the tree grew; return how many leaves."""
    done = 0
    while count := _batch():
        done += count
        if count < BATCH:
            break
    if done:
        sign(at=at)
    return done


@transaction.atomic(durable=True)
def _batch() -> int:
    """Take the leaves without an index, oldest first: never by `id > last`, as ids are not commit order."""
    head, _made = Head.objects.get_or_create(pk=1)
    head = Head.objects.select_for_update(no_key=True).get(pk=1)
    waiting = list(Leaf.objects.filter(index=None).order_by("id").values_list("pk", "data")[:BATCH])
    if not waiting:
        return 0
    first = head.size
    _number([pk for pk, _data in waiting], first)
    Node.objects.bulk_create(_nodes(first, [merkle.leaf_hash(bytes(data)) for _pk, data in waiting]), batch_size=1000)
    head.size = first + len(waiting)
    head.save(update_fields=["size"])
    return len(waiting)


def _number(ids: Sequence[int], first: int) -> None:
    for start in range(0, len(ids), 400):
        part = ids[start : start + 400]
        cases = [When(pk=pk, then=Value(first + start + place)) for place, pk in enumerate(part)]
        Leaf.objects.filter(pk__in=part).update(index=Case(*cases, output_field=PositiveBigIntegerField()))


def _nodes(first: int, hashes: Sequence[bytes]) -> list[Node]:
    """Return the new leaf hashes and every inner node they complete."""
    made = {(0, first + place): value for place, value in enumerate(hashes)}
    inner = merkle.complete_above(first, first + len(hashes))
    needed = {(level - 1, 2 * place) for level, place in inner if (level - 1, 2 * place) not in made} - set(inner)
    for level, place in sorted(needed):
        found = Node.objects.filter(level=level, position=place).values_list("hash", flat=True).first()
        if found is not None:
            made[level, place] = bytes(found)
    known = set(made) - {(0, first + place) for place in range(len(hashes))}
    for level, place in inner:
        made[level, place] = merkle.node_hash(made[level - 1, 2 * place], made[level - 1, 2 * place + 1])
    return [
        Node(level=level, position=place, hash=value)
        for (level, place), value in made.items()
        if (level, place) not in known
    ]


@transaction.atomic(durable=True)
def sign(*, at: datetime) -> Checkpoint | None:
    """Sign the tree as it stands, unless that size is signed already."""
    head = Head.objects.select_for_update(no_key=True).filter(pk=1).first()
    if head is None or not head.size or Checkpoint.objects.filter(size=head.size).exists():
        return None
    root = merkle.root(head.size, node)
    note = keys.signed(str(Body(keys.origin(), head.size, root)))
    return Checkpoint.objects.create(size=head.size, root=root, note=str(note), at=at)
