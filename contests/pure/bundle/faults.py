"""What is wrong with a bundle, and where: every fault at once.

A fault carries a code and parameters, so that a page can say it in the reader's language: `template` is a message
id for gettext, `params` what goes into it. As text it reads `marks.csv:12:7: value: expected …, found …`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from contests.pure.rfc4180 import Place

LONGEST_FOUND = 60
NO_PARAMS: Mapping[str, object] = MappingProxyType({})


def gettext_noop(text: str) -> str:
    """Mark a message id for the catalogue; whoever shows it translates it."""
    return text


EXPECTED = {
    # the files
    "file_missing": gettext_noop("this file in the bundle"),
    "not_utf8": gettext_noop("text in UTF-8"),
    "control_character": gettext_noop("text without control characters"),
    "toml_syntax": gettext_noop("valid TOML (%(reason)s)"),
    # tables
    "header_missing": gettext_noop("a header row with the columns %(columns)s"),
    "column_missing": gettext_noop("a column %(name)s in the header row"),
    "column_unknown": gettext_noop("one of the columns %(columns)s"),
    "column_repeated": gettext_noop("every column once"),
    "field_count": gettext_noop("%(count)s fields, as in the header row"),
    "quote_unclosed": gettext_noop("a closing quote for the quote that opens here"),
    "quote_inside": gettext_noop("quotes around a field that contains a quote, and that quote doubled"),
    "after_quote": gettext_noop("a comma or the end of the line after a closing quote"),
    "bare_return": gettext_noop("lines that end with LF or CR LF, or quotes around a field that spans lines"),
    "row_repeated": gettext_noop("one row only; the first is in line %(line)s"),
    # keys of contest.toml
    "table_missing": gettext_noop("a table %(name)s"),
    "key_missing": gettext_noop("a key %(name)s"),
    "key_unknown": gettext_noop("one of the keys %(keys)s"),
    "not_a_table": gettext_noop("a table [%(name)s]"),
    "not_tables": gettext_noop("one or more tables [[%(name)s]]"),
    "not_text": gettext_noop("text in quotes"),
    "not_texts": gettext_noop("a list of texts in quotes"),
    "not_true_or_false": gettext_noop("true or false"),
    # values
    "empty": gettext_noop("a value"),
    "too_long": gettext_noop("at most %(count)s characters"),
    "not_a_code": gettext_noop("1 to 64 of the characters a-z, 0-9 and -"),
    "not_a_choice": gettext_noop("one of %(choices)s"),
    "not_whole": gettext_noop("a whole number from %(minimum)s to %(maximum)s"),
    "not_a_number": gettext_noop("a decimal number such as 9.25, at most 12 digits before and 24 after the point"),
    "repeated": gettext_noop("every value once"),
    "not_positive": gettext_noop("a number greater than 0"),
    "below_minimum": gettext_noop("a number not below min, %(minimum)s"),
    "trim_from_too_small": gettext_noop("a number greater than 2 × trim, so at least %(minimum)s"),
    "measurement_worldskills": gettext_noop("another way to combine: worldskills needs three judges"),
    "not_a_criterion": gettext_noop("total, group:<code> or aspect:<code>"),
    "not_in_order": gettext_noop("one of the criteria in order"),
    # references
    "unknown_group": gettext_noop("the code of a [[group]] of contest.toml"),
    "unknown_aspect": gettext_noop("the code of an [[aspect]] of contest.toml"),
    "unknown_entry": gettext_noop("an entry of entries.csv"),
    "unknown_judge": gettext_noop("a judge of judges.csv"),
    # marks
    "out_of_range": gettext_noop("a number from %(minimum)s to %(maximum)s"),
    "off_grid": gettext_noop("%(minimum)s plus a whole number of steps of %(step)s"),
    "second_value": gettext_noop("one agreed value of a measurement; the first is in line %(line)s"),
    "fourth_judge": gettext_noop(
        "marks of exactly three judges; a chief judge's fourth settles a contested aspect only"
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. Line and column count from 1; column is the character where the field or value starts.

    `field` is the CSV column's name or the key of contest.toml (`aspect[2].step`, counted from 1); `path` is the
    same for a program (`("aspect", 1, "step")`), empty for tables. A rule set that never was a file (`read_scheme`)
    has file "" and line 0.
    """

    file: str
    line: int
    column: int
    field: str
    code: str
    found: str | None = None
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)
    path: tuple[str | int, ...] = ()

    @property
    def template(self) -> str:
        """What was expected, as a message id with %(name)s in it."""
        return EXPECTED[self.code]

    @property
    def expected(self) -> str:
        """What was expected, in English."""
        return self.template % self.params

    def __str__(self) -> str:
        parts = [f"{self.file}:{self.line}:{self.column}", self.field, f"expected {self.expected}"]
        text = ": ".join(part for part in parts if part)
        return text if self.found is None else f"{text}, found {self.found!r}"


class BundleFaults(ValueError):
    """A bundle broke the rules: `faults` lists every fault of every file, in reading order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class FaultList:
    """Collects the faults of one bundle; reading goes on after each."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(
        self,
        file: str,
        place: Place,
        code: str,
        *,
        field: str = "",
        found: str | None = None,
        path: tuple[str | int, ...] = (),
        params: Mapping[str, object] = NO_PARAMS,
    ) -> None:
        """Note a fault; `params` fill the message of `code`."""
        shown = found if found is None or len(found) <= LONGEST_FOUND else found[: LONGEST_FOUND - 1] + "…"
        texts = {name: str(value) for name, value in params.items()}
        self._faults.append(Fault(file, place.line, place.column, field, code, shown, texts, path))

    def raise_if_any(self, files: Iterable[str]) -> None:
        """Raise BundleFaults when there are faults, sorted by file (in the order of `files`) and place."""
        order = {file: index for index, file in enumerate(files)}
        if self._faults:
            raise BundleFaults(
                sorted(self._faults, key=lambda fault: (order.get(fault.file, -1), fault.line, fault.column))
            )
