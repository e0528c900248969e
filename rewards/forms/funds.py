"""Funds: the form of one, and the field to choose one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rewards.domain.funds import MOST_MONTHS
from rewards.models import Fund, Item
from rewards.pure.transfers import DEFAULT_FUND
from rewards.queries.funds import choices, names


class FundField(forms.ChoiceField):
    """A fund that may be chosen; hidden while there is only one. 1 SQL statement each time a page shows it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"label": _("Fund"), "initial": DEFAULT_FUND, "required": False} | kwargs
        super().__init__(**kwargs)

    def offer(self, present: str = "") -> None:
        """Load the choices; `present` stays one of them when it is closed."""
        found = choices()
        if present and present not in dict(found):
            found.append((present, names().get(present, present)))
        self.choices = found
        if len(found) < 2:
            self.widget = forms.HiddenInput()

    def clean(self, value: Any) -> str:
        return super().clean(value) or DEFAULT_FUND


class FundForm(forms.ModelForm[Fund]):
    """A fund; its code cannot be changed."""

    kinds = forms.MultipleChoiceField(
        label=_("Kinds of items its points may buy"), choices=Item.Kind.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None: every kind."),
    )  # fmt: skip
    expiry_months = forms.IntegerField(
        label=_("Months its points live"), min_value=1, max_value=MOST_MONTHS, required=False,
        help_text=_("Empty: for ever. Manual and bulk awards and contests follow it; an award rule says it itself."),
    )  # fmt: skip

    class Meta:
        model = Fund
        fields = ("code", "name", "name_en", "purpose", "kinds", "expiry_months", "is_open")
        help_texts = {
            "code": _("Short, such as union: wallets and budgets are named by it, so it never changes."),
            "is_open": _("Without it no new points are given from it; what people have they keep and may spend."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding or self.instance.code:
            del self.fields["code"]
        if self.instance.is_default:
            del self.fields["is_open"]
        self.initial["expiry_months"] = self.instance.expiry_months or None

    def clean_expiry_months(self) -> int:
        return self.cleaned_data["expiry_months"] or 0

    def _post_clean(self) -> None:
        """Leave the table's rules to the verb."""
