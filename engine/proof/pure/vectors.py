"""Published test vectors of Merkle proofs, in the JSON shape of transparency-dev/merkle."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from engine.proof.pure import merkle


class NotAVector(ValueError):
    """The file is neither an inclusion nor a consistency vector."""


def check(data: Any) -> str:
    """Return '' when our verdict is the one the vector wants, else what differs.

    An inclusion vector has leafIdx, treeSize, root, leafHash, proof; a consistency vector size1, size2, root1, root2, proof;
    both wantErr. Hashes are base64, a proof may be null. Raises NotAVector.
    """
    if not isinstance(data, dict) or type(data.get("wantErr")) is not bool:
        raise NotAVector("no vector: an object with wantErr was expected")
    verdict = _verdict(data)
    if data["wantErr"]:
        return "" if verdict else "verifies although it must not"
    return verdict


def _verdict(data: dict[str, Any]) -> str:
    proof = [_hash(part) for part in data.get("proof") or []]
    if "leafIdx" in data:
        index, size = _whole(data, "leafIdx"), _whole(data, "treeSize")
        return merkle.verify_inclusion(index, size, _hash(data.get("leafHash")), proof, _hash(data.get("root")))
    if "size1" in data:
        roots = _hash(data.get("root1")), _hash(data.get("root2"))
        return merkle.verify_consistency(_whole(data, "size1"), _whole(data, "size2"), *roots, proof)
    raise NotAVector("no vector: neither leafIdx nor size1 is there")


def _whole(data: dict[str, Any], name: str) -> int:
    value = data.get(name)
    if type(value) is not int or value < 0:
        raise NotAVector(f"no vector: {name} is no whole number")
    return value


def _hash(text: Any) -> bytes:
    if text is None:
        return b""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise NotAVector("no vector: a hash is no base64") from error
