"""frontend/kit/jsonfiles.py: a file is read whole or the sentence says where it is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontend.kit.jsonfiles import Unreadable, read


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "steps.json"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_value_is_read_with_and_without_a_byte_order_mark(place: Path, mark: str) -> None:
    place.write_text(mark + '{"today": "2026-11-20", "steps": [{"close": "钱包"}]}', encoding="utf-8")

    assert read(place) == {"today": "2026-11-20", "steps": [{"close": "钱包"}]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1, column 1: Expecting value"),
        (b'{"today":\n  "2026-11-20",\n  steps: []}', "line 3, column 3: Expecting property name"),
        (b'{"today": "\xff"}', "byte 12 is no UTF-8 text"),
        (b"[" * 100_000, "nested too deeply"),
        (b"9" * 5_000, "integer string conversion"),
        (b'[{"block": {"B": [1], "C": [2], "B": [3]}}]', "'B' stands twice in one object"),
    ],
)
def test_broken_file_is_named_with_the_place(place: Path, content: bytes, said: str) -> None:
    place.write_bytes(content)

    with pytest.raises(Unreadable) as refused:
        read(place)

    assert str(refused.value).startswith(f"{place}: ")
    assert said in str(refused.value)


def test_file_that_is_not_there_is_named(place: Path) -> None:
    with pytest.raises(Unreadable) as missing:
        read(place)
    with pytest.raises(Unreadable) as folder:
        read(place.parent)

    assert str(missing.value) == f"{place}: No such file or directory"
    assert str(folder.value) == f"{place.parent}: Is a directory"
