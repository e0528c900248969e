"""What people type to propose points."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Unit

LINE = re.compile(r"(\S+?)[\s,，;；:：]+(?:.*[\s,，;；:：])?(\d{1,6})")


class AwardForm(forms.Form):
    """A reason, and a line for each person: number and points; a name between them is only for reading."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    budget_unit = forms.ModelChoiceField(
        label=gettext_lazy("Paid by the budget of"),
        queryset=Unit.objects.filter(kind__in=("company", "plant", "shop")),
        empty_label=None,
    )
    lines = forms.CharField(
        label=gettext_lazy("Who gets how many points"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("One line a person: 1001 50, or 1001 Wang Jianguo 50. A column pair pasted from Excel works."),
    )  # fmt: skip

    def clean_lines(self) -> list[tuple[str, int]]:
        """Return (number, points) of each line.

        Raises:
            ValidationError: naming each line that is not written so.
        """
        found, faults = [], []
        for place, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if not line.strip():
                continue
            match = LINE.fullmatch(line.strip())
            if match:
                found.append((match[1], int(match[2])))
            else:
                faults.append(_("Line %(line)s: write a number and points, such as 1001 50.") % {"line": place})
        if faults:
            raise ValidationError(faults)
        return found
