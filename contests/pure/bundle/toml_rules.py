"""contest.toml: from text to a rule set, with every fault noted.

What has no default in the contract must be there. A rule that leaves something open would let the code decide
about medals, so unknown keys are refused too: `trim_form` is a slip, not a wish.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from contests.pure import decimals
from contests.pure.bundle.faults import NO_PARAMS, FaultList
from contests.pure.bundle.positions import Path, Positions, locate
from contests.pure.bundle.sections import Section, field_name
from contests.pure.bundle.syntax import parse
from contests.pure.rfc4180 import Place
from contests.pure.scheme import (
    COMBINES,
    KINDS,
    ROUND_PLACES,
    ROUNDINGS,
    SCALES,
    Aspect,
    Contest,
    Group,
    Ranking,
    Scheme,
)

FILE = "contest.toml"
MOST_PLACES = 12
MOST_MARKS = 1000
Item = TypeVar("Item")
_NOWHERE = Place(0, 0)


@dataclass(slots=True)
class Grid:
    """As much of an aspect as could be read; what could not is None and is not asked of its marks."""

    kind: str | None
    combine: str | None
    minimum: Decimal | None
    maximum: Decimal | None
    step: Decimal | None
    zero_is_missing: bool


@dataclass(slots=True)
class Rules:
    """What a document gave: a scheme when it has no fault, and the aspects as far as they could be read.

    `knows_all_aspects` is False when the code of one is not known: then no mark can be said to be of none.
    """

    scheme: Scheme | None = None
    grids: dict[str, Grid] = field(default_factory=dict)
    knows_all_aspects: bool = False


def read_toml(text: str, faults: FaultList) -> Rules:
    """Read the text of contest.toml; faults go to `faults`."""
    parsed = parse(text)
    for slip in parsed.slips:
        faults.add(FILE, slip.place, "toml_syntax", params={"reason": slip.reason})
    if parsed.document is None:
        return Rules()
    return _Document(parsed.document, faults, locate(parsed.text), parsed.lost).read()


def read_data(data: Mapping[str, object], faults: FaultList) -> Rules:
    """Read a rule set that never was a file (a scheme editor's), where a number may be a text such as "0.25"."""
    return _Document(data, faults, None).read()


class _Document:
    """One reading of one document: the five tables, and what they know of each other."""

    def __init__(
        self,
        document: Mapping[str, object],
        faults: FaultList,
        positions: Positions | None,
        lost: Container[tuple[int, str]] = (),
    ) -> None:
        self.document = document
        self.lost = lost
        self.faults = faults
        self.positions = positions
        self.has_fault = False
        self.codes: dict[str, set[str]] = {"group": set(), "aspect": set()}
        self.knows_all = {"group": True, "aspect": True}
        self.grids: dict[str, Grid] = {}

    def read(self) -> Rules:
        contest = self._contest()
        groups = [self._group(section) for section in self._tables("group")]
        aspects = [self._aspect(section) for section in self._tables("aspect")]
        ranking = self._ranking()
        root = self._section((), self.document)
        root.known += ["contest", "group", "aspect", "ranking"]
        root.finish()
        rules = Rules(None, self.grids, self.knows_all["aspect"])
        if not self.has_fault and contest is not None and ranking is not None:
            rules.scheme = Scheme(contest, _present(groups), _present(aspects), ranking)
        return rules

    def report(
        self,
        path: Path,
        code: str,
        *,
        found: object = None,
        at_key: bool = False,
        params: Mapping[str, object] = NO_PARAMS,
    ) -> None:
        """Note a fault at a path (see sections.Report)."""
        self.has_fault = True
        place = _NOWHERE
        if self.positions is not None:
            place = self.positions.key(path) if at_key else self.positions.value(path)
        if code == "key_missing" and (place.line, path[-1]) in self.lost:
            return
        file = FILE if self.positions is not None else ""
        text = None if found is None else _shown(found)
        self.faults.add(file, place, code, field=field_name(path), found=text, path=path, params=params)

    def _section(self, path: Path, data: Mapping[str, object]) -> Section:
        return Section(self.report, path, data, numbers_as_text=self.positions is None)

    def _table(self, name: str) -> Section | None:
        data = self.document.get(name)
        if data is None:
            self.report((name,), "table_missing", params={"name": f"[{name}]"})
        elif not isinstance(data, Mapping):
            self.report((name,), "not_a_table", params={"name": name})
        else:
            return self._section((name,), data)
        return None

    def _tables(self, name: str) -> list[Section]:
        rows = self.document.get(name)
        if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
            self.knows_all[name] = False
            if rows is None:
                self.report((name,), "table_missing", params={"name": f"[[{name}]]"})
            else:
                self.report((name,), "not_tables", params={"name": name})
            return []
        return [self._section((name, index), row) for index, row in enumerate(rows)]

    def _own_code(self, section: Section, kind: str) -> str | None:
        code = section.code("code")
        if code is None:
            self.knows_all[kind] = False
        elif code in self.codes[kind]:
            section.fault("code", "repeated")
        else:
            self.codes[kind].add(code)
        return code

    def _contest(self) -> Contest | None:
        section = self._table("contest")
        if section is None:
            return None
        code, title = section.code("code"), section.text("title")
        places = section.whole("places", 0, MOST_PLACES)
        rounding = section.choice("rounding", ROUNDINGS, "half-up")
        scale = section.choice("scale", SCALES, "points")
        section.finish()
        if code is None or title is None or places is None or rounding is None or scale is None:
            return None
        return Contest(code, title, places, rounding, scale)

    def _group(self, section: Section) -> Group | None:
        code, title = self._own_code(section, "group"), section.text("title")
        weight = section.number("weight", Decimal(1))
        section.finish()
        return None if code is None or title is None or weight is None else Group(code, title, weight)

    def _aspect(self, section: Section) -> Aspect | None:
        code = self._own_code(section, "aspect")
        group, title = self._group_of(section), section.text("title")
        grid = self._grid(section)
        if code is not None:
            self.grids.setdefault(code, grid)
        trim, trim_from = self._trim(section, grid)
        factor = section.number("factor", Decimal(1))
        rounds = self._rounds(section)
        section.finish()
        if code is None or group is None or title is None or factor is None:
            return None
        if grid.kind is None or grid.combine is None or grid.maximum is None:
            return None
        if grid.minimum is None or grid.step is None or trim is None or trim_from is None:
            return None
        return Aspect(
            code=code,
            group=group,
            title=title,
            kind=grid.kind,
            minimum=grid.minimum,
            maximum=grid.maximum,
            step=grid.step,
            combine=grid.combine,
            zero_is_missing=grid.zero_is_missing,
            trim=trim,
            trim_from=trim_from,
            factor=factor,
            round=rounds,
        )

    def _group_of(self, section: Section) -> str | None:
        group = section.reference("group")
        if group is not None and self.knows_all["group"] and group not in self.codes["group"]:
            section.fault("group", "unknown_group")
        return group

    def _grid(self, section: Section) -> Grid:
        kind = section.choice("kind", KINDS)
        combine = section.choice("combine", COMBINES)
        if kind == "measurement" and combine == "worldskills":
            section.fault("combine", "measurement_worldskills")
        is_worldskills = combine == "worldskills"
        minimum = section.number("min", Decimal(0) if is_worldskills else None)
        maximum = section.number("max")
        step = section.number("step", Decimal(1) if is_worldskills else None)
        zero_is_missing = section.flag("zero_is_missing", default=False) is not False
        if is_worldskills:  # min and step do not apply
            return Grid(kind, combine, Decimal(0), maximum, Decimal(1), zero_is_missing)
        if step is not None and step <= 0:
            section.fault("step", "not_positive")
            step = None
        if minimum is not None and maximum is not None and maximum < minimum:
            section.fault("max", "below_minimum", minimum=decimals.text(minimum))
            minimum = maximum = None
        return Grid(kind, combine, minimum, maximum, step, zero_is_missing)

    def _trim(self, section: Section, grid: Grid) -> tuple[int | None, int | None]:
        is_needed = grid.combine == "trimmed-mean"
        default = None if is_needed else 0
        trim = section.whole("trim", 0, MOST_MARKS, default)
        trim_from = section.whole("trim_from", 0, MOST_MARKS, default)
        if is_needed and trim is not None and trim_from is not None and trim_from <= 2 * trim:
            section.fault("trim_from", "trim_from_too_small", minimum=2 * trim + 1)
        return trim, trim_from

    def _rounds(self, section: Section) -> tuple[str, ...]:
        given = section.texts("round", list(ROUND_PLACES)) or []
        for path, word in given:
            if word not in ROUND_PLACES:
                self.report(path, "not_a_choice", found=word, params={"choices": ", ".join(ROUND_PLACES)})
        words = {word for _, word in given}
        return tuple(place for place in ROUND_PLACES if place in words)

    def _ranking(self) -> Ranking | None:
        section = self._table("ranking")
        if section is None:
            return None
        order = section.texts("order")
        ascending = section.texts("ascending", [])
        section.finish()
        if order is None or ascending is None:
            return None
        if not section.data["order"]:
            section.fault("order", "empty")
        for path, criterion in order:
            self._check_criterion(path, criterion)
        criteria = [criterion for _, criterion in order]
        for path, criterion in ascending:
            if criterion not in criteria:
                self.report(path, "not_in_order", found=criterion)
        return Ranking(tuple(criteria), tuple(criterion for _, criterion in ascending))

    def _check_criterion(self, path: Path, criterion: str) -> None:
        kind, colon, code = criterion.partition(":")
        if kind in self.codes and colon:
            if self.knows_all[kind] and code not in self.codes[kind]:
                self.report(path, f"unknown_{kind}", found=criterion)
        elif criterion != "total":
            self.report(path, "not_a_criterion", found=criterion)


def _present(rows: list[Item | None]) -> tuple[Item, ...]:
    return tuple(row for row in rows if row is not None)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return str(value)
    except ValueError:  # thousands of hexadecimal digits: Python does not turn them into decimal ones
        return "…"
