"""What HR's file says when it comes back: each line is matched with what was handed out and judged. Plain data.

HR keeps the columns of the file it was given and fills in a number of its own, a state and, where it refuses, a reason.
Nothing is guessed: a line that is nobody's, a given cell that was changed, a state that means nothing are faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

NUMBER, STATE, REASON = "hr_number", "hr_state", "hr_reason"
SOURCES = (NUMBER, STATE, REASON)
TITLES = {
    NUMBER: ("人事单号", "hr单号", "系统单号", "人事系统单号", "hr number", "number in hr's system"),
    STATE: ("处理结果", "处理状态", "办理结果", "办理状态", "状态", "result", "state"),
    REASON: ("原因", "拒绝原因", "退回原因", "说明", "备注", "reason", "why not"),
}
BOOKED = ("已登记", "已录入", "已办理", "已确认", "已入账", "已受理", "登记", "成功", "完成", "同意", "是",
          "booked", "acknowledged", "entered", "done", "ok", "yes")  # fmt: skip
REFUSED = ("拒绝", "已拒绝", "驳回", "已驳回", "退回", "已退回", "不予办理", "未通过", "失败", "否",
           "refused", "rejected", "failed", "no")  # fmt: skip
MOST_NUMBER, MOST_REASON = 60, 200
FORMULA_STARTS = ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0?0:00(?::00)?)?|(20\d\d)(\d\d)(\d\d)")
NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f]")
Code = Literal[
    "unknown", "twice", "changed", "moved", "no-number", "no-state", "no-reason", "strange-state", "number-of-refused",
    "already-done", "already-refused", "already-returned", "formula", "too-long", "not-printed", "no-column",
]  # fmt: skip
Outcome = Literal["booked", "refused", "same", "open", "wrong"]


class Line(NamedTuple):
    """A line of the file that came back: its number from 1 and header → text, trimmed."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Given:
    """A line we handed out: header → text as it was written, and where its row stands now.

    `status`: open, done, refused, returned (dropped before anybody booked it) or moved (asked again, in a later file).
    `number` is HR's when it is done.
    """

    key: int
    cells: Mapping[str, str]
    status: str = "open"
    number: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong: the line, the header of its cell ('' for the whole line), a code, the text that stands there and, for
    a changed cell, what was handed out."""

    line: int
    header: str
    code: Code
    value: str = ""
    given: str = ""


@dataclass(frozen=True)
class Verdict:
    """What one line comes to. `key` is the row's, None for a line that is nobody's; wrong lines have faults."""

    line: int
    outcome: Outcome
    key: int | None = None
    number: str = ""
    reason: str = ""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Columns:
    """Which header holds what. `known` are those that tell a line apart (a redemption's id and the act); none: all do."""

    number: str
    state: str
    reason: str
    given: tuple[str, ...]
    known: tuple[str, ...] = ()


@dataclass
class _Pool:
    """The lines handed out that nobody has answered yet, by what tells them apart."""

    columns: Columns
    left: dict[tuple[str, ...], list[Given]] = field(default_factory=dict)

    def name_of(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(plain(cells.get(header, "")) for header in self.columns.known or self.columns.given)


def columns_of(headers: Sequence[str], layout: Sequence[Mapping[str, str]]) -> tuple[Columns | None, tuple[Fault, ...]]:
    """Return which header of a returned file holds what, or the faults that make it unreadable.

    Args:
        headers: first line of the file that came back.
        layout: columns of the file that was handed out, each {"header", "source" or "constant"}.
    """
    source_of = {row["header"]: row.get("source", "") for row in layout}
    own = {source_of[header]: header for header in headers if source_of.get(header) in SOURCES}
    for source, titles in TITLES.items():
        found = (header for header in headers if header not in source_of and header.strip().lower() in titles)
        own.setdefault(source, next(found, ""))
    given = tuple(row["header"] for row in layout if row.get("source", "") not in SOURCES)
    known = tuple(header for header in given if source_of[header] in {"redemption", "verb"})
    is_told_apart = any(source_of[header] == "redemption" for header in known)
    needed = known if is_told_apart else given
    faults = [Fault(1, header, "no-column") for header in needed if header not in headers]
    faults += [Fault(1, source, "no-column") for source in (NUMBER, STATE) if not own[source]]
    if faults:
        return None, tuple(faults)
    present = tuple(header for header in given if header in headers)
    return Columns(own[NUMBER], own[STATE], own[REASON], present, known if is_told_apart else ()), ()


def judge(columns: Columns, given: Iterable[Given], lines: Iterable[Line]) -> tuple[Verdict, ...]:
    """Return what each line comes to, in the order of the file; lines that were left out say nothing and stay open."""
    pool = _Pool(columns)
    for row in given:
        pool.left.setdefault(pool.name_of(row.cells), []).append(row)
    names = set(pool.left)
    return tuple(_verdict(pool, line, names) for line in lines)


def _verdict(pool: _Pool, line: Line, names: set[tuple[str, ...]]) -> Verdict:
    name = pool.name_of(line.cells)
    rows = pool.left.get(name, [])
    if not rows:
        code: Code = "twice" if name in names else "unknown"
        header = (pool.columns.known or pool.columns.given)[-1]
        fault = Fault(line.line, header, code, line.cells.get(header, "")[:80])
        return Verdict(line.line, "wrong", faults=(fault,))
    row = rows.pop(0)
    number, state, reason = (
        line.cells.get(header, "") if header else ""
        for header in (pool.columns.number, pool.columns.state, pool.columns.reason)
    )
    faults = [*_changed(pool.columns, row, line), *_unfit(pool.columns, line)]
    outcome, found = _read(pool.columns, line.line, number, state, reason)
    faults += found
    if not faults:
        outcome, faults = _against(pool.columns, row, line.line, outcome, number)
    if faults:
        return Verdict(line.line, "wrong", row.key, number[:MOST_NUMBER], reason[:MOST_REASON], tuple(faults))
    return Verdict(line.line, outcome, row.key, number, reason)


def _changed(columns: Columns, row: Given, line: Line) -> list[Fault]:
    """Return a fault for each cell that was handed out and says something else now."""
    return [
        Fault(line.line, header, "changed", line.cells.get(header, "")[:80], row.cells.get(header, "")[:80])
        for header in columns.given
        if plain(line.cells.get(header, "")) != plain(row.cells.get(header, ""))
    ]


def _unfit(columns: Columns, line: Line) -> list[Fault]:
    """Return a fault for each answer that is a formula in disguise, too long or not to be printed."""
    faults = []
    for header, most in ((columns.number, MOST_NUMBER), (columns.reason, MOST_REASON), (columns.state, MOST_REASON)):
        text = line.cells.get(header, "") if header else ""
        if text.startswith(FORMULA_STARTS):
            faults.append(Fault(line.line, header, "formula", text[:80]))
        elif NOT_PRINTED.search(text):
            faults.append(Fault(line.line, header, "not-printed", NOT_PRINTED.sub("·", text)[:80]))
        elif len(text) > most:
            faults.append(Fault(line.line, header, "too-long", text[:80]))
    return faults


def _read(columns: Columns, line: int, number: str, state: str, reason: str) -> tuple[Outcome, list[Fault]]:
    """Return what number, state and reason say together, and what of them contradicts itself."""
    word = state.strip().lower()
    if word and word not in BOOKED and word not in REFUSED:
        return "wrong", [Fault(line, columns.state, "strange-state", state[:80])]
    if word in REFUSED:
        if number:
            return "wrong", [Fault(line, columns.number, "number-of-refused", number[:80])]
        return "refused", [] if reason else [Fault(line, columns.reason or REASON, "no-reason")]
    if number:
        return "booked", []
    if word:
        return "wrong", [Fault(line, columns.number, "no-number")]
    return ("wrong", [Fault(line, columns.state, "no-state")]) if reason else ("open", [])


def _against(columns: Columns, row: Given, line: int, outcome: Outcome, number: str) -> tuple[Outcome, list[Fault]]:
    """Return the outcome beside where the row stands: the same again is nothing, something else is contradictory."""
    if outcome == "open" or row.status == "open":
        return outcome, []
    if row.status == "done":
        is_same = outcome == "booked" and number == row.number
        return ("same", []) if is_same else ("wrong", [Fault(line, columns.number, "already-done", number, row.number)])
    if row.status == "refused":
        return ("same", []) if outcome == "refused" else ("wrong", [Fault(line, columns.state, "already-refused")])
    code: Code = "moved" if row.status == "moved" else "already-returned"
    return "wrong", [Fault(line, "", code)]


def plain(text: str) -> str:
    """Return a cell as it is compared: Excel may drop zeros before a number and write a day its own way."""
    found = text.strip().removeprefix("'")
    if re.fullmatch(r"\d{1,30}(\.\d{1,6})?", found):
        whole, _dot, rest = found.partition(".")
        rest = rest.rstrip("0")
        found = f"{int(whole)}.{rest}" if rest else str(int(whole))
    if match := DAY.fullmatch(found):
        year, month, day = (int(part) for part in match.groups() if part)
        with suppress(ValueError):  # a number may only look like a day
            return date(year, month, day).isoformat()
    return found
