"""The log as a whole: written with what it tells of, sequenced after commit, signed, served, proved, witnessed, tampered with."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engine.proof import domain, keys, sequencer, views
from engine.proof import rules as rights
from engine.proof.models import Checkpoint, Head, Leaf
from engine.proof.pure import checkpoint as checkpoints
from engine.proof.pure import merkle, note
from tests.factories.people import Company
from tests.factories.proof import AT, fill, grow, offline

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("counts", [(1,), (7,), (1, 2, 5, 8, 1), (300, 1), (255, 2, 600)])
def test_tree_is_that_of_its_leaves_however_it_grew(counts: tuple[int, ...]) -> None:
    grow(*counts)

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
    grow(5, 8)
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
    grow(5, 8)
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


def test_export_is_checked_without_us_erased_records_too(tmp_path: Path) -> None:
    grow(5, 8)
    domain.erase(kind="test", key="3")
    fill(1, first=13)  # what waits is no part of it
    file, signed = tmp_path / "log.ndjson", tmp_path / "checkpoint"
    file.write_text("\n".join(domain.lines()), encoding="utf-8")
    signed.write_text(domain.note_of(Checkpoint.objects.get(size=13)), encoding="utf-8")

    assert (
        offline("export", file, signed, "--key", keys.verifier_key()).stdout == "ok: 13 records give the signed root\n"
    )

    file.write_text(file.read_text(encoding="utf-8").replace('\\"number\\":7', '\\"number\\":70'), encoding="utf-8")
    bad = offline("export", file, signed, "--key", keys.verifier_key())
    assert (bad.returncode, bad.stdout) == (1, "record 7 is not what was hashed\n")


def test_proof_of_an_erased_record_is_about_its_hash(tmp_path: Path) -> None:
    grow(5)
    domain.erase(kind="test", key="3")
    leaf = Leaf.objects.get(key="3")
    file = tmp_path / "3.tlog-proof"
    file.write_text(str(domain.proof_of(leaf)), encoding="utf-8")

    assert offline("proof", file, "--key", keys.verifier_key()).returncode == 1
    good = offline("proof", file, "--key", keys.verifier_key(), "--data", bytes(leaf.data).hex())
    assert good.stdout.startswith("ok: record 3 of 5"), good.stdout


def test_proof_is_held_against_the_checkpoint_that_was_kept(tmp_path: Path) -> None:
    grow(5, 8)
    leaf, early = Leaf.objects.get(key="3"), Checkpoint.objects.get(size=5)
    file, printed = tmp_path / "3.tlog-proof", tmp_path / "printed"
    printed.write_text(early.note, encoding="utf-8")

    file.write_text(str(domain.proof_of(leaf)), encoding="utf-8")
    later = offline("proof", file, "--key", keys.verifier_key(), "--checkpoint", printed)
    file.write_text(str(domain.proof_of(leaf, early)), encoding="utf-8")
    same = offline("proof", file, "--key", keys.verifier_key(), "--checkpoint", printed)

    assert (later.returncode, same.returncode) == (1, 0)
    assert "another checkpoint" in later.stdout


def test_code_of_a_receipt_and_of_the_paper_is_all_one_needs_offline(company: Company, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """What the QR codes on the two pages hold is enough for docs/verify_log.py: the proof from the phone, checkpoint and key from
    the printed sheet."""
    monkeypatch.setitem(rights.SHOWN, "test", lambda person, key: (person, key) == (company.worker, "3"))
    grow(5, 8)
    proof, paper = tmp_path / "phone.tlog-proof", tmp_path / "paper"
    proof.write_text(str(domain.proof_of(Leaf.objects.get(key="3"), is_signed_by_witnesses=False)), encoding="utf-8")
    paper.write_text(Checkpoint.objects.get(size=13).note, encoding="utf-8")
    client.force_login(company.worker, backend="django.contrib.auth.backends.ModelBackend")

    receipt = client.get("/log/receipts/test/3/").content.decode()
    printed = client.get("/log/print/").content.decode()

    assert views.qr(proof.read_text(encoding="utf-8")) in receipt
    assert views.qr(paper.read_text(encoding="utf-8")) in printed
    assert views.qr(str(keys.verifier_key())) in printed
    checked = offline("proof", proof, "--key", keys.verifier_key(), "--checkpoint", paper)
    assert (checked.returncode, checked.stdout.startswith("ok")) == (0, True), checked.stdout


def test_proof_for_others_says_nothing_of_the_record() -> None:
    grow(5)

    proof = domain.proof_of(Leaf.objects.get(key="3"), is_open=False)

    assert (proof.extra, proof.index) == (b"", 3)


def test_checkpoints_are_a_second_apart_unless_somebody_asks() -> None:
    grow(1)
    at = Checkpoint.objects.get().at
    fill(1, first=1)

    assert sequencer.run(at=at + timedelta(milliseconds=999)) == 1
    assert Checkpoint.objects.count() == 1
    assert sequencer.sign(at=at + timedelta(milliseconds=999), is_urgent=True) is not None
    fill(1, first=2)
    assert sequencer.run(at=at + timedelta(seconds=1)) == 1
    assert Checkpoint.objects.count() == 2
    fill(1, first=3)
    sequencer.run(at=at - timedelta(hours=1))  # the clock was set back
    assert Checkpoint.objects.order_by("-size")[0].size == 4


def test_log_is_served_as_tiles_and_checkpoint(client: Client) -> None:
    grow(300)

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
    grow(3, 300)

    for path, most in (("checkpoint", 2), ("tile/0/000", 2)):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/log/{path}")
        assert len(queries) <= most, path


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
