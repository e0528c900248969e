"""What the chief judge says about one entry: status, penalty, disqualification; each with its reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contests.forms.judging import OfContestForm
from contests.models import Contest, Entry
from contests.pure import decimals
from contests.pure.time_penalty import TimeRule, read_rule

STATUSES = [choice for choice in Entry.Status.choices if choice[0] != Entry.Status.DISQUALIFIED]


class EntryForm(OfContestForm):
    """One of the contest's entries, and why."""

    entry = forms.CharField(label=_("Entry code"), max_length=64)

    def clean_entry(self) -> str:
        """Return the code of one of the contest's entries."""
        code: str = self.cleaned_data["entry"].strip()
        if not Entry.objects.filter(contest=self.contest, code=code).exists():
            raise forms.ValidationError(_("The contest has no such entry: look at the code again."))
        return code


class StatusForm(EntryForm):
    """Who did not start, did not finish, withdrew, or takes part after all."""

    status = forms.ChoiceField(label=_("Status"), choices=STATUSES, required=False)


class PenaltyForm(EntryForm):
    """Points to take: written down, or by the rule about time."""

    by_time = forms.BooleanField(required=False)
    points = forms.CharField(label=_("Points taken"), max_length=12, required=False)
    minutes = forms.CharField(label=_("Minutes over time"), max_length=12, required=False)


class TimeRuleForm(forms.Form):
    """What minutes over time cost; nothing filled in: no such rule."""

    limit = forms.DecimalField(label=_("Time allowed, minutes"), required=False, min_value=0, max_value=10_000)
    points = forms.DecimalField(label=_("Points for a minute over time"), required=False, min_value=0, max_value=10_000)
    most = forms.DecimalField(label=_("At most so many points"), required=False, min_value=0, max_value=10_000)
    begun = forms.BooleanField(label=_("A minute that has begun counts whole"), required=False)
    aspect = forms.ChoiceField(label=_("Minutes are measured in"), required=False)

    def __init__(self, *args: Any, contest: Contest, **kwargs: Any) -> None:
        rule = _stored(contest)
        initial: dict[str, Any] = {"begun": True}
        if rule is not None:
            initial |= {
                "limit": rule.limit_minutes, "points": rule.points_per_minute, "most": rule.most_points,
                "begun": rule.is_begun, "aspect": rule.aspect,
            }  # fmt: skip
        super().__init__(*args, **{**kwargs, "initial": initial})
        aspects = contest.marking_scheme.aspects if contest.has_scheme else ()
        measured = [(row.code, row.title) for row in aspects if row.kind == "measurement"]
        self.fields["aspect"].choices = [("", _("nothing; they are written down")), *measured]

    @property
    def rule(self) -> dict[str, Any]:
        """Return the rule as it is stored; {} when neither limit nor points are given."""
        data = self.cleaned_data
        if data["limit"] is None and data["points"] is None:
            return {}

        def text(name: str) -> str:
            return "" if data[name] is None else decimals.text(data[name])

        return {
            "limit": text("limit"), "points": text("points"), "most": text("most"), "begun": data["begun"],
            "aspect": data["aspect"],
        }  # fmt: skip


def _stored(contest: Contest) -> TimeRule | None:
    try:
        return read_rule(contest.time_rule)
    except ValueError:
        return None
