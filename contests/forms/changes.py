"""One step of a correction: a small form for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contests.models import Contest, Entry, Penalty, Sheet
from contests.pure import decimals
from contests.pure import scheme as schemes


class ReasonForm(forms.Form):
    """What a correction begins with; its key makes a second press harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stays with the decision; contestants and auditors read it."),
    )  # fmt: skip


class StepForm(forms.Form):
    """What all kinds share: the contest's entries, aspects, judges and penalties to choose from; `kind` is the step's."""

    kind = ""
    title: Any = ""
    first: Mapping[str, Any] = {}  # field → choices before the contest's

    def __init__(self, choices: Mapping[str, Any], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix=self.kind)
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField) and name in choices:
                field.choices = [*self.first.get(name, ()), *choices[name]]

    def step(self) -> dict[str, str]:
        """Return the step as `domain.changes` keeps it."""
        return {"kind": self.kind} | {name: _text(value) for name, value in self.cleaned_data.items()}


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value or "").strip()


def choices_of(contest: Contest) -> dict[str, list[tuple[str, Any]]]:
    """Return field → what the contest has to choose from; names of entries stay hidden while they are. Three statements."""
    entries = contest.entries.order_by("position").values_list("code", "name")
    sheets = Sheet.objects.filter(contest=contest, member__role__in=schemes.ROLES).order_by("member__code")
    judges = sorted(
        sheets.values_list("member__code", "member__name", "member__role"), key=lambda row: row[2] == "chief"
    )
    penalties = Penalty.objects.filter(entry__contest=contest, cancelled_at__isnull=True).select_related("entry")
    aspects = contest.marking_scheme.aspects if contest.has_scheme else ()
    is_hidden = contest.names_hidden
    return {
        "entry": [(code, code if is_hidden else f"{code} {name}") for code, name in entries],
        "aspect": [(row.code, row.title) for row in aspects],
        "judge": [(code, f"{code} {name}") for code, name, _role in judges],
        "penalty": [(str(row.pk), f"{row.entry.code} −{decimals.text(row.points)} {row.reason}") for row in penalties],
    }


class MarkForm(StepForm):
    """Another mark of one judge."""

    kind, title = "mark", _("Change a mark")
    entry = forms.ChoiceField(label=_("Entry"))
    aspect = forms.ChoiceField(label=_("Aspect"))
    judge = forms.ChoiceField(label=_("Judge"))
    value = forms.CharField(
        label=_("New mark"), max_length=20, required=False, help_text=_("Empty: the mark is taken away."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip


class PenaltyForm(StepForm):
    """Points are taken."""

    kind, title = "penalty", _("Take points")
    entry = forms.ChoiceField(label=_("Entry"))
    points = forms.CharField(label=_("Points"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}))


class CancelForm(StepForm):
    """A penalty counts no more."""

    kind, title = "cancel-penalty", _("Cancel a penalty")
    penalty = forms.ChoiceField(label=_("Penalty"))


class StatusForm(StepForm):
    """An entry is disqualified, did not start, or takes part again."""

    kind, title = "status", _("Disqualify, or another status")
    entry = forms.ChoiceField(label=_("Entry"))
    status = forms.ChoiceField(label=_("Status"), choices=Entry.Status.choices, required=False)


class FactorForm(StepForm):
    """The difficulty of one piece."""

    kind, title = "factor", _("Set a factor")
    entry = forms.ChoiceField(label=_("Entry"))
    aspect = forms.ChoiceField(label=_("Aspect"))
    factor = forms.CharField(
        label=_("Factor"), max_length=20, required=False, help_text=_("Empty: the factor of the aspect."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")


class SpanForm(StepForm):
    """A stretch of time that does not count."""

    kind, title = "void-span", _("Remove a stretch of time")
    since = forms.DateTimeField(label=_("Began at"), widget=_moment())
    until = forms.DateTimeField(
        label=_("Ended at"), widget=_moment(),
        help_text=_("Marks given in it are set back to what they were; those given again afterwards stay."),
    )  # fmt: skip
    judge = forms.ChoiceField(label=_("Judge"), required=False)
    first = {"judge": [("", _("all"))]}


FORMS: tuple[type[StepForm], ...] = (MarkForm, PenaltyForm, CancelForm, StatusForm, SpanForm, FactorForm)


def step_forms(contest: Contest, data: Mapping[str, Any] | None = None) -> list[StepForm]:
    """Return an empty form for each kind; the one whose `kind` was sent has the data."""
    sent, choices = (data or {}).get("kind"), choices_of(contest)
    return [form(choices, data if form.kind == sent else None) for form in FORMS]
