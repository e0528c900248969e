"""HR's file comes back: each line matched with what was handed out, judged, never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.pure import answers
from rewards.pure.answers import Columns, Given, Line, judge, plain
from rewards.pure.columns import DEFAULT

HEADERS = [column["header"] for column in DEFAULT]
ASKED = {"工号": "001301", "姓名": "赵磊", "天数": "0.5", "有效期至": "2027-05-20", "操作": "发放", "单号": "r-1"}
COLUMNS = Columns("人事单号", "处理结果", "原因", tuple(ASKED), ("操作", "单号"))


def one(status: str = "open", number: str = "", **said: str) -> answers.Verdict:
    return judge(COLUMNS, [Given(7, ASKED, status, number)], [Line(2, ASKED | said)])[0]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"人事单号": "HR-1"}, ("booked", "HR-1", "")),
        ({"人事单号": "HR-1", "处理结果": "已登记"}, ("booked", "HR-1", "")),
        ({"人事单号": "HR-1", "处理结果": "OK", "原因": "已与本人确认"}, ("booked", "HR-1", "已与本人确认")),
        ({"处理结果": "拒绝", "原因": "余额不足"}, ("refused", "", "余额不足")),
        ({"处理结果": "Refused", "原因": "no such person"}, ("refused", "", "no such person")),
        ({}, ("open", "", "")),
    ],
)
def test_a_right_line(said: dict[str, str], expected: tuple[str, str, str]) -> None:
    verdict = one(**said)

    assert (verdict.outcome, verdict.number, verdict.reason) == expected
    assert (verdict.key, verdict.faults) == (7, ())


@pytest.mark.parametrize(
    ("said", "header", "code"),
    [
        ({"处理结果": "已登记"}, "人事单号", "no-number"),
        ({"原因": "余额不足"}, "处理结果", "no-state"),
        ({"处理结果": "拒绝"}, "原因", "no-reason"),
        ({"处理结果": "再议", "人事单号": "HR-1"}, "处理结果", "strange-state"),
        ({"处理结果": "拒绝", "人事单号": "HR-1", "原因": "x"}, "人事单号", "number-of-refused"),
        ({"人事单号": "=A1"}, "人事单号", "formula"),
        ({"人事单号": "＝A1"}, "人事单号", "formula"),
        ({"处理结果": "拒绝", "原因": "@SUM(A1)"}, "原因", "formula"),
        ({"人事单号": "9" * 61}, "人事单号", "too-long"),
        ({"处理结果": "拒绝", "原因": "x" * 201}, "原因", "too-long"),
        ({"人事单号": "HR\x00 1"}, "人事单号", "not-printed"),
        ({"人事单号": "HR-1", "天数": "1"}, "天数", "changed"),
        ({"人事单号": "HR-1", "工号": "1302"}, "工号", "changed"),
    ],
)
def test_a_wrong_line_names_its_field(said: dict[str, str], header: str, code: str) -> None:
    verdict = one(**said)

    assert (verdict.outcome, verdict.key) == ("wrong", 7)
    assert [(fault.line, fault.header, fault.code) for fault in verdict.faults] == [(2, header, code)]


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        ("done", {"人事单号": "HR-1"}, ("same", [])),
        ("done", {}, ("open", [])),
        ("done", {"人事单号": "HR-2"}, ("wrong", ["already-done"])),
        ("done", {"处理结果": "拒绝", "原因": "x"}, ("wrong", ["already-done"])),
        ("refused", {"处理结果": "拒绝", "原因": "换了说法"}, ("same", [])),
        ("refused", {"人事单号": "HR-1"}, ("wrong", ["already-refused"])),
        ("moved", {"人事单号": "HR-1"}, ("wrong", ["moved"])),
        ("returned", {"人事单号": "HR-1"}, ("wrong", ["already-returned"])),
    ],
)
def test_what_is_settled_stays(status: str, said: dict[str, str], expected: tuple[str, list[str]]) -> None:
    verdict = one(status, "HR-1", **said)

    assert (verdict.outcome, [fault.code for fault in verdict.faults]) == expected


def test_a_line_of_nobody_and_a_line_that_stands_twice() -> None:
    lines = [Line(2, ASKED), Line(3, ASKED), Line(4, ASKED | {"单号": "r-9"}), Line(5, ASKED | {"操作": "撤销"})]

    found = judge(COLUMNS, [Given(7, ASKED)], lines)

    assert [(row.line, row.outcome, [fault.code for fault in row.faults]) for row in found] == [
        (2, "open", []), (3, "wrong", ["twice"]), (4, "wrong", ["unknown"]), (5, "wrong", ["unknown"]),
    ]  # fmt: skip


def test_without_a_number_of_ours_all_columns_tell_lines_apart() -> None:
    columns = Columns("人事单号", "处理结果", "原因", ("工号", "天数"))
    rows = [{"工号": "1", "天数": "0.5"}, {"工号": "1", "天数": "0.5"}, {"工号": "2", "天数": "1"}]

    lines = [Line(2, rows[2]), Line(3, rows[0]), Line(4, rows[1]), Line(5, rows[0])]
    found = judge(columns, [Given(key, cells) for key, cells in enumerate(rows, 1)], lines)

    assert [(row.key, [fault.code for fault in row.faults]) for row in found] == [
        (3, []), (1, []), (2, []), (None, ["twice"]),
    ]  # fmt: skip


def test_columns_are_found_by_the_layout_and_by_usual_titles() -> None:
    mine, faults = answers.columns_of(HEADERS, DEFAULT)
    old = [column for column in DEFAULT if column.get("source") not in answers.SOURCES]
    added, more = answers.columns_of([column["header"] for column in old] + ["HR number", "状态", "备注"], old)

    assert (faults, more) == ((), ())
    assert mine is not None
    assert added is not None
    assert (mine.number, mine.state, mine.reason, mine.known) == ("人事单号", "处理结果", "原因", ("操作", "单号"))
    assert (added.number, added.state, added.reason) == ("HR number", "状态", "备注")


def test_missing_columns_are_named() -> None:
    found, faults = answers.columns_of(["工号", "姓名"], DEFAULT)

    assert found is None
    assert [fault.header for fault in faults] == ["操作", "单号", "hr_number", "hr_state"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("001301", "1301"), ("0.50", "0.5"), ("2027-05-20", "2027/5/20"), ("20270520", "2027年5月20日"),
     ("2027-05-20 00:00:00", "2027.05.20"), ("'=x", "=x")],
)  # fmt: skip
def test_what_excel_makes_of_a_cell_is_the_same_cell(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(("one", "other"), [("1301", "13010"), ("0.5", "5"), ("2027-05-20", "2027-05-21"), ("100238", "1002-3-8")])  # fmt: skip
def test_other_cells_stay_others(one: str, other: str) -> None:
    assert plain(one) != plain(other)


@given(st.integers(0, 10**9), st.integers(0, 6))
def test_zeros_before_a_number_never_count(number: int, zeros: int) -> None:
    assert plain("0" * zeros + str(number)) == plain(str(number))


@given(st.lists(st.sampled_from(["HR-1", "", "=1"]), max_size=6), st.lists(st.sampled_from(["拒绝", "已登记", "", "?"]), max_size=6))  # fmt: skip
def test_every_line_has_one_verdict_and_each_row_at_most_one(numbers: list[str], states: list[str]) -> None:
    rows = [ASKED | {"单号": f"r-{place}"} for place in range(4)]
    lines = [
        Line(place, rows[place % 4] | {"人事单号": number, "处理结果": state})
        for place, (number, state) in enumerate(zip(numbers, states, strict=False))
    ]

    found = judge(COLUMNS, [Given(key, cells) for key, cells in enumerate(rows)], lines)
    keys = [row.key for row in found if row.key is not None]

    assert [row.line for row in found] == [line.line for line in lines]
    assert len(keys) == len(set(keys))
    assert all((row.outcome == "wrong") == bool(row.faults) for row in found)
