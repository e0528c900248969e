"""Subtrees [start, end) of a log (Merkle Tree Certificates, section 4): is a leaf in one, is one part of a tree.

A subtree begins at a multiple of the smallest power of two that is not smaller than it. Answers are reasons; '' : it holds.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.proof.pure import merkle


def verify_inclusion(index: int, part: tuple[int, int], leaf: bytes, proof: Sequence[bytes], expected: bytes) -> str:
    """Return '' when the proof leads from leaf `index` of the log to the root of `part` (start, end), else why not."""
    start, end = part
    if not _is_subtree(start, end):
        return f"[{start}, {end}) is no subtree"
    if not start <= index < end:
        return f"leaf {index} is not in [{start}, {end})"
    return merkle.verify_inclusion(index - start, end - start, leaf, proof, expected)


def verify_consistency(start: int, end: int, size: int, roots: tuple[bytes, bytes], proof: Sequence[bytes]) -> str:
    """Return '' when [start, end) is part of the tree of `size` leaves, else why not; `roots` are its own and the tree's.

    The empty subtree is part of every tree: its root is the empty root, its proof is empty.
    """
    if not _is_subtree(start, end):
        return f"[{start}, {end}) is no subtree"
    if end > size:
        return f"[{start}, {end}) is not in a tree of {size}"
    if not merkle.are_hashes(proof):
        return "a hash of the proof has not 32 bytes"
    if start == end:
        if proof:
            return "the proof is too long"
        return "" if roots[0] == merkle.EMPTY else "the proof leads to another root of the subtree"
    return _climb(start, end - 1, size - 1, roots, proof)


def _is_subtree(start: int, end: int) -> bool:
    if not 0 <= start <= end:
        return False
    return start == end or start % (1 << (end - start - 1).bit_length()) == 0


def _climb(first: int, last: int, top: int, roots: tuple[bytes, bytes], proof: Sequence[bytes]) -> str:
    """Follow the right edge of the subtree upwards: `first` its left edge, `top` the tree's right edge, level by level."""
    while first != last and (last == top or last & 1):
        first, last, top = first >> 1, last >> 1, top >> 1
    parts = [roots[0], *proof] if first == last else list(proof)
    if not parts:
        return "the proof is too short"
    inside = outside = parts[0]
    for part in parts[1:]:
        if not top:
            return "the proof is too long"
        if last & 1 or last == top:
            if first < last:
                inside = merkle.node_hash(part, inside)
            outside = merkle.node_hash(part, outside)
            while not last & 1:  # on these levels the tree's last node has no sibling to the right
                first, last, top = first >> 1, last >> 1, top >> 1
        else:
            outside = merkle.node_hash(outside, part)
        first, last, top = first >> 1, last >> 1, top >> 1
    if top:
        return "the proof is too short"
    if inside != roots[0]:
        return "the proof leads to another root of the subtree"
    return "" if outside == roots[1] else "the proof leads to another root"
