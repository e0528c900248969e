"""contests/pure/certificate.py: every fault is named, every placeholder filled, every line within its place."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure import certificate
from contests.pure.certificate import BadLayout, default_layout, place, read_layout, to_json
from contests.pure.lettering import LINE_HEIGHT, MM_OF_POINT

FACTS = {
    "name": "赵磊", "unit": "甲班", "contest": "焊工", "award": "一等奖", "rank": "1", "total": "95.50",
    "day": "2026年11月21日", "number": "2026-0012-0001",
}  # fmt: skip
TEXT = {"text": "{name}", "x": 100, "y": 50, "size": 20, "align": "center", "colour": "#A50F16", "width": 80}


def ems(text: str, *, is_strong: bool = False) -> float:
    return float(sum(1 if ord(c) > 0x2E80 else 0.5 for c in text))


def layout(**changes: Any) -> dict[str, Any]:
    return {"page": "A4-landscape", "texts": [TEXT], "qr": None, "awards": [], "others": "参赛"} | changes


def faults(data: object) -> list[tuple[str, int | None, str, str]]:
    with pytest.raises(BadLayout) as caught:
        read_layout(data)
    return [(fault.part, fault.index, fault.field, fault.code) for fault in caught.value.faults]


def test_the_default_layout_has_no_fault_and_comes_back_as_it_went() -> None:
    read = read_layout(default_layout())

    assert read_layout(to_json(read)) == read
    assert read.size == (297.0, 210.0)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"page": "A3"}, ("page", None, "page", "unknown_page")),
        ({"texts": []}, ("texts", None, "", "empty")),
        ({"texts": "x"}, ("texts", None, "", "not_a_row")),
        ({"texts": ["x"]}, ("texts", 0, "", "not_a_row")),
        ({"texts": [TEXT] * 41}, ("texts", None, "", "too_many")),
        ({"texts": [TEXT | {"text": 7}]}, ("texts", 0, "text", "not_a_text")),
        ({"texts": [TEXT | {"text": "  "}]}, ("texts", 0, "text", "empty")),
        ({"texts": [TEXT | {"text": "字" * 301}]}, ("texts", 0, "text", "too_long")),
        ({"texts": [TEXT | {"text": "{nickname}"}]}, ("texts", 0, "text", "unknown_placeholder")),
        ({"texts": [TEXT | {"text": "{name"}]}, ("texts", 0, "text", "lone_brace")),
        ({"texts": [TEXT | {"x": "1"}]}, ("texts", 0, "x", "not_a_number")),
        ({"texts": [TEXT | {"x": float("nan")}]}, ("texts", 0, "x", "not_a_number")),
        ({"texts": [TEXT | {"x": True}]}, ("texts", 0, "x", "not_a_number")),
        ({"texts": [TEXT | {"size": 500}]}, ("texts", 0, "size", "out_of_range")),
        ({"texts": [TEXT | {"lines": 9}]}, ("texts", 0, "lines", "out_of_range")),
        ({"texts": [TEXT | {"align": "justify"}]}, ("texts", 0, "align", "unknown_align")),
        ({"texts": [TEXT | {"colour": "red"}]}, ("texts", 0, "colour", "not_a_colour")),
        ({"texts": [TEXT | {"x": 39}]}, ("texts", 0, "x", "outside_page")),
        ({"texts": [TEXT | {"x": 258}]}, ("texts", 0, "x", "outside_page")),
        ({"texts": [TEXT | {"y": 4}]}, ("texts", 0, "y", "outside_page")),
        ({"texts": [TEXT | {"y": 207}]}, ("texts", 0, "y", "outside_page")),
        ({"qr": {"x": 10, "y": 10, "size": 17}}, ("qr", None, "size", "qr_too_small")),
        ({"qr": {"x": 280, "y": 10, "size": 20}}, ("qr", None, "x", "outside_page")),
        ({"qr": [1]}, ("qr", None, "", "not_a_row")),
        ({"awards": [{"rank_from": 0, "rank_to": 1, "title": "x"}]}, ("awards", 0, "rank_from", "rank_not_positive")),
        ({"awards": [{"rank_from": 3, "rank_to": 1, "title": "x"}]}, ("awards", 0, "rank_to", "range_reversed")),
        ({"awards": [{"rank_from": 1, "rank_to": 1, "title": ""}]}, ("awards", 0, "title", "empty")),
        ({"awards": [{"rank_from": 1.5, "rank_to": 2, "title": "x"}]}, ("awards", 0, "rank_from", "not_a_number")),
        (
            {"awards": [{"rank_from": 1, "rank_to": 3, "title": "x"}, {"rank_from": 3, "rank_to": 5, "title": "y"}]},
            ("awards", 1, "rank_from", "overlaps"),
        ),
        ({"others": 5}, ("others", None, "others", "not_a_text")),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_place(changes: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert faults(layout(**changes)) == [expected]


def test_all_faults_come_at_once() -> None:
    broken = layout(texts=[TEXT | {"text": "{a} {b}", "size": 1}], qr={"x": 1, "y": 1, "size": 2})

    assert [fault[3] for fault in faults(broken)] == [
        "unknown_placeholder", "unknown_placeholder", "out_of_range", "qr_too_small"
    ]  # fmt: skip


def test_what_is_no_layout_at_all_is_refused() -> None:
    assert faults([1, 2]) == [("page", None, "", "not_a_layout")]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(["page", "texts", "qr", "awards", "others", "text", "x", "y", "size", "width"]), x
            )
        ),
    )
)
def test_nothing_but_bad_layout_is_ever_raised(data: object) -> None:
    read = None
    with suppress(BadLayout):
        read = read_layout(data)

    assert read is None or read_layout(to_json(read)) == read


def test_awards_follow_the_rank() -> None:
    read = read_layout(layout(awards=[{"rank_from": 1, "rank_to": 2, "title": "一等奖"}]))

    assert [read.award_of(rank) for rank in (None, 1, 2, 3)] == ["", "一等奖", "一等奖", "参赛"]


def test_facts_are_filled_once_and_braces_in_them_stay() -> None:
    assert certificate.fill("{name} 在 {contest}", FACTS | {"name": "{rank}"}) == "{rank} 在 焊工"


def test_the_number_counts_within_a_contest() -> None:
    assert certificate.number_of(2026, 12, 3) == "2026-0012-0003"
    assert len(certificate.number_of(2026, 10**12, 10**12)) <= 40


def test_a_change_is_one_of_name_rank_total_award() -> None:
    assert certificate.changed(FACTS, FACTS | {"unit": "乙班", "day": "x", "number": "y"}) == ()
    assert certificate.changed(FACTS, FACTS | {"rank": "2", "award": "二等奖"}) == ("rank", "award")


@given(
    name=st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=60),
    align=st.sampled_from(certificate.ALIGNS), lines=st.integers(1, 4), width=st.floats(20, 200),
    size=st.floats(6, 60),
)  # fmt: skip
def test_no_line_leaves_its_place(name: str, align: str, lines: int, width: float, size: float) -> None:
    text = TEXT | {"align": align, "lines": lines, "width": width, "size": size, "y": 105,
                   "x": {"left": 40, "center": 148, "right": 250}[align]}  # fmt: skip
    read = read_layout(layout(texts=[text]))

    placed = place(read, FACTS | {"name": name}, ems)

    left = read.texts[0].left
    for line in placed:
        assert line.size <= size
        assert line.x >= left - 1e-6
        assert line.x + ems(line.text) * line.size * MM_OF_POINT <= left + width + 1e-6
        assert abs(line.y - 105) <= size * MM_OF_POINT * LINE_HEIGHT * lines / 2
    assert "".join(line.text for line in placed).replace(" ", "") == name.replace(" ", "")


def test_an_empty_fact_prints_nothing() -> None:
    assert place(read_layout(layout(texts=[TEXT | {"text": "{unit}"}])), FACTS | {"unit": ""}, ems) == []


def test_a_preview_shows_the_longest_and_the_rarest_name() -> None:
    rows = [{"name": name} for name in ("赵磊", "欧阳买买提·阿卜杜热合曼江", "𠮷川", "王㛃")]

    assert [row["name"] for row in certificate.hardest(rows)] == ["欧阳买买提·阿卜杜热合曼江", "𠮷川"]
    assert certificate.hardest(rows[:1]) == [{"name": "赵磊"}]
    assert certificate.hardest([]) == []
