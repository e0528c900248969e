"""The editor of a policy: one form a step, turned into the definition of the specification and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MODES = (("all", _("all together 会签")), ("any", _("whoever is first 或签")), ("in-turn", _("one after the other 依次")),
         ("vote", _("vote 票签")))  # fmt: skip
EMPTY = (("admin", _("administrators decide")), ("pass", _("pass")), ("refuse", _("refuse")))
SELF = (("manager", _("their unit head instead")), ("skip", _("leave them out")), ("allow", _("they may decide")))
REPEAT = (("pass", _("pass them automatically")), ("ask", _("ask them again")))
OVERDUE = (
    ("remind", _("remind")),
    ("pass", _("pass")),
    ("refuse", _("refuse")),
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
                    "pool:hr, panel:welding:3, applicant-picks:2, previous-picks:1"),
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
    returns = forms.ChoiceField(label=_("May return it"), choices=RETURNS)
    cc = forms.CharField(label=_("Copy to (numbers)"), max_length=200, required=False)
    signature = forms.BooleanField(label=_("Signed by hand"), required=False)

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

    def definition(self, *, keeps_passed_branches: bool) -> dict[str, Any]:
        """Return the definition: neighbours with the same block become one parallel block."""
        steps: list[dict[str, Any]] = []
        last_block = ""
        for form in self.forms:
            if not form.has_changed() or (self.can_delete and form.cleaned_data.get("DELETE")):
                continue
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


Steps = formset_factory(StepForm, formset=StepFormSet, extra=0, min_num=1, max_num=40, can_delete=True)


class PolicyForm(forms.Form):
    """What belongs to the whole policy."""

    title = forms.CharField(label=_("Policy title"), max_length=120, required=False)
    keep_passed_branches = forms.BooleanField(
        label=_("After a return out of a parallel block, a branch that has passed whole keeps its opinions"),
        required=False,
    )
    employee = forms.CharField(label=_("If this employee submitted it (number)"), max_length=20, required=False)


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
