"""What contestants and organisers send about appeals."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from contests.domain.appeals import LONGEST_TEXT, MOST_FILES, File
from contests.models import Appeal, Contest
from frontend.kit import uploads
from people.models import Employee

MOST_FILE_BYTES = 8 * 1024 * 1024
NUMBER = re.compile(r"\s*(\S+)")


class AppealForm(forms.Form):
    """An appeal or an objection; its key makes a second press harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=Appeal.Kind.choices, widget=forms.RadioSelect)
    entry = forms.ChoiceField(label=_("About the entry"), required=False)
    aspect = forms.ChoiceField(label=_("About the aspect"), required=False)
    text = forms.CharField(
        label=_("What is wrong, and what should be right"), max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip

    def __init__(self, contest: Contest, *args: Any, is_contestant: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_contestant:
            del self.fields["kind"]
        entries = contest.entries.order_by("position").values_list("code", "name")
        self._choices("entry", [("", _("the own entry, or the contest as a whole"))], entries)
        aspects = contest.marking_scheme.aspects if contest.has_scheme else ()
        self._choices("aspect", [("", "—")], ((row.code, row.title) for row in aspects))

    def _choices(self, name: str, first: list[tuple[str, Any]], rest: Any) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*first, *((code, f"{code} {title}") for code, title in rest)]

    def given(self) -> dict[str, Any]:
        """Return what the verb wants."""
        return {"kind": Appeal.Kind.OBJECTION} | self.cleaned_data


class LateAppealForm(AppealForm):
    """An appeal the union chair accepts after its time, for somebody."""

    number = forms.CharField(label=_("Employee number of who appeals"), max_length=60)
    field_order = ("key", "number", "kind", "entry", "aspect", "text")

    def clean_number(self) -> Employee:
        """Return who appeals."""
        return _person(self.cleaned_data["number"])


class PanelForm(forms.Form):
    """Who arbitrates: one field for each person the policy wants."""

    def __init__(self, count: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [f"person-{number}" for number in range(1, count + 1)]
        for number, name in enumerate(self.names, 1):
            label = _("Arbitrator %(n)s: employee number")
            self.fields[name] = forms.CharField(label=label % {"n": number}, max_length=60)

    def clean(self) -> dict[str, Any]:
        """Find each person; a field with nobody behind it says so."""
        for name in self.names:
            if name in self.cleaned_data:
                try:
                    self.cleaned_data[name] = _person(self.cleaned_data[name])
                except ValidationError as unknown:
                    self.add_error(name, unknown)
        return self.cleaned_data

    @property
    def people(self) -> list[Employee]:
        """The people named."""
        return [self.cleaned_data[name] for name in self.names]


def _person(text: str) -> Employee:
    """Return the employee of `1001`, or of `1001 王建国` as the suggestions write it."""
    found = NUMBER.match(text)
    person = Employee.objects.select_related("unit").filter(number=found[1]).first() if found else None
    if person is None:
        raise ValidationError(_("Nobody has this number."), code="unknown")
    return person


def read_evidence(files: list[UploadedFile[Any]]) -> list[File]:
    """Return the files, each checked by its content and pictures made anew.

    Raises:
        ValidationError: too many, too large, neither a picture nor a PDF; naming the file.
    """
    if len(files) > MOST_FILES:
        raise ValidationError(_("Add at most %(n)s files."), code="too-many-files", params={"n": MOST_FILES})
    read: list[File] = []
    for upload in files:
        try:
            content, content_type = uploads.document(upload, most_bytes=MOST_FILE_BYTES)
        except uploads.Refused as refusal:
            said = f"{upload.name}: {' '.join(refusal.messages)}"
            raise ValidationError(said, code=getattr(refusal, "code", None) or "file") from None
        read.append(File(upload.name or "", content, content_type))
    return read
