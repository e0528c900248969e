"""What the marks say about the panel and how firmly the result stands: as data kept with a result, and as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from contests.models import Contest, Mark, PanelMember, ResultVersion
from contests.pure import decimals, judge_statistics, practice, sensitivity
from contests.pure import scheme as schemes
from contests.pure.bundle import Bundle
from contests.pure.judge_statistics import ICC_LIMITS, W_LIMITS, Agreement, JudgeFigures, Outlier
from contests.pure.practice import PracticeFigures
from contests.pure.sensitivity import Margin, Sentence, Variant
from contests.queries.material import material_of

PLACES, FINE = 2, 3
MOST_OUTLIERS = 50
WIDEST = 50  # half of a bar
WORDS = {
    "high": gettext_lazy("they agree well"),
    "fair": gettext_lazy("they agree fairly"),
    "low": gettext_lazy("they do not agree"),
}
KINDS = {
    "no-trim": gettext_noop("Without trimming (plain mean)"),
    "more-trim": gettext_noop("One more mark dropped at each end"),
    "median": gettext_noop("Median instead"),
}
SENTENCES = {
    "no_ranking": gettext_noop("Fewer than two entries are ranked: there is no place to decide yet."),
    "one_judge": gettext_noop("No mark was given by more than one judge: nobody can be left out."),
    "nobody_decides": gettext_noop("No single judge decides the podium: without any one of them places 1 to 3 stay."),
    "judges_decide": gettext_noop("Leaving out one judge would change places 1 to 3: %(judges)s."),
    "without_same": gettext_noop("Without %(judge)s places 1 to 3 stay."),
    "without_swap": gettext_noop("Without %(judge)s places %(one)s and %(other)s swap."),
    "without_change": gettext_noop("Without %(judge)s: %(changes)s."),
    "trim_same": gettext_noop("%(kind)s: places 1 to 3 stay."),
    "trim_swap": gettext_noop("%(kind)s: places %(one)s and %(other)s swap."),
    "trim_change": gettext_noop("%(kind)s: %(changes)s."),
}


def report_of(contest: Contest) -> dict[str, Any]:
    """Return statistics and sensitivity as JSON-able data, to be kept with a result. Six statements.

    `{"unit", "judges", "practice", "aspects", "overall", "outliers", "outlier_count", "limits", "sensitivity"}`: judges and entries by
    code, figures as text, None where there is none, sentences as {"code", "params"}. {} for a contest without rules.
    """
    return report(material_of(contest), _practised(contest)[0]) if contest.has_scheme else {}


def _practised(contest: Contest) -> tuple[list[schemes.Mark], dict[str, str]]:
    """Return the marks trainees gave, which count for nothing, and the names of who gave them. One statement."""
    rows = Mark.objects.filter(
        sheet__contest=contest, sheet__member__role=PanelMember.Role.TRAINEE, value__isnull=False
    ).order_by("id")
    marks, names = [], {}
    for entry, aspect, code, name, value in rows.values_list(
        "entry__code", "aspect", "sheet__member__code", "sheet__member__name", "value"
    ):
        if value is not None:
            marks.append(schemes.Mark(entry, aspect, code, value))
            names[code] = name
    return marks, names


def report(material: Bundle, practised: Sequence[schemes.Mark] = ()) -> dict[str, Any]:
    """Return the data of `report_of` for plain material; the order of marks does not matter."""
    found = judge_statistics.figures(material)
    cells = judge_statistics.judgements(material)
    return {
        "unit": found.unit,
        "judges": [_judge(row) for row in found.judges],
        "practice": [_practice(row) for row in practice.compare(material, practised)],
        "aspects": [
            {
                "aspect": row.aspect,
                "judges": [_judge(judge) for judge in row.judges],
                "agreement": _agreement(row.agreement),
            }
            for row in found.aspects
        ],
        "overall": _agreement(found.overall),
        "outliers": [_outlier(row, cells[row.aspect][row.entry]) for row in found.outliers[:MOST_OUTLIERS]],
        "outlier_count": len(found.outliers),
        "limits": {"w": [str(float(limit)) for limit in W_LIMITS], "icc": [str(float(limit)) for limit in ICC_LIMITS]},
        "sensitivity": _sensitivity(sensitivity.examine(material)),
    }


def _judge(row: JudgeFigures) -> dict[str, Any]:
    return {
        "judge": row.judge,
        "marks": row.marks,
        "mean": _rounded(row.mean, PLACES),
        "severity": _rounded(row.severity, PLACES),
        "spread": _text(row.spread),
        "correlation": _text(row.correlation),
        "outliers": row.outliers,
    }


def _practice(row: PracticeFigures) -> dict[str, Any]:
    return {
        "judge": row.judge,
        "marks": row.marks,
        "mean": _rounded(row.mean, PLACES),
        "severity": _rounded(row.severity, PLACES),
        "correlation": _text(row.correlation),
        "outliers": row.far,
    }


def _agreement(row: Agreement) -> dict[str, Any]:
    return {
        "entries": row.entries,
        "judges": list(row.judges),
        "w": _rounded(row.w, FINE),
        "w_word": judge_statistics.word(row.w, W_LIMITS),
        "icc_single": _rounded(row.icc_single, FINE),
        "icc_mean": _rounded(row.icc_mean, FINE),
        "icc_word": judge_statistics.word(row.icc_mean, ICC_LIMITS),
    }


def _outlier(row: Outlier, cell: Mapping[str, Decimal]) -> dict[str, Any]:
    return {
        "entry": row.entry,
        "aspect": row.aspect,
        "judge": row.judge,
        "value": decimals.text(row.value),
        "median": decimals.exact_text(row.median),
        "deviation": decimals.exact_text(row.deviation),
        "limit": _rounded(row.limit, PLACES),
        "marks": [[judge, decimals.text(value)] for judge, value in cell.items()],
    }


def _sensitivity(found: sensitivity.Report) -> dict[str, Any]:
    return {
        "verdict": _sentence(found.verdict),
        "podium": dict(found.podium),
        "judges": [_variant(row) for row in found.judges],
        "trims": [_variant(row) for row in found.trims],
        "margins": [_margin(row) for row in found.margins],
    }


def _variant(row: Variant) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "judge": row.judge,
        "changes": [[place.entry, place.before, place.after] for place in row.changes],
        "moved": row.moved,
        "sentence": _sentence(row.sentence),
    }


def _sentence(row: Sentence) -> dict[str, Any]:
    return {"code": row.code, "params": dict(row.params)}


def _margin(row: Margin) -> dict[str, Any]:
    nudge = row.nudge
    return {
        "rank": row.rank,
        "entry": row.entry,
        "next_rank": row.next_rank,
        "next_entry": row.next_entry,
        "points": format(row.points, "f"),
        "nudge": nudge
        and {
            "entry": nudge.entry,
            "aspect": nudge.aspect,
            "judge": nudge.judge,
            "before": decimals.text(nudge.before),
            "after": decimals.text(nudge.after),
            "steps": nudge.steps,
        },
    }


def _rounded(value: Fraction | None, places: int) -> str | None:
    return None if value is None else _text(decimals.rounded(value, places, "half-up"))


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


# --- the page ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class JudgeLine:
    """A judge's figures for the table; `bar_x` and `bar_width` draw the severity from the middle of −50 … 50."""

    code: str
    name: str
    figures: Mapping[str, Any]
    severity: str
    bar_x: int
    bar_width: int
    is_severe: bool


@dataclass(frozen=True)
class AgreementLine:
    """Agreement about one aspect, or about all together; words in the reader's language."""

    title: str
    figures: Mapping[str, Any]
    w_word: str
    icc_word: str


@dataclass(frozen=True)
class Page:
    """What the chief judge reads; entries by code, and by name once names are open."""

    report: Mapping[str, Any]
    judges: list[JudgeLine]
    practice: list[JudgeLine]
    outliers: list[Mapping[str, Any]]
    agreements: list[AgreementLine]
    verdict: str
    is_firm: bool
    variants: list[str]
    margins: list[Mapping[str, Any]]


def page_of(contest: Contest) -> Page | None:
    """Return the page's content, None while no judgement is given. Six statements."""
    if not contest.has_scheme:
        return None
    material = material_of(contest)
    practised, trainees = _practised(contest)
    data = report(material, practised)
    titles = {row.code: row.title for row in material.scheme.aspects}
    names = {
        row.entry: row.entry if contest.names_hidden or not row.name else f"{row.entry} {row.name}"
        for row in material.entries
    }
    return _page(data, titles, names, {row.judge: row.name for row in material.judges} | trainees)


def kept_page(version: ResultVersion) -> Page | None:
    """Return the page as it was when a version of the result was shown, None when nothing was kept. One statement.

    Titles and names are those of that version; only the judges' names are today's.
    """
    if not version.report:
        return None
    titles = {row["code"]: row["title"] for row in version.data["rules"]["aspect"]}
    names = {row[0]: f"{row[0]} {row[1]}" if row[1] else row[0] for row in version.data["entries"]}
    judges = dict(PanelMember.objects.filter(contest=version.contest_id).values_list("code", "name"))
    return _page(version.report, titles, names, judges)


def _page(
    data: Mapping[str, Any], titles: Mapping[str, str], names: Mapping[str, str], judges: Mapping[str, str]
) -> Page | None:
    if not data["judges"]:
        return None
    found = data["sensitivity"]
    return Page(
        report=data,
        judges=_judge_lines(data["judges"], judges),
        practice=_judge_lines(data.get("practice", []), judges),
        outliers=[
            row | {"title": titles[row["aspect"]], "name": names[row["entry"]], "is_low": row["deviation"][0] == "-"}
            for row in data["outliers"]
        ],
        agreements=[
            _agreement_line(_("All aspects together"), data["overall"]),
            *(_agreement_line(titles[row["aspect"]], row["agreement"]) for row in data["aspects"]),
        ],
        verdict=said(found["verdict"]),
        is_firm=found["verdict"]["code"] == "nobody_decides",
        variants=[said(row["sentence"]) for row in (*found["judges"], *found["trims"])],
        margins=[
            row
            | {
                "name": names[row["entry"]],
                "next_name": names[row["next_entry"]],
                "title": titles[row["nudge"]["aspect"]] if row["nudge"] else "",
            }
            for row in found["margins"]
        ],
    )


def said(sentence: Mapping[str, Any]) -> str:
    """Say a stored sentence in the reader's language."""
    params = dict(sentence["params"])
    if "kind" in params:
        params["kind"] = _(KINDS[params["kind"]])
    return _(SENTENCES[sentence["code"]]) % params


def _judge_lines(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[JudgeLine]:
    """Judges with most outliers first, then in the order of the panel; the longest bar is the largest severity."""
    most = max((abs(Decimal(row["severity"] or 0)) for row in rows), default=Decimal(0)) or Decimal(1)
    lines = []
    for row in sorted(rows, key=lambda row: -row["outliers"]):
        severity = Decimal(row["severity"] or 0)
        width = int(abs(severity) / most * WIDEST)
        lines.append(
            JudgeLine(
                code=row["judge"],
                name=names.get(row["judge"], ""),
                figures=row,
                severity=_signed(row["severity"]),
                bar_x=-width if severity < 0 else 0,
                bar_width=width,
                is_severe=severity < 0,
            )
        )
    return lines


def _signed(text: str | None) -> str:
    """Write +0.25, −0.25 or 0.00; '' for none."""
    if not text or not Decimal(text):
        return text or ""
    return text.replace("-", "−") if text.startswith("-") else f"+{text}"


def _agreement_line(title: str, row: Mapping[str, Any]) -> AgreementLine:
    return AgreementLine(title, row, *(str(WORDS[row[key]]) if row[key] else "" for key in ("w_word", "icc_word")))
