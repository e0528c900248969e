"""Keeping the catalogue: items, their pictures, stock and sessions."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from people.models import Unit
from rewards.domain.kinds import KINDS
from rewards.forms.funds import FundField
from rewards.models import Category, CourseSession, Item
from rewards.pure.transfers import DEFAULT_FUND

MOST_PIECES = 10**6
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    ("", ("title", "description", "category_name", "points", "fund", "asks_approval", "is_limited", "pickup_place", "pickup_days",
          "half_days", "valid_months", "no_show_days")),
    (_("When and how often"), ("offered_from_on", "offered_until_on", "yearly_cap", "lifetime_cap")),
    (_("Who may have it"), ("min_service_months", "min_skill_level", "min_earned_points", "units", "is_hidden_from_others")),
    (_("When it is given up"), ("refund_percent", "refund_days_before")),
)  # fmt: skip


def day() -> forms.DateInput:
    """An input for a day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def moment() -> forms.DateTimeInput:
    """An input for a moment."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ItemForm(forms.ModelForm[Item]):
    """An item of the catalogue: what every kind has, and what its kind adds."""

    category_name = forms.CharField(label=_("category"), max_length=30, required=False,
                                    widget=forms.TextInput(attrs={"list": "categories"}))  # fmt: skip

    fund = FundField(help_text=_("A fund's points buy only what it may pay for."))

    class Meta:
        model = Item
        fields = (
            "title", "description", "points", "fund", "asks_approval", "is_limited", "pickup_place", "pickup_days", "half_days", "valid_months",
            "no_show_days", "offered_from_on", "offered_until_on", "yearly_cap", "lifetime_cap", "min_service_months",
            "min_skill_level", "min_earned_points", "units", "is_hidden_from_others", "refund_percent", "refund_days_before",
        )  # fmt: skip
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}), "offered_from_on": day(), "offered_until_on": day(),
            "units": forms.CheckboxSelectMultiple,
        }  # fmt: skip
        help_texts = {
            "half_days": _("For leave: 1 is half a day, 2 a whole day."),
            "yearly_cap": _("Empty: as often as the points allow."),
            "lifetime_cap": _("Empty: as often as the points allow."),
            "asks_approval": _("Without it the points are taken at once and nobody is asked."),
            "units": _("With everything below them. None: everybody."),
            "no_show_days": _("0: nothing follows. The points of who does not come are not refunded."),
            "refund_days_before": _("Of a course: days before the session. Goods: until they are handed out."),
            "pickup_days": _(
                "Then it goes back into the stock and the points back by the rule below. 0: it waits for ever."
            ),
            "pickup_place": _("The place, and when somebody is there."),
        }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = kind
        others = {name for other in KINDS.values() for name in other.fields} - set(KINDS[kind].fields)
        for name in others:
            self.fields.pop(name, None)
        cast("FundField", self.fields["fund"]).offer(self.instance.fund)
        self.initial["fund"] = self.instance.fund or DEFAULT_FUND
        self.fields["points"].validators.append(MinValueValidator(1))
        self.fields["points"].widget.attrs["min"] = 1
        if "half_days" in self.fields and self.instance.pk is None:
            self.initial["half_days"] = 1
        units = Unit.objects.filter(kind__in=(Unit.Kind.PLANT, Unit.Kind.SHOP)).select_related("parent")
        units_field: Any = self.fields["units"]
        units_field.queryset = units
        units_field.label_from_instance = lambda unit: f"{unit.parent} · {unit}" if unit.kind == "shop" else unit.name
        if self.instance.category is not None:
            self.initial["category_name"] = self.instance.category.name
        self.categories = Category.objects.all()

    def groups(self) -> list[tuple[Any, list[Any]]]:
        """Return (title, fields) as the page shows them."""
        return [
            (title, [self[name] for name in names if name in self.fields and not self[name].is_hidden])
            for title, names in GROUPS
        ]

    def wanted(self) -> dict[str, Any]:
        """Return what the verb takes."""
        fields = dict(self.cleaned_data)
        fields["units"] = list(fields["units"])
        fields["fund"] = "" if fields["fund"] == DEFAULT_FUND else fields["fund"]
        return fields | {"kind": self.instance.kind}

    def _post_clean(self) -> None:
        """Leave the table's rules to the verb."""


class SessionForm(forms.ModelForm[CourseSession]):
    """A session of a course."""

    class Meta:
        model = CourseSession
        fields = ("starts_at", "ends_at", "closes_at", "place", "teacher", "seats")
        widgets = {"starts_at": moment(), "ends_at": moment(), "closes_at": moment()}
        help_texts = {"closes_at": _("Empty: until it starts.")}

    def _post_clean(self) -> None:
        """Leave the table's rules to the verb."""


class PictureForm(forms.Form):
    """A picture of an item."""

    picture = forms.FileField(
        label=_("Picture"), widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})
    )
    alt = forms.CharField(label=_("What it shows"), max_length=80, required=False)


class StockForm(forms.Form):
    """Bring something in, or take it out after a count."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    change = forms.IntegerField(
        label=_("Pieces more (or −fewer)"), min_value=-MOST_PIECES, max_value=MOST_PIECES,
        help_text=_("A delivery of 20: 20. Two broken ones: -2."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ReasonForm(forms.Form):
    """Why a session is called off."""

    reason = forms.CharField(label=_("Reason"), max_length=300)
