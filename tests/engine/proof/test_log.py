"""The log as a whole: written with what it tells of, sequenced after commit, signed, served, proved, witnessed, tampered with."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engine.proof import domain, keys, sequencer, witness
from engine.proof.models import Checkpoint, Cosignature, Head, Leaf, Node
from engine.proof.pure import checkpoint as checkpoints
from engine.proof.pure import merkle, note

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db(transaction=True)


def fill(count: int, *, first: int = 0) -> None:
    entries = [("test", str(number), {"number": number, "name": "焊工"}) for number in range(first, first + count)]
    domain.append_all(entries, at=AT)


def grown(*counts: int) -> None:
    """Let the log grow in steps, signed after each."""
    first = 0
    for count in counts:
        fill(count, first=first)
        sequencer.run(at=AT)
        first += count


@pytest.mark.parametrize("counts", [(1,), (7,), (1, 2, 5, 8, 1), (300, 1), (255, 2, 600)])
def test_tree_is_that_of_its_leaves_however_it_grew(counts: tuple[int, ...]) -> None:
    grown(*counts)

    contents = [bytes(data) for data in Leaf.objects.order_by("index").values_list("data", flat=True)]
    hashes = [merkle.leaf_hash(data) for data in contents]

    def node(level: int, position: int) -> bytes:
        if not level:
            return hashes[position]
        return merkle.node_hash(node(level - 1, 2 * position), node(level - 1, 2 * position + 1))

    assert Head.objects.get().size == sum(counts)
    assert bytes(Checkpoint.objects.order_by("-size")[0].root) == merkle.root(sum(counts), node)
    assert Checkpoint.objects.count() == len(counts)
    assert domain.wrong_leaf() == ""


def test_record_rolled_back_is_in_no_tree() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        domain.append(kind="test", key="gone", record={}, at=AT)
        raise RuntimeError
    fill(1)

    assert sequencer.run(at=AT) == 1
    assert sequencer.run(at=AT) == 0
    assert domain.size() == 1


def test_proof_of_a_record_is_checked_without_us(tmp_path: Path) -> None:
    grown(5, 8)
    out = StringIO()
    call_command("log", "prove", "test:7", stdout=out)
    file = tmp_path / "7.tlog-proof"
    file.write_text(out.getvalue(), encoding="utf-8")

    good = offline("proof", file, "--key", str(keys.verifier_key()))
    file.write_text(out.getvalue().replace("index 7", "index 6"), encoding="utf-8")
    bad = offline("proof", file, "--key", str(keys.verifier_key()))

    assert good.returncode == 0, good.stdout + good.stderr
    assert '"number":7' in good.stdout
    assert bad.returncode == 1


def test_growth_is_checked_without_us_and_rewriting_is_found(tmp_path: Path) -> None:
    grown(5, 8)
    small, large = (domain.note_of(row) for row in Checkpoint.objects.order_by("size"))
    out = StringIO()
    call_command("log", "consistency", "5", "13", stdout=out)
    paths = [tmp_path / name for name in ("proof", "old", "new")]
    for path, text in zip(paths, (out.getvalue(), small, large), strict=True):
        path.write_text(text, encoding="utf-8")

    good = offline("consistency", *paths, "--key", str(keys.verifier_key()))
    paths[0].write_text(out.getvalue().replace("old 5", "old 4"), encoding="utf-8")
    bad = offline("consistency", *paths, "--key", str(keys.verifier_key()))

    assert good.stdout.startswith("ok"), good.stdout + good.stderr
    assert bad.returncode == 1


def offline(*arguments: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "docs/verify_log.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_erased_record_breaks_no_proof() -> None:
    grown(4)
    domain.erase(kind="test", key="2")
    leaf = Leaf.objects.get(key="2")

    proof = domain.proof_of(leaf)

    root = bytes(Checkpoint.objects.get().root)
    assert merkle.verify_inclusion(2, 4, merkle.leaf_hash(bytes(leaf.data)), proof.hashes, root) == ""
    assert (proof.extra, domain.wrong_leaf()) == (b"", "")


@pytest.mark.parametrize(
    "change",
    [
        lambda: Leaf.objects.filter(key="1").update(data=b"x" * 32),
        lambda: Leaf.objects.filter(key="1").update(record=b"{}"),
        lambda: Leaf.objects.filter(key="1").update(index=9),
        lambda: Node.objects.update(hash=b"x" * 32),
        lambda: Checkpoint.objects.update(note="x"),
    ],
)
def test_rows_of_the_log_are_never_changed(change: Callable[[], int]) -> None:
    grown(3)

    with pytest.raises(DatabaseError), transaction.atomic():
        change()


TAMPERING = {
    "a record": 'UPDATE proof_leaf SET record = %s WHERE "index" = 3',
    "a salt": 'UPDATE proof_leaf SET salt = %s WHERE "index" = 3',
    "the hash of a record": 'UPDATE proof_leaf SET data = %s WHERE "index" = 3',
    "a leaf in the tree": "UPDATE proof_node SET hash = %s WHERE level = 0 AND position = 3",
    "a node": "UPDATE proof_node SET hash = %s WHERE level = 2 AND position = 1",
    "a root": "UPDATE proof_checkpoint SET root = %s WHERE size = 9",
}


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_below_the_triggers_is_found(what: str) -> None:
    grown(9)
    drop_triggers()

    with connection.cursor() as cursor:
        cursor.execute(TAMPERING[what], [b"x" * 32])

    assert domain.wrong_leaf()
    with pytest.raises(CommandError):
        call_command("log", "verify", stdout=StringIO())


def test_a_missing_leaf_is_found() -> None:
    grown(9)
    drop_triggers()

    with connection.cursor() as cursor:
        cursor.execute('DELETE FROM proof_leaf WHERE "index" = 3')

    assert domain.wrong_leaf() == "leaf 3 is missing"


@pytest.fixture(autouse=True)
def _triggers_come_back() -> Any:
    yield
    restore_triggers()


_DROPPED: list[str] = []


def drop_triggers() -> None:
    """Do what an owner of the database could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in ("proof_leaf", "proof_node", "proof_checkpoint"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            _DROPPED.append("postgresql")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'proof_%'")
        for name, sql in cursor.fetchall():
            _DROPPED.append(sql)
            cursor.execute(f"DROP TRIGGER {name}")


def restore_triggers() -> None:
    with connection.cursor() as cursor:
        for sql in _DROPPED:
            if sql == "postgresql":
                for table in ("proof_leaf", "proof_node", "proof_checkpoint"):
                    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            else:
                cursor.execute(sql)
    _DROPPED.clear()


def test_log_is_served_as_tiles_and_checkpoint(client: Client) -> None:
    grown(300)

    head = client.get("/log/checkpoint")
    full, part = client.get("/log/tile/0/000"), client.get("/log/tile/0/001.p/44")
    upper, entries = client.get("/log/tile/1/000.p/1"), client.get("/log/tile/entries/000")

    body = checkpoints.read(note.read(head.content.decode()).text)
    assert (body.size, body.origin) == (300, keys.origin())
    assert (len(full.content), len(part.content), len(upper.content)) == (256 * 32, 44 * 32, 32)
    assert upper.content == domain.node(8, 0)
    assert len(entries.content) == 256 * 34
    assert "immutable" in full["Cache-Control"]
    for wrong in ("0/001", "0/001.p/45", "2/000", "0/../x", "entries/009"):
        assert client.get(f"/log/tile/{wrong}").status_code == 404


def test_nothing_of_a_record_can_be_read_from_the_served_log(client: Client) -> None:
    domain.append(kind="test", key="secret", record={"name": "张铁柱"}, at=AT)
    sequencer.run(at=AT)

    served = b"".join(
        client.get(f"/log/{path}").content for path in ("checkpoint", "tile/entries/000.p/1", "tile/0/000.p/1")
    )

    assert "张铁柱".encode() not in served
    assert b"secret" not in served


def test_a_page_costs_the_same_for_any_size(client: Client) -> None:
    grown(3, 300)

    for path, most in (("checkpoint", 2), ("tile/0/000", 2)):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/log/{path}")
        assert len(queries) <= most, path


def test_witness_signs_what_grows_and_refuses_what_was_rewritten(client: Client, tmp_path: Path) -> None:
    def fetch(address: str) -> bytes:
        return bytes(client.get(address.removeprefix("http://log")).content)

    def cosign() -> str:
        return witness.cosign(
            log="http://log/log/", key=str(keys.verifier_key()), name="congress.example", state=tmp_path, now=1_700_000_000,
            fetch=fetch,
        )  # fmt: skip

    grown(5)
    cosign()
    fill(290, first=5)
    sequencer.run(at=AT)
    line = cosign()
    row = Checkpoint.objects.get(size=295)
    Cosignature.objects.create(checkpoint=row, name="congress.example", line=line, at=AT)
    witnesses = [note.read_key(witness.public_key(tmp_path))]

    assert note.verified(note.read(domain.note_of(row)), witnesses, keys.verify) == ["congress.example"]
    kept = (tmp_path / "checkpoint").read_text(encoding="utf-8")
    other = checkpoints.read(kept)
    forged = str(checkpoints.Checkpoint(other.origin, other.size, bytes(32)))
    (tmp_path / "checkpoint").write_text(forged, encoding="utf-8")
    with pytest.raises(witness.Refused, match="rewritten"):
        cosign()
    (tmp_path / "checkpoint").write_text(forged.replace("\n295\n", "\n999\n"), encoding="utf-8")
    with pytest.raises(witness.Refused, match="shrank"):
        cosign()


def test_vectors_are_judged_a_line_per_file(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    vector = {"size1": 1, "size2": 1, "root1": "AAAA", "root2": "AAAA", "proof": None, "wantErr": False}
    good.write_text(json.dumps(vector))
    bad.write_text(json.dumps(vector | {"size1": 0}))
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("log", "verify-vector", str(good), str(bad), str(tmp_path / "missing"), stdout=out)

    assert ended.value.code == 1
    assert out.getvalue().splitlines()[0] == "ok"
    assert len(out.getvalue().splitlines()) == 3
    call_command("log", "verify-vector", str(good), stdout=StringIO())


def test_commands_say_what_is_not_there() -> None:
    for arguments in (("prove", "nothing"), ("consistency", "1", "2"), ("checkpoint",)):
        with pytest.raises(CommandError):
            call_command("log", *arguments, stdout=StringIO())
    fill(1)
    out = StringIO()
    call_command("log", "checkpoint", stdout=out)
    assert checkpoints.read(note.read(out.getvalue()).text).size == 1
