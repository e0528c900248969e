"""Notes, checkpoints, proofs and tiles read what they write, and refuse what is none."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.proof.pure import checkpoint, cosignature, note, tile, tlog_proof, vectors

# The example key and note of Go's sumdb/note package.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""


def test_published_note_verifies() -> None:
    from engine.proof import keys

    assert note.verified(note.read(NOTE), [note.read_key(KEY)], keys.verify) == ["PeterNeumann"]
    with pytest.raises(note.NotANote):
        note.verified(note.read(NOTE.replace("answer", "Answer")), [note.read_key(KEY)], keys.verify)


def test_a_note_is_written_as_it_was_read() -> None:
    assert str(note.read(NOTE)) == NOTE
    assert str(note.read_key(KEY)) == KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x\n",
        "x\n\n",
        "x\n\n\u2014 name\n",
        "x\n\n\u2014 name !!\n",
        "x\n\n\u2014 name AAAA\n",
        "x\n\n- n AAAAAAA=\n",
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(note.NotANote):
        note.read(text)


@pytest.mark.parametrize("text", ["", "a+b", "n+00000000+AAAA", KEY.replace("c74f", "c74e"), "+c74f20a3+AQ=="])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(note.NotANote):
        note.read_key(text)


def test_a_checkpoint_is_written_as_it_was_read() -> None:
    body = checkpoint.Checkpoint("jinbang.lan/log", 7, bytes(32), ("more",))

    assert checkpoint.read(str(body)) == body


@pytest.mark.parametrize(
    "text", ["", "a\n1\n", "a\n01\nAAAA\n", "a\nx\nAAAA\n", "a\n1\nAAAA\n", "\n1\n" + "A" * 43 + "=\n"]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(checkpoint.NotACheckpoint):
        checkpoint.read(text)


@pytest.mark.parametrize("extra", [b"", b"salt and record"])
def test_a_proof_is_written_as_it_was_read(extra: bytes) -> None:
    proof = tlog_proof.LogProof(3, (bytes(32), b"\x01" * 32), "o\n4\nAAAA\n\n\u2014 n AAAAAAA=\n", extra)

    assert tlog_proof.read(str(proof)) == proof


@pytest.mark.parametrize(
    ("number", "path"),
    [(0, "tile/0/000"), (273, "tile/0/273"), (1234067, "tile/0/x001/x234/067"), (1000, "tile/0/x001/000")],
)
def test_tile_paths(number: int, path: str) -> None:
    assert str(tile.Tile(0, number)) == path
    assert tile.read(path) == tile.Tile(0, number)


@given(st.integers(-1, 5), st.integers(0, 10**9), st.integers(1, 256))
def test_any_tile_reads_back(level: int, number: int, width: int) -> None:
    assert tile.read(str(tile.Tile(level, number, width))) == tile.Tile(level, number, width)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/00/000",
        "tile/9/000",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/x000/001",
        "tile/0/../x",
        "x/0/000",
        "tile/0",
    ],
)
def test_what_is_no_tile_is_refused(path: str) -> None:
    with pytest.raises(tile.NotATile):
        tile.read(path)


def test_tiles_exist_once_they_are_full_enough() -> None:
    assert tile.exists(tile.Tile(0, 0, 3), 3)
    assert not tile.exists(tile.Tile(0, 0), 255)
    assert tile.exists(tile.Tile(1, 0, 1), 256)
    assert not tile.exists(tile.Tile(1, 0, 1), 255)


@given(st.integers(0, 70_000))
def test_tiles_of_a_tree_are_those_it_serves_and_hold_every_hash(size: int) -> None:
    tiles = tile.of_tree(size)

    assert all(tile.exists(one, size) for one in tiles)
    assert sum(one.width for one in tiles if one.level == 0) == size
    assert sum(one.width for one in tiles if one.level == 1) == size >> 8
    if size:
        last, place = tile.holding(0, size - 1, size)
        assert last in tiles
        assert last.number * tile.WIDTH + place == size - 1


HASH = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "data", [None, [], {}, {"wantErr": True}, {"wantErr": False, "leafIdx": -1, "treeSize": 1}, {"wantErr": True, "size1": "x"},
             {"wantErr": True, "size1": 1, "size2": 2, "root1": "%%", "root2": HASH}, {"wantErr": True, "start": 0, "end": 1},
             {"wantErr": True, "leafIdx": 0, "start": 0, "root": HASH, "leafHash": HASH}]
)  # fmt: skip
def test_what_is_no_vector_is_said(data: object) -> None:
    with pytest.raises(vectors.NotAVector):
        vectors.check(data)


def test_vector_says_what_differs() -> None:
    leaf = {"leafIdx": 0, "treeSize": 1, "root": HASH, "leafHash": HASH, "proof": None}

    assert vectors.check(leaf | {"wantErr": False}) == ""
    assert vectors.check(leaf | {"wantErr": True}) == "verifies although it must not"
    assert vectors.check(leaf | {"wantErr": False, "treeSize": 2}) == "the proof is too short"


def test_vectors_of_subtrees() -> None:
    part = {"start": 4, "end": 5, "root": HASH, "leafHash": HASH, "proof": None, "wantErr": False}

    assert vectors.check(part | {"leafIdx": 4}) == ""
    assert vectors.check(part | {"leafIdx": 3}) == "leaf 3 is not in [4, 5)"
    whole = {"start": 0, "end": 5, "size": 5, "root1": HASH, "root2": HASH, "proof": None, "wantErr": False}
    assert vectors.check(whole) == ""
    assert vectors.check(whole | {"wantErr": True}) == "verifies although it must not"
    assert vectors.check(whole | {"size": 4}) == "[0, 5) is not in a tree of 4"


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\tb", "a\nb"])
def test_what_may_be_no_name_of_a_key(name: str) -> None:
    assert not note.is_key_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0",
        "c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx",
        f"c2sp.org/tlog-proof@v1\nindex 0\n{(HASH + chr(10)) * 64}\nx",
    ],
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(checkpoint.NotACheckpoint):
        tlog_proof.read(text)


def test_base64_has_one_text_for_each_value() -> None:
    assert checkpoint.read_base64("AA==") == b"\0"
    with pytest.raises(checkpoint.NotACheckpoint):
        checkpoint.read_base64("AB==")


@pytest.mark.parametrize("stamp", [0, -1, 2**63])
def test_cosignature_names_a_moment(stamp: int) -> None:
    with pytest.raises(ValueError, match="time after 1970"):
        cosignature.joined(stamp, bytes(64))


def test_cosignature_reads_what_it_writes() -> None:
    assert cosignature.parted(cosignature.joined(1_700_000_000, b"s" * 64)) == (1_700_000_000, b"s" * 64)
    assert cosignature.parted(bytes(72)) is None
    assert cosignature.parted(b"x") is None
