"""When a unit works, as an administrator writes it: the fields of one kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import WorkingPattern

KINDS = WorkingPattern.Kind.choices
OFFICE_HOURS = "08:30-12:00, 13:00-17:30"


class WorkingTimeForm(forms.Form):
    """Hours, or shifts and their order. What they mean is read by the verb, whose faults stand beside these fields."""

    hours = forms.CharField(
        label=_("Hours worked"), max_length=120, required=False,
        help_text=_("One or more, such as 08:30-12:00, 13:00-17:30. 00:00-24:00 is the whole day; 22:00-06:00 ends the next morning."),
    )  # fmt: skip
    shifts = forms.CharField(
        label=_("Shifts"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A line each: a name, a space, its hours."),
    )  # fmt: skip
    cycle = forms.CharField(
        label=_("Order of the shifts, day after day"), max_length=300, required=False,
        help_text=_("It begins anew when it is over. “off” is a day of rest."),
    )  # fmt: skip
    starts_on = forms.DateField(
        label=_("First day of the order"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("A day on which this unit works the first shift of the order. Each crew has its own day."),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, own: WorkingPattern | None, **kwargs: Any) -> None:
        usual = {
            "hours": OFFICE_HOURS if kind == "office" else "08:00-20:00",
            "shifts": _("M 08:00-16:00\nA 16:00-24:00\nN 00:00-08:00"),
            "cycle": _("M M A A N N off off"),
            "starts_on": timezone.localdate,
        }
        if own is not None and own.kind == kind:
            usual = {"hours": own.hours, "shifts": own.shifts, "cycle": own.cycle, "starts_on": own.starts_on}
        super().__init__(*args, **{**kwargs, "initial": usual})
        for name in {"shifts", "cycle", "starts_on"} if kind != "rotation" else {"hours"}:
            del self.fields[name]
