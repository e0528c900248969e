"""marks.csv: every mark on its aspect's grid, by somebody known, once, and by as many judges as the aspect takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from contests.pure import decimals, marks
from contests.pure.bundle.rows import check_once, check_reference, checked_texts
from contests.pure.bundle.tables import Row, Table
from contests.pure.bundle.toml_rules import Grid, Rules
from contests.pure.scheme import WORLDSKILLS_JUDGES, WORLDSKILLS_MAXIMUM_MARK, Judge, Mark


@dataclass(slots=True)
class _Sheet:
    """The marks one entry was given in one aspect; a value is None where it could not be read."""

    rows: list[Row] = field(default_factory=list)
    values: list[Decimal | None] = field(default_factory=list)


def read_marks(
    table: Table, rules: Rules, entries: set[str] | None, judges: set[str] | None, panel: tuple[Judge, ...]
) -> tuple[Mark, ...]:
    """Read marks.csv. A row without a value is checked like any other and then left out: it is no mark."""
    given: list[Mark] = []
    sheets: dict[tuple[str, str], _Sheet] = {}
    lines: dict[tuple[str, ...], int] = {}
    aspects = set(rules.grids) if rules.knows_all_aspects else None
    for row in checked_texts(table):
        values = row.values
        check_reference(row, "entry", entries)
        check_reference(row, "aspect", aspects)
        check_reference(row, "judge", judges)
        is_first = check_once(row, ("entry", "aspect", "judge"), lines)
        if not values["value"]:
            continue
        grid = rules.grids.get(values["aspect"])
        value = _value(row, grid)
        if value is not None:
            given.append(Mark(values["entry"], values["aspect"], values["judge"], value))
        if is_first and grid is not None and (value or not grid.zero_is_missing):
            sheet = sheets.setdefault((values["entry"], values["aspect"]), _Sheet())
            sheet.rows.append(row)
            sheet.values.append(value)
    chiefs = [judge.judge for judge in panel if judge.role == "chief"]
    for (_, aspect), sheet in sheets.items():
        _check_judges(rules.grids[aspect], sheet, chiefs)
    return tuple(given)


def _value(row: Row, grid: Grid | None) -> Decimal | None:
    if "value" in row.spoiled:
        return None
    value = decimals.parse(row.values["value"])
    if value is None:
        row.fault("value", "not_a_number")
        return None
    if grid is None or (grid.zero_is_missing and not value):
        return value
    maximum = WORLDSKILLS_MAXIMUM_MARK if grid.combine == "worldskills" else grid.maximum
    refusal = None
    if grid.combine is not None:
        refusal = marks.refusal_on_grid(value, grid.minimum, maximum, grid.step)
    if refusal is not None:
        row.fault("value", refusal.code, **refusal.params)
    return value


def _check_judges(grid: Grid, sheet: _Sheet, chiefs: list[str]) -> None:
    if grid.kind == "measurement":
        for row in sheet.rows[1:]:
            row.fault("judge", "second_value", line=sheet.rows[0].line)
    elif grid.combine == "worldskills" and len(sheet.rows) > WORLDSKILLS_JUDGES:
        settling = _settling(sheet, chiefs)
        surplus = [row for row in sheet.rows if row is not settling][WORLDSKILLS_JUDGES:]
        for row in surplus:
            row.fault("judge", "fourth_judge")
        if settling is not None and not surplus and not _is_contested(sheet, settling):
            settling.fault("judge", "fourth_judge")


def _settling(sheet: _Sheet, chiefs: list[str]) -> Row | None:
    """The first chief judge, in the order of judges.csv, among those who marked."""
    by_judge = {row.values["judge"]: row for row in sheet.rows}
    return next((by_judge[chief] for chief in chiefs if chief in by_judge), None)


def _is_contested(sheet: _Sheet, settling: Row) -> bool:
    values = [value for row, value in zip(sheet.rows, sheet.values, strict=True) if row is not settling]
    known = [value for value in values if value is not None]
    return len(known) < len(values) or max(known) - min(known) > 1
