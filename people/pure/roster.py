"""A roster file 花名册: its rows become a plan (who is new, changed, the same, gone) or faults, cell by cell.

Columns are recognised by their Chinese or English names. Nothing here reads a file or a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("工号", "职工编号", "员工编号", "number", "employee number"),
    "name": ("姓名", "name"),
    "unit": ("单位", "部门", "单位编码", "unit"),
    "trade": ("工种", "岗位工种", "trade"),
    "skill_level": ("技能等级", "等级", "skill level", "level"),
    "phone": ("手机", "手机号", "联系电话", "phone", "mobile"),
    "email": ("邮箱", "电子邮箱", "email", "e-mail"),
    "joined_on": ("入职日期", "参加工作日期", "joined on", "joined"),
}
REQUIRED = ("number", "name", "unit")
LEVELS: dict[str, int] = {
    "": 0, "无": 0, "无等级": 0, "none": 0,
    "初级工": 1, "五级": 1, "五级工": 1, "junior": 1,
    "中级工": 2, "四级": 2, "四级工": 2, "intermediate": 2,
    "高级工": 3, "三级": 3, "三级工": 3, "senior": 3,
    "技师": 4, "二级": 4, "technician": 4,
    "高级技师": 5, "一级": 5, "senior technician": 5,
}  # fmt: skip
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}\Z")
PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}\Z")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s]{2,}\Z")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z")


@dataclass(frozen=True)
class Cell:
    """One cell: its address in the file ("C7") and its text, trimmed."""

    address: str
    text: str


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell. `code` names the fault for translation, `value` is what stood there."""

    line: int
    address: str
    column: str
    code: str
    value: str = ""


@dataclass(frozen=True)
class Person:
    """One valid row. `unit` and `trade` are codes; `joined_on` is None when the column is absent or empty."""

    number: str
    name: str
    unit: str
    trade: str = ""
    skill_level: int = 0
    phone: str = ""
    email: str = ""
    joined_on: date | None = None


@dataclass(frozen=True)
class Directory:
    """What the company knows: names and codes of units and trades, lower-cased, → code."""

    units: Mapping[str, str]
    trades: Mapping[str, str]


@dataclass
class Plan:
    """What an import would do. `changed` maps number → {field: (before, after)}; `gone` lists numbers not in the file."""

    new: list[Person] = field(default_factory=list)
    changed: dict[str, dict[str, tuple[object, object]]] = field(default_factory=dict)
    same: int = 0
    gone: list[str] = field(default_factory=list)


def recognise(headers: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Return field → column index for the known headers, and the required fields that no header names."""
    names = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
    found: dict[str, int] = {}
    for index, header in enumerate(headers):
        name = names.get(header.strip().lower())
        if name is not None:
            found.setdefault(name, index)
    return found, [name for name in REQUIRED if name not in found]


def read(rows: Sequence[tuple[int, Mapping[str, Cell]]], directory: Directory) -> tuple[list[Person], list[Fault]]:
    """Return the valid persons and every fault of every row, in file order.

    Args:
        rows: (line number, field → cell) for each row that is not empty.
        directory: the units and trades a cell may name.
    """
    persons: list[Person] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for line, cells in rows:
        person, wrong = _read_row(line, cells, directory)
        number = cells["number"].text if "number" in cells else ""
        if number and number in seen:
            wrong.append(Fault(line, cells["number"].address, "number", "duplicate", f"{number} · {seen[number]}"))
        seen.setdefault(number, line)
        faults += wrong
        if person is not None and not wrong:
            persons.append(person)
    return persons, faults


def _read_row(line: int, cells: Mapping[str, Cell], directory: Directory) -> tuple[Person | None, list[Fault]]:
    """Check one row; return the person when nothing is wrong."""
    text = {name: cells[name].text if name in cells else "" for name in COLUMNS}
    unit = directory.units.get(text["unit"].lower())
    trade = directory.trades.get(text["trade"].lower())
    level = LEVELS.get(text["skill_level"].lower())
    joined_on = _day(text["joined_on"])
    checks = (
        ("number", "not-a-number", NUMBER.match(text["number"])),
        ("name", "not-a-name", len(text["name"]) <= 60 and text["name"].isprintable()),
        ("unit", "unknown-unit", unit),
        ("trade", "unknown-trade", trade),
        ("skill_level", "unknown-level", level is not None),
        ("phone", "not-a-phone", PHONE.match(text["phone"])),
        ("email", "not-an-email", EMAIL.match(text["email"])),
        ("joined_on", "not-a-day", joined_on),
    )
    wrong = [(name, "missing") for name in REQUIRED if not text[name]]
    wrong += [(name, code) for name, code, is_right in checks if text[name] and not is_right]
    if wrong or unit is None:
        address = {name: cells[name].address if name in cells else "" for name, _ in wrong}
        return None, [Fault(line, address[name], name, code, text[name][:80]) for name, code in wrong]
    return (
        Person(text["number"], text["name"], unit, trade or "", level or 0, text["phone"], text["email"], joined_on),
        [],
    )


def _day(text: str) -> date | None:
    """Return the day a cell names, or None when it names none."""
    found = DAY.match(re.split("[ T]", text, maxsplit=1)[0])
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def plan(
    persons: Sequence[Person], present: Mapping[str, Person], *, fields: frozenset[str], active: frozenset[str]
) -> Plan:
    """Compare a valid file with who is employed now.

    Args:
        persons: the file's rows, each number once.
        present: number → what is stored, also of those who left.
        fields: the columns the file has; others are never changed.
        active: numbers of those employed now; who is among them and not in the file is reported as gone.
    """
    result = Plan()
    listed = {person.number for person in persons}
    for person in persons:
        before = present.get(person.number)
        if before is None:
            result.new.append(person)
            continue
        pairs = {name: (getattr(before, name), getattr(person, name)) for name in sorted(fields - {"number"})}
        changes: dict[str, tuple[object, object]] = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        if person.number not in active:
            changes["is_active"] = (False, True)
        if changes:
            result.changed[person.number] = changes
        else:
            result.same += 1
    result.gone = sorted(active - listed)
    return result
