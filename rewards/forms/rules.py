"""The rule editor: a form instead of JSON, and the words of what a check finds."""

from __future__ import annotations

import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from people.models import Unit
from rewards.forms.funds import FundField
from rewards.models import BadgeClass, RuleVersion, Season
from rewards.pure.award_events import EVENTS, PERSON_FACTS, WHOLE
from rewards.pure.rule_checks import Finding

BAND = re.compile(r"(\d{1,9})\s*(?:[-–~至到]\s*(\d{1,9}))?\s*[:：,，=\s]\s*(\d{1,7})")
CONDITIONS = 4
EVENT_WORDS = {
    "contest.taken-part": gettext_lazy("took part in a contest"),
    "contest.placed": gettext_lazy("was placed in a contest"),
    "suggestion.adopted": gettext_lazy("a suggestion was adopted"),
    "mentoring.completed": gettext_lazy("completed mentor and apprentice time"),
    "course.attended": gettext_lazy("attended a course"),
    "login.daily": gettext_lazy("signed in on a day"),
}
FACT_WORDS = {
    "contest": gettext_lazy("contest (code)"), "trade": gettext_lazy("trade (code)"), "rank": gettext_lazy("rank"),
    "entrants": gettext_lazy("number of entrants"), "suggestion": gettext_lazy("suggestion"), "grade": gettext_lazy("grade"),
    "benefit": gettext_lazy("benefit in yuan"), "agreement": gettext_lazy("agreement"), "role": gettext_lazy("role (mentor, apprentice)"),
    "partner": gettext_lazy("partner (number)"), "course": gettext_lazy("course"), "hours": gettext_lazy("hours"),
    "unit": gettext_lazy("unit (code), or below it"), "skill_level": gettext_lazy("skill level (0–5)"),
    "level": gettext_lazy("level by points (1, 2 …)"),
}  # fmt: skip
OPERATOR_WORDS = (("is", gettext_lazy("is")), ("in", gettext_lazy("is one of")), ("at-least", gettext_lazy("at least")),
                  ("at-most", gettext_lazy("at most")))  # fmt: skip
SPAN_WORDS = {
    "day": gettext_lazy("a day"), "week": gettext_lazy("a week"), "month": gettext_lazy("a month"),
    "season": gettext_lazy("a season"), "rule": gettext_lazy("in all"), "times": gettext_lazy("times"),
}  # fmt: skip
FINDINGS = {
    "unreadable": gettext_noop("The part “%(where)s” is not filled in rightly."),
    "unknown-event": gettext_noop("There is no event “%(event)s”."),
    "not-reported": gettext_noop("Another program must report “%(event)s” through the API (POST /api/v1/points/events); until it does the rule waits."),
    "unknown-fact": gettext_noop("The event brings no fact “%(fact)s”: the condition never holds."),
    "not-a-number": gettext_noop("“%(fact)s” is text: at least and at most need a number."),
    "wrong-values": gettext_noop("“%(fact)s” is compared with a value of another kind."),
    "no-such-number": gettext_noop("The event brings no number “%(fact)s” to count points by."),
    "no-partner": gettext_noop("The event names no partner: different partners can never be counted."),
    "never-true": gettext_noop("The conditions on “%(fact)s” exclude each other: the rule can never fire."),
    "never-points": gettext_noop("No line of the table can be reached under the conditions: the rule can never pay."),
    "bands-overlap": gettext_noop("Two lines of the table hold the value %(value)s."),
    "nothing-to-pay": gettext_noop("The rule has no points to give."),
    "cap-out-of-reach": gettext_noop("The cap of %(cap)s points %(span)s can never be reached: %(wider)s there are at most %(most)s."),
    "cap-below-points": gettext_noop("The smallest award is %(points)s points, but a cap of %(cap)s always cuts it."),
    "cap-below-bonus": gettext_noop("The bonus of %(points)s points is never paid whole: a cap stops at %(cap)s."),
    "approval-out-of-reach": gettext_noop("Nobody is ever asked: approval begins at %(from)s points, the most is %(most)s."),
    "no-such-unit": gettext_noop("There is no unit with the code “%(unit)s”."),
    "no-such-badge": gettext_noop("There is no badge “%(badge)s”, or it is given no longer."),
}  # fmt: skip


def worded(found: list[Finding]) -> list[tuple[str, str]]:
    """Return (level, sentence) of findings."""
    rows = []
    for one in found:
        params = {name: SPAN_WORDS.get(str(value), value) if name in {"span", "wider"} else FACT_WORDS.get(str(value), value)
                  for name, value in one.params.items()}  # fmt: skip
        rows.append((one.level, _(FINDINGS[one.code]) % params))
    return rows


def _facts(*, whole_only: bool = False) -> list[tuple[str, Any]]:
    """Return choices `event:rank`, `person:trade`, each once."""
    names = {name: kind for event in EVENTS.values() for name, kind in event.facts.items()}
    rows: list[tuple[str, Any]] = [
        (f"event:{name}", FACT_WORDS[name]) for name, kind in names.items() if not whole_only or kind == WHOLE
    ]
    if not whole_only:
        rows += [(f"person:{name}", _PersonWord(name)) for name in PERSON_FACTS]
    return rows


def _event_word(code: str) -> str:
    """Return an event in words; one this program does not see itself says so."""
    if EVENTS[code].is_reported:
        return str(EVENT_WORDS[code])
    return _("%(event)s (another program reports it)") % {"event": EVENT_WORDS[code]}


class _PersonWord:
    """A fact of the person, worded when it is shown."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return _("the person’s %(fact)s") % {"fact": FACT_WORDS[self.name]}


def _number(label: Any, *, least: int = 1, most: int = 1_000_000, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=least, max_value=most, help_text=help_text)


class RuleForm(forms.Form):
    """One version of a rule; `definition` is what is kept."""

    code = forms.SlugField(
        label=gettext_lazy("Rule code"),
        max_length=40,
        help_text=gettext_lazy("Letters, digits and hyphens; it never changes."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=80, help_text=gettext_lazy("People read it beside their points.")
    )
    event = forms.ChoiceField(
        label=gettext_lazy("When somebody"),
        choices=lambda: [(code, _event_word(code)) for code in EVENT_WORDS],
        help_text=gettext_lazy(
            "What another program reports reaches the rules through the API: POST /api/v1/points/events."
        ),
    )
    points_kind = forms.ChoiceField(
        label=gettext_lazy("Points"),
        choices=[
            ("fixed", gettext_lazy("always the same")),
            ("table", gettext_lazy("by a table")),
            ("each", gettext_lazy("so many for each")),
        ],
    )
    fixed = _number(gettext_lazy("Points (or for each)"), least=0)
    fact = forms.ChoiceField(
        label=gettext_lazy("Table by, or for each"),
        choices=lambda: [("", "—"), *_facts(whole_only=True)],
        required=False,
    )
    bands = forms.CharField(
        label=gettext_lazy("Table"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("A line for each: 1 300, or 2-3 200."),
    )
    cap_day, cap_month, cap_season, cap_rule = (
        _number(gettext_lazy("At most a day")),
        _number(gettext_lazy("At most a month")),
        _number(gettext_lazy("At most a season")),
        _number(gettext_lazy("At most in all")),
    )
    partners_at_least = _number(gettext_lazy("Different partners at least"), most=1000)
    partners_days = _number(gettext_lazy("within so many days"), most=3660)
    streak_length = _number(gettext_lazy("Streak of"), least=2, most=1000)
    streak_span = forms.ChoiceField(
        label=gettext_lazy("in a row, counted by"),
        required=False,
        choices=[(name, SPAN_WORDS[name]) for name in ("times", "day", "week", "month")],
    )
    streak_bonus = _number(gettext_lazy("Bonus points"))
    approval_from = _number(gettext_lazy("Somebody must agree from"), help_text=gettext_lazy("points on; empty: never"))
    budget = forms.ChoiceField(
        label=gettext_lazy("Paid by the budget of"),
        choices=[
            ("company", gettext_lazy("the company")),
            ("plant", gettext_lazy("the person’s plant")),
            ("unit", gettext_lazy("this unit:")),
        ],
    )
    budget_unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit"),
        queryset=Unit.objects.filter(kind__in=("plant", "shop")),
        required=False,
        empty_label="—",
    )
    fund = FundField()
    expiry_months = _number(
        gettext_lazy("Points live so many months"), most=120, help_text=gettext_lazy("empty: for ever")
    )
    badge = forms.ModelChoiceField(
        label=gettext_lazy("Badge to give"), queryset=BadgeClass.objects.filter(is_active=True), required=False, empty_label="—",
        to_field_name="code",
    )  # fmt: skip

    def __init__(self, *args: Any, version: RuleVersion | None = None, is_new: bool = False, **kwargs: Any) -> None:
        if version is not None:
            kwargs["initial"] = initial_of(version)
        super().__init__(*args, **kwargs)
        cast("FundField", self.fields["fund"]).offer(version.fund if version else "")
        if not is_new:
            del self.fields["code"]
        for row in range(1, CONDITIONS + 1):
            self.fields[f"fact_{row}"] = forms.ChoiceField(
                label=_("Fact"), required=False, choices=[("", "—"), *_facts()]
            )
            self.fields[f"operator_{row}"] = forms.ChoiceField(
                label=_("Comparison"), required=False, choices=OPERATOR_WORDS
            )
            self.fields[f"value_{row}"] = forms.CharField(label=_("Value"), required=False, max_length=200)

    @property
    def condition_rows(self) -> list[list[Any]]:
        """The fields of each condition, for the page."""
        return [[self[f"{name}_{row}"] for name in ("fact", "operator", "value")] for row in range(1, CONDITIONS + 1)]

    def section(self, *names: str) -> list[Any]:
        """Return bound fields by name."""
        return [self[name] for name in names if name in self.fields and not self[name].is_hidden]

    @property
    def head(self) -> list[Any]:
        return self.section("code", "title", "event")

    @property
    def pay(self) -> list[Any]:
        return self.section("points_kind", "fixed", "fact", "bands")

    @property
    def caps(self) -> list[Any]:
        return self.section("cap_day", "cap_month", "cap_season", "cap_rule")

    @property
    def streak(self) -> list[Any]:
        return self.section("streak_length", "streak_span", "streak_bonus", "partners_at_least", "partners_days")

    @property
    def source(self) -> list[Any]:
        return self.section("budget", "budget_unit", "fund", "expiry_months", "badge", "approval_from")

    def clean_bands(self) -> list[list[int]]:
        rows = []
        for place, line in enumerate(self.cleaned_data["bands"].splitlines(), 1):
            if not line.strip():
                continue
            match = BAND.fullmatch(line.strip())
            if match is None:
                raise ValidationError(_("Line %(line)s of the table: write 1 300, or 2-3 200."), params={"line": place})
            rows.append([int(match[1]), int(match[2] or match[1]), int(match[3])])
        return rows

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        kind = data.get("points_kind")
        if kind == "fixed" and data.get("fixed") is None:
            self.add_error("fixed", _("Write how many points."))
        if kind in {"table", "each"} and not data.get("fact"):
            self.add_error("fact", _("Choose what the points follow."))
        if kind == "table" and not data.get("bands") and "bands" not in self.errors:
            self.add_error("bands", _("Write at least one line."))
        if kind == "each" and not data.get("fixed"):
            self.add_error("fixed", _("Write how many points for each."))
        for one, other in (("partners_at_least", "partners_days"), ("streak_length", "streak_bonus")):
            if bool(data.get(one)) != bool(data.get(other)):
                self.add_error(other if data.get(one) else one, _("Both belong together."))
        if data.get("budget") == "unit" and data.get("budget_unit") is None:
            self.add_error("budget_unit", _("Choose the unit that pays."))
        return data

    @property
    def definition(self) -> dict[str, Any]:
        """The JSON of a valid form."""
        data = self.cleaned_data
        fact = data["fact"].partition(":")[2]
        points: dict[str, Any] = {"fixed": data["fixed"] or 0}
        if data["points_kind"] == "table":
            points = {"fact": fact, "bands": data["bands"]}
        elif data["points_kind"] == "each":
            points = {"fact": fact, "each": data["fixed"]}
        found: dict[str, Any] = {"event": data["event"], "points": points}
        if conditions := [row for row in map(self._condition, range(1, CONDITIONS + 1)) if row]:
            found["conditions"] = conditions
        if caps := {span: data[f"cap_{span}"] for span in ("day", "month", "season", "rule") if data[f"cap_{span}"]}:
            found["caps"] = caps
        if data["partners_at_least"]:
            found["counterparties"] = {"at_least": data["partners_at_least"], "days": data["partners_days"]}
        if data["streak_length"]:
            found["streak"] = {
                "length": data["streak_length"],
                "span": data["streak_span"],
                "bonus": data["streak_bonus"],
            }
        if data["approval_from"]:
            found["approval_from"] = data["approval_from"]
        return found

    def _condition(self, row: int) -> dict[str, Any] | None:
        data = self.cleaned_data
        of, _colon, fact = data[f"fact_{row}"].partition(":")
        texts = [text.strip() for text in re.split(r"[,，、]", data[f"value_{row}"]) if text.strip()]
        if not fact or not texts:
            return None
        kinds = PERSON_FACTS if of == "person" else EVENTS[data["event"]].facts
        is_whole = kinds.get(fact) == WHOLE
        values = [int(text) if is_whole and text.isdigit() else text for text in texts]
        return {"fact": fact, "operator": data[f"operator_{row}"], "values": values, "of": of}

    @property
    def fields_of_version(self) -> dict[str, Any]:
        """What stands beside the definition."""
        data = self.cleaned_data
        budget = f"unit:{data['budget_unit'].code}" if data["budget"] == "unit" else data["budget"]
        return {
            "budget": budget, "fund": data["fund"], "expiry_months": data["expiry_months"] or 0,
            "badge": data["badge"].code if data["badge"] else "",
        }  # fmt: skip


def initial_of(version: RuleVersion) -> dict[str, Any]:
    """Return a version as the form shows it."""
    data, points = version.definition, version.definition.get("points", {})
    kind = "fixed" if not points.get("fact") else "table" if points.get("bands") else "each"
    bands = [
        f"{first}-{last} {value}" if first != last else f"{first} {value}"
        for first, last, value in points.get("bands", [])
    ]
    found: dict[str, Any] = {
        "title": version.rule.title, "event": data.get("event"), "points_kind": kind, "bands": "\n".join(bands),
        "fixed": points.get("each") or points.get("fixed"), "fact": f"event:{points['fact']}" if points.get("fact") else "",
        "approval_from": data.get("approval_from"), "fund": version.fund, "expiry_months": version.expiry_months or None,
        "badge": version.badge or None, "budget": version.budget.partition(":")[0],
    }  # fmt: skip
    if version.budget.startswith("unit:"):
        found["budget_unit"] = Unit.objects.filter(code=version.budget.removeprefix("unit:")).first()
    found |= {f"cap_{span}": value for span, value in data.get("caps", {}).items()}
    found |= {f"streak_{name}": value for name, value in data.get("streak", {}).items()}
    found |= {f"partners_{name}": value for name, value in data.get("counterparties", {}).items()}
    for row, one in enumerate(data.get("conditions", [])[:CONDITIONS], 1):
        found |= {f"fact_{row}": f"{one['of']}:{one['fact']}", f"operator_{row}": one["operator"],
                  f"value_{row}": ", ".join(str(value) for value in one["values"])}  # fmt: skip
    return found


class RehearsalForm(forms.Form):
    """The season whose events are played."""

    season = forms.ModelChoiceField(label=gettext_lazy("Season"), queryset=Season.objects.all(), empty_label=None)


class SeasonForm(forms.Form):
    """A season."""

    code = forms.SlugField(label=gettext_lazy("Season code"), max_length=40)
    name = forms.CharField(label=gettext_lazy("Season name"), max_length=60)
    from_on = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until_on = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class LevelsForm(forms.Form):
    """All levels, a line each."""

    levels = forms.CharField(
        label=gettext_lazy("Levels"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "A line for each, the lowest first: name and the points earned from which people have it, such as 青铜 100."
        ),
    )

    def clean_levels(self) -> list[tuple[str, int]]:
        rows = []
        for place, line in enumerate(self.cleaned_data["levels"].splitlines(), 1):
            name, _space, points = line.strip().rpartition(" ")
            if not line.strip():
                continue
            if not name.strip() or not points.isdigit() or len(points) > 12 or len(name.strip()) > 30:
                raise ValidationError(
                    _("Line %(line)s: write a name and points, such as 青铜 100."), params={"line": place}
                )
            rows.append((name.strip(), int(points)))
        return rows
