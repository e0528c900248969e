"""Award rules: list, versions, editor with its check, publishing, rehearsal, comparison; seasons and levels; decisions."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit.doors import door, one
from people.models import Employee
from rewards.domain import rehearsals, rule_book, rule_tables, seasons
from rewards.forms.rules import (
    EVENT_WORDS,
    FACT_WORDS,
    OPERATOR_WORDS,
    SPAN_WORDS,
    LevelsForm,
    RehearsalForm,
    RuleForm,
    SeasonForm,
    worded,
)
from rewards.models import AwardRule, Level, Rehearsal, RuleDecision, RuleVersion, Season
from rewards.pure.rule_checks import ERROR, differences
from rewards.queries.funds import name_of
from rewards.queries.rules import decisions_visible_to, rules_listed

ROWS = 50
RULE = one(AwardRule.objects.select_related("current"), code="code")
OPERATORS = dict(OPERATOR_WORDS)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": cast("Employee", request.user), "at": timezone.now()}


@door("rewards.view_rules")
def rules(request: HttpRequest) -> HttpResponse:
    """List every rule with what it has paid. At most 9 SQL statements."""
    rows = [{"rule": row, "event": EVENT_WORDS.get(row.current.event, row.current.event) if row.current else "",
             "is_table": rule_tables.is_table(row)} for row in rules_listed()]  # fmt: skip
    return render(request, "rewards/rules.html", {"rows": rows})


def in_words(version: RuleVersion) -> list[tuple[str, str]]:
    """Return a version as (part, sentence), for readers."""
    data = version.definition
    points = data.get("points", {})
    fact = FACT_WORDS.get(points.get("fact", ""), points.get("fact", ""))
    if points.get("bands"):
        rows = [
            f"{first}–{last}: {value}" if first != last else f"{first}: {value}"
            for first, last, value in points["bands"]
        ]
        paid = _("by %(fact)s: %(table)s") % {"fact": fact, "table": "; ".join(rows)}
    elif points.get("fact"):
        paid = _("%(n)s for each: %(fact)s") % {"n": points.get("each"), "fact": fact}
    else:
        paid = str(points.get("fixed", 0))
    found = [
        (_("When somebody"), str(EVENT_WORDS.get(data.get("event", ""), data.get("event", "")))),
        (_("Points"), paid),
    ]
    for row in data.get("conditions", []):
        what = FACT_WORDS.get(row["fact"], row["fact"])
        name = _("the person’s %(fact)s") % {"fact": what} if row["of"] == "person" else str(what)
        found.append(
            (_("Only if"), f"{name} {OPERATORS[row['operator']]} {', '.join(str(value) for value in row['values'])}")
        )
    found += [(_("At most"), f"{points} {SPAN_WORDS[span]}") for span, points in data.get("caps", {}).items()]
    if partners := data.get("counterparties"):
        found.append(
            (
                _("Different partners"),
                _("%(n)s within %(days)s days") % {"n": partners["at_least"], "days": partners["days"]},
            )
        )
    if streak := data.get("streak"):
        where = {"n": streak["length"], "span": SPAN_WORDS[streak["span"]], "bonus": streak["bonus"]}
        found.append((_("Streak"), _("%(n)s in a row (%(span)s): %(bonus)s more") % where))
    if data.get("approval_from"):
        found.append((_("Somebody must agree"), _("from %(n)s points on") % {"n": data["approval_from"]}))
    found.append((_("Paid by the budget of"), _budget(version.budget)))
    if version.fund != "default":
        found.append((_("Fund"), name_of(version.fund)))
    found.append(
        (_("Points live"), _("%(n)s months") % {"n": version.expiry_months} if version.expiry_months else _("for ever"))
    )
    if version.badge:
        found.append((_("Badge to give"), version.badge))
    return found


def _budget(text: str) -> str:
    words = {"company": _("the company"), "plant": _("the person’s plant")}
    return words.get(text, text.removeprefix("unit:"))


@door("rewards.view_rules", rule=RULE)
def rule(request: HttpRequest, rule: AwardRule) -> HttpResponse:
    """Show a rule: the version in force in words, a draft with what its check finds, rehearsals. At most 18 SQL statements."""
    versions = list(rule.versions.select_related("by", "published_by"))
    draft = next((row for row in versions if not row.is_published), None)
    found = rule_book.findings(draft) if draft else []
    tried = Rehearsal.objects.filter(version__rule=rule).select_related("version", "season", "by")[:10]
    context = {
        "rule": rule, "versions": versions, "draft": draft, "findings": worded(found), "is_table": rule_tables.is_table(rule),
        "has_errors": any(row.level == ERROR for row in found), "words": in_words(rule.current) if rule.current else [],
        "draft_words": in_words(draft) if draft else [], "rehearsals": tried, "form": RehearsalForm(),
        "decisions": RuleDecision.objects.filter(version__rule=rule).select_related("employee__unit", "version")[:10],
    }  # fmt: skip
    return render(request, "rewards/rule.html", context)


@door("rewards.write_rules", methods=("GET", "POST"))
def create(request: HttpRequest) -> HttpResponse:
    """Write a new rule."""
    form = RuleForm(request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = rule_book.create(
                code=data["code"],
                title=data["title"],
                definition=form.definition,
                **form.fields_of_version,
                **_by(request),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("rewards:rule", code=row.rule.code)
    return _editor(request, form)


@door("rewards.write_rules", methods=("GET", "POST"), rule=RULE)
def edit(request: HttpRequest, rule: AwardRule) -> HttpResponse:
    """Edit the draft, or begin one from the version in force."""
    start = rule.versions.select_related("rule").first()
    form = RuleForm(request.POST or None, version=start)
    if request.method == "POST" and form.is_valid():
        rule_book.save_draft(
            rule=rule,
            title=form.cleaned_data["title"],
            definition=form.definition,
            **form.fields_of_version,
            **_by(request),
        )
        return redirect("rewards:rule", code=rule.code)
    return _editor(request, form, rule)


def _editor(request: HttpRequest, form: RuleForm, rule: AwardRule | None = None) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, "rewards/edit_rule.html", {"form": form, "rule": rule}, status=status)


@door("rewards.write_rules", methods=("POST",), rule=RULE)
def publish(request: HttpRequest, rule: AwardRule) -> HttpResponse:
    """Put the draft in force."""
    draft = get_object_or_404(rule.versions, published_at=None)
    rule_book.publish(version=draft, **_by(request))
    messages.success(request, _("Published. From now on this version decides."))
    return redirect("rewards:rule", code=rule.code)


@door("rewards.write_rules", methods=("POST",), rule=RULE)
def end(request: HttpRequest, rule: AwardRule) -> HttpResponse:
    """Take a rule out of force."""
    rule_book.end(rule=rule, **_by(request))
    messages.success(request, _("The rule is out of force. What it paid stays."))
    return redirect("rewards:rule", code=rule.code)


@door("rewards.write_rules", methods=("POST",), version=one(RuleVersion.objects.select_related("rule"), pk="pk"))
def rehearse(request: HttpRequest, version: RuleVersion) -> HttpResponse:
    """Ask the worker to try a version on a season."""
    form = RehearsalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a season."))
        return redirect("rewards:rule", code=version.rule.code)
    row = rehearsals.ask(version=version, season=form.cleaned_data["season"], **_by(request))
    return redirect("rewards:rehearsal", pk=row.pk)


@door("rewards.view_rules", row=one(Rehearsal.objects.select_related("version__rule", "season", "by"), pk="pk"))
def rehearsal(request: HttpRequest, row: Rehearsal) -> HttpResponse:
    """Show a rehearsal; while the worker is busy the page asks again each second. At most 8 SQL statements."""
    report = row.report
    most = max([points for _name, points, _people in report.get("units", [])], default=0)
    context = {
        "row": row, "report": report, "most": most, "is_busy": row.state != Rehearsal.State.DONE, "words": in_words(row.version),
        "percent": round(100 * row.done / row.total) if row.total else 0, "outcomes": _outcomes(report),
    }  # fmt: skip
    template = "rewards/parts/rehearsal.html" if request.headers.get("HX-Request") else "rewards/rehearsal.html"
    return render(request, template, context)


def _outcomes(report: dict[str, Any]) -> list[tuple[Any, int]]:
    words = dict(RuleDecision.Outcome.choices)
    return sorted(
        ((words.get(name, name), count) for name, count in report.get("outcomes", {}).items()), key=lambda row: -row[1]
    )


@door("rewards.view_rules", rule=RULE)
def compare(request: HttpRequest, rule: AwardRule) -> HttpResponse:
    """Compare two versions, part by part, with their newest rehearsals side by side. At most 11 SQL statements."""
    versions = list(rule.versions.select_related("rule"))
    numbers = {str(row.number): row for row in versions}
    later = numbers.get(request.GET.get("b", "")) or versions[0]
    earlier = numbers.get(request.GET.get("a", "")) or versions[min(1, len(versions) - 1)]
    texts = [dict[str, list[str]](), dict[str, list[str]]()]
    for place, version in enumerate((earlier, later)):
        for part, text in in_words(version):
            texts[place].setdefault(part, []).append(text)
    tried = Rehearsal.objects.filter(version__in=(earlier, later), state=Rehearsal.State.DONE).select_related("season")
    newest = {row.version_id: row for row in reversed(list(tried))}
    context = {
        "rule": rule, "versions": versions, "earlier": earlier, "later": later,
        "rows": [(part, "; ".join(a or []) or "—", "; ".join(b or []) or "—") for part, a, b in differences(*texts)],
        "reports": (newest.get(earlier.pk), newest.get(later.pk)),
    }  # fmt: skip
    return render(request, "rewards/compare_rules.html", context)


@door("rewards.view_wallet")
def decisions(request: HttpRequest) -> HttpResponse:
    """List what rules decided, one's own or, for those who answer for points, everybody's. At most 10 SQL statements."""
    rows = decisions_visible_to(cast("Employee", request.user))
    outcome, code, words = (request.GET.get(name, "").strip()[:60] for name in ("outcome", "rule", "q"))
    if outcome in RuleDecision.Outcome.values:
        rows = rows.filter(outcome=outcome)
    if code:
        rows = rows.filter(version__rule__code=code)
    if words:
        rows = rows.filter(employee__number__startswith=words)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "outcomes": RuleDecision.Outcome.choices, "outcome": outcome, "code": code, "q": words,
               "rules": AwardRule.objects.values_list("code", "title"), "events": EVENT_WORDS}  # fmt: skip
    return render(request, "rewards/decisions.html", context)


@door("rewards.view_rules")
def season_list(request: HttpRequest) -> HttpResponse:
    """Show seasons and levels. At most 8 SQL statements."""
    return _seasons(request, SeasonForm(), _levels_form())


def _levels_form() -> LevelsForm:
    return LevelsForm(initial={"levels": "\n".join(f"{row.name} {row.points_from}" for row in Level.objects.all())})


def _seasons(request: HttpRequest, form: SeasonForm, levels: LevelsForm) -> HttpResponse:
    context = {"rows": Season.objects.all(), "levels": Level.objects.all(), "form": form, "levels_form": levels,
               "today": timezone.localdate()}  # fmt: skip
    return render(request, "rewards/seasons.html", context, status=422 if request.method == "POST" else 200)


@door("rewards.write_rules", methods=("POST",))
def save_season(request: HttpRequest) -> HttpResponse:
    """Make a season."""
    form = SeasonForm(request.POST)
    if form.is_valid():
        try:
            seasons.save(season=None, **form.cleaned_data, **_by(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("rewards:seasons")
    return _seasons(request, form, _levels_form())


@door("rewards.write_rules", methods=("POST",))
def save_levels(request: HttpRequest) -> HttpResponse:
    """Replace the levels."""
    form = LevelsForm(request.POST)
    if form.is_valid():
        try:
            seasons.set_levels(levels=form.cleaned_data["levels"], **_by(request))
        except ValidationError as refusal:
            form.add_error("levels", refusal)
        else:
            return redirect("rewards:seasons")
    return _seasons(request, SeasonForm(), form)
