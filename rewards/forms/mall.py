"""Redeeming, and keeping the catalogue."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Unit
from rewards.models import CourseSession, Item


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class RedeemForm(forms.Form):
    """The wish: a day for leave, a session for a course. `hold` makes a double press one request."""

    hold = forms.UUIDField(widget=forms.HiddenInput)
    points = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    wanted_on = forms.DateField(label=_("The day you would like"), required=False, widget=_day())
    is_afternoon = forms.TypedChoiceField(
        label=_("Half of the day"), choices=((0, _("morning")), (1, _("afternoon"))), coerce=lambda value: value == "1",
        required=False, empty_value=False, widget=forms.RadioSelect, initial=0,
    )  # fmt: skip
    session = forms.ModelChoiceField(
        label=_("Session"), queryset=CourseSession.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    note = forms.CharField(label=_("Note to your unit head"), max_length=300, required=False)

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if item.kind == Item.Kind.LEAVE:
            del self.fields["session"]
            self.fields["wanted_on"].widget.attrs["min"] = timezone.localdate().isoformat()
            if item.half_days != 1:
                del self.fields["is_afternoon"]
        else:
            del self.fields["wanted_on"], self.fields["is_afternoon"]
            sessions = item.sessions.filter(starts_at__gt=timezone.now(), is_cancelled=False)
            self.fields["session"].queryset = sessions
            self.fields["session"].label_from_instance = _session_label


def _session_label(session: CourseSession) -> str:
    starts = timezone.localtime(session.starts_at)
    left = _("%(left)s of %(seats)s seats free") % {"left": session.seats_left, "seats": session.seats}
    return f"{starts:%Y-%m-%d %H:%M} · {session.place} · {left}"


class ItemForm(forms.ModelForm[Item]):
    """An item of the catalogue."""

    class Meta:
        model = Item
        fields = ("kind", "title", "description", "points", "half_days", "valid_months", "yearly_cap")
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "half_days": _("For leave: 1 is half a day, 2 a whole day."),
            "yearly_cap": _("Empty: as often as the points allow."),
        }

    def _post_clean(self) -> None:
        """Leave the table's rules to the verb."""


class SessionForm(forms.ModelForm[CourseSession]):
    """A session of a course."""

    class Meta:
        model = CourseSession
        fields = ("starts_at", "ends_at", "place", "seats")
        widgets = {"starts_at": _moment(), "ends_at": _moment()}

    def _post_clean(self) -> None:
        """Leave the table's rules to the verb."""


class BudgetForm(forms.Form):
    """Grant points to a unit's budget."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=10**12)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (Unit.Kind.COMPANY, Unit.Kind.PLANT, Unit.Kind.SHOP)
        self.fields["unit"].queryset = Unit.objects.filter(kind__in=kinds).order_by("path")
