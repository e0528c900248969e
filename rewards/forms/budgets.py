"""Points for units, and the same points for many people."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Unit
from rewards.domain.budgets import MOST_POINTS
from rewards.domain.bulk_awards import MOST_POINTS as MOST_EACH
from rewards.forms.funds import FundField


class _OfUnit(forms.Form):
    """A unit, points and a reason; the id is made with the page, so that a second press does nothing new."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=MOST_POINTS)
    fund = FundField()
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("FundField", self.fields["fund"]).offer()
        field = self.fields["unit"]
        field.queryset = self.units()  # type: ignore[attr-defined]
        field.label_from_instance = lambda row: f"{'　' * row.path.rstrip('/').count('/')}{row.name}"  # type: ignore[attr-defined]

    @staticmethod
    def units() -> Any:
        """Return the units that may be chosen."""
        kinds = (Unit.Kind.COMPANY, Unit.Kind.PLANT, Unit.Kind.SHOP)
        return Unit.objects.filter(kind__in=kinds).order_by("path")


class GrantForm(_OfUnit):
    """Grant points to a unit's budget, or hand them down from the budget above."""

    SOURCES = (("above", _("the budget above")), ("new", _("newly granted")))
    source = forms.ChoiceField(label=_("Paid by"), choices=SOURCES, initial="above", required=False)
    field_order = ("id", "unit", "fund", "points", "source", "reason")


class TopUpForm(_OfUnit):
    """Ask for more points for a unit."""

    field_order = ("id", "unit", "fund", "points", "reason")


class BulkForm(_OfUnit):
    """The same points for everybody of a unit."""

    points = forms.IntegerField(label=_("Points each"), min_value=1, max_value=MOST_EACH)
    expires_on = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Left empty, they live as long as points of the fund do."),
    )  # fmt: skip
    field_order = ("id", "unit", "fund", "points", "expires_on", "reason")

    @staticmethod
    def units() -> Any:
        """Return every unit."""
        return Unit.objects.order_by("path")
