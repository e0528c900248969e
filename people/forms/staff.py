"""Forms of HR and the administrator: rosters, roles, tokens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from frontend.kit import uploads
from people.domain.tokens import SCOPES
from people.models import Unit
from people.models.role import RoleName

ROSTER_BYTES = 8 * 1024 * 1024


class RosterForm(forms.Form):
    """A roster file."""

    file = forms.FileField(
        label=_("Roster (Excel .xlsx or CSV)"),
        help_text=_("First row: 工号, 姓名, 单位 and, if you like, 工种, 技能等级, 手机, 邮箱, 入职日期. Up to 8 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    ends_gone = forms.BooleanField(
        label=_("Whoever is not in the file has left the company"),
        help_text=_("They can no longer sign in; their history stays. You see the list before anything happens."),
        required=False,
    )

    def clean_file(self) -> Any:
        return uploads.sheet(self.cleaned_data["file"], most_bytes=ROSTER_BYTES)


class RoleForm(forms.Form):
    """Give a role."""

    role = forms.ChoiceField(label=_("Role"), choices=RoleName.choices)
    unit = forms.ModelChoiceField(
        label=_("In"), queryset=Unit.objects.none(), required=False, empty_label=_("the whole company")
    )
    from_on = forms.DateField(
        label=pgettext_lazy("people", "From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (Unit.Kind.COMPANY, Unit.Kind.PLANT, Unit.Kind.SHOP)
        self.fields["unit"].queryset = Unit.objects.filter(kind__in=kinds).order_by("path")


class TokenForm(forms.Form):
    """Make a token for another system."""

    name = forms.CharField(label=_("System"), max_length=80, help_text=_("For example: HR system, hall screen."))
    number = forms.CharField(
        label=_("Acts as (employee number)"), max_length=20, help_text=_("It may do what this person may, no more.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=[(scope, scope) for scope in SCOPES], widget=forms.CheckboxSelectMultiple
    )
    expires_on = forms.DateField(
        label=_("Ends on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
