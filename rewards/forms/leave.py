"""Rules of leave, HR's columns, what HR says about a hand-over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frontend.kit import uploads
from people.models import Unit
from rewards.models import BlackOut, ColumnLayout, Item
from rewards.pure import columns

ANSWER_BYTES = 4 * 2**20
KINDS = (Unit.Kind.COMPANY, Unit.Kind.PLANT, Unit.Kind.SHOP)


def _units() -> Any:
    return Unit.objects.filter(kind__in=KINDS).order_by("path")


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class BlackOutForm(forms.ModelForm[BlackOut]):
    """Days on which a unit takes no leave."""

    class Meta:
        model = BlackOut
        fields = ("unit", "from_on", "until_on", "reason")
        widgets = {"from_on": _day(), "until_on": _day()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = _units()

    def _post_clean(self) -> None:
        """Leave the table's rules to the verb."""


class LimitForm(forms.Form):
    """How many of a unit may be away at once, how many half days a year it has; empty: no limit."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    most_away = forms.IntegerField(label=_("Most people away at once"), required=False, min_value=0, max_value=10_000)
    half_days = forms.IntegerField(label=_("Most half days a year"), required=False, min_value=0, max_value=10**6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = _units()


class RuleForm(forms.Form):
    """What one leave item asks."""

    item = forms.ModelChoiceField(label=_("Leave"), queryset=Item.objects.filter(kind="leave"))
    person_cap_half_days = forms.IntegerField(
        label=_("Most half days a person and year"), required=False, min_value=0, max_value=730
    )
    needs_cover = forms.BooleanField(label=_("The unit head names who covers the shift"), required=False)


class LayoutForm(forms.ModelForm[ColumnLayout]):
    """HR's columns: one a line, `header = source` or `header = "fixed text"`."""

    lines = forms.CharField(
        label=_("Columns, one a line"),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=_("Write: header = what it shows, or header = \"fixed text\". It can show: %(sources)s.") % {
            "sources": ", ".join(columns.SOURCES)
        },
    )  # fmt: skip
    date_format = forms.ChoiceField(
        label=_("How a day is written"), choices=[(text, text) for text in columns.DATE_FORMATS]
    )

    class Meta:
        model = ColumnLayout
        fields = ("name", "format", "date_format")

    field_order = ("name", "format", "date_format", "lines")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("lines", "\n".join(spelled(row) for row in self.instance.columns))

    def clean_lines(self) -> list[dict[str, str]]:
        """Return the columns as data."""
        found = []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if not line.strip():
                continue
            header, sign, value = (part.strip() for part in line.partition("="))
            if not sign:
                raise ValidationError(_("Line %(number)s has no “=”."), code="no-sign", params={"number": number})
            is_fixed = len(value) >= 2 and value[0] in '"“' and value[-1] in '"”'
            found.append({"header": header} | ({"constant": value[1:-1]} if is_fixed else {"source": value}))
        return found

    def _post_clean(self) -> None:
        """Leave the layout's rules to the verb."""


def spelled(row: dict[str, str]) -> str:
    """Return one column as a line of the form."""
    return (
        f"{row['header']} = {row['source']}" if row.get("source") else f'{row["header"]} = "{row.get("constant", "")}"'
    )


class AcknowledgeForm(forms.Form):
    """HR has booked it: under which number."""

    external_id = forms.CharField(label=_("Number in HR's system"), max_length=60)


class AnswerForm(forms.Form):
    """HR's filled-in file."""

    file = forms.FileField(
        label=_("The file HR has filled in (Excel .xlsx or CSV)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        return uploads.sheet(self.cleaned_data["file"], most_bytes=ANSWER_BYTES)


class TakenForm(forms.Form):
    """How many half days of a grant have been taken in all."""

    half_days = forms.IntegerField(label=_("Half days taken in all"), min_value=0, max_value=1000)
