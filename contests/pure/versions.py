"""A result as it was shown, whole and in one canonical form, so that anybody can compute its hash again.

Canonical JSON is RFC 8785 for what stands in here: texts, whole numbers, null, lists and objects whose keys are sorted;
decimals are texts, so no binary float is ever written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from contests.pure import decimals, results
from contests.pure import scheme as schemes
from contests.pure.bundle.contents import Bundle
from contests.pure.ranking import Standing


def data_of(material: Bundle, standings: Sequence[Standing], points: Mapping[str, int]) -> dict[str, Any]:
    """Return rules, entries, panel, marks, penalties, factors and the rows they give, as JSON-able data.

    Judges by code and role alone; marks and factors sorted by code, so that equal results have equal data.
    """
    rows = results.to_json(material.scheme, standings)
    return {
        "rules": schemes.to_json(material.scheme),
        "entries": [
            [row.entry, row.name, row.unit, row.group, row.start_order, row.status] for row in material.entries
        ],
        "panel": sorted([row.judge, row.role] for row in material.judges),
        "marks": sorted([row.entry, row.aspect, row.judge, decimals.text(row.value)] for row in material.marks),
        "penalties": sorted([row.entry, decimals.text(row.points), row.reason] for row in material.penalties),
        "factors": sorted([row.entry, row.aspect, decimals.text(row.factor)] for row in material.factors),
        "rows": [row | {"points": points.get(row["entry"], 0)} for row in rows],
    }


def round_of(material: Bundle, standings: Sequence[Standing]) -> dict[str, Any]:
    """Return what a panel signs for: rules, entries by code alone, every mark, and the rows they give.

    No name and no unit stands in it, so that opening the codes changes nothing and a blind round stays blind.
    """
    return {
        "rules": schemes.to_json(material.scheme),
        "entries": sorted([row.entry, row.status] for row in material.entries),
        "marks": sorted([row.entry, row.aspect, row.judge, decimals.text(row.value)] for row in material.marks),
        "penalties": sorted([row.entry, decimals.text(row.points)] for row in material.penalties),
        "factors": sorted([row.entry, row.aspect, decimals.text(row.factor)] for row in material.factors),
        "rows": [[row.rank, row.entry.entry, format(row.total, "f")] for row in standings],
    }


def canonical(data: Mapping[str, Any]) -> bytes:
    """Return the bytes that are hashed: RFC 8785, keys in the order of their UTF-16 code units."""
    return json.dumps(_sorted(data), ensure_ascii=False, separators=(",", ":")).encode()


def digest(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of the canonical form."""
    return hashlib.sha256(canonical(data)).hexdigest()


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    return [_sorted(item) for item in value] if isinstance(value, list) else value
