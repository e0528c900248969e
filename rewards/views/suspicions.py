"""Suspicious patterns in awards, rules and redemptions, for the auditor."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from frontend.kit import sheets
from frontend.kit.doors import door
from rewards.domain.manual_awards import MOST_POINTS
from rewards.pure import favours, suspicion
from rewards.queries.suspicions import Suspicion, suspicions

ROWS = 20
SPANS = {90: gettext_lazy("90 days"), 365: gettext_lazy("a year"), 1095: gettext_lazy("three years")}
TITLES = {
    "approver-worker": gettext_lazy("One approver, one worker, too often"),
    "reciprocal-approval": gettext_lazy("Agreeing to each other’s proposals"),
    "mutual-proposal": gettext_lazy("Proposing points for each other"),
    "just-under": gettext_lazy("Just under the limit"),
    "at-night": gettext_lazy("Agreed at night"),
    "within-a-minute": gettext_lazy("Agreed within a minute"),
    "split": gettext_lazy("Several awards on one day"),
    "rule-one-person": gettext_lazy("A rule pays one person far more"),
    "rule-approver": gettext_lazy("One approver, one worker: awards of rules"),
    "redemption-approver": gettext_lazy("One approver, one person: redemptions"),
    "redemption-small-unit": gettext_lazy("Redemptions agreed to within a small unit"),
}
PATTERNS = (*suspicion.PATTERNS, *favours.PATTERNS)
SENTENCES = {
    "approver-worker": gettext_noop(
        "%(a)s agreed to %(n)s awards for %(b)s within 90 days: %(share)s%% of all awards of this person."
    ),
    "reciprocal-approval": gettext_noop(
        "%(b)s agreed to %(there)s proposals of %(a)s, and %(a)s to %(back)s of %(b)s."
    ),
    "mutual-proposal": gettext_noop(
        "%(a)s proposed points for %(b)s %(there)s times, and %(b)s for %(a)s %(back)s times."
    ),
    "just-under": gettext_noop("%(a)s proposed %(n)s times almost the most a line may have (%(threshold)s)."),
    "at-night": gettext_noop("%(a)s agreed to %(n)s awards between 22:00 and 6:00: %(share)s%% of all."),
    "within-a-minute": gettext_noop("%(b)s agreed to %(n)s proposals of %(a)s less than a minute after each."),
    "split": gettext_noop("%(a)s proposed %(n)s awards for %(b)s on one day."),
    "rule-one-person": gettext_noop(
        "The rule “%(rule)s” paid %(a)s %(points)s points in %(n)s awards; of %(paid)s people it paid, half of the others got at most %(usual)s."
    ),
    "rule-approver": gettext_noop(
        "%(a)s agreed to %(n)s awards of rules for %(b)s within 90 days: %(share)s%% of those of this person that somebody was asked about."
    ),
    "redemption-approver": gettext_noop(
        "%(a)s agreed to %(n)s redemptions of %(b)s within 90 days: %(share)s%% of all that %(a)s agreed to."
    ),
    "redemption-small-unit": gettext_noop(
        "%(a)s agreed to %(n)s redemptions of %(b)s within 90 days, both of one unit of %(size)s: %(share)s%% of all that %(a)s agreed to."
    ),
}


def sentence(row: Suspicion) -> str:
    """Return what was found in words, with its numbers."""
    names = dict(zip(("a", "b"), row.names, strict=False))
    told = {"n": row.finding.count, "points": f"{row.finding.points:,}", "rule": row.about, **row.finding.facts}
    return _(SENTENCES[row.finding.pattern]) % {**names, **told}


@door("rewards.view_suspicions")
def findings(request: HttpRequest) -> HttpResponse:
    """List the patterns of a time, filtered and exported. At most 18 SQL statements, however many awards."""
    days = next((span for span in SPANS if str(span) == request.GET.get("days")), 365)
    pattern, words = request.GET.get("pattern", ""), request.GET.get("q", "").strip()[:60]
    rows = suspicions(days=days, at=timezone.now(), threshold=MOST_POINTS)
    counts = {name: sum(1 for row in rows if row.finding.pattern == name) for name in PATTERNS}
    if pattern in TITLES:
        rows = [row for row in rows if row.finding.pattern == pattern]
    if words:
        rows = [row for row in rows if words in row.finding.people or any(words in name for name in row.names)]
    if (form := request.GET.get("format", "")) in {"csv", "xlsx"}:
        return _export(form, rows)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page, "rows": [(row, TITLES[row.finding.pattern], sentence(row)) for row in page.object_list],
        "patterns": [(name, TITLES[name], counts[name]) for name in PATTERNS], "pattern": pattern, "days": days,
        "spans": SPANS.items(), "q": words,
    }  # fmt: skip
    return render(request, "rewards/suspicions.html", context)


def _export(form: str, rows: list[Suspicion]) -> HttpResponse:
    header = [_("Pattern"), _("What was found"), _("People"), _("Awards"), _("Points"), _("Last"), "ID"]
    lines = (
        [str(TITLES[row.finding.pattern]), sentence(row), "、".join(row.finding.people), row.finding.count, row.finding.points,
         row.finding.last_at.date(), " ".join(row.finding.awards)]
        for row in rows
    )  # fmt: skip
    write = sheets.csv_response if form == "csv" else sheets.xlsx_response
    return write(f"patterns.{form}", header, lines)
