"""Registering for a contest."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

PHONE = RegexValidator(r"^\+?[0-9][0-9 -]{5,18}\Z", _("Type a telephone number, for example 13800138000."))


class RegistrationForm(forms.Form):
    """How to reach the contestant, and a note."""

    phone = forms.CharField(
        label=_("Mobile number"), max_length=20, validators=[PHONE],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    note = forms.CharField(label=_("Note to the organiser"), max_length=300, required=False)
