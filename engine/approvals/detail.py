"""One approval as its page shows it to one person: facts, time line, what they may do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from engine.approvals import core, queries
from engine.approvals.models import Approval, Ballot, Cc, Waiting
from engine.approvals.pure.sentences import reason_words
from engine.approvals.pure.state import OPINIONS, State
from engine.approvals.subjects import description
from people.models import Employee

SENTENCES = {
    "submit": gettext_lazy("%(who)s submitted it"),
    "approve": gettext_lazy("%(who)s approved it"),
    "refuse": gettext_lazy("%(who)s refused it"),
    "return": gettext_lazy("%(who)s returned it"),
    "abstain": gettext_lazy("%(who)s abstained"),
    "claim": gettext_lazy("%(who)s claimed it"),
    "withdraw": gettext_lazy("%(who)s withdrew it"),
    "void": gettext_lazy("%(who)s made it void"),
    "comment": gettext_lazy("%(who)s commented"),
}
LABELS = {
    "approve": gettext_lazy("Approve"),
    "return": gettext_lazy("Return"),
    "refuse": gettext_lazy("Refuse"),
    "submit": gettext_lazy("Submit again"),
    "withdraw": gettext_lazy("Withdraw"),
}


@dataclass(frozen=True)
class Act:
    """One line of the time line."""

    at: datetime
    round: int
    sentence: str
    step: str
    note: str
    is_void: bool


@dataclass(frozen=True)
class OpenStep:
    """A step that is being asked: its name and who is waited for."""

    label: str
    who: str


@dataclass(frozen=True)
class Detail:
    """Everything the page shows."""

    facts: list[tuple[str, str]]
    link: str
    acts: list[Act]
    open_steps: list[OpenStep]
    waiting: list[str]
    later_steps: list[str]
    verbs: list[tuple[str, str]]
    returns: list[tuple[str, str]]
    why_not: str
    is_overdue: bool
    is_copy_unread: bool


def detail_of(approval: Approval, person: Employee, *, at: datetime) -> Detail:
    """Read an approval for one person. At most 4 statements, and what the subject's app needs to describe it."""
    step = core.resume(approval, at=at)
    about = description(approval.subject)
    asked = list(Waiting.objects.filter(approval=approval).select_related("person").order_by("person__number"))
    copy = Cc.objects.filter(approval=approval, person=person).first()
    return Detail(
        facts=[(label, queries.shown(value)) for label, value in [*queries.facts_of(approval), *about.facts]],
        link=about.link or approval.link,
        acts=acts_of(approval, step.state),
        open_steps=_open_steps(step, {row.person.number: row.person.name for row in asked}),
        waiting=sorted(step.waiting),
        later_steps=[_label(row) for row in step.policy.steps if _comes_later(step.state, row.key)],
        verbs=[(verb, str(LABELS[verb])) for verb in verbs_of(step, approval, person)],
        returns=[(key, _return_label(key)) for key in step.allowed_returns(person.number)],
        why_not=_why_not(approval, person),
        is_overdue=approval.due_at is not None and approval.due_at < at,
        is_copy_unread=copy is not None and copy.read_at is None,
    )


def acts_of(approval: Approval, state: State) -> list[Act]:
    """Return what happened, oldest first. One statement."""
    standing = {row.seq: row.status for row in state.acts}
    lines = []
    for row in Ballot.objects.filter(approval=approval).select_related("person", "on_behalf_of").order_by("position"):
        is_undone = row.verb in OPINIONS and bool(standing.get(row.seq or 0))
        lines.append(Act(row.at, row.round, _sentence(row), row.step, row.note or _reason(row.reason), is_undone))
    return lines


def _sentence(row: Ballot) -> str:
    who = row.person.name if row.person else gettext("The system")
    if row.person is not None and row.on_behalf_of is not None:
        who = gettext("%(who)s for %(other)s") % {"who": who, "other": row.on_behalf_of.name}
    sentence = SENTENCES.get(row.verb)
    return str(sentence) % {"who": who} if sentence else f"{who}: {row.verb}"


def _reason(code: str) -> str:
    if not code:
        return ""
    sentence, params = reason_words(code)
    return gettext(sentence) % params


def _open_steps(step: core.Step, names: dict[str, str]) -> list[OpenStep]:
    return [
        OpenStep(_label(row), "、".join(names[number] for number in step.asked_in(row.key) if number in names))
        for row in step.policy.steps
        if step.is_open(row.key)
    ]


def _label(row: Any) -> str:
    return gettext(row.title) if row.title else str(row.key)


def _comes_later(state: State, key: str) -> bool:
    return not state.is_terminal and state.steps[key].status in {"pending", "void", "cancelled"}


def verbs_of(step: core.Step, approval: Approval, person: Employee) -> list[str]:
    """Return the verbs to offer a person, the likeliest first."""
    if approval.applicant_id == person.pk and approval.status == "returned":
        return ["submit", "withdraw"]
    verbs = []
    if approval.status == "running" and person.number in step.waiting:
        verbs = ["approve", *(["return"] if step.allowed_returns(person.number) else []), "refuse"]
    if approval.applicant_id == person.pk and approval.status == "running":
        verbs.append("withdraw")
    return verbs


def _return_label(key: str) -> str:
    return gettext("the applicant") if key == "applicant" else key


def _why_not(approval: Approval, person: Employee) -> str:
    """Say why there is nothing to do for this person."""
    if approval.is_terminal:
        return ""
    if approval.status == "returned":
        return gettext("The applicant is changing it.")
    return gettext("You are not asked now.")


def mark_read(approval: Approval, person: Employee, *, at: datetime) -> None:
    """Keep when a person read the copy they were sent."""
    Cc.objects.filter(approval=approval, person=person, read_at=None).update(read_at=at)
