"""What people send from the inbox."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

VERBS = (
    ("approve", _("Approve")),
    ("refuse", _("Refuse")),
    ("return", _("Return")),
    ("abstain", _("Abstain")),
    ("claim", _("Claim")),
    ("withdraw", _("Withdraw")),
    ("submit", _("Submit again")),
)
NEEDS_NOTE = frozenset({"refuse", "return"})


class ActForm(forms.Form):
    """One act on one approval: the ballot's id makes a second press harmless, the round tells a stale page."""

    ballot = forms.UUIDField(widget=forms.HiddenInput)
    round = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    verb = forms.ChoiceField(choices=VERBS, widget=forms.HiddenInput)
    to = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Opinion"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("verb") in NEEDS_NOTE and not given.get("note", "").strip():
            self.add_error("note", _("Write why: the applicant will read it."))
        return given


class BulkForm(forms.Form):
    """Several approvals at once: `pick` names them, each with the round that was seen and a ballot of its own."""

    note = forms.CharField(
        label=_("Opinion"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


MOST_AT_ONCE = 200


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
