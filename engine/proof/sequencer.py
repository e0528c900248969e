"""Give committed records their places in the tree, in batches; sign what there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, PositiveBigIntegerField, Value, When

from engine.proof import domain, keys
from engine.proof.models import Checkpoint, Head, Leaf, Node
from engine.proof.pure import merkle
from engine.proof.pure.checkpoint import Checkpoint as Body

BATCH = 2000
BETWEEN = timedelta(seconds=1)


def run(*, at: datetime) -> int:
    """Sequence everything that is committed and waits, sign a checkpoint when the last one is behind; return how many leaves.

    Only one process does it at a time; the others wait for its row lock and find nothing left. What a process that died
    has sequenced but not signed, the next run signs.
    """
    done = 0
    while Leaf.objects.filter(index=None).exists():  # no transaction, no lock when nothing waits
        done += _batch()
    sign(at=at)
    return done


@transaction.atomic(durable=True)
def _batch() -> int:
    """Take the leaves without an index, oldest first: never by `id > last`, as ids are not commit order."""
    head = _locked_head()
    waiting = list(Leaf.objects.filter(index=None).order_by("id").values_list("pk", "data")[:BATCH])
    if not waiting:
        return 0
    frontier = _frontier(head.size)
    _number([pk for pk, _data in waiting], head.size)
    made = [
        Node(level=level, position=position, hash=value)
        for _pk, data in waiting
        for level, position, value in frontier.push(merkle.leaf_hash(bytes(data)))
    ]
    Node.objects.bulk_create(made, batch_size=1000)
    head.size = frontier.size
    head.save(update_fields=["size"])
    return len(waiting)


def _locked_head() -> Head:
    """Return the one row whose lock makes sequencers come one after the other."""
    Head.objects.get_or_create(pk=1)
    return Head.objects.select_for_update(no_key=True).get(pk=1)


def _frontier(size: int) -> merkle.Frontier:
    """Return the right edge of the stored tree: one read for each of its at most log n peaks."""
    return merkle.Frontier(size, [domain.node(level, position) for level, position in merkle.peaks(size)])


def _number(ids: Sequence[int], first: int) -> None:
    for start in range(0, len(ids), 400):
        part = ids[start : start + 400]
        cases = [When(pk=pk, then=Value(first + start + place)) for place, pk in enumerate(part)]
        Leaf.objects.filter(pk__in=part).update(index=Case(*cases, output_field=PositiveBigIntegerField()))


def sign(*, at: datetime, is_urgent: bool = False) -> Checkpoint | None:
    """Sign the tree as it stands; None when it is signed already, or the last signature is less than a second old.

    Args:
        at: now; the second is counted from the last checkpoint's, a clock set back does not stop signing.
        is_urgent: sign within that second too (a person asked).
    """
    newest = domain.latest()
    size = domain.size()
    if not size or (newest is not None and newest.size >= size):
        return None
    if newest is not None and not is_urgent and timedelta(0) <= at - newest.at < BETWEEN:
        return None
    return _sign(at)


@transaction.atomic(durable=True)
def _sign(at: datetime) -> Checkpoint | None:
    head = _locked_head()
    if Checkpoint.objects.filter(size=head.size).exists():
        return None
    root = _frontier(head.size).root()
    note = keys.signed(str(Body(keys.origin(), head.size, root)))
    return Checkpoint.objects.create(size=head.size, root=root, note=str(note), at=at)
