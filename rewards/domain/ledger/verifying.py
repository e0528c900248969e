"""Recompute everything from the transfers and the log, and name the first record that is wrong.

Each transfer must be the leaf that was hashed; played again by the rules they must make every account, reservation, lot and
taking there is; spent ids and opened or closed accounts must be in the log; the tree and its checkpoints must hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from engine.proof.domain import wrong_leaf
from engine.proof.models import Leaf
from engine.proof.pure.canonical import canonical
from rewards.domain.ledger import recording
from rewards.domain.ledger.replaying import Replayed, Wrong
from rewards.models import ledger as tables
from rewards.pure.transfers import implied_account

PIECE = 500


def verify() -> Wrong | None:
    """Return None when rows, log and tree agree with the transfers, else the first wrong record."""
    played = Replayed()
    for account, flags in _opened().items():
        played.open(account, flags)
    return (
        _wrong_transfer(played)
        or _leaf_of_nothing(recording.TRANSFER, tables.Transfer)
        or _wrong_refusal()
        or _wrong_account_act()
        or played.wrong_rows()
        or _wrong_tree()
    )


def _wrong_transfer(played: Replayed) -> Wrong | None:
    """Compare each transfer with its leaf, and play it."""
    for piece in _pieces(tables.Transfer.objects.order_by("number").iterator(PIECE)):
        leaves = _leaves(recording.TRANSFER, [str(row.id) for row in piece])
        for row in piece:
            record = recording.record_of(row)
            if wrong := _unlike_its_leaf(f"transfer {row.id}", record, leaves.get(str(row.id))) or played.play(row):
                return wrong
    return None


def _wrong_refusal() -> Wrong | None:
    """Compare each spent id with its leaf."""
    for piece in _pieces(tables.FailedTransfer.objects.order_by("at", "id").iterator(PIECE)):
        leaves = _leaves(recording.REFUSAL, [str(row.id) for row in piece])
        for row in piece:
            record = recording.refusal_record(str(row.id), row.code, row.at)
            if wrong := _unlike_its_leaf(f"spent id {row.id}", record, leaves.get(str(row.id))):
                return wrong
    return _leaf_of_nothing(recording.REFUSAL, tables.FailedTransfer)


def _opened() -> dict[str, frozenset[str]]:
    """Return the accounts opened by hand, code → flags, as the log has them."""
    found = {}
    for leaf in Leaf.objects.filter(kind=recording.ACCOUNT, key__startswith="opened:").order_by("id"):
        record = recording.read(leaf)
        if record is not None:
            found[record["code"]] = frozenset(record["flags"])
    return found


def _wrong_account_act() -> Wrong | None:
    """An account is closed exactly if the log says so, and used without opening only if its code allows it."""
    leaves = [recording.read(leaf) or {} for leaf in Leaf.objects.filter(kind=recording.ACCOUNT).order_by("id")]
    closed = {record["code"] for record in leaves if "closed" in record}
    opened = {record["code"] for record in leaves if "opened" in record}
    for row in tables.Account.objects.order_by("code").iterator(PIECE):
        if row.is_closed != (row.code in closed):
            return Wrong(f"account {row.code}", "is closed or open otherwise than the log says")
        if row.code not in opened and implied_account(row.code) is None:
            return Wrong(f"account {row.code}", "was never opened")
    return None


def _unlike_its_leaf(name: str, record: dict[str, Any], leaf: Leaf | None) -> Wrong | None:
    if leaf is None:
        return Wrong(name, "is not in the log")
    if leaf.record is None:
        return None  # erased, which is a person's right; the tree still holds its hash
    text = bytes(leaf.record)
    if canonical(record) != text:
        return Wrong(name, "is not what the log says")
    hashed = hashlib.sha256(bytes(leaf.salt or b"") + text).digest()
    return None if hashed == bytes(leaf.data) else Wrong(name, "its leaf has another hash")


def _leaf_of_nothing(kind: str, model: type[tables.Transfer | tables.FailedTransfer]) -> Wrong | None:
    """Name the first leaf whose row is gone."""
    for piece in _pieces(Leaf.objects.filter(kind=kind).order_by("id").values_list("key", flat=True).iterator(PIECE)):
        present = {str(key) for key in model.objects.filter(id__in=piece).values_list("id", flat=True)}
        for key in piece:
            if key not in present:
                return Wrong(f"{kind} {key}", "is in the log, its row is gone")
    return None


def _leaves(kind: str, keys: list[str]) -> dict[str, Leaf]:
    return {leaf.key: leaf for leaf in Leaf.objects.filter(kind=kind, key__in=keys)}


def _wrong_tree() -> Wrong | None:
    text = wrong_leaf()
    return Wrong("log", text) if text else None


def _pieces(items: Iterator[Any]) -> Iterator[list[Any]]:
    piece: list[Any] = []
    for item in items:
        piece.append(item)
        if len(piece) == PIECE:
            yield piece
            piece = []
    if piece:
        yield piece
