"""A witness signs what grows, refuses what was rewritten, remembers across restarts; the log hands in and keeps what it signs."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from engine.proof import domain, keys, sequencer, witnesses
from engine.proof.models import Checkpoint, Cosignature, Witness
from engine.proof.pure import checkpoint as checkpoints
from engine.proof.pure import note
from engine.proof.pure import witness as rules
from engine.proof.pure.checkpoint import Checkpoint as Body
from engine.proof.witness import Refusal, server
from engine.proof.witness import Witness as Watcher
from tests.factories.proof import AT, fill, grow, offline

pytestmark = pytest.mark.django_db(transaction=True)
NOW = 1_700_000_000


@pytest.fixture
def watcher(tmp_path: Path) -> Watcher:
    return Watcher(tmp_path / "w", "congress.example", [str(keys.verifier_key())])


def submission(old: int, size: int, *, root: bytes = b"") -> str:
    """What the log hands in; with another root, signed with its own key all the same."""
    true = Checkpoint.objects.get(size=size)
    signed = keys.signed(str(Body(keys.origin(), size, root or bytes(true.root))))
    return str(rules.Submission(old, tuple(domain.consistency(old, size)) if old else (), signed))


def status_of(watcher: Watcher, body: str) -> tuple[int, str]:
    with pytest.raises(Refusal) as refused:
        watcher.add_checkpoint(body, now=NOW)
    return refused.value.status, refused.value.text


def test_growth_is_signed_and_remembered_across_a_restart(watcher: Watcher, tmp_path: Path) -> None:
    grow(5, 290)
    watcher.add_checkpoint(submission(0, 5), now=NOW)

    again = Watcher(tmp_path / "w", "congress.example", [str(keys.verifier_key())])

    assert again.key == watcher.key
    assert status_of(again, submission(0, 295)) == (409, "5\n")
    line = again.add_checkpoint(submission(5, 295), now=NOW)
    signed = note.Note(str(Body(keys.origin(), 295, bytes(domain.latest().root))), note.read_signatures(line))  # type: ignore[union-attr]
    assert note.verified(signed, [again.key], keys.verify) == ["congress.example"]
    assert again.add_checkpoint(submission(295, 295), now=NOW + 1)  # the same once more may be signed


def test_each_refusal_has_its_status(watcher: Watcher) -> None:
    grow(5, 8)
    watcher.add_checkpoint(submission(0, 5), now=NOW)
    good = submission(5, 13)
    other = Watcher(watcher._state.parent / "o", "o.example", [str(note.VerifierKey("other/log", 1, bytes(32)))])

    assert status_of(watcher, "nothing")[0] == 400
    assert status_of(watcher, good.replace("old 5", "old 05"))[0] == 400
    assert status_of(watcher, good.replace("old 5", "old 14"))[0] == 400
    assert status_of(other, good)[0] == 404
    assert status_of(watcher, good.replace("\n13\n", "\n12\n"))[0] == 403
    assert status_of(watcher, good.replace("old 5", "old 4")) == (409, "5\n")
    assert status_of(watcher, submission(5, 13, root=b"x" * 32))[0] == 422
    assert status_of(watcher, submission(5, 5, root=b"x" * 32)) == (409, "5\n")
    assert watcher.add_checkpoint(good, now=NOW)


@pytest.mark.parametrize("name", ["", "a b", "a+b"])
def test_name_nobody_can_read_back_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(note.NotANote):
        Watcher(tmp_path, name, [])


def test_visit_computes_the_proof_from_the_tiles(watcher: Watcher, client: Client) -> None:
    def fetch(address: str) -> bytes:
        return bytes(client.get(address.removeprefix("http://log")).content)

    grow(5)
    watcher.visit("http://log/log", now=NOW, fetch=fetch)
    grow(290)
    assert watcher.visit("http://log/log/", now=NOW, fetch=fetch)

    [kept] = watcher._state.glob("*.checkpoint")
    text = kept.read_text(encoding="utf-8")
    body = checkpoints.read(note.read(text).text)
    kept.write_text(text.replace(checkpoints.to_base64(body.root), checkpoints.to_base64(bytes(32))), encoding="utf-8")
    with pytest.raises(Refusal, match="295"):
        watcher.visit("http://log/log/", now=NOW, fetch=fetch)
    kept.write_text(text.replace("\n295\n", "\n999\n"), encoding="utf-8")
    with pytest.raises(Refusal, match="shrank"):
        watcher.visit("http://log/log/", now=NOW, fetch=fetch)


@pytest.fixture
def address(watcher: Watcher) -> Iterator[str]:
    """A witness that answers on the loopback."""
    with server(watcher, host="127.0.0.1", port=0, clock=lambda: NOW) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_log_hands_in_over_http_and_shows_who_signed(
    watcher: Watcher, address: str, client: Client, tmp_path: Path
) -> None:
    grow(5)
    witnesses.add(key=str(watcher.key), url=address, at=AT)

    assert witnesses.submit(at=AT) == 1
    grow(300)
    assert (witnesses.submit(at=AT), witnesses.submit(at=AT)) == (1, 0)

    served = client.get("/log/checkpoint").content.decode()
    assert note.verified(note.read(served), [watcher.key], keys.verify) == ["congress.example"]
    file = tmp_path / "checkpoint"
    file.write_text(served, encoding="utf-8")
    checked = offline("checkpoint", file, "--key", keys.verifier_key(), "--witness", watcher.key)
    assert checked.stdout.startswith("ok: 305 records"), checked.stdout
    assert domain.wrong_leaf() == ""


def test_witness_answers_over_http_as_the_protocol_says(address: str) -> None:
    grow(5)

    def post(path: str, body: bytes) -> tuple[int, str, bytes]:
        line = http.client.HTTPConnection(address.removeprefix("http://"), timeout=5)
        line.request("POST", path, body)
        answer = line.getresponse()
        found = answer.status, answer.headers["Content-Type"], answer.read()
        line.close()
        return found

    assert post("/elsewhere", b"")[0] == 404
    assert post("/add-checkpoint", b"\xff")[0] == 400
    assert post("/add-checkpoint", submission(0, 5).encode())[0] == 200
    assert post("/prefix/add-checkpoint", submission(0, 5).encode()) == (409, "text/x.tlog.size", b"5\n")


def test_restored_log_is_told_that_it_was_cut(watcher: Watcher, address: str) -> None:
    grow(5, 8)
    witnesses.add(key=str(watcher.key), url=address, at=AT)
    watcher.add_checkpoint(submission(0, 13), now=NOW)

    row = Witness.objects.get()
    fault = witnesses._ask(row, Checkpoint.objects.get(size=5), at=AT, post=witnesses._post)

    assert "has seen 13 records, this log has 5" in fault


def answering(*answers: tuple[int, str]) -> Any:
    """A witness that answers what it is told to."""
    left = list(answers)

    def post(url: str, body: bytes) -> tuple[int, str]:
        assert url == "https://w.example/x/add-checkpoint"
        assert body.startswith(b"old ")
        return left.pop(0)

    return post


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ([(503, "later")], "503: later"),
        ([(409, "x")], "conflict without a size"),
        ([(409, "5\n"), (409, "5\n")], "rewritten"),
        ([(200, "nothing")], "signature"),
        ([(200, "\u2014 stranger.example AAAAAAA=\n")], "no signature of this witness"),
    ],
)
def test_answer_that_is_no_cosignature_is_kept_as_a_fault(watcher: Watcher, answers: list[Any], fault: str) -> None:
    grow(5)
    witnesses.add(key=str(watcher.key), url="https://w.example/x/", at=AT)

    assert witnesses.submit(at=AT, post=answering(*answers)) == 0

    row = Witness.objects.get()
    assert fault in row.fault
    assert (row.failures, row.due_at) == (1, AT + timedelta(minutes=1))
    assert not Cosignature.objects.exists()
    assert witnesses.submit(at=AT + timedelta(seconds=59), post=answering()) == 0  # not asked before it is due


def test_forged_cosignature_is_not_kept(watcher: Watcher) -> None:
    grow(5)
    witnesses.add(key=str(watcher.key), url="https://w.example/x", at=AT)
    forged = note.Signature("congress.example", watcher.key.key_hash, (1).to_bytes(8, "big") + bytes(64))

    witnesses.submit(at=AT, post=answering((200, f"{forged}\n")))

    assert Witness.objects.get().fault == "the signature of congress.example is wrong"
    assert not Cosignature.objects.exists()


def test_cosignature_made_by_hand_is_accepted_once(watcher: Watcher, tmp_path: Path) -> None:
    grow(5)
    witnesses.add(key=str(watcher.key), at=AT)
    line = watcher.add_checkpoint(submission(0, 5), now=NOW)
    file = tmp_path / "note"
    file.write_text(Checkpoint.objects.get().note + line, encoding="utf-8")
    out = StringIO()

    call_command("log", "accept", str(file), stdout=out)
    call_command("log", "accept", str(file), stdout=StringIO())

    assert out.getvalue().strip() == "congress.example"
    assert Cosignature.objects.count() == 1
    file.write_text(Checkpoint.objects.get().note, encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("log", "accept", str(file), stdout=StringIO())


def test_witness_that_changed_its_key_leaves_the_old_signatures_valid(watcher: Watcher, tmp_path: Path) -> None:
    grow(5)
    witnesses.add(key=str(watcher.key), at=AT)
    witnesses.accept(text=Checkpoint.objects.get().note + watcher.add_checkpoint(submission(0, 5), now=NOW), at=AT)
    fresh = Watcher(tmp_path / "new", "congress.example", [])

    witnesses.add(key=str(fresh.key), at=AT)

    assert list(Witness.objects.filter(is_active=True).values_list("key", flat=True)) == [str(fresh.key)]
    assert domain.wrong_leaf() == ""
    assert witnesses.remove(name="congress.example") == 1
    assert witnesses.remove(name="congress.example") == 0


@pytest.mark.parametrize(
    ("key", "url"), [("x", ""), (str(note.VerifierKey("l", 1, bytes(32))), ""), ("good", "file:///etc")]
)
def test_what_is_no_witness_is_refused(watcher: Watcher, key: str, url: str) -> None:
    with pytest.raises(CommandError):
        call_command("log", "witnesses", "--add", str(watcher.key) if key == "good" else key, "--url", url)

    assert not Witness.objects.exists()


def test_witnesses_are_listed_with_what_they_saw(watcher: Watcher) -> None:
    out = StringIO()
    call_command("log", "witnesses", "--add", str(watcher.key), "--url", "https://w.example", stdout=out)

    assert out.getvalue() == "congress.example\t0\thttps://w.example\tok\n"
    with pytest.raises(CommandError, match="nobody"):
        call_command("log", "witnesses", "--remove", "nobody")


def test_nothing_is_handed_in_while_nothing_is_signed(watcher: Watcher) -> None:
    witnesses.add(key=str(watcher.key), url="https://w.example/x", at=AT)
    fill(1)

    assert witnesses.submit(at=AT, post=answering()) == 0
    sequencer.run(at=AT)
    with pytest.raises(IndexError):
        witnesses.submit(at=AT, post=answering())
