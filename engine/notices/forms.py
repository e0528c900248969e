"""How somebody wants to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engine.notices.models import Preference


class PreferenceForm(forms.ModelForm[Preference]):
    """Channels and quiet hours."""

    class Meta:
        model = Preference
        fields = ["mail", "wecom", "dingtalk", "quiet_from", "quiet_until"]
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("quiet_from", "quiet_until")
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (given.get("quiet_from") is None) != (given.get("quiet_until") is None):
            self.add_error("quiet_until", _("Write both times, or neither: then it is quiet from 22:00 to 7:00."))
        return given
