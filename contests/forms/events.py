"""An event: what it is, and how units are ranked over its disciplines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contests.models import Contest, Event
from contests.pure.unit_table import MOST_BEST, UnitRule, read_rule

TIES = (
    ("firsts", _("more 1st places")),
    ("seconds", _("more 2nd places")),
    ("thirds", _("more 3rd places")),
    ("best", _("the best single entry")),
)


class EventForm(forms.ModelForm[Event]):
    """What, where, who may read it."""

    class Meta:
        model = Event
        fields = ("title", "code", "description", "place", "is_public")
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "code": _("Small letters, digits and hyphens; it becomes part of the addresses, for example festival-10."),
            "is_public": _("The table of units is shown there only while every discipline's board is public too."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]

    def _post_clean(self) -> None:
        """Leave checking the table's rules to the verb, which runs under its lock."""


class UnitRuleForm(forms.Form):
    """How units are ranked; the points of ranks stand in rows beside it."""

    kind = forms.ChoiceField(
        label=_("Units are ranked by"),
        choices=[("ranks", _("points for ranks")), ("totals", _("the sum of standardised totals"))],
        help_text=_("Standardised: 700 + 100 × distance from the median ÷ standard deviation, in each discipline."),
    )
    best = forms.IntegerField(
        label=_("Entries of a unit that count in a discipline"), min_value=1, max_value=MOST_BEST, required=False,
        help_text=_("The best so many; empty: all of them."),
    )  # fmt: skip
    ties = forms.MultipleChoiceField(
        label=_("Equal totals are decided by, in this order"), choices=TIES, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("Units equal in all of it share the rank."),
    )  # fmt: skip


def rule_initial(data: object) -> tuple[dict[str, Any], list[dict[str, int]]]:
    """Return what the form and its rows show of a stored rule."""
    rule: UnitRule = read_rule(data)
    rows = [{"rank_from": band.rank_from, "rank_to": band.rank_to, "points": band.points} for band in rule.bands]
    return {"kind": rule.kind, "best": rule.best, "ties": list(rule.ties)}, rows


def rule_of(form: UnitRuleForm, rows: Any) -> dict[str, Any]:
    """Return the rule valid forms say, as it is stored."""
    kept = [
        {name: row.cleaned_data[name] for name in ("rank_from", "rank_to", "points")}
        for row in rows
        if row.cleaned_data and not row.cleaned_data.get("DELETE")
    ]
    return {**form.cleaned_data, "rows": kept}


class DisciplineForm(forms.Form):
    """Which contest becomes a discipline."""

    contest = forms.ModelChoiceField(label=_("Contest"), queryset=Contest.objects.none(), to_field_name="code")

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contest"].queryset = choices
