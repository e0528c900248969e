"""Published test vectors of Merkle proofs, in the JSON shape of transparency-dev/merkle."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from engine.proof.pure import merkle, subtrees


class NotAVector(ValueError):
    """The file is no vector of an inclusion or a consistency proof."""


def check(data: Any) -> str:
    """Return '' when our verdict is the one the vector wants, else what differs.

    An inclusion vector has leafIdx, treeSize, root, leafHash, proof; a consistency vector size1, size2, root1, root2, proof.
    A vector of a subtree has start and end in place of treeSize, or start, end and size in place of size1 and size2.
    All have wantErr. Hashes are base64, a proof may be null. Raises NotAVector.
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
        index, leaf, root = _whole(data, "leafIdx"), _hash(data.get("leafHash")), _hash(data.get("root"))
        if "treeSize" not in data and "start" in data:
            part = _whole(data, "start"), _whole(data, "end")
            return subtrees.verify_inclusion(index, part, leaf, proof, root)
        return merkle.verify_inclusion(index, _whole(data, "treeSize"), leaf, proof, root)
    roots = _hash(data.get("root1")), _hash(data.get("root2"))
    if "size1" in data:
        return merkle.verify_consistency(_whole(data, "size1"), _whole(data, "size2"), *roots, proof)
    if "start" in data:
        start, end, size = (_whole(data, name) for name in ("start", "end", "size"))
        return subtrees.verify_consistency(start, end, size, roots, proof)
    raise NotAVector("no vector: neither leafIdx nor size1 nor start is there")


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
