"""people/pure/unit_lines.py: what is pasted becomes units, or faults by line."""

from __future__ import annotations

from itertools import islice

import pytest

from people.pure.unit_lines import Fault, Line, fresh_codes, read_trades, read_units


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("炼钢厂", Line(("炼钢厂",))),
        ("炼钢厂/转炉车间/甲班", Line(("炼钢厂", "转炉车间", "甲班"))),
        (" 炼钢厂 ／ 转炉车间 ", Line(("炼钢厂", "转炉车间"))),
        ("炼钢厂/转炉车间,LG-01", Line(("炼钢厂", "转炉车间"), "LG-01")),
        ("炼钢厂/转炉车间，LG-01", Line(("炼钢厂", "转炉车间"), "LG-01")),
        ("炼钢厂/转炉车间\tLG-01", Line(("炼钢厂", "转炉车间"), "LG-01")),
        ("/炼钢厂/", Line(("炼钢厂",))),
    ],
)
def test_a_line_is_a_path_with_a_code_or_without(row: str, line: Line) -> None:
    assert read_units(row) == ([line], [])


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("炼钢厂//甲班", Fault(1, "empty-name", "炼钢厂//甲班")),
        ("厂" * 81, Fault(1, "name-too-long", "厂" * 81)),
        ("1/2/3/4/5/6", Fault(1, "too-deep", "1/2/3/4/5/6")),
        ("炼钢厂,编码", Fault(1, "not-a-code", "编码")),
    ],
)
def test_a_wrong_line_is_named_and_not_taken(row: str, fault: Fault) -> None:
    assert read_units(row) == ([], [fault])


def test_empty_lines_count_and_a_code_stands_once() -> None:
    lines, faults = read_units("A,x\n\nB,x\nC")

    assert lines == [Line(("A",), "x"), Line(("C",))]
    assert faults == [Fault(3, "duplicate-code", "x")]


def test_trades_stand_once_each() -> None:
    assert read_trades("焊工\n\n 钳工 \n焊工\n" + "长" * 61) == (
        ["焊工", "钳工"],
        [Fault(5, "name-too-long", "长" * 61)],
    )


def test_fresh_codes_leave_out_what_is_taken() -> None:
    assert list(islice(fresh_codes({"u1", "u3"}), 3)) == ["u2", "u4", "u5"]
