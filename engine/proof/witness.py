"""What a witness does: it remembers the last tree it saw and signs only what continues it. Needs no database of ours."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from engine.proof import keys
from engine.proof.pure import checkpoint as checkpoints
from engine.proof.pure import merkle, note, tile
from frontend.kit.keyfiles import secret_bytes

MOST_BYTES = 2**20
SEED_BYTES = 32
SECONDS = 20
Fetch = Callable[[str], bytes]


class Refused(Exception):
    """The witness does not sign; the text says why."""


def _get(address: str) -> bytes:
    if not address.startswith(("https://", "http://")):
        raise Refused(f"no web address: {address}")
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 http(s) alone
            return bytes(answer.read(MOST_BYTES))
    except OSError as error:
        raise Refused(f"{address}: {error}") from error


def cosign(*, log: str, key: str, name: str, state: Path, now: int, fetch: Fetch = _get) -> str:
    """Fetch the log's checkpoint, check it against the last one seen, sign it; return the cosignature line.

    Args:
        log: the log's address, ending in a slash.
        key: the log's verifier key; name: the witness's own; state: a folder for its key and what it saw last.
        now: seconds since 1970.

    Raises:
        Refused: the signature is wrong, the tree shrank, or it does not continue what was seen.
    """
    log_key = note.read_key(key)
    base = log if log.endswith("/") else log + "/"
    try:
        fresh = note.read(fetch(f"{base}checkpoint").decode())
        body = checkpoints.read(fresh.text)
        if not note.verified(fresh, [log_key], keys.verify) or body.origin != log_key.name:
            raise Refused("the checkpoint is not signed by this log")
    except (note.NotANote, checkpoints.NotACheckpoint, UnicodeDecodeError) as error:
        raise Refused(str(error)) from error
    state.mkdir(parents=True, exist_ok=True)
    seen = state / "checkpoint"
    if seen.exists():
        _demand_growth(checkpoints.read(seen.read_text(encoding="utf-8")), body, base, fetch)
    line = _signed(fresh.text, name, state, now)
    part = state / "checkpoint.new"
    part.write_text(fresh.text, encoding="utf-8")
    part.replace(seen)
    return str(line)


def _demand_growth(before: checkpoints.Checkpoint, after: checkpoints.Checkpoint, base: str, fetch: Fetch) -> None:
    """Compute both roots from the log's own tiles: what it serves now must contain what was seen."""
    if after.size < before.size:
        raise Refused(f"the log shrank from {before.size} to {after.size} records")
    node = _reader(base, after.size, fetch)
    if merkle.root(after.size, node) != after.root:
        raise Refused("the tiles do not give the signed root")
    if before.size and merkle.root(before.size, node) != before.root:
        raise Refused("the log does not continue what was seen before: it was rewritten")


def _reader(base: str, size: int, fetch: Fetch) -> merkle.Node:
    """Return a way to read any complete subtree of the log from its tiles."""
    kept: dict[str, bytes] = {}

    def hash_at(level: int, position: int) -> bytes:
        floor, within = divmod(level, tile.HEIGHT)
        if within:
            left = hash_at(level - 1, 2 * position)
            return merkle.node_hash(left, hash_at(level - 1, 2 * position + 1))
        number = position // tile.WIDTH
        width = min(tile.WIDTH, (size >> (tile.HEIGHT * floor)) - number * tile.WIDTH)
        path = str(tile.Tile(floor, number, width))
        if path not in kept:
            kept[path] = fetch(base + path)
        start = 32 * (position % tile.WIDTH)
        found = kept[path][start : start + 32]
        if len(found) != 32:
            raise Refused(f"{path} is too short")
        return found

    return hash_at


def _signed(text: str, name: str, state: Path, now: int) -> note.Signature:
    """Sign a checkpoint's text as cosignature/v1, with the witness's own key, made on first use."""
    private = Ed25519PrivateKey.from_private_bytes(secret_bytes(state / "witness_key", size=SEED_BYTES))
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key = note.VerifierKey(name, note.COSIGNATURE, public)
    (state / "verifier_key").write_text(f"{key}\n", encoding="utf-8")
    value = now.to_bytes(8, "big") + private.sign(note.cosigned(text, now))
    return note.Signature(name, key.key_hash, value)


def public_key(state: Path) -> str:
    """Return the witness's verifier key, once it has signed."""
    return (state / "verifier_key").read_text(encoding="utf-8").strip()
