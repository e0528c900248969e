"""engine/proof/pure/subtrees.py: every subtree of every small tree is proved, and nothing else is."""

from __future__ import annotations

import pytest

from engine.proof.pure import merkle, subtrees
from tests.engine.proof.pure.test_merkle import leaves, tree

SIZES = range(1, 18)
HASHES = leaves(18)
NODE = tree(HASHES)


def root(start: int, end: int) -> bytes:
    """The root of leaves start … end − 1 as a tree of their own."""
    return merkle.root(end - start, tree(HASHES[start:end]))


def of_size(size: int) -> list[tuple[int, int]]:
    """Every subtree of a tree: its start is a multiple of a power of two that is not smaller than it."""
    pairs = [(start, end) for start in range(size) for end in range(start + 1, size + 1)]
    return [(start, end) for start, end in pairs if any(not start % 2**n and end - start <= 2**n for n in range(6))]


def proof(start: int, end: int, low: int, high: int, *, is_known: bool = True) -> list[bytes]:
    """The proof by its definition: what is beside the way from the tree's root down to the subtree's last leaves."""
    if (start, end) == (low, high):
        return [] if is_known else [root(low, high)]
    middle = low + (1 << (high - low - 1).bit_length() - 1)
    if end <= middle:
        return [*proof(start, end, low, middle, is_known=is_known), root(middle, high)]
    if start >= middle:
        return [*proof(start, end, middle, high, is_known=is_known), root(low, middle)]
    return [*proof(middle, end, middle, high, is_known=False), root(low, middle)]


@pytest.mark.parametrize("size", SIZES)
def test_every_subtree_is_part_of_its_tree(size: int) -> None:
    for start, end in of_size(size):
        shown = proof(start, end, 0, size)
        inside, outside = root(start, end), root(0, size)

        assert subtrees.verify_consistency(start, end, size, (inside, outside), shown) == "", (start, end)
        assert subtrees.verify_consistency(start, end, size, (HASHES[17], outside), shown), (start, end)
        assert subtrees.verify_consistency(start, end, size, (inside, HASHES[17]), shown), (start, end)
        assert subtrees.verify_consistency(start, end, size, (inside, outside), [*shown, outside]), (start, end)
        assert subtrees.verify_consistency(start, end, size, (inside, outside), [HASHES[17], *shown]), (start, end)
        if shown:
            for place in range(len(shown)):
                forged = [*shown[:place], merkle.node_hash(shown[place], shown[place]), *shown[place + 1 :]]
                assert subtrees.verify_consistency(start, end, size, (inside, outside), forged), (start, end, place)
            assert subtrees.verify_consistency(start, end, size, (inside, outside), shown[:-1]), (start, end)


@pytest.mark.parametrize("size", SIZES)
def test_from_the_first_leaf_it_is_the_log_s_own_consistency(size: int) -> None:
    for earlier in range(1, size + 1):
        shown = merkle.consistency_proof(earlier, size, NODE)

        assert subtrees.verify_consistency(0, earlier, size, (root(0, earlier), root(0, size)), shown) == ""


@pytest.mark.parametrize(("start", "end"), of_size(13))
def test_every_leaf_is_in_its_subtree_and_no_other(start: int, end: int) -> None:
    for index in range(start, end):
        shown = merkle.inclusion_proof(index - start, end - start, tree(HASHES[start:end]))

        assert subtrees.verify_inclusion(index, (start, end), HASHES[index], shown, root(start, end)) == ""
        assert subtrees.verify_inclusion(index, (start, end), HASHES[17], shown, root(start, end))
    assert "is not in" in subtrees.verify_inclusion(end, (start, end), HASHES[end], [], root(start, end))


@pytest.mark.parametrize(("start", "end"), [(1, 3), (2, 5), (2, 6), (1, 15), (4, 3), (-1, 0), (12, 17)])
def test_what_is_no_subtree(start: int, end: int) -> None:
    assert "is no subtree" in subtrees.verify_inclusion(start, (start, end), HASHES[0], [], HASHES[0])
    assert "is no subtree" in subtrees.verify_consistency(start, end, 17, (HASHES[0], HASHES[0]), [])


def test_empty_subtree_is_part_of_every_tree() -> None:
    assert subtrees.verify_consistency(3, 3, 8, (merkle.EMPTY, root(0, 8)), []) == ""
    assert subtrees.verify_consistency(0, 0, 0, (merkle.EMPTY, merkle.EMPTY), []) == ""
    assert subtrees.verify_consistency(3, 3, 8, (HASHES[0], root(0, 8)), [])
    assert subtrees.verify_consistency(3, 3, 8, (merkle.EMPTY, root(0, 8)), [HASHES[0]])
    assert subtrees.verify_consistency(9, 9, 8, (merkle.EMPTY, root(0, 8)), [])
    assert subtrees.verify_inclusion(3, (3, 3), HASHES[3], [], merkle.EMPTY)


def test_parts_of_a_proof_are_hashes() -> None:
    assert "32 bytes" in subtrees.verify_consistency(0, 1, 2, (HASHES[0], root(0, 2)), [b"short"])
