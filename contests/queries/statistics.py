"""What the chief judge sees beside a result: how judges mark, how firm the podium is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from contests.models import Contest
from contests.pure import decimals, judge_statistics, results, sensitivity, versions
from contests.pure.bundle import Bundle
from contests.queries.material import material_of

MOST_OUTLIERS = 30
Verdict = str  # high · fair · low · unknown


@dataclass(frozen=True)
class JudgeRow:
    """One judge's line, numbers as text, in marks or in percent of the range; `lean` is severity from −100 (strictest shown) to 100."""

    code: str
    name: str
    count: int
    mean: str
    severity: str
    spread: str
    agreement: str
    lean: int


@dataclass(frozen=True)
class OutlierRow:
    """One mark far from the others."""

    judge: str
    entry: str
    aspect: str
    value: str
    median: str
    steps: str


@dataclass(frozen=True)
class Statistics:
    """Everything of one contest; verdicts are codes, W and ICC texts, '' where they cannot be told."""

    judges: list[JudgeRow]
    outliers: list[OutlierRow]
    kendall_w: str
    icc_single: str
    icc_panel: str
    verdict: Verdict
    sensitivity: sensitivity.Sensitivity


def statistics_of(contest: Contest) -> Statistics:
    """Compute everything from the marks as they are now. Five statements, for any number of marks."""
    return of_material(material_of(contest))


def of_material(material: Bundle) -> Statistics:
    """Compute everything from a contest as plain data."""
    found = judge_statistics.figures(material)
    titles = {aspect.code: aspect.title for aspect in material.scheme.aspects}
    names = {judge.judge: judge.name for judge in material.judges}
    most = max((abs(row.severity) for row in found.judges if row.severity is not None), default=Fraction(0))
    agreed = found.overall
    return Statistics(
        judges=[_row(row, names.get(row.judge, ""), most) for row in found.judges],
        outliers=[
            OutlierRow(
                row.judge, row.entry, titles[row.aspect], decimals.text(row.value), decimals.exact_text(row.median),
                f"{float(row.times):.1f}",
            )
            for row in found.outliers[:MOST_OUTLIERS]
        ],
        kendall_w=_text(agreed.w),
        icc_single=_text(agreed.icc_single),
        icc_panel=_text(agreed.icc_mean),
        verdict=judge_statistics.word(agreed.w, judge_statistics.W_LIMITS) or "unknown",
        sensitivity=sensitivity.look(material),
    )  # fmt: skip


def report_of(contest: Contest) -> dict[str, Any]:
    """Return the same as JSON-able data, to be kept with the result."""
    found = statistics_of(contest)
    return {
        "judges": [vars(row) for row in found.judges],
        "outliers": [vars(row) for row in found.outliers],
        "kendall_w": found.kendall_w,
        "icc_single": found.icc_single,
        "icc_panel": found.icc_panel,
        "deciding_judges": list(found.sensitivity.deciding),
        "variants": [
            {
                "kind": row.kind,
                "judge": row.judge,
                "podium": [list(place) for place in row.podium],
                "moved": list(row.moved),
            }
            for row in found.sensitivity.variants
        ],
        "margins": [
            {"rank": row.rank, "entry": row.entry, "next": row.next_entry, "points": str(row.points or "")}
            for row in found.sensitivity.margins
        ],
    }


def verify_data(contest: Contest, *, only: str = "") -> dict[str, Any]:
    """Return rules and marks as the verifier in the browser reads them: codes for judges, no names of judges.

    Args:
        only: an entry's code; then its marks alone, and no ranking can be computed. Empty: all.
    """
    material = material_of(contest)
    data = versions.data_of(material, results.standings(material), {})
    if only:
        data["entries"] = [row for row in data["entries"] if row[0] == only]
        for table in ("marks", "penalties", "factors"):
            data[table] = [row for row in data[table] if row[0] == only]
        data["rows"] = [row for row in data["rows"] if row["entry"] == only]
    return data


def _row(row: judge_statistics.JudgeFigures, name: str, most: Fraction) -> JudgeRow:
    lean = 0 if row.severity is None or not most else int(row.severity * 100 / most)
    return JudgeRow(
        row.judge, name, row.marks, _text(row.mean), _text(row.severity), str(row.spread or ""),
        str(row.correlation if row.correlation is not None else ""), lean,
    )  # fmt: skip


def _text(value: Fraction | None) -> str:
    return "" if value is None else f"{float(value):.2f}"
