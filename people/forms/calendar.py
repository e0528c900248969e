"""Days of the calendar, and who stands for whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.domain import substitutes
from people.models import Employee, Tie


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DayForm(forms.Form):
    """One day: worked, off, or as the library says."""

    on = forms.DateField(label=_("Day"), widget=_day())
    what = forms.ChoiceField(
        label=_("It is"),
        choices=(("off", _("a day off")), ("working", _("a working day")), ("usual", _("as usual again"))),
    )
    name = forms.CharField(label=_("Name"), max_length=60, required=False)


class SubstituteForm(forms.Form):
    """Somebody to stand for oneself."""

    to = forms.CharField(label=_("Who (number or name)"), max_length=60)
    from_on = forms.DateField(label=_("First day"), widget=_day(), initial=timezone.localdate)
    until_on = forms.DateField(label=_("Last day (empty: until you end it)"), widget=_day(), required=False)
    policies = forms.MultipleChoiceField(
        label=_("Only for (none: everything)"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policies"].choices = substitutes.choices()

    def clean_to(self) -> Employee:
        return employee_called(self.cleaned_data["to"])


class TieForm(forms.Form):
    """Somebody one is a relative, mentor or apprentice of."""

    other = forms.CharField(label=_("The other person (number or name)"), max_length=60)
    kind = forms.ChoiceField(label=_("What ties you"), choices=Tie.Kind.choices)

    def clean_other(self) -> Employee:
        return employee_called(self.cleaned_data["other"])


def employee_called(wanted: str) -> Employee:
    """Return the one active employee with this number or name; ValidationError says when there is none or several."""
    words = wanted.split() or [""]
    people = Employee.objects.select_related("unit").filter(is_active=True)
    found = list(people.filter(number=words[0])[:1]) or list(people.filter(name=wanted.strip())[:2])
    if len(found) != 1:
        message = (
            _("Several people are called “%(who)s”: write the number.") if found else _("Nobody is called “%(who)s”.")
        )
        raise ValidationError(message, code="unknown-person", params={"who": wanted})
    return found[0]
