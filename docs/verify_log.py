#!/usr/bin/env python3
"""Check what Jinbang's transparency log says, offline and without Jinbang: standard library and `cryptography` only.

    verify_log.py proof FILE.tlog-proof --key VKEY [--witness VKEY …] [--checkpoint FILE] [--record FILE | --data HEX]
    verify_log.py checkpoint FILE --key VKEY [--witness VKEY …]
    verify_log.py consistency PROOF OLD NEW --key VKEY      PROOF from `log consistency`, OLD and NEW kept checkpoints
    verify_log.py export FILE.ndjson CHECKPOINT --key VKEY  every record of an export, in tree order, against the root

Prints `ok` and what was shown, or the reason; exit code 0 or 1. Formats: RFC 9162, C2SP signed-note, tlog-checkpoint,
tlog-cosignature, tlog-proof. A leaf's data is SHA-256(salt ‖ record); a proof's `extra` is salt (16 bytes) ‖ record; of an
erased record only the data is left. `--checkpoint` demands that the proof ends in the very root of a checkpoint you kept.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DASH, SALT = "\u2014", 16


class Wrong(Exception):
    """What does not hold."""


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def read(name: str) -> str:
    return Path(name).read_text(encoding="utf-8")


def inclusion_root(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes:
    place, last, found = index, size - 1, leaf
    for part in proof:
        if not last:
            raise Wrong("the proof is too long")
        if place & 1 or place == last:
            found = sha(b"\x01" + part + found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = sha(b"\x01" + found + part)
        place, last = place >> 1, last >> 1
    if last or not 0 <= index < size:
        raise Wrong("the proof does not fit the size of the tree")
    return found


def consistency_roots(size: int, later: int, root: bytes, proof: list[bytes]) -> tuple[bytes, bytes]:
    if not 0 < size <= later:
        raise Wrong("the later checkpoint must not be smaller, the earlier not empty")
    if size == later:
        return root, root
    parts = proof if size & (size - 1) else [root, *proof]
    if not parts:
        raise Wrong("the proof is too short")
    place, last = size - 1, later - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = parts[0]
    for part in parts[1:]:
        if not last:
            raise Wrong("the proof is too long")
        if place & 1 or place == last:
            before, after = sha(b"\x01" + part + before), sha(b"\x01" + part + after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = sha(b"\x01" + after + part)
        place, last = place >> 1, last >> 1
    if last:
        raise Wrong("the proof is too short")
    return before, after


def tree_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\x01" + tree_root(leaves[:middle]) + tree_root(leaves[middle:]))


def checkpoint(text: str, key: str, witnesses: list[str]) -> tuple[int, bytes, list[str]]:
    """Return size, root and who signed; the log's own signature must be there, each witness asked for too."""
    body, _gap, tail = text.rpartition("\n\n")
    body += "\n"
    lines = [line.split(" ") for line in tail.strip("\n").split("\n")]
    signed = []
    for wanted in [key, *witnesses]:
        name, key_hash, data = wanted.split("+", 2)
        raw = base64.b64decode(data)
        if sha(name.encode() + b"\n" + raw)[:4] != bytes.fromhex(key_hash):
            raise Wrong(f"the verifier key of {name} is damaged")
        values = [base64.b64decode(line[2])[4:] for line in lines if len(line) == 3 and line[0] == DASH
                  and line[1] == name and base64.b64decode(line[2])[:4] == bytes.fromhex(key_hash)]  # fmt: skip
        if not values:
            raise Wrong(f"{name} has not signed")
        message, value = body.encode(), values[0]
        if raw[0] == 4:
            message, value = f"cosignature/v1\ntime {int.from_bytes(value[:8], 'big')}\n{body}".encode(), value[8:]
        try:
            Ed25519PublicKey.from_public_bytes(raw[1:]).verify(value, message)
        except InvalidSignature:
            raise Wrong(f"the signature of {name} is wrong") from None
        signed.append(name)
    origin, size, root = body.split("\n")[:3]
    if origin != key.split("+", 1)[0]:
        raise Wrong("the checkpoint is another log's")
    return int(size), base64.b64decode(root), signed


def check_proof(given: argparse.Namespace) -> str:
    head, _gap, note = read(given.file).partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Wrong("not a tlog-proof@v1")
    extra = base64.b64decode(lines.pop(0)[6:]) if lines[0].startswith("extra ") else b""
    index, hashes = int(lines.pop(0).removeprefix("index ")), [base64.b64decode(line) for line in lines]
    if given.record:
        extra = extra[:SALT] + Path(given.record).read_bytes()
    if not extra and not given.data:
        raise Wrong("the proof carries no record (it was erased, or is not for you): give the leaf's data with --data")
    data = bytes.fromhex(given.data) if given.data else sha(extra)
    size, root, signed = checkpoint(note, given.key, given.witness)
    if given.checkpoint and checkpoint(read(given.checkpoint), given.key, given.witness)[:2] != (size, root):
        raise Wrong("the proof is about another checkpoint than the one you kept")
    if inclusion_root(index, size, sha(b"\x00" + data), hashes) != root:
        raise Wrong("the record is not in the tree the checkpoint signs")
    return f"ok: record {index} of {size}, signed by {', '.join(signed)}: {extra[SALT:].decode() or data.hex()}"


def check_checkpoint(given: argparse.Namespace) -> str:
    size, _root, signed = checkpoint(read(given.file), given.key, given.witness)
    return f"ok: {size} records, signed by {', '.join(signed)}"


def check_consistency(given: argparse.Namespace) -> str:
    old, old_root, _signed = checkpoint(read(given.old), given.key, given.witness)
    new, new_root, _signed = checkpoint(read(given.new), given.key, given.witness)
    lines = read(given.file).split()
    if lines[:4] != ["old", str(old), "new", str(new)]:
        raise Wrong("the proof is about other sizes")
    before, after = consistency_roots(old, new, old_root, [base64.b64decode(line) for line in lines[4:]])
    if before != old_root:
        raise Wrong("the proof leads to another earlier root")
    if after != new_root:
        raise Wrong("the later log does not continue the earlier one: it was rewritten")
    return f"ok: the log of {new} records continues that of {old}"


def check_export(given: argparse.Namespace) -> str:
    size, root, _signed = checkpoint(read(given.signed), given.key, given.witness)
    leaves = []
    for line in read(given.file).splitlines():
        row = json.loads(line)
        data = bytes.fromhex(row["data"])
        if row.get("record") is not None and sha(bytes.fromhex(row["salt"]) + row["record"].encode()) != data:
            raise Wrong(f"record {len(leaves)} is not what was hashed")
        leaves.append(sha(b"\x00" + data))
    if len(leaves) < size or tree_root(leaves[:size]) != root:
        raise Wrong("the export does not give the signed root")
    return f"ok: {size} records give the signed root"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    shapes = {"proof": (check_proof, []), "checkpoint": (check_checkpoint, []),
              "consistency": (check_consistency, ["old", "new"]), "export": (check_export, ["signed"])}  # fmt: skip
    for name, (act, more) in shapes.items():
        verb = verbs.add_parser(name)
        verb.add_argument("file")
        for argument in more:
            verb.add_argument(argument)
        verb.add_argument("--key", required=True)
        verb.add_argument("--witness", action="append", default=[])
        verb.add_argument("--record")
        verb.add_argument("--data")
        verb.add_argument("--checkpoint")
        verb.set_defaults(act=act)
    given = parser.parse_args()
    try:
        print(given.act(given))  # noqa: T201 a command
    except (Wrong, OSError, ValueError, KeyError, IndexError) as wrong:
        print(wrong)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
