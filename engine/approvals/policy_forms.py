"""The editor of a policy: one form a step, turned into the definition of the specification and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engine.approvals.pure import deadline, votes
from engine.approvals.pure.policy import KEY, SOURCE

MODES = (
    ("all", _("all must agree")),
    ("any", _("the first one decides")),
    ("in-turn", _("one after the other, all must agree")),
    ("vote", _("a vote is counted")),
)
EMPTY = (("admin", _("administrators decide")), ("pass", _("pass")), ("refuse", pgettext_lazy("engine", "refuse")))
SELF = (("manager", _("their unit head instead")), ("skip", _("leave them out")), ("allow", _("they may decide")))
REPEAT = (("pass", _("pass them automatically")), ("ask", _("ask them again")))
OVERDUE = (
    ("remind", _("remind")),
    ("pass", _("pass")),
    ("refuse", pgettext_lazy("engine", "refuse")),
    ("hand-over", _("hand over to the unit head")),
)
RETURNS = (("any", _("anywhere before")), ("start", _("only to the applicant")), ("none", _("nowhere")))


USUAL = {
    "mode": "all",
    "empty": "admin",
    "self_rule": "manager",
    "repeat": "pass",
    "overdue": "remind",
    "returns": "any",
}


class ReturnsField(forms.ChoiceField):
    """Where a step may send back to. A step's key passes too: the check then says, with the way, that it comes only later."""

    def valid_value(self, value: Any) -> bool:
        """Whether it is one of the choices, or could be a step."""
        return super().valid_value(value) or KEY.fullmatch(str(value)) is not None


class StepForm(forms.Form):
    """One step. `block` and `branch` put it into a parallel block: neighbours with the same block run side by side."""

    key = forms.RegexField(
        r"^[^\s:,]{1,60}$", label=_("Key"), help_text=_("A short word, kept for ever, such as unit or hr.")
    )
    title = forms.CharField(label=_("Step name"), max_length=60, required=False)
    block = forms.CharField(label=_("Parallel block"), max_length=20, required=False)
    branch = forms.CharField(label=_("Branch"), max_length=20, required=False)
    approvers = forms.CharField(
        label=_("Who approves"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One source a line: manager:1, managers:union_chair, role:hr, role:branch_chair@unit, user:1001, "
                    "pool:hr, panel:welding:3, applicant-picks:2, previous-picks:1, subject:judges"),
    )  # fmt: skip
    mode = forms.ChoiceField(label=_("How ballots decide"), choices=MODES)
    passes = forms.CharField(label=_("Votes that pass"), max_length=12, required=False, help_text=_("3, >1/2, >=2/3"))
    empty = forms.ChoiceField(label=_("If nobody is found"), choices=EMPTY)
    self_rule = forms.ChoiceField(label=_("If the applicant is asked"), choices=SELF)
    repeat = forms.ChoiceField(label=_("Who approved before"), choices=REPEAT)
    deadline = forms.CharField(
        label=_("Deadline"), max_length=8, required=False, help_text=_("90m, 8h, 2d (a day is 8 hours)")
    )
    overdue = forms.ChoiceField(label=_("When overdue"), choices=OVERDUE)
    returns = ReturnsField(label=_("May return it"), choices=RETURNS)
    cc = forms.CharField(label=_("Copy to (numbers)"), max_length=200, required=False)
    signature = forms.BooleanField(label=_("Signed by hand"), required=False)

    def clean_key(self) -> str:
        """Refuse the two words that returns use for themselves."""
        key = str(self.cleaned_data["key"])
        if key in {"applicant", "previous"}:
            raise forms.ValidationError(_("“%(key)s” is taken: write another word."), code="taken", params={"key": key})
        return key

    def clean_approvers(self) -> str:
        """Refuse what is no source, and two sources that let people be named."""
        given = str(self.cleaned_data["approvers"])
        lines = given.replace(",", "\n").split()
        faults = [
            forms.ValidationError(_("“%(source)s” is no source."), code="no-source", params={"source": line})
            for line in lines if not SOURCE.fullmatch(line)
        ]  # fmt: skip
        if sum("-picks:" in line for line in lines) > 1:
            faults.append(forms.ValidationError(_("People are named for a step by one source only."), code="picks"))
        if faults:
            raise forms.ValidationError(faults)
        return given

    def clean_passes(self) -> str:
        """Refuse a share that is none, or more than everybody."""
        given = str(self.cleaned_data["passes"]).strip()
        try:
            votes.read(given or votes.MAJORITY)
        except ValueError:
            message = _("Write a number of approvals, or a share that can be reached, such as >=2/3 or >1/2.")
            raise forms.ValidationError(message, code="no-rule") from None
        return given

    def clean_deadline(self) -> str:
        """Refuse what is no deadline."""
        given = str(self.cleaned_data["deadline"]).strip()
        try:
            deadline.minutes_of(given)
        except ValueError:
            raise forms.ValidationError(_("write minutes, or 90m, 8h, 2d"), code="no-deadline") from None
        return given

    def definition(self) -> dict[str, Any]:
        """Return the step as the specification writes it; what is as usual is left out."""
        given = self.cleaned_data
        lines = given["approvers"].replace(",", "\n").split()
        row: dict[str, Any] = {"key": given["key"], "approvers": lines}
        names = {"title": "title", "mode": "mode", "empty": "empty", "self_rule": "self", "repeat": "repeat",
                 "deadline": "deadline", "overdue": "overdue", "returns": "returns"}  # fmt: skip
        for field, name in names.items():
            usual = USUAL.get(field, "")
            if given[field] != usual:
                row[name] = given[field]
        if given["mode"] == "vote" and given["passes"]:
            row["pass"] = given["passes"]
        if people := given["cc"].replace(",", " ").split():
            row["cc"] = people
        return row | ({"signature": True} if given["signature"] else {})


class StepFormSet(BaseFormSet):  # type: ignore[type-arg]
    """The steps in their order."""

    def clean(self) -> None:
        """Refuse two steps with one key."""
        super().clean()
        keys = [form.cleaned_data.get("key") for form in self.forms if getattr(form, "cleaned_data", None)
                and form.has_changed() and not form.cleaned_data.get("DELETE")]  # fmt: skip
        for key in sorted({key for key in keys if key and keys.count(key) > 1}):
            raise forms.ValidationError(_("The key “%(key)s” stands twice."), code="twice", params={"key": key})

    def as_ordered(self) -> list[forms.Form]:
        """Return the forms as they were put in order, to be shown again."""

        def place(form: forms.Form) -> tuple[int, int]:
            given = str(form["ORDER"].value() or "")
            return int(given) if given.isdigit() else len(self.forms), self.forms.index(form)

        return sorted(self.forms, key=place)

    def definition(self, *, keeps_passed_branches: bool) -> dict[str, Any]:
        """Return the definition: neighbours with the same block become one parallel block."""
        steps: list[dict[str, Any]] = []
        last_block = ""
        for form in self.ordered_forms:
            block = form.cleaned_data["block"].strip()
            branch = form.cleaned_data["branch"].strip() or form.cleaned_data["key"]
            if not block:
                steps.append(form.definition())
            elif block == last_block:
                steps[-1]["parallel"].setdefault(branch, []).append(form.definition())
            else:
                steps.append({"parallel": {branch: [form.definition()]}})
            last_block = block
        return {"steps": steps} | ({"keep_passed_branches": True} if keeps_passed_branches else {})


Steps = formset_factory(StepForm, formset=StepFormSet, extra=0, min_num=1, max_num=40, can_delete=True, can_order=True)


class PolicyForm(forms.Form):
    """What belongs to the whole policy."""

    title = forms.CharField(label=_("Policy title"), max_length=120, required=False)
    keep_passed_branches = forms.BooleanField(
        label=_("After a return out of a parallel block, a branch that has passed whole keeps its opinions"),
        required=False,
    )
    employee = forms.CharField(label=_("If this employee submitted it (number or name)"), max_length=60, required=False)


def initial_rows(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a definition as the rows of the formset."""
    rows = []
    for number, element in enumerate(definition.get("steps", []), 1):
        if "parallel" in element:
            for name, steps in element["parallel"].items():
                rows += [_row(step) | {"block": str(number), "branch": name} for step in steps]
        else:
            rows.append(_row(element))
    return rows


def with_message_ids(definition: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Put the message ids of a programme's own titles back where somebody left them as they read them."""
    ids = {gettext(row["title"]): row["title"] for row in _steps(old) if row.get("title")}
    for row in _steps(definition):
        if row.get("title") in ids:
            row["title"] = ids[row["title"]]
    return definition


def _steps(definition: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for element in definition.get("steps", []):
        if "parallel" in element:
            for steps in element["parallel"].values():
                yield from steps
        else:
            yield element


def _row(step: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **step,
        "title": gettext(step["title"]) if step.get("title") else "",
        "approvers": "\n".join(step["approvers"]),
        "self_rule": step.get("self", "manager"),
        "passes": step.get("pass", ""),
        "cc": " ".join(step.get("cc", [])),
    }
