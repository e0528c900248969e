"""Forms of the first sign-in and of units and trades."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import Employee, Unit
from people.pure import roster, unit_lines

SHOWN_FAULTS = 20
FAULTS = {
    "empty-name": _("line %(line)s: a name is missing in “%(value)s”"),
    "name-too-long": _("line %(line)s: the name is too long: “%(value)s”"),
    "too-deep": _("line %(line)s: at most five levels: “%(value)s”"),
    "not-a-code": _("line %(line)s: a code has letters, digits, - and _, at most 40: “%(value)s”"),
    "duplicate-code": _("line %(line)s: this code stands twice: “%(value)s”"),
}


def worded(faults: list[unit_lines.Fault]) -> list[str]:
    """Return a sentence for each of the first faults."""
    return [FAULTS[fault.code] % {"line": fault.line, "value": fault.value[:40]} for fault in faults[:SHOWN_FAULTS]]


class StartForm(forms.Form):
    """Who begins: the company's name and the first administrator."""

    code = forms.CharField(label=_("Set-up code"), max_length=20, help_text=_("Shown where Jinbang was started."))
    company = forms.CharField(label=_("Name of the company"), max_length=80)
    number = forms.CharField(label=_("Your employee number"), max_length=20)
    name = forms.CharField(label=_("Your name"), max_length=60)
    new_password = forms.CharField(
        label=_("New password"), strip=False,
        help_text=_("At least eight characters; not only digits, not your name, not a common one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    repeated = forms.CharField(
        label=_("New password once more"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"])
        if not roster.NUMBER.match(number):
            raise ValidationError(_("An employee number has letters, digits and hyphens, at most 20."), code="number")
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("repeated") and cleaned.get("new_password") != cleaned["repeated"]:
            self.add_error("repeated", _("The two new passwords differ. Type them again."))
        return cleaned


class Lines(forms.CharField):
    """Many lines of text."""

    def __init__(self, **options: Any) -> None:
        area = forms.Textarea(attrs={"rows": 8, "spellcheck": "false"})
        super().__init__(widget=area, max_length=400_000, **options)


def _demand(rows: list[Any], faults: list[unit_lines.Fault]) -> list[Any]:
    if faults:
        raise ValidationError(worded(faults))
    if len(rows) > unit_lines.MOST_LINES:
        raise ValidationError(_now("At most 5,000 lines at a time."), code="too-many")
    return rows


class UnitLinesForm(forms.Form):
    """Units, a line each."""

    units = Lines(
        label=_("One unit a line, with the units above it"),
        help_text=_("炼钢厂/转炉车间/甲班 — units above it that are missing are added too. A code may follow after a comma or a tab; "
                    "two columns of Excel can be pasted."),
    )  # fmt: skip

    def clean_units(self) -> list[unit_lines.Line]:
        return _demand(*unit_lines.read_units(self.cleaned_data["units"]))


class TradeLinesForm(forms.Form):
    """Trades, a line each."""

    trades = Lines(label=_("One trade a line"), help_text=_("焊工, 钳工, 维修电工 …, each on a line of its own."))

    def clean_trades(self) -> list[str]:
        return _demand(*unit_lines.read_trades(self.cleaned_data["trades"]))


class UnitForm(forms.Form):
    """One unit."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=pgettext_lazy("unit", "Kind"), choices=Unit.Kind.choices)
    head = forms.CharField(
        label=_("Unit head (employee number)"), max_length=20, required=False,
        help_text=_("Decides about registrations and leave of the unit. Empty: nobody."),
    )  # fmt: skip

    def clean_head(self) -> Employee | None:
        number = self.cleaned_data["head"].strip()
        if not number:
            return None
        head = Employee.objects.filter(number=number, is_active=True).first()
        if head is None:
            raise ValidationError(_("Nobody active has this number."), code="unknown")
        return head
