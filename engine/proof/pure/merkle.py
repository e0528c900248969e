"""The Merkle tree of RFC 9162 (and RFC 6962) over SHA-256: roots, proofs, and their verification.

Verification answers with a reason ('' : it holds), so that a command can say what is wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

HASH_BYTES = 32
Node = Callable[[int, int], bytes]  # (level, position) → hash of a complete subtree of 2^level leaves

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def peaks(size: int) -> list[tuple[int, int]]:
    """List the complete subtrees (level, position) a tree of `size` leaves is made of, largest first."""
    found, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


class Frontier:
    """The right edge of a growing tree: the hashes of its peaks are all that is needed to go on."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks")
        self.size = size
        self._hashes = list(hashes)

    def push(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf's hash; return the nodes (level, position, hash) it completes, its own first."""
        level, position, found = 0, self.size, leaf
        made = [(level, position, found)]
        while position & 1:
            found = node_hash(self._hashes.pop(), found)
            level, position = level + 1, position >> 1
            made.append((level, position, found))
        self._hashes.append(found)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        if not self._hashes:
            return EMPTY
        found = self._hashes[-1]
        for peak in reversed(self._hashes[:-1]):
            found = node_hash(peak, found)
        return found


def subtree(start: int, end: int, node: Node) -> bytes:
    """Return the hash of leaves start … end − 1, as proofs have it; start is a multiple of the next power of two."""
    count = end - start
    if not count & (count - 1):
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(count)
    return node_hash(subtree(start, middle, node), subtree(middle, end, node))


def root(size: int, node: Node) -> bytes:
    """Return the root of the first `size` leaves, from complete subtrees."""
    return subtree(0, size, node) if size else EMPTY


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that leaf `index` is among the first `size`, sibling first. Raises ValueError beyond the tree."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return _path(index, 0, size, node)


def consistency_proof(size: int, later: int, node: Node) -> list[bytes]:
    """Return the proof that the tree of `later` leaves continues that of `size`. Raises ValueError unless 0 < size ≤ later."""
    if not 0 < size <= later:
        raise ValueError(f"a tree of {later} cannot be shown to continue one of {size}")
    return _consistency(size, 0, later, node, is_known=True)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected: bytes) -> str:
    """Return '' when the proof leads from the leaf hash to the root, else why not. RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return f"leaf {index} is not in a tree of {size}"
    if len(leaf) != HASH_BYTES:
        return "the leaf's hash has not 32 bytes"
    if not are_hashes(proof):
        return "a hash of the proof has not 32 bytes"
    place, last, found = index, size - 1, leaf
    for part in proof:
        if not last:
            return "the proof is too long"
        if place & 1 or place == last:
            found = node_hash(part, found)
            place, last = _climbed(place, last)
        else:
            found = node_hash(found, part)
        place, last = place >> 1, last >> 1
    if last:
        return "the proof is too short"
    return "" if found == expected else "the proof leads to another root"


def verify_consistency(size: int, later: int, root_before: bytes, root_after: bytes, proof: Sequence[bytes]) -> str:
    """Return '' when the later tree continues the earlier one, else why not. RFC 9162, section 2.1.4.2.

    Nothing can be shown about the empty tree: from size 0 it never verifies.
    """
    if size <= 0 or later < size:
        return "a proof needs an earlier tree that is not empty and not larger"
    if not are_hashes(proof):
        return "a hash of the proof has not 32 bytes"
    if size == later:
        return "the proof is too long" if proof else _compared(root_after, root_before, root_after, root_after)
    if not proof:
        return "the proof is too short"
    parts = list(proof) if size & (size - 1) else [root_before, *proof]
    place, last = size - 1, later - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = parts[0]
    for part in parts[1:]:
        if not last:
            return "the proof is too long"
        if place & 1 or place == last:
            before, after = node_hash(part, before), node_hash(part, after)
            place, last = _climbed(place, last)
        else:
            after = node_hash(after, part)
        place, last = place >> 1, last >> 1
    return "the proof is too short" if last else _compared(before, root_before, after, root_after)


def are_hashes(proof: Sequence[bytes]) -> bool:
    """Whether every part of a proof has the length of a hash."""
    return all(len(part) == HASH_BYTES for part in proof)


def _climbed(place: int, last: int) -> tuple[int, int]:
    """Pass the levels on which this node has no sibling to the right."""
    while not place & 1 and place:
        place, last = place >> 1, last >> 1
    return place, last


def _compared(before: bytes, root_before: bytes, after: bytes, root_after: bytes) -> str:
    if before != root_before:
        return "the proof leads to another earlier root"
    return "" if after == root_after else "the proof leads to another later root"


def _split(count: int) -> int:
    """Return the largest power of two below count."""
    return 1 << (count - 1).bit_length() - 1


def _path(index: int, start: int, end: int, node: Node) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, node), subtree(middle, end, node)]
    return [*_path(index, middle, end, node), subtree(start, middle, node)]


def _consistency(size: int, start: int, end: int, node: Node, *, is_known: bool) -> list[bytes]:
    if size == end:
        return [] if is_known else [subtree(start, end, node)]
    middle = start + _split(end - start)
    if size <= middle:
        return [*_consistency(size, start, middle, node, is_known=is_known), subtree(middle, end, node)]
    return [*_consistency(size, middle, end, node, is_known=False), subtree(start, middle, node)]
