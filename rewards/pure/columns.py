"""The columns of a file for HR's system: read a layout, say what is wrong with it, write a line. Plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rewards.pure import answers

SOURCES = (
    "number", "name", "unit", "unit_code", "leave", "days", "half_days", "wanted_on", "half", "last_on", "granted_on",
    "points", "verb", "redemption", *answers.SOURCES,
)  # fmt: skip
"""What a column may show; those of `answers` are empty in the file and are filled in by HR before it comes back."""
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
NEEDED = ("number", "verb")
NEEDED_TOGETHER = ("days", "half_days")
MOST_COLUMNS = 40
DEFAULT: tuple[dict[str, str], ...] = (
    {"header": "工号", "source": "number"},
    {"header": "姓名", "source": "name"},
    {"header": "部门", "source": "unit"},
    {"header": "假期类型", "constant": "积分带薪休假"},
    {"header": "操作", "source": "verb"},
    {"header": "天数", "source": "days"},
    {"header": "有效期至", "source": "last_on"},
    {"header": "意向日期", "source": "wanted_on"},
    {"header": "单号", "source": "redemption"},
    {"header": "人事单号", "source": "hr_number"},
    {"header": "处理结果", "source": "hr_state"},
    {"header": "原因", "source": "hr_reason"},
)


@dataclass(frozen=True)
class Column:
    """One column: its header and either what it shows or what always stands in it."""

    header: str
    source: str = ""
    constant: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a layout. Codes: no-header, twice, unknown-source, both, missing, date-format, too-many."""

    code: str
    about: str = ""


def read(columns: Sequence[Mapping[str, Any]], *, date_format: str) -> tuple[tuple[Column, ...], tuple[Fault, ...]]:
    """Return the columns and every fault; a file is written only from a layout without faults."""
    found = tuple(
        Column(*(str(row.get(name, "")).strip()[:120] for name in ("header", "source", "constant"))) for row in columns
    )
    faults = [Fault("no-header", str(place)) for place, column in enumerate(found, 1) if not column.header]
    headers = [column.header for column in found if column.header]
    faults += [Fault("twice", header) for header in sorted({h for h in headers if headers.count(h) > 1})]
    faults += [Fault("unknown-source", c.source) for c in found if c.source and c.source not in SOURCES]
    faults += [Fault("both", column.header) for column in found if column.source and column.constant]
    sources = {column.source for column in found}
    faults += [Fault("missing", source) for source in NEEDED if source not in sources]
    if not sources & set(NEEDED_TOGETHER):
        faults.append(Fault("missing", "days"))
    if date_format not in DATE_FORMATS:
        faults.append(Fault("date-format", date_format))
    if len(found) > MOST_COLUMNS:
        faults.append(Fault("too-many", str(len(found))))
    return found, tuple(faults)


def line(columns: Sequence[Column], facts: Mapping[str, Any], *, date_format: str) -> list[Any]:
    """Return one line in the order of the columns; days as the layout writes them, numbers as numbers, nothing as ''."""
    return [_shown(facts.get(column.source), date_format) if column.source else column.constant for column in columns]


def _shown(value: Any, date_format: str) -> Any:
    if value is None:
        return ""
    return value.strftime(date_format) if isinstance(value, date) else value
