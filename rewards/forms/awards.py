"""What people type to propose points, and the file of many lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.kit import sheets, uploads
from people.models import Unit
from rewards.domain.manual_awards import MOST_FILE_LINES, Given, LineFault
from rewards.forms.funds import FundField
from rewards.models import Season

LINE = re.compile(r"(\S+?)[\s,，;；:：]+(?:.*[\s,，;；:：])?(\d{1,6})")
FILE_BYTES = 2 * 2**20
COLUMNS = {
    "number": ("工号", "职工号", "number", "employee number"),
    "name": ("姓名", "name"),
    "points": ("积分", "points"),
    "reason": ("理由", "事由", "reason"),
}
WHOLE = re.compile(r"[+-]?\d{1,15}")
SHEET_FAULTS = {
    "formula": gettext_lazy("a formula; paste its value instead"),
    "merged": gettext_lazy("merged cells; unmerge them and fill each one"),
    "date-1904": gettext_lazy("a day where none belongs"),
    "error-value": gettext_lazy("Excel shows an error here"),
    "duplicate-header": gettext_lazy("this column title stands twice"),
}


class AwardHead(forms.Form):
    """What typed proposals and files have in common: why, whose budget, which season."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    budget_unit = forms.ModelChoiceField(
        label=gettext_lazy("Paid by the budget of"),
        queryset=Unit.objects.filter(kind__in=("company", "plant", "shop")),
        empty_label=None,
    )
    fund = FundField()
    season = forms.ModelChoiceField(
        label=gettext_lazy("Season"),
        queryset=Season.objects.all(),
        required=False,
        empty_label=gettext_lazy("no season"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("FundField", self.fields["fund"]).offer()


class AwardForm(AwardHead):
    """A reason, and a line for each person: number and points; a name between them is only for reading."""

    lines = forms.CharField(
        label=gettext_lazy("Who gets how many points"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("One line a person: 1001 50, or 1001 Wang Jianguo 50. A column pair pasted from Excel works."),
    )  # fmt: skip

    def clean_lines(self) -> list[tuple[str, int]]:
        """Return (number, points) of each line.

        Raises:
            ValidationError: naming each line that is not written so.
        """
        found, faults = [], []
        for place, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if not line.strip():
                continue
            match = LINE.fullmatch(line.strip())
            if match:
                found.append((match[1], int(match[2])))
            else:
                faults.append(_("Line %(line)s: write a number and points, such as 1001 50.") % {"line": place})
        if faults:
            raise ValidationError(faults)
        return found


class AwardFileForm(AwardHead):
    """A workbook or CSV table of up to 5,000 lines."""

    file = forms.FileField(
        label=gettext_lazy("Table (Excel .xlsx or CSV)"),
        help_text=gettext_lazy("First row: 工号, 姓名, 积分 and, if you like, 理由. Up to 5,000 lines and 2 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        return uploads.sheet(self.cleaned_data["file"], most_bytes=FILE_BYTES)


@dataclass
class AwardSheet:
    """What a file says: its lines, and what of it cannot be read."""

    given: list[Given] = field(default_factory=list)
    faults: list[LineFault] = field(default_factory=list)


def read_sheet(content: bytes, *, file_name: str) -> AwardSheet:
    """Read a file of awards; every cell that cannot be taken is a fault with its line and column.

    Raises:
        sheets.Unreadable: damaged, empty, far too many rows, unknown encoding.
    """
    table = sheets.read(content, file_name=file_name)
    found = AwardSheet(faults=[_sheet_fault(fault) for fault in table.faults])
    headers = [header.strip().lower() for header in table.headers]
    places = {
        name: next((headers.index(title) for title in titles if title in headers), None)
        for name, titles in COLUMNS.items()
    }
    for name in ("number", "points"):
        if places[name] is None:
            text = _("Line 1: the column %(column)s is missing.") % {"column": COLUMNS[name][0]}
            found.faults.append(LineFault(1, name, text))
    if any(fault.line == 1 for fault in found.faults):
        return found
    if len(table.rows) > MOST_FILE_LINES:
        found.faults.append(LineFault(0, "lines", _("At most %(n)s lines at once.") % {"n": MOST_FILE_LINES}))
        return found
    broken = {fault.line for fault in found.faults}
    for row in table.rows:
        if row.line not in broken:
            _take(found, row, places)
    return found


def _sheet_fault(fault: sheets.SheetFault) -> LineFault:
    where = {"line": fault.line, "cell": fault.address, "what": SHEET_FAULTS.get(fault.code, fault.code)}
    return LineFault(fault.line, fault.address, _("Line %(line)s, cell %(cell)s: %(what)s.") % where, fault.value)


def _take(found: AwardSheet, row: sheets.Row, places: dict[str, int | None]) -> None:
    """Take one line, or note that its points are no whole number."""
    texts = {name: row.cells[place].text if place is not None else "" for name, place in places.items()}
    if not WHOLE.fullmatch(texts["points"]):
        text = _("Line %(line)s: “%(value)s” is no whole number of points.") % {
            "line": row.line,
            "value": texts["points"][:40],
        }
        found.faults.append(LineFault(row.line, "points", text, texts["points"][:80]))
        return
    found.given.append(
        Given(
            row.line, texts["number"][:40], int(texts["points"]), reason=texts["reason"][:300], name=texts["name"][:60]
        )
    )
