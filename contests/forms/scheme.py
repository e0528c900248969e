"""The marking scheme as the editor sends it and as a table in Excel; the pure reader names every fault."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Contest
from contests.pure import decimals
from contests.pure import scheme as schemes
from contests.pure.bundle import BundleFaults, read_scheme
from contests.pure.scheme import ROUND_PLACES, Scheme
from contests.queries.faults import fault_text
from frontend.kit.sheets import Row, Table

MOST_BYTES = 200_000
LONGEST_LEVEL = 300
LEVELS = 4
NO_ROUNDING = "none"
# The columns of the table: name in the data, title people read. A title in either language is understood.
COLUMNS = (
    ("group", gettext_lazy("Group")),
    ("weight", gettext_lazy("Weight of the group")),
    ("title", gettext_lazy("Aspect")),
    ("kind", gettext_lazy("Kind")),
    ("min", gettext_lazy("Lowest mark")),
    ("max", gettext_lazy("Full marks")),
    ("step", gettext_lazy("Step")),
    ("combine", gettext_lazy("Marks are combined by")),
    ("trim", gettext_lazy("Dropped at each end")),
    ("trim_from", gettext_lazy("From this many judges")),
    ("factor", gettext_lazy("Factor")),
    ("zero_is_missing", gettext_lazy("Zero is no mark")),
    ("round", gettext_lazy("Rounded")),
    ("level_0", gettext_lazy("Level 0")),
    ("level_1", gettext_lazy("Level 1")),
    ("level_2", gettext_lazy("Level 2")),
    ("level_3", gettext_lazy("Level 3")),
    ("code", gettext_lazy("code")),
    ("group_code", gettext_lazy("Code of the group")),
)
DEFAULTS = {"weight": "1", "kind": "judgement", "min": "0", "step": "1", "combine": "mean", "factor": "1"}
ENGLISH = {
    "Group": "group", "Weight of the group": "weight", "Aspect": "title", "Kind": "kind", "Lowest mark": "min",
    "Full marks": "max", "Step": "step", "Marks are combined by": "combine", "Dropped at each end": "trim",
    "From this many judges": "trim_from", "Factor": "factor", "Zero is no mark": "zero_is_missing", "Rounded": "round",
    "Level 0": "level_0", "Level 1": "level_1", "Level 2": "level_2", "Level 3": "level_3",
    "code": "code", "Code of the group": "group_code",
}  # fmt: skip


@dataclass(frozen=True)
class Read:
    """What came of something sent: the data to show again, the scheme when nothing is wrong, else every fault as
    (where, what was expected); `where` is a path such as `aspect.0.max`, or a cell of the table."""

    data: dict[str, Any]
    scheme: Scheme | None = None
    guides: dict[str, Any] = field(default_factory=dict)
    faults: tuple[tuple[str, str], ...] = ()


def data_of(scheme: Scheme, guides: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored scheme as the editor shows it: contest.toml's shape, decimals as text, guides beside."""
    return schemes.to_json(scheme) | {"guides": dict(guides)}


def blank(contest: Contest) -> dict[str, Any]:
    """Return what the editor begins with."""
    aspect = {"code": "aspect-1", "group": "group-1", "title": "", "max": "10", "step": "0.5"}
    return {
        "contest": {"code": contest.code, "title": contest.title, "places": 2, "rounding": "half-up", "scale": "points"},
        "group": [{"code": "group-1", "title": _("Practical"), "weight": "1"}],
        "aspect": [
            {"kind": "judgement", "min": "0", "combine": "mean", "factor": "1", "trim": 0, "trim_from": 0,
             "zero_is_missing": False, "round": list(ROUND_PLACES)} | aspect
        ],
        "ranking": {"order": ["total"], "ascending": []},
        "guides": {},
    }  # fmt: skip


def read(text: str, contest: Contest) -> Read:
    """Read what the editor sent; everything wrong is named, nothing is guessed."""
    try:
        data = json.loads(text) if len(text) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        return Read(blank(contest), faults=(("", _("The page sent no marking scheme: reload it and try again.")),))
    guides, rules = data.get("guides"), {name: value for name, value in data.items() if name != "guides"}
    head = rules.get("contest")
    rules["contest"] = (head if isinstance(head, dict) else {}) | {"code": contest.code, "title": contest.title}
    try:
        scheme = read_scheme(_pruned(rules))
    except BundleFaults as broken:
        return Read(data, faults=tuple((_where(fault.path), fault_text(fault)) for fault in broken.faults))
    return Read(data, scheme, _guides(guides, scheme))


def _pruned(rules: dict[str, Any]) -> dict[str, Any]:
    """Leave out what does not apply to an aspect, as a file would: trimming without a trimmed mean."""
    aspects = rules.get("aspect")
    if isinstance(aspects, list):
        rules = rules | {"aspect": [_applying(row) if isinstance(row, dict) else row for row in aspects]}
    return rules


def _applying(row: dict[str, Any]) -> dict[str, Any]:
    left_out = set() if row.get("combine") == "trimmed-mean" else {"trim", "trim_from"}
    return {name: value for name, value in row.items() if name not in left_out}


def _guides(guides: object, scheme: Scheme) -> dict[str, Any]:
    """Keep the four level texts of aspects the scheme has."""
    if not isinstance(guides, dict):
        return {}
    kept: dict[str, Any] = {}
    for aspect in scheme.aspects:
        guide = guides.get(aspect.code)
        levels = guide.get("levels") if isinstance(guide, dict) else None
        if isinstance(levels, list) and any(levels):
            kept[aspect.code] = {"levels": [str(text)[:LONGEST_LEVEL] for text in (levels + [""] * LEVELS)[:LEVELS]]}
    return kept


def lines_of(scheme: Scheme, guides: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of a scheme's table, one row an aspect with what its levels mean."""
    groups = {group.code: group for group in scheme.groups}
    rows = [
        [
            groups[aspect.group].title, decimals.text(groups[aspect.group].weight), aspect.title, aspect.kind,
            decimals.text(aspect.minimum), decimals.text(aspect.maximum), decimals.text(aspect.step), aspect.combine,
            str(aspect.trim or ""), str(aspect.trim_from or ""), decimals.text(aspect.factor),
            "1" if aspect.zero_is_missing else "", " ".join(aspect.round) or NO_ROUNDING,
            *(guides.get(aspect.code, {}).get("levels") or [""] * LEVELS), aspect.code, aspect.group,
        ]
        for aspect in scheme.aspects
    ]  # fmt: skip
    return [str(title) for _name, title in COLUMNS], rows


def read_table(table: Table, contest: Contest, head: Mapping[str, Any]) -> Read:
    """Read a scheme from a table, one row an aspect; faults name their cell. `head` is what holds for the whole sheet."""
    names = ENGLISH | {str(title): name for name, title in COLUMNS}
    columns = [names.get(header, "") for header in table.headers]
    missing = [str(title) for name, title in COLUMNS if name in {"group", "title", "max"} and name not in columns]
    faults = [(fault.address, _("a plain value, no formula")) for fault in table.faults]
    if missing:
        faults.append(("", _("The table lacks these columns: %(columns)s.") % {"columns": "、".join(missing)}))
    if faults:
        return Read(blank(contest), faults=tuple(faults))
    data = blank(contest) | {"contest": dict(head), "group": [], "aspect": [], "guides": {}}
    addresses: list[dict[str, str]] = []
    for row in table.rows:
        _take(data, row, columns, addresses)
    if "level_0" not in columns:  # a table without these columns says nothing about levels
        data["guides"] = {
            row["code"]: contest.guides[row["code"]] for row in data["aspect"] if row["code"] in contest.guides
        }
    data["ranking"] = {"order": ["total", *(f"group:{group['code']}" for group in data["group"])], "ascending": []}
    result = read(json.dumps(data), contest)
    return Read(result.data, result.scheme, faults=tuple(_located(fault, addresses) for fault in result.faults))


def _take(data: dict[str, Any], row: Row, columns: Sequence[str], addresses: list[dict[str, str]]) -> None:
    """Add one row of the table as an aspect, and its group when it is a new one."""
    given = {name: cell for name, cell in zip(columns, row.cells, strict=False) if name}
    texts = DEFAULTS | {name: cell.text for name, cell in given.items() if cell.text}
    title = texts.get("group", "")
    group = next((known for known in data["group"] if known["title"] == title), None)
    if group is None:
        code = texts.get("group_code") or f"group-{len(data['group']) + 1}"
        group = {"code": code, "title": title, "weight": texts["weight"]}
        data["group"].append(group)
    data["aspect"].append(
        {
            "code": texts.get("code") or f"aspect-{len(data['aspect']) + 1}", "group": group["code"],
            "title": texts.get("title", ""), "kind": texts["kind"], "min": texts["min"], "max": texts.get("max", ""),
            "step": texts["step"], "combine": texts["combine"], "factor": texts["factor"],
            "zero_is_missing": texts.get("zero_is_missing", "") not in {"", "0"},
            "round": _roundings(texts.get("round")),
            "trim": _whole(texts.get("trim")), "trim_from": _whole(texts.get("trim_from")),
        }
    )  # fmt: skip
    levels = [texts.get(f"level_{number}", "") for number in range(LEVELS)]
    if any(levels):
        data["guides"][data["aspect"][-1]["code"]] = {"levels": levels}
    addresses.append({name: cell.address for name, cell in given.items()})


def _roundings(text: str | None) -> list[str]:
    if text is None:
        return list(ROUND_PLACES)
    return [] if text == NO_ROUNDING else text.split()


def _whole(text: str | None) -> int | str:
    return int(text) if text and text.isdigit() else (text or 0)


def _located(fault: tuple[str, str], addresses: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    """Put the cell's address in place of the path of an aspect's value."""
    parts = fault[0].split(".")
    if parts[0] == "aspect" and len(parts) > 2 and int(parts[1]) < len(addresses):
        return addresses[int(parts[1])].get(parts[2], fault[0]), fault[1]
    return fault


def _where(path: Sequence[object]) -> str:
    return ".".join(str(part) for part in path)
