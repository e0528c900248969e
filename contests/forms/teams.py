"""Registering a team: its unit, its name, its people by employee number; a substitute for a member."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contests.forms.registration import PHONE
from contests.pure.team import MOST_SUBSTITUTES
from people.models import Employee, Unit


class TeamForm(forms.Form):
    """The team itself."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Name of the team"), max_length=60)
    phone = forms.CharField(
        label=_("Mobile number of the captain"), max_length=20, validators=[PHONE],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    note = forms.CharField(label=_("Note to the organiser"), max_length=300, required=False)

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("-path")


class PersonForm(forms.Form):
    """One person and what they do in the team."""

    number = forms.CharField(
        label=_("Employee number"), max_length=40, widget=forms.TextInput(attrs={"list": "colleagues"})
    )
    role = forms.CharField(label=_("Role in the team"), max_length=40, required=False)

    def clean_number(self) -> Employee:
        """Return the active employee with this number."""
        rows = Employee.objects.select_related("unit", "trade")
        person = rows.filter(number=self.cleaned_data["number"].strip(), is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("No active employee has this number."))
        return person


def people_forms(data: Any, *, size: int, captain: Employee) -> tuple[Any, Any]:
    """Return the rows of members, the captain's first, and of substitutes, which may stay empty."""
    members = forms.formset_factory(
        PersonForm, extra=0, min_num=size, max_num=size, validate_min=True, validate_max=True
    )
    waiting = forms.formset_factory(PersonForm, extra=MOST_SUBSTITUTES, max_num=MOST_SUBSTITUTES, validate_max=True)
    initial = [{"number": captain.number, "role": _("captain")}] + [{} for _row in range(size - 1)]
    return members(data, prefix="member", initial=initial), waiting(data, prefix="substitute")


def places_of(rows: Any) -> list[tuple[Employee, str]]:
    """Return what valid rows say."""
    return [(row.cleaned_data["number"], row.cleaned_data["role"]) for row in rows if row.cleaned_data.get("number")]


class SubstituteForm(forms.Form):
    """Who leaves, who steps in, and why."""

    leaving = forms.IntegerField()
    entering = forms.IntegerField()
    reason = forms.CharField(label=_("Reason"), max_length=300)
