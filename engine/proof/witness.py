"""What a witness runs: it remembers the last tree it saw of each log and signs only what continues it. No database of ours.

It keeps a folder: `witness_key` (its seed, mode 600), `verifier_key` (what others verify with) and for each log the
checkpoint it cosigned last. It answers add-checkpoint of C2SP tlog-witness over HTTP, or fetches a checkpoint itself.
"""

from __future__ import annotations

import hashlib
import os
import threading
import urllib.request
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from engine.proof import keys
from engine.proof.pure import checkpoint as checkpoints
from engine.proof.pure import merkle, note, tile
from engine.proof.pure import witness as rules
from engine.proof.pure.witness import Refusal as Refusal

MOST_BYTES = 2**20
SECONDS = 20
Fetch = Callable[[str], bytes]
Clock = Callable[[], int]  # seconds since 1970


class Witness:
    """One witness with its folder; safe for several threads of one process.

    Args:
        state: folder of its key and of what it saw last; made when there is none.
        name: its own name, part of its verifier key: never change it.
        logs: verifier keys of the logs it watches; of a log that changed its key, both.
    """

    def __init__(self, state: Path, name: str, logs: Sequence[str]) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self._state = state
        self._private = keys.private(state / "witness_key")
        self.key = note.VerifierKey(name, note.COSIGNATURE, keys.public(self._private))
        note.read_key(str(self.key))  # a name with a space or a plus makes a key nobody can read
        self._logs: dict[str, list[note.VerifierKey]] = {}
        for text in logs:
            key = note.read_key(text)
            self._logs.setdefault(key.name, []).append(key)
        self._lock = threading.Lock()
        (state / "verifier_key").write_text(f"{self.key}\n", encoding="utf-8")

    def add_checkpoint(self, body: str, *, now: int) -> str:
        """Judge what a log hands in, remember it, cosign it; return the signature line. `now` is in seconds since 1970.

        What was cosigned is on the disk before the signature leaves: after a crash nothing older is signed.

        Raises:
            Refusal: with the HTTP status that tlog-witness names for it.
        """
        given = rules.read(body)
        with self._lock:
            fresh = rules.judge(given, self._logs, self._seen(), keys.verify)
            line = note.cosigned(given.note.text, self.key, now, self._private.sign)
            self._remember(fresh.origin, f"{given.note}{line}\n")
        return f"{line}\n"

    def visit(self, log: str, *, now: int, fetch: Fetch | None = None) -> str:
        """Fetch a log's newest checkpoint and judge it by proofs computed from the log's own tiles; return the line.

        Raises:
            Refusal: not signed by a log that is watched, it shrank, or what was seen before is not in it.
        """
        get = fetch or _get
        base = log if log.endswith("/") else f"{log}/"
        try:
            fresh = note.read(get(f"{base}checkpoint").decode())
            body = checkpoints.read(fresh.text)
        except (note.NotANote, checkpoints.NotACheckpoint, UnicodeDecodeError) as error:
            raise Refusal(rules.MALFORMED, str(error)) from error
        old = self._seen().get(body.origin, checkpoints.Checkpoint(body.origin, 0, merkle.EMPTY)).size
        if old > body.size:
            raise Refusal(rules.CONFLICT, f"the log shrank from {old} to {body.size} records")
        hashes = merkle.consistency_proof(old, body.size, _reader(base, body.size, get)) if old else []
        return self.add_checkpoint(str(rules.Submission(old, tuple(hashes), fresh)), now=now)

    def _file(self, origin: str) -> Path:
        return self._state / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.checkpoint"

    def _seen(self) -> dict[str, checkpoints.Checkpoint]:
        found = {}
        for origin in self._logs:
            if (place := self._file(origin)).exists():
                found[origin] = checkpoints.read(note.read(place.read_text(encoding="utf-8")).text)
        return found

    def _remember(self, origin: str, text: str) -> None:
        place = self._file(origin)
        part = place.with_suffix(".new")
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
        folder = os.open(self._state, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _get(address: str) -> bytes:
    if not address.startswith(("https://", "http://")):
        raise Refusal(rules.MALFORMED, f"no web address: {address}")
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 http(s) alone
            return bytes(answer.read(MOST_BYTES))
    except OSError as error:
        raise Refusal(rules.UNKNOWN, f"{address}: {error}") from error


def _reader(base: str, size: int, fetch: Fetch) -> merkle.Node:
    """Return a way to read any complete subtree of the log from its tiles."""
    kept: dict[str, bytes] = {}

    def hash_at(level: int, position: int) -> bytes:
        floor, within = divmod(level, tile.HEIGHT)
        if within:
            left = hash_at(level - 1, 2 * position)
            return merkle.node_hash(left, hash_at(level - 1, 2 * position + 1))
        wanted, place = tile.holding(floor, position, size)
        path = str(wanted)
        if path not in kept:
            kept[path] = fetch(base + path)
        found = kept[path][merkle.HASH_BYTES * place : merkle.HASH_BYTES * (place + 1)]
        if len(found) != merkle.HASH_BYTES:
            raise Refusal(rules.MALFORMED, f"{path} is too short")
        return found

    return hash_at


def server(witness: Witness, *, host: str, port: int, clock: Clock) -> ThreadingHTTPServer:
    """Return an HTTP server that answers POST /add-checkpoint for a witness; the caller runs and closes it."""

    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "witness", ""

        def do_POST(self) -> None:
            status, text, kind = 404, "POST a checkpoint to /add-checkpoint\n", "text/plain"
            if self.path.rstrip("/").endswith("/add-checkpoint"):
                status, text, kind = self._judged()
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind == "text/plain" else kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _judged(self) -> tuple[int, str, str]:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > MOST_BYTES:
                return rules.MALFORMED, "a body of at most 1 MB, with its Content-Length, was expected\n", "text/plain"
            try:
                return 200, witness.add_checkpoint(self.rfile.read(int(length)).decode(), now=clock()), "text/plain"
            except UnicodeDecodeError:
                return rules.MALFORMED, "the body is no UTF-8\n", "text/plain"
            except Refusal as refusal:
                kind = rules.SIZE_TYPE if refusal.status == rules.CONFLICT else "text/plain"
                return refusal.status, f"{refusal.text.rstrip()}\n", kind

        def log_message(self, form: str, *values: Any) -> None:
            """Say nothing: what was signed is in the folder."""

    return ThreadingHTTPServer((host, port), Handler)
