"""What people send from the inbox."""

from __future__ import annotations

import base64
import re
import uuid
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image

from engine.approvals.offers import LABELS
from frontend.kit import uploads
from people.models import Employee

VERBS = tuple(LABELS.items())
NEEDS_NOTE = frozenset({"refuse", "return", "void", "comment"})
MOST_AT_ONCE = 200
MOST_FILE_BYTES = 8 * 1024 * 1024
LARGEST_SIGNATURE = 150_000  # bytes
PNG_URL = "data:image/png;base64,"
PERSON = re.compile(r"\s*(\S+)")


def people_named(text: str) -> list[str]:
    """Return the employee numbers of the people in a text, separated by commas or lines.

    Each is `1001`, `1001 王建国 · 甲班` (as the suggestions write it), or a name only one person has.

    Raises:
        ValidationError: nobody, or several, are called so.
    """
    numbers = []
    for part in re.split(r"[,，、;；\n]+", text):
        if not (found := PERSON.match(part)):
            continue
        wanted = part.strip()
        people = list(Employee.objects.filter(number=found[1], is_active=True)[:1]) or list(
            Employee.objects.filter(name=wanted, is_active=True)[:2]
        )
        if len(people) != 1:
            message = (
                _("Several people are called “%(who)s”: write the number.")
                if people
                else _("Nobody is called “%(who)s”.")
            )
            raise ValidationError(message, code="unknown-person", params={"who": wanted})
        numbers.append(people[0].number)
    return list(dict.fromkeys(numbers))


class PeopleField(forms.CharField):
    """People by number or name."""

    def clean(self, value: Any) -> list[str]:
        return people_named(super().clean(value))


class ActForm(forms.Form):
    """One act on one approval: the ballot's id makes a second press harmless, the round tells a stale page."""

    ballot = forms.UUIDField(widget=forms.HiddenInput)
    round = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    verb = forms.ChoiceField(choices=VERBS, widget=forms.HiddenInput)
    chair = forms.CharField(required=False, max_length=130)
    to = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    resume = forms.ChoiceField(required=False, choices=(("redo", "redo"), ("direct", "direct")))
    who = PeopleField(required=False, max_length=200)
    people = PeopleField(required=False, max_length=2000)
    person = forms.CharField(required=False, max_length=60)
    where = forms.ChoiceField(required=False, choices=[(row, row) for row in ("before", "after", "alongside")])
    mode = forms.ChoiceField(required=False, choices=[(row, row) for row in ("all", "any", "in-turn")])
    signature = forms.CharField(required=False, max_length=200_000, widget=forms.HiddenInput)
    file = forms.FileField(label=_("Picture or PDF (up to 8 MB)"), required=False)
    note = forms.CharField(
        label=_("Opinion"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def kept_files(self) -> list[tuple[str, bytes, str]]:
        """Return (name, content, content type) of the file, checked by its content."""
        return [self.cleaned_data["file"]] if self.cleaned_data.get("file") else []

    def clean_file(self) -> tuple[str, bytes, str] | None:
        """Return the file as it is kept."""
        upload = self.cleaned_data["file"]
        if not upload:
            return None
        content, kind = uploads.document(upload, most_bytes=MOST_FILE_BYTES)
        return upload.name or "file", content, kind

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        verb = given.get("verb")
        if verb in NEEDS_NOTE and not given.get("note", "").strip():
            self.add_error(
                "note", _("Write why: the applicant will read it.") if verb != "comment" else _("Write something.")
            )
        if verb in {"transfer", "delegate", "hand-over"} and len(given.get("who") or []) != 1:
            self.add_error("who", _("Name one person."))
        if verb in {"add", "cc"} and not given.get("people"):
            self.add_error("people", _("Name at least one person."))
        return given

    def clean_signature(self) -> bytes:
        """Return the drawing as PNG, checked by its content; b'' without one."""
        given = self.cleaned_data["signature"]
        if not given:
            return b""
        try:
            if not given.startswith(PNG_URL):
                raise ValueError(given[:30])
            content = base64.b64decode(given.removeprefix(PNG_URL), validate=True)
            with Image.open(BytesIO(content), formats=["PNG"]) as picture:
                picture.verify()
        except (ValueError, OSError, SyntaxError, Image.DecompressionBombError):
            raise ValidationError(_("The signature could not be read. Sign again."), code="signature") from None
        if len(content) > LARGEST_SIGNATURE:
            raise ValidationError(_("The signature is too large. Sign again."), code="signature")
        return content

    def action(self) -> dict[str, Any]:
        """Return the act as the core takes it: the verb, the round that was seen, and the fields that belong to the verb."""
        given = self.cleaned_data
        verb, fields = given["verb"], {"do": given["verb"], "round": given["round"]}
        fields |= {"note": given["note"]} if given["note"] else {}
        key, _bar, stands_for = given["chair"].partition("|")
        fields |= ({"step": key} if key else {}) | ({"for": stands_for} if stands_for else {})
        if verb == "return":
            fields |= {"to": given["to"] or "applicant"} | ({"resume": given["resume"]} if given["resume"] else {})
        elif verb in {"transfer", "delegate"}:
            fields["to"] = given["who"][0]
        elif verb == "hand-over":
            fields |= {"from": given["person"], "to": given["who"][0]}
        elif verb == "remove":
            fields["person"] = given["person"]
        elif verb == "add":
            fields |= {"people": given["people"], "where": given["where"] or "before", "mode": given["mode"] or "all"}
        elif verb == "cc":
            fields["people"] = given["people"]
        elif verb in {"approve", "submit"} and (picks := self.picks()):
            fields["picks"] = picks
        return fields

    def picks(self) -> dict[str, list[str]]:
        """Return step → people from the fields `picks-<step>`."""
        found = {name.removeprefix("picks-"): value for name, value in self.data.items() if name.startswith("picks-")}
        return {key: people_named(value) for key, value in found.items() if value.strip()}


class HandOverForm(forms.Form):
    """Everything that waits for one person goes to another."""

    leaver = forms.CharField(label=_("Who leaves (number)"), max_length=20)
    to = PeopleField(label=_("Who takes over (number or name)"), max_length=100)
    note = forms.CharField(label=_("Reason"), max_length=500, required=False)

    def clean_leaver(self) -> Employee:
        """Return the person, who may have left already."""
        person = Employee.objects.filter(number=self.cleaned_data["leaver"].strip()).first()
        if person is None:
            raise ValidationError(
                _("Nobody is called “%(who)s”."), code="unknown-person", params={"who": self.cleaned_data["leaver"]}
            )
        return person

    def clean_to(self) -> str:
        """Return one number."""
        if len(self.cleaned_data["to"]) != 1:
            raise ValidationError(_("Name one person."))
        return str(self.cleaned_data["to"][0])


class BulkForm(forms.Form):
    """Several approvals at once: `pick` names them, each with the round that was seen and a ballot of its own."""

    note = forms.CharField(
        label=_("Opinion"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


def picked(values: list[str]) -> list[int]:
    """Return the numbers among the values, each once, at most 200."""
    return list(dict.fromkeys(int(value) for value in values if value.isdecimal()))[:MOST_AT_ONCE]


def bulk_lines(values: list[str]) -> list[tuple[int, int, uuid.UUID]]:
    """Return (approval, round, ballot) of each well-formed `pk:round:ballot`."""
    lines = []
    for value in values[:MOST_AT_ONCE]:
        pk, _colon, rest = value.partition(":")
        number, _colon, ballot = rest.partition(":")
        try:
            lines.append((int(pk), int(number), uuid.UUID(ballot)))
        except ValueError:
            continue
    return lines
