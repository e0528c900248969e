"""Judge one marking operation of a judge's tablet: ok · conflict · locked · invalid.

Total: every operation gets an answer, whatever a tablet sends; nothing here raises. The order of questions is
part of the answer: what can never be a mark is `invalid` before anybody compares versions, so a conflict always
offers two values a judge may really choose between.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from contests.pure import decimals
from contests.pure.scheme import Aspect

Result = Literal["ok", "conflict", "locked", "invalid"]


@dataclass(frozen=True, slots=True)
class Op:
    """One operation as the tablet sent it. `value` is a decimal as text, or None to clear the mark.

    `at` is the tablet's own clock, as text: kept for the history, never trusted for a decision.
    """

    op_id: str
    entry: str
    aspect: str
    value: str | None
    base_version: int
    device: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What the server holds for one entry, aspect and judge; version 0 is no mark yet.

    `is_locked`: the sheet is signed off or marking is closed. `is_unveiled`: the marks of all three judges have been shown,
    nobody changes theirs alone. `closed` is the code of why this judge gives no mark here: `recused` · `marked_before`.
    """

    version: int = 0
    value: Decimal | None = None
    is_locked: bool = False
    is_unveiled: bool = False
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a value cannot be a mark: a code for the program, parameters for the sentence.

    Codes: unknown_aspect, unknown_entry, not_a_number, out_of_range (minimum, maximum), off_grid (minimum, step),
    bad_base_version, recused, marked_before (by the judge this one replaced), unveiled.
    """

    code: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one operation: `value` and `version` are what the server holds from now on."""

    result: Result
    value: Decimal | None = None
    version: int = 0
    is_changed: bool = False
    refusal: Refusal | None = None


def refusal_of(aspect: Aspect, value: Decimal) -> Refusal | None:
    """Say why value cannot be a mark of this aspect, or None when it can.

    Must lie within the aspect's minimum and maximum and a whole number of steps above the minimum; worldskills
    marks are whole, 0–3. Where zero is missing, a zero is no mark at all and so never off the grid.
    """
    if aspect.zero_is_missing and not value:
        return None
    return refusal_on_grid(value, aspect.mark_minimum, aspect.mark_maximum, aspect.mark_step)


def refusal_on_grid(
    value: Decimal, minimum: Decimal | None, maximum: Decimal | None, step: Decimal | None
) -> Refusal | None:
    """Compare value with as much of a grid as is known (None: not known, not asked)."""
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        return Refusal("out_of_range", {"minimum": _text(minimum), "maximum": _text(maximum)})
    if minimum is None or not step:
        return None
    if decimals.EXACT.remainder(decimals.EXACT.subtract(value, minimum), step):
        return Refusal("off_grid", {"minimum": _text(minimum), "step": _text(step)})
    return None


def judge(op: Op, aspect: Aspect | None, cell: Cell | None) -> Outcome:
    """Answer one operation against what the server holds.

    aspect is None when the scheme has no such aspect, cell is None when this judge marks no such entry. In this
    order: unknown aspect or entry → invalid; locked sheet → locked; a cell that is not this judge's → invalid; a value that
    can never be a mark → invalid; the value already held → ok, nothing changes (a retry after a lost answer); marks shown
    to all → locked; another base version → conflict; else ok with the next version. Source: the face's "Judge pad".
    """
    if aspect is None or cell is None:
        return _invalid(cell, Refusal("unknown_aspect" if aspect is None else "unknown_entry"))
    if cell.is_locked:
        return Outcome("locked", cell.value, cell.version)
    value, refusal = (None, Refusal(cell.closed)) if cell.closed else _value_of(op, aspect)
    if refusal is not None:
        return _invalid(cell, refusal)
    if value == cell.value:
        return Outcome("ok", cell.value, cell.version)
    if cell.is_unveiled or op.base_version != cell.version:
        return _kept(cell)
    return Outcome("ok", value, cell.version + 1, is_changed=True)


def _kept(cell: Cell) -> Outcome:
    """Nothing changes: the marks were shown to all, or another device was first."""
    if cell.is_unveiled:
        return Outcome("locked", cell.value, cell.version, refusal=Refusal("unveiled"))
    return Outcome("conflict", cell.value, cell.version)


def _value_of(op: Op, aspect: Aspect) -> tuple[Decimal | None, Refusal | None]:
    if type(op.base_version) is not int or op.base_version < 0:
        return None, Refusal("bad_base_version")
    if op.value is None:
        return None, None
    value = decimals.parse(op.value) if isinstance(op.value, str) else None
    if value is None:
        return None, Refusal("not_a_number")
    return value, refusal_of(aspect, value)


def _invalid(cell: Cell | None, refusal: Refusal) -> Outcome:
    if cell is None:
        return Outcome("invalid", refusal=refusal)
    return Outcome("invalid", cell.value, cell.version, refusal=refusal)


def _text(value: Decimal | None) -> str:
    return "" if value is None else decimals.text(value)
