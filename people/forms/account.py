"""Sign-in and password forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Employee number and password (or the activation code of a first sign-in)."""

    error_messages = {
        "invalid_login": _("The employee number or the password is wrong. After six failures you must wait a while."),
        "inactive": _("This account is closed. Ask HR."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number, password = self.fields["username"], self.fields["password"]
        number.label, password.label = _("Employee number"), _("Password")
        number.max_length = 20
        number.widget.attrs |= {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false", "maxlength": 20}
        password.help_text = _("First time? Type the activation code of your slip.")


class PasswordForm(forms.Form):
    """The present password, and the new one twice."""

    old_password = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least eight characters; not only digits, not your name, not a common one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("New password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_password:
            del self.fields["old_password"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("repeated") and cleaned.get("new_password") != cleaned["repeated"]:
            self.add_error("repeated", _("The two new passwords differ. Type them again."))
        return cleaned
