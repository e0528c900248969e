"""Tables in and out: Excel and CSV become rows with cell addresses; nothing written can run as a formula.

Reading never guesses: a formula, a merged cell or a date counted from 1904 is a fault of its cell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS = 50_000
MOST_COLUMNS = 100
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
ENCODINGS = ("utf-8-sig", "gb18030")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Unreadable(ValidationError):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Cell:
    """A cell: its address ("C7") and its text, trimmed; a day reads 2026-11-20."""

    address: str
    text: str


@dataclass(frozen=True)
class Row:
    """A row that is not empty: its line in the file, from 1, and its cells by column index from 0."""

    line: int
    cells: list[Cell]


@dataclass(frozen=True)
class SheetFault:
    """A cell that cannot be taken as it is. Codes: formula, merged, date-1904, error-value, duplicate-header."""

    line: int
    address: str
    code: str
    value: str = ""


@dataclass
class Table:
    """The first sheet of a workbook, or a CSV file."""

    headers: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    faults: list[SheetFault] = field(default_factory=list)


def read(content: bytes, *, file_name: str) -> Table:
    """Read an .xlsx workbook or a CSV table (UTF-8, or GB 18030 as Chinese Excel writes it).

    Raises:
        Unreadable: damaged, empty, too many rows or columns, unknown encoding.
    """
    table = _read_workbook(content) if content.startswith(b"PK\x03\x04") else _read_csv(content)
    if not any(table.headers):
        raise Unreadable(_("The first row is empty. It must hold the column titles."), code="no-header")
    names = [header for header in table.headers if header]
    for index, header in enumerate(table.headers):
        if header and names.count(header) > 1 and table.headers.index(header) != index:
            table.faults.append(SheetFault(1, f"{get_column_letter(index + 1)}1", "duplicate-header", header))
    return table


def _read_workbook(content: bytes) -> Table:
    try:
        workbook = load_workbook(io.BytesIO(content), data_only=False)
        sheet = workbook.worksheets[0]
    except Exception:
        raise Unreadable(
            _("The Excel file cannot be read. Open it in Excel, save it again as .xlsx and try once more."),
            code="damaged",
        ) from None
    _demand_size(sheet.max_row, sheet.max_column)
    table = Table(faults=_merged(sheet))
    counts_from_1904 = workbook.epoch == CALENDAR_MAC_1904
    for line, row in enumerate(sheet.iter_rows(), 1):
        texts = [_cell_text(cell, table, counts_from_1904=counts_from_1904) for cell in row]
        _take(table, line, texts)
    return table


def _merged(sheet: Worksheet) -> list[SheetFault]:
    """Return a fault for each merged area: only its first cell holds a value, the others would read as empty."""
    return [SheetFault(area.min_row, area.coord, "merged") for area in sheet.merged_cells.ranges]


def _cell_text(cell: Any, table: Table, *, counts_from_1904: bool) -> str:
    """Return a cell's text; note a fault where it is a formula, an error or a date counted from 1904."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        table.faults.append(SheetFault(cell.row, cell.coordinate, "formula", str(getattr(value, "text", value))[:80]))
        return ""
    if cell.data_type == "e" or value in ERROR_CODES:
        table.faults.append(SheetFault(cell.row, cell.coordinate, "error-value", str(value)))
        return ""
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        if counts_from_1904:
            table.faults.append(SheetFault(cell.row, cell.coordinate, "date-1904", day.isoformat()))
        return day.isoformat()
    if isinstance(value, float):
        # 100238.0 is how Excel keeps an employee number somebody typed as a number.
        return str(int(value)) if value.is_integer() else str(Decimal(repr(value)))
    return str(value).strip()


def _read_csv(content: bytes) -> Table:
    text = _decode(content)
    first_line = text.split("\n", maxsplit=1)[0]
    delimiter = max(",;\t", key=first_line.count)
    table = Table()
    try:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        for row in reader:
            _demand_size(reader.line_num, len(row))
            _take(table, reader.line_num, [value.strip() for value in row])
    except csv.Error as error:
        raise Unreadable(
            _("Line %(line)s of the CSV file has broken quotes (%(error)s). Mend it or save the table as .xlsx."),
            code="broken-csv",
            params={"line": reader.line_num, "error": str(error)},
        ) from None
    return table


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The text is neither UTF-8 nor GB 18030. Save the table as .xlsx."), code="encoding")


def _take(table: Table, line: int, texts: list[str]) -> None:
    """Use the first line as headers, skip empty rows, keep the others with addresses."""
    if line == 1:
        table.headers = texts
    elif any(texts):
        texts += [""] * (len(table.headers) - len(texts))
        cells = [Cell(f"{get_column_letter(index)}{line}", text) for index, text in enumerate(texts, 1)]
        table.rows.append(Row(line, cells))


def _demand_size(rows: int, columns: int) -> None:
    if rows > MOST_ROWS + 1 or columns > MOST_COLUMNS:
        raise Unreadable(
            _("The table is larger than %(rows)s rows or %(columns)s columns. Split it, or delete the empty ones."),
            code="too-large",
            params={"rows": MOST_ROWS, "columns": MOST_COLUMNS},
        )


def defused(value: Any) -> Any:
    """Return text no spreadsheet runs as a formula: a leading = + - @ gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def csv_response(file_name: str, header: Sequence[str], lines: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return a CSV download that Chinese Excel opens rightly (UTF-8 with BOM), formulas defused."""
    response = HttpResponse(content_type="text/csv; charset=utf-8", headers=_attachment(file_name))
    response.write("\ufeff")
    writer = csv.writer(response, lineterminator="\r\n")
    writer.writerow([defused(value) for value in header])
    writer.writerows([defused("" if value is None else value) for value in line] for line in lines)
    return response


def xlsx_response(
    file_name: str, header: Sequence[str], lines: Iterable[Sequence[Any]], *, sheet_name: str = "Sheet1"
) -> HttpResponse:
    """Return a workbook download: text stays text (no formula, no link), days are days, numbers are numbers."""
    return workbook_response(file_name, [(sheet_name, header, lines)])


def workbook_response(
    file_name: str, sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]
) -> HttpResponse:
    """Return a workbook of several sheets, each (name, header, lines); the same promises as `xlsx_response`."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        bold = workbook.add_format({"bold": True, "bg_color": "#FDECEA"})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, header, lines in sheets:
            sheet = workbook.add_worksheet(name[:31])
            widths = [len(str(title)) * 2 for title in header]
            sheet.write_row(0, 0, header, bold)
            for line_number, line in enumerate(lines, 1):
                for column, value in enumerate(line):
                    _write(sheet, line_number, column, value, day)
                    widths[column] = max(widths[column], min(40, len(str(value).encode("gbk", "replace"))))
            for column, width in enumerate(widths):
                sheet.set_column(column, column, width + 2)
            sheet.freeze_panes(1, 0)
    return HttpResponse(target.getvalue(), content_type=XLSX, headers=_attachment(file_name))


def _write(sheet: Any, line: int, column: int, value: Any, day: Any) -> None:
    if isinstance(value, date) and not isinstance(value, datetime):
        sheet.write_datetime(line, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
    elif isinstance(value, bool) or value is None or isinstance(value, str):
        sheet.write_string(line, column, "" if value is None else str(value))
    elif isinstance(value, int | Decimal | float):
        sheet.write_number(line, column, value)
    else:
        sheet.write_string(line, column, str(value))


def _attachment(file_name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file_name}"', "X-Content-Type-Options": "nosniff"}
