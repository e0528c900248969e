"""engine/proof/pure/compare.py: what kept papers tell about the first leaf that differs is true, whatever was changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.proof.pure import merkle
from engine.proof.pure.compare import Fact, first_difference, spans


def tree(hashes: list[bytes]) -> merkle.Node:
    def node(level: int, position: int) -> bytes:
        if not level:
            return hashes[position]
        return merkle.node_hash(node(level - 1, 2 * position), node(level - 1, 2 * position + 1))

    return node


def leaves(values: list[int]) -> list[bytes]:
    return [merkle.leaf_hash(str(value).encode()) for value in values]


@given(st.integers(1, 70), st.data())
def test_spans_are_those_of_the_proof(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    node = tree(leaves(list(range(size))))

    proof = merkle.inclusion_proof(index, size, node)

    assert [merkle.subtree(start, end, node) for start, end in spans(index, size)] == proof
    covered = sorted(place for start, end in spans(index, size) for place in range(start, end))
    assert covered == [place for place in range(size) if place != index]


def test_leaf_beyond_the_tree_has_no_spans() -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        spans(3, 3)


@given(st.integers(1, 40), st.data())
def test_first_difference_lies_where_it_is_said_to(size: int, data: st.DataObject) -> None:
    changed = data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=3))
    proved = data.draw(st.sets(st.integers(0, size - 1), max_size=4))
    before = leaves(list(range(size)))
    now = leaves([-1 - place if place in changed else place for place in range(size)])
    claims = [(0, size)] + [span for index in proved for span in [(index, index + 1), *spans(index, size)]]

    facts = [
        Fact(start, end, merkle.subtree(start, end, tree(before)) == merkle.subtree(start, end, tree(now)))
        for start, end in claims
    ]
    found = first_difference(facts)

    assert found is not None
    assert found[0] <= min(changed) <= found[1]
    if set(range(size)) == proved:
        assert found == (min(changed), min(changed))


def test_nothing_differs_when_all_is_the_same() -> None:
    assert first_difference([]) is None
    assert first_difference([Fact(0, 5, is_same=True)]) is None
    assert first_difference([Fact(0, 5, is_same=True), Fact(0, 9, is_same=False)]) == (5, 8)
    assert first_difference([Fact(0, 5, is_same=True), Fact(0, 5, is_same=False)]) is None  # contradicting papers
