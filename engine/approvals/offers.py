"""What one person may do with an approval now: the verbs to offer, with the fields each wants.

Nothing is decided here: a verb is offered when the pure core would not refuse it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from engine.approvals import core
from engine.approvals.models import Approval
from people.models import Employee

LABELS = {
    "approve": gettext_lazy("Approve"),
    "return": gettext_lazy("Return"),
    "refuse": gettext_lazy("Refuse"),
    "abstain": gettext_lazy("Abstain"),
    "submit": gettext_lazy("Submit again"),
    "withdraw": gettext_lazy("Withdraw"),
    "claim": gettext_lazy("Claim"),
    "recuse": pgettext_lazy("approval", "Recuse"),
    "transfer": gettext_lazy("Transfer"),
    "delegate": gettext_lazy("Ask for an opinion"),
    "add": gettext_lazy("Add people"),
    "remove": pgettext_lazy("approval", "Remove"),
    "take-back": pgettext_lazy("approval", "Take back"),
    "cc": gettext_lazy("Copy to"),
    "comment": gettext_lazy("Comment"),
    "urge": gettext_lazy("Urge"),
    "hand-over": gettext_lazy("Hand over"),
    "suspend": gettext_lazy("Suspend"),
    "resume": gettext_lazy("Resume"),
    "void": gettext_lazy("Make void"),
}
HINTS = {
    "claim": gettext_lazy("It is yours then; the others of the pool no longer see it as theirs to do."),
    "recuse": gettext_lazy("You leave this approval for good, for example because of a conflict of interest."),
    "transfer": gettext_lazy("The other person decides instead of you."),
    "delegate": gettext_lazy("The other person says what they think; then it comes back to you and you decide."),
    "add": gettext_lazy("Before or after you they share your place; alongside each has a place of their own."),
    "take-back": gettext_lazy("Undoes your latest opinion, as long as nobody has acted on it."),
    "cc": gettext_lazy("They can read it and comment; nothing waits for them."),
    "urge": gettext_lazy("Reminds those who are asked, at most once an hour."),
    "hand-over": gettext_lazy("Every undecided place of one person here goes to another."),
    "suspend": gettext_lazy("Nobody can act and deadlines stand still until it is resumed."),
    "void": gettext_lazy("Ends it for good. Say why: everybody who takes part can read it."),
}
FIELDS = {
    "transfer": ("who",), "delegate": ("who",), "add": ("people", "where", "mode"), "cc": ("people",),
    "hand-over": ("from", "who"), "remove": ("person",),
}  # fmt: skip
DANGEROUS = frozenset({"refuse", "withdraw", "recuse", "void", "suspend"})
FOR_ADMINISTRATORS = ("suspend", "resume", "void", "hand-over")


@dataclass(frozen=True)
class Offer:
    """A verb with its own little form: `fields` names what it asks for, `ballot` makes a second press harmless."""

    verb: str
    label: str
    hint: str = ""
    fields: tuple[str, ...] = ()
    is_dangerous: bool = False
    ballot: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True)
class Choice:
    """Where somebody acts, when they may in several places: a step, perhaps on somebody's behalf."""

    value: str
    label: str


def offer(verb: str, *, label: str = "") -> Offer:
    """Return a verb as it is offered."""
    return Offer(verb, label or str(LABELS[verb]), str(HINTS.get(verb, "")), FIELDS.get(verb, ()), verb in DANGEROUS)


def is_possible(step: core.Step, person: str, verb: str, **fields: Any) -> bool:
    """Return whether the core would do it; what only lacks names to be filled in is possible."""
    try:
        step.act({"by": person, "do": verb, "note": "·", **fields})
    except core.Refusal as refusal:
        return refusal.code in {"picks-missing", "which-step"}
    return True


def main_verbs(step: core.Step, approval: Approval, person: Employee) -> list[Offer]:
    """Return the verbs of the action bar, the likeliest first."""
    number = person.number
    if approval.applicant_id == person.pk and approval.status in {"draft", "returned"}:
        label = gettext("Submit") if approval.status == "draft" else ""
        verbs = [offer("submit", label=label)]
        return verbs + ([offer("withdraw")] if approval.status == "returned" else [])
    verbs = []
    if approval.status == "running" and number in step.waiting:
        verbs.append(offer("approve"))
        if step.allowed_returns(number):
            verbs.append(offer("return"))
        verbs.append(offer("refuse"))
        if is_possible(step, number, "abstain"):
            verbs.append(offer("abstain"))
    if approval.applicant_id == person.pk and approval.status == "running":
        verbs.append(offer("withdraw"))
    return verbs


def more_verbs(step: core.Step, approval: Approval, person: Employee) -> list[Offer]:
    """Return what else may be done, each with its form."""
    number, verbs = person.number, []
    chairs = [chair for chair in step.chairs(number) if not chair.is_delegate]
    if chairs:
        verbs += [verb for verb in ("claim", "recuse") if is_possible(step, number, verb)]
        verbs += ["transfer", "delegate"]
        if any(step.state.steps[c.spot.key].places[c.spot.place].parts[c.spot.part].is_own for c in chairs):
            verbs.append("add")
    if removable(step, number):
        verbs.append("remove")
    verbs += [verb for verb in ("take-back", "urge") if is_possible(step, number, verb)]
    if number in step.state.asked and not step.state.is_terminal:
        verbs.append("cc")
    if is_possible(step, number, "comment"):
        verbs.append("comment")
    if number in step.directory.administrators():
        verbs += [verb for verb in ("suspend", "resume", "void") if is_possible(step, number, verb)]
        if approval.status in {"running", "suspended"} and step.open_steps():
            verbs.append("hand-over")
    return [offer(verb) for verb in verbs]


def removable(step: core.Step, person: str) -> list[str]:
    """Return the people somebody may remove: who was added by them (or by anybody, for administrators) and has not acted."""
    is_administrator = person in step.directory.administrators()
    return sorted({
        seat.person
        for key in step.open_steps()
        for place in step.state.steps[key].places
        for part in place.parts
        for seat in part.seats
        if seat.added_by and seat.is_open and (is_administrator or person in seat.added_by)
    })  # fmt: skip


def choices(step: core.Step, person: str, names: dict[str, str]) -> list[Choice]:
    """Return where a person may act, when there is something to choose."""
    found = {
        f"{chair.spot.key}|{chair.stands_for}": (chair.spot.key, chair.stands_for) for chair in step.chairs(person)
    }
    if len(found) < 2:
        return []
    return [
        Choice(value, label_of(step, key) + (gettext(" (for %(who)s)") % {"who": names.get(other, other)} if other else ""))
        for value, (key, other) in found.items()
    ]  # fmt: skip


def picks_wanted(step: core.Step, person: str) -> list[tuple[str, str, int]]:
    """Return (step, label, how many) for which the person must name people with their submit or approval."""
    if step.state.status in {"draft", "returned"}:
        first = [row for row in step.policy.steps if not step.policy.leading_to(row.key) and row.picks("previous")]
        wanted = [row for row in step.policy.steps if row.picks("applicant")] + first
    else:
        here = {chair.spot.key for chair in step.chairs(person) if not chair.is_delegate}
        wanted = [
            row for row in step.policy.steps
            if row.picks("previous") and here & set(step.policy.leading_to(row.key))
        ]  # fmt: skip
    return [
        (row.key, label_of(step, row.key), row.picks("applicant") or row.picks("previous"))
        for row in wanted
        if step.state.steps[row.key].status != "passed"
    ]


def label_of(step: core.Step, key: str) -> str:
    """Return the name of a step in the reader's language."""
    return step.titles.get(key, key)
