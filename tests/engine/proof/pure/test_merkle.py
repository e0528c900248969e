"""engine/proof/pure/merkle.py: the classic roots of RFC 6962, every proof of every small tree, and nothing forged."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.proof.pure import merkle

# The eight leaves and their roots used by every implementation of RFC 6962.
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree(hashes: list[bytes]) -> merkle.Node:
    def node(level: int, position: int) -> bytes:
        if not level:
            return hashes[position]
        return merkle.node_hash(node(level - 1, 2 * position), node(level - 1, 2 * position + 1))

    return node


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_classic_roots(size: int) -> None:
    node = tree([merkle.leaf_hash(leaf) for leaf in LEAVES])

    assert merkle.root(size, node).hex() == ROOTS[size]


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proved_and_no_other(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    node, root = tree(hashes), merkle.root(size, tree(hashes))
    index = data.draw(st.integers(0, size - 1))

    proof = merkle.inclusion_proof(index, size, node)

    assert merkle.verify_inclusion(index, size, hashes[index], proof, root) == ""
    assert merkle.verify_inclusion(index, size, merkle.leaf_hash(b"forged"), proof, root)
    assert merkle.verify_inclusion(index, size, hashes[index], [*proof, root], root)
    if proof:
        assert merkle.verify_inclusion(index, size, hashes[index], proof[:-1], root)


@given(st.integers(1, 70), st.data())
def test_every_growth_is_proved_and_no_rewriting(later: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, later))
    hashes = leaves(later)
    node = tree(hashes)
    before, after = merkle.root(size, node), merkle.root(later, node)

    proof = merkle.consistency_proof(size, later, node)

    assert merkle.verify_consistency(size, later, before, after, proof) == ""
    forged = hashlib.sha256(b"forged").digest()
    assert merkle.verify_consistency(size, later, forged, after, proof)
    assert merkle.verify_consistency(size, later, before, forged, proof)
    assert merkle.verify_consistency(size, later, before, after, [*proof, forged])


def test_what_is_no_hash_is_in_no_tree() -> None:
    assert merkle.verify_inclusion(0, 1, b"", [], b"")


@pytest.mark.parametrize("later", [0, 1, 5])
def test_nothing_is_consistent_with_the_empty_tree(later: int) -> None:
    root = merkle.root(later, tree(leaves(later)))

    assert merkle.verify_consistency(0, later, merkle.EMPTY, root, [])
    with pytest.raises(ValueError, match="continue"):
        merkle.consistency_proof(0, later, tree(leaves(later)))


@given(st.integers(0, 300), st.integers(1, 300))
def test_right_edge_grows_into_the_same_tree_and_makes_each_node_once(first: int, more: int) -> None:
    hashes = leaves(first + more)
    node = tree(hashes)
    frontier = merkle.Frontier(first, [node(level, position) for level, position in merkle.peaks(first)])

    made = [part for leaf in hashes[first:] for part in frontier.push(leaf)]

    assert frontier.root() == merkle.root(first + more, node)
    assert all(value == node(level, position) for level, position, value in made)
    complete = {(level, place) for level in range(10) for place in range((first + more) >> level)}
    before = {(level, place) for level in range(10) for place in range(first >> level)}
    assert sorted((level, position) for level, position, _value in made) == sorted(complete - before)


def test_right_edge_of_another_size_is_refused() -> None:
    assert merkle.Frontier().root() == merkle.EMPTY
    with pytest.raises(ValueError, match="2 peaks"):
        merkle.Frontier(3, [bytes(32)])


@pytest.mark.parametrize("part", [b"", b"short", bytes(33)])
def test_what_is_no_hash_proves_nothing(part: bytes) -> None:
    assert merkle.verify_inclusion(0, 2, bytes(32), [part], bytes(32)) == "a hash of the proof has not 32 bytes"
    assert merkle.verify_consistency(1, 2, bytes(32), bytes(32), [part]) == "a hash of the proof has not 32 bytes"
