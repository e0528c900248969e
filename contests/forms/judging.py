"""What the chief judge says on the desk: a cell, a judge, a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contests.models import Contest, Entry, PanelMember, Sheet
from people.models import Employee


class ReasonForm(forms.Form):
    """Every act on the desk has a reason that stays with it."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class AgainForm(ReasonForm):
    """A contested cell to be marked again."""

    entry = forms.CharField(max_length=64)
    aspect = forms.CharField(max_length=64)


class SettleForm(AgainForm):
    """A contested cell, and the chief judge's own mark."""

    value = forms.CharField(label=_("Mark"), max_length=20)


class DistributeForm(forms.Form):
    """How many judges mark each entry; 0: all of them."""

    per_entry = forms.IntegerField(label=_("Judges an entry"), min_value=0, max_value=50)


class OfContestForm(ReasonForm):
    """Choices are this contest's own."""

    def __init__(self, *args: Any, contest: Contest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contest = contest


class ReopenForm(OfContestForm):
    """A signed sheet."""

    sheet = forms.IntegerField()

    def clean_sheet(self) -> Sheet:
        """Return the contest's own sheet."""
        row = Sheet.objects.filter(contest=self.contest, pk=self.cleaned_data["sheet"]).first()
        if row is None:
            raise forms.ValidationError(_("Choose one of the listed sheets."))
        return row


class MemberForm(OfContestForm):
    """A judge of the panel."""

    member = forms.IntegerField()

    def clean_member(self) -> PanelMember:
        """Return the contest's own panel member who has a sheet."""
        rows = PanelMember.objects.filter(contest=self.contest, sheet__isnull=False).select_related("sheet")
        row = rows.filter(pk=self.cleaned_data["member"]).first()
        if row is None:
            raise forms.ValidationError(_("Choose one of the listed judges."))
        return row


class ReplaceForm(MemberForm):
    """Who takes the place, by employee number."""

    number = forms.CharField(label=_("Employee number"), max_length=40)

    def clean_number(self) -> Employee:
        """Return the active employee with this number."""
        person = Employee.objects.filter(number=self.cleaned_data["number"].strip(), is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("No active employee has this number."))
        return person


class RecuseForm(MemberForm):
    """The entry this judge does not mark."""

    entry = forms.CharField(label=_("Contestant"), max_length=64)

    def clean_entry(self) -> str:
        """Return the code of one of the contest's entries."""
        code: str = self.cleaned_data["entry"].strip()
        if not Entry.objects.filter(contest=self.contest, code=code).exists():
            raise forms.ValidationError(_("The contest has no such entry: look at the code again."))
        return code
