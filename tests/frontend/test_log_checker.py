"""frontend/src/log: hashes, signatures and proofs are judged in the browser as everywhere else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.proof import domain, keys
from engine.proof.models import Checkpoint, Leaf
from engine.proof.pure import checkpoint as checkpoints
from tests.factories.proof import grow
from tests.frontend.asking import Ask, asking

SCRIPT = Path(__file__).with_name("checker.mjs")
modest = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Ask the checker's modules in Node: a question a line, an answer a line."""
    with asking(SCRIPT) as question:
        yield question


@modest
@given(st.binary(max_size=300))
def test_hashes_are_those_of_the_standard(ask: Ask, data: bytes) -> None:
    assert ask("sha256", data.hex()) == hashlib.sha256(data).hexdigest()
    assert ask("sha512", data.hex()) == hashlib.sha512(data).hexdigest()


@modest
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 63), st.integers(1, 255))
def test_signatures_hold_and_changed_ones_do_not(ask: Ask, seed: bytes, message: bytes, at: int, bits: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = keys.public(private), private.sign(message)
    changed = bytearray(signature)
    changed[at] ^= bits

    assert ask("verify", public.hex(), message.hex(), signature.hex()) is True
    assert ask("verify", public.hex(), message.hex(), bytes(changed).hex()) is False
    assert ask("verify", public.hex(), (message + b"!").hex(), signature.hex()) is False
    assert ask("verify", "ff" * 32, message.hex(), signature.hex()) is False
    assert ask("verify", public.hex(), message.hex(), "") is False


@pytest.mark.django_db(transaction=True)
def test_proofs_of_a_log_hold_and_each_change_is_named(ask: Ask) -> None:
    grow(5, 10)
    key, early = str(keys.verifier_key()), Checkpoint.objects.get(size=5)
    root = checkpoints.to_base64(bytes(Checkpoint.objects.get(size=15).root))
    texts = [str(domain.proof_of(leaf)) for leaf in Leaf.objects.order_by("index")]
    text = texts[7]

    for index, one in enumerate(texts):
        found = ask("check", one, key)
        assert (found["kind"], found["index"], found["size"]) == ("proof", index, 15)
        assert json.loads(found["record"])["number"] == index
    assert ask("check", text, key, root)["isPrinted"] is True
    assert ask("check", text.replace("\n", "\r\n"), key)["kind"] == "proof"
    assert ask("check", early.note, key)["kind"] == "note"
    assert ask("check", str(domain.proof_of(Leaf.objects.get(index=7), is_open=False)), key)["kind"] == "hash"

    assert ask("check", text, key, checkpoints.to_base64(bytes(early.root))) == {"wrong": "other"}
    assert ask("check", text.replace("index 7", "index 6"), key) == {"wrong": "tree"}
    assert ask("check", text.replace("index 7", "index 15"), key) == {"wrong": "tree"}
    assert ask("check", text.replace("\n15\n", "\n14\n"), key) == {"wrong": "signature"}
    assert ask("check", text, key[:-4] + "AAAA") == {"wrong": "key"}
    assert ask("check", "hello", key) == {"wrong": "unknown"}
    assert ask("check", text.replace("index", "place"), key) == {"wrong": "unknown"}
    lines = text.split("\n")
    del lines[3]
    assert ask("check", "\n".join(lines), key) == {"wrong": "tree"}
