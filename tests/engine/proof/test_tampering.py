"""Whoever owns the database can change any row; computing the log again finds each change. Erasing is none."""

from __future__ import annotations

import hashlib
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from engine.proof import domain, keys, sequencer
from engine.proof.models import Checkpoint, Cosignature, Head, Leaf, Node, Witness
from engine.proof.pure import merkle, note
from engine.proof.pure.checkpoint import Checkpoint as Body
from tests.factories.proof import AT, fill, grow, without_triggers

pytestmark = pytest.mark.django_db(transaction=True)
FALSE = b"x" * 32
SIGNED_BY_ANOTHER = note.Signature(keys.origin(), b"abcd", b"s" * 64)


def forged_note() -> str:
    """The newest checkpoint's text with another root, under the signature of the true one."""
    true = note.read(Checkpoint.objects.get(size=9).note)
    return str(note.Note(str(Body(keys.origin(), 9, FALSE)), true.signatures))


def resalted() -> tuple[bytes, bytes]:
    """Another record with a salt of one's own, and the hash that fits them."""
    return b'{"number":3000}', hashlib.sha256(b"s" * 16 + b'{"number":3000}').digest()


TAMPERING: dict[str, tuple[str, Any]] = {
    "a record": ('UPDATE proof_leaf SET record = %s WHERE "index" = 3', lambda: [b"{}"]),
    "a salt": ('UPDATE proof_leaf SET salt = %s WHERE "index" = 3', lambda: [FALSE]),
    "a record erased without its salt": ('UPDATE proof_leaf SET record = NULL WHERE "index" = 3', list),
    "the hash of a record": ('UPDATE proof_leaf SET data = %s WHERE "index" = 3', lambda: [FALSE]),
    "a record with its salt and hash": (
        'UPDATE proof_leaf SET record = %s, data = %s, salt = %s WHERE "index" = 3',
        lambda: [*resalted(), b"s" * 16],
    ),
    "a leaf taken out": ('DELETE FROM proof_leaf WHERE "index" = 3', list),
    "the last leaf taken out": ('DELETE FROM proof_leaf WHERE "index" = 8', list),
    "a leaf that waits": ('UPDATE proof_leaf SET record = %s WHERE "index" IS NULL', lambda: [b"{}"]),
    "a leaf put behind the end": ('UPDATE proof_leaf SET "index" = 9 WHERE "index" IS NULL', list),
    "a leaf in the tree": ("UPDATE proof_node SET hash = %s WHERE level = 0 AND position = 3", lambda: [FALSE]),
    "a node": ("UPDATE proof_node SET hash = %s WHERE level = 2 AND position = 1", lambda: [FALSE]),
    "a node taken out": ("DELETE FROM proof_node WHERE level = 3 AND position = 0", list),
    "a root": ("UPDATE proof_checkpoint SET root = %s WHERE size = 9", lambda: [FALSE]),
    "an earlier root": ("UPDATE proof_checkpoint SET root = %s WHERE size = 4", lambda: [FALSE]),
    "a size": ("UPDATE proof_checkpoint SET size = 10 WHERE size = 9", list),
    "a signed text": ("UPDATE proof_checkpoint SET note = %s WHERE size = 9", lambda: [forged_note()]),
    "a signature": (
        "UPDATE proof_checkpoint SET note = %s WHERE size = 9",
        lambda: [str(note.Note(note.read(Checkpoint.objects.get(size=9).note).text, (SIGNED_BY_ANOTHER,)))],
    ),
    "a note that is none": ("UPDATE proof_checkpoint SET note = 'x' WHERE size = 9", list),
    "the log cut": ("UPDATE proof_head SET size = 8", list),
    "the log longer than it is": ("UPDATE proof_head SET size = 12", list),
    "a cosignature": ("UPDATE proof_cosignature SET line = %s", lambda: [wrong_line()]),
}


def wrong_line() -> str:
    key = note.read_key(Witness.objects.get().key)
    return str(note.Signature(key.name, key.key_hash, (1).to_bytes(8, "big") + b"s" * 64))


@pytest.fixture
def log(tmp_path: Any) -> None:
    """Nine leaves, signed at four and at nine and cosigned, and one that waits."""
    grow(4, 5)
    private = keys.private(tmp_path / "witness_key")
    key = note.VerifierKey("congress.example", note.COSIGNATURE, keys.public(private))
    Witness.objects.create(name=key.name, key=str(key), due_at=AT)
    newest = Checkpoint.objects.get(size=9)
    line = note.cosigned(note.read(newest.note).text, key, 1_700_000_000, private.sign)
    Cosignature.objects.create(checkpoint=newest, name=key.name, line=str(line), at=AT)
    fill(1, first=9)


def test_log_nobody_touched_adds_up(log: None) -> None:
    assert domain.wrong_leaf() == ""


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_below_the_triggers_is_found(log: None, what: str) -> None:
    sql, values = TAMPERING[what]
    wanted = values()

    with without_triggers() as cursor:
        cursor.execute(sql, wanted)

    assert domain.wrong_leaf() != ""
    with pytest.raises(CommandError):
        call_command("log", "verify", stdout=StringIO())


def test_whole_log_written_anew_with_its_own_key_is_found_by_who_kept_a_checkpoint(log: None) -> None:
    kept = Checkpoint.objects.get(size=4)
    with without_triggers() as cursor:
        for table in ("cosignature", "checkpoint", "node", "leaf", "head"):
            cursor.execute(f"DELETE FROM proof_{table}")
    domain.append(kind="test", key="0", record={"number": 1}, at=AT)
    fill(8, first=1)
    sequencer.run(at=AT)

    assert domain.wrong_leaf() == ""  # inside, everything adds up: that is why others keep checkpoints
    newest = domain.latest()
    assert newest is not None
    proof = domain.consistency(4, 9)
    assert merkle.verify_consistency(4, 9, bytes(kept.root), bytes(newest.root), proof) != ""


@pytest.mark.parametrize(
    "change",
    [
        lambda: Leaf.objects.filter(key="1").update(data=FALSE),
        lambda: Leaf.objects.filter(key="1").update(record=b"{}"),
        lambda: Leaf.objects.filter(key="1").update(record=None),
        lambda: Leaf.objects.filter(key="1").update(index=99),
        lambda: Leaf.objects.filter(key="1").update(kind="other"),
        lambda: Node.objects.update(hash=FALSE),
        lambda: Checkpoint.objects.update(note="x"),
        lambda: Head.objects.update(size=3),
        lambda: Cosignature.objects.update(line="x"),
        lambda: Witness.objects.update(key="x"),
    ],
)
def test_triggers_refuse_every_change(log: None, change: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change()

    assert domain.wrong_leaf() == ""


def test_erasing_a_record_and_its_salt_breaks_no_proof(log: None) -> None:
    before = {leaf.index: domain.proof_of(leaf).hashes for leaf in Leaf.objects.exclude(index=None)}

    assert domain.erase(kind="test", key="3") == 1

    leaf = Leaf.objects.get(key="3")
    proof = domain.proof_of(leaf)
    root = bytes(Checkpoint.objects.get(size=9).root)
    assert (leaf.record, leaf.salt, proof.extra) == (None, None, b"")
    assert merkle.verify_inclusion(3, 9, merkle.leaf_hash(bytes(leaf.data)), proof.hashes, root) == ""
    assert {row.index: domain.proof_of(row).hashes for row in Leaf.objects.exclude(index=None)} == before
    assert domain.wrong_leaf() == ""
