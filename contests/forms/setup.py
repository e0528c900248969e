"""Forms of the organiser's wizard: basics, conditions, awards, panel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contests.models import Contest, PanelMember
from people.models import Employee, Trade, Unit
from rewards.queries.funds import all_funds

MOMENT = "%Y-%m-%dT%H:%M"


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class BasicsForm(forms.ModelForm[Contest]):
    """What, when, where, how many."""

    class Meta:
        model = Contest
        fields = (
            "title", "code", "description", "trade", "place", "registration_opens_at", "registration_closes_at",
            "held_from_on", "held_until_on", "quota", "team_size", "is_blind", "is_sealed", "is_public", "result_detail", "same_unit", "notice_working_days",
        )  # fmt: skip
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "registration_opens_at": _moment(),
            "registration_closes_at": _moment(),
            "held_from_on": _day(),
            "held_until_on": _day(),
        }
        help_texts = {
            "code": _("Small letters, digits and hyphens; it becomes part of the addresses, for example welding-2027."),
            "team_size": _("1: everybody for themselves. More: units register teams, the quota counts teams."),
            "quota": _("Empty: no limit. A full contest makes a waitlist that moves up by itself."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team_size"].required = False
        if self.instance.pk:
            del self.fields["code"]

    def clean_team_size(self) -> int:
        """Return 1 when nothing is said."""
        return self.cleaned_data["team_size"] or 1

    def _post_clean(self) -> None:
        """Leave checking the table's rules to the verb, which runs under its lock."""


class ConditionsForm(forms.Form):
    """Who may register."""

    trades = forms.MultipleChoiceField(
        label=_("Only these trades"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every trade."),
    )  # fmt: skip
    unit_ids = forms.TypedMultipleChoiceField(
        label=_("Only these units"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every unit. A unit includes all below it."),
    )  # fmt: skip
    minimum_skill_level = forms.TypedChoiceField(
        label=_("Lowest skill level"), coerce=int, choices=Employee.SkillLevel.choices, required=False, empty_value=0
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trades"].choices = list(Trade.objects.values_list("code", "name"))
        plants = Unit.objects.filter(kind__in=(Unit.Kind.PLANT, Unit.Kind.COMPANY)).values_list("pk", "name")
        self.fields["unit_ids"].choices = list(plants)


class AwardRowForm(forms.Form):
    """Ranks and their points."""

    rank_from = forms.IntegerField(label=_("From rank"), min_value=1, max_value=99_999)
    rank_to = forms.IntegerField(label=_("To rank"), min_value=1, max_value=99_999)
    points = forms.IntegerField(label=_("Points"), min_value=0, max_value=10**9)


AwardRows = forms.formset_factory(AwardRowForm, extra=1, can_delete=True, max_num=50)


class AwardForm(forms.Form):
    """Points of taking part, and who pays."""

    participation_points = forms.IntegerField(
        label=_("Points for taking part"), min_value=0, max_value=10**9, required=False,
        help_text=_("For everybody with a rank no row speaks of."),
    )  # fmt: skip
    budget_unit = forms.ModelChoiceField(
        label=_("Points are paid by"), queryset=Unit.objects.none(), required=False, empty_label="—"
    )
    fund = forms.ChoiceField(
        label=_("Fund"), required=False,
        help_text=_("What the points may buy, and how long they live. Nothing chosen: the fund of the budget that pays."),
    )  # fmt: skip
    team = forms.ChoiceField(
        label=_("The points of a team"), required=False,
        choices=[("each", _("each member gets them")), ("split", _("are shared by the members"))],
        help_text=_("Shared: the captain gets what cannot be divided."),
    )  # fmt: skip

    def __init__(self, *args: Any, is_team: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_team:
            del self.fields["team"]
        present = str(self.initial.get("fund") or "")
        offered = [(row.code, str(row)) for row in all_funds() if row.is_open or row.code == present]
        self.fields["fund"].choices = [("", _("that of the budget")), *offered]
        if len(offered) < 2:
            self.fields["fund"].widget = forms.HiddenInput()
        kinds = (Unit.Kind.COMPANY, Unit.Kind.PLANT)
        self.fields["budget_unit"].queryset = Unit.objects.filter(kind__in=kinds)


class PanelForm(forms.Form):
    """Put somebody on the panel, by employee number."""

    number = forms.CharField(label=_("Employee number"), max_length=20)
    role = forms.ChoiceField(label=_("Role"), choices=PanelMember.Role.choices)

    def clean_number(self) -> Employee:
        employee = Employee.objects.select_related("unit").filter(number=self.cleaned_data["number"].strip()).first()
        if employee is None:
            raise ValidationError(_("Nobody has this number."), code="unknown")
        return employee
