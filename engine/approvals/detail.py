"""One approval as its page shows it to one person: facts, where it stands, time line, what they may do now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext

from engine.approvals import core, offers, queries
from engine.approvals.models import Approval, Attachment, Ballot, Cc, Waiting
from engine.approvals.offers import label_of
from engine.approvals.pure import sources
from engine.approvals.pure.places import is_live, verdict
from engine.approvals.pure.run import chairs
from engine.approvals.pure.sentences import reason_words
from engine.approvals.pure.state import OPINIONS, Place, State
from engine.approvals.subjects import description
from frontend.kit.doors import opens
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
    "recuse": gettext_lazy("%(who)s recused"),
    "transfer": gettext_lazy("%(who)s transferred it to %(people)s"),
    "delegate": gettext_lazy("%(who)s asked %(people)s for an opinion"),
    "add": gettext_lazy("%(who)s added %(people)s"),
    "remove": gettext_lazy("%(who)s removed %(people)s"),
    "take-back": gettext_lazy("%(who)s took it back"),
    "cc": gettext_lazy("%(who)s copied it to %(people)s"),
    "urge": gettext_lazy("%(who)s urged"),
    "hand-over": gettext_lazy("%(who)s handed it over to %(people)s"),
    "suspend": gettext_lazy("%(who)s suspended it"),
    "resume": gettext_lazy("%(who)s resumed it"),
    "remind": gettext_lazy("%(who)s reminded those who are asked"),
    "tick": gettext_lazy("A deadline passed"),
    "migrate": gettext_lazy("%(who)s moved it to the newest version of its policy"),
}
STEP_STATES = {
    "pending": gettext_lazy("not asked yet"),
    "open": gettext_lazy("being asked"),
    "passed": gettext_lazy("passed"),
    "refused": gettext_lazy("refused"),
    "void": gettext_lazy("to be asked again"),
    "cancelled": gettext_lazy("cancelled"),
}


@dataclass(frozen=True)
class Act:
    """One line of the time line; `label` is the name of the step it was done in."""

    at: datetime
    round: int
    sentence: str
    step: str
    note: str
    is_void: bool
    files: list[Attachment] = field(default_factory=list)
    label: str = ""


@dataclass(frozen=True)
class Asked:
    """Somebody of a step, what they said, and whether they have read it."""

    name: str
    said: str
    is_read: bool = False


@dataclass(frozen=True)
class StepLine:
    """A step of the way: `branch` is the name of its parallel branch."""

    key: str
    label: str
    status: str
    status_label: str
    branch: str
    people: list[Asked]
    vote: str
    due_at: datetime | None
    is_forecast: bool


@dataclass(frozen=True)
class Detail:
    """Everything the page shows."""

    facts: list[tuple[str, str]]
    link: str
    acts: list[Act]
    steps: list[StepLine]
    waiting: list[str]
    verbs: list[offers.Offer]
    more: list[offers.Offer]
    returns: list[tuple[str, str]]
    choices: list[offers.Choice]
    picks: list[tuple[str, str, int]]
    removable: list[tuple[str, str]]
    why_not: str
    is_overdue: bool
    is_copy_unread: bool
    wants_signature: bool
    asked_as: list[str]


def detail_of(approval: Approval, person: Employee, *, at: datetime) -> Detail:
    """Read an approval for one person. At most 8 statements, and what the subject's app needs to describe it and to say
    whether they may open its page."""
    step = core.resume(approval, at=at)
    about = description(approval.subject)
    link = about.link or approval.link
    rows = list(Waiting.asked.filter(approval=approval))
    readers = {row.person_id for row in rows if row.read_at}
    names, read = _names(step, readers)
    copy = Cc.objects.filter(approval=approval, person=person).first()
    here = {chair.spot.key for chair in step.chairs(person.number)}
    return Detail(
        facts=list(
            dict.fromkeys((label, queries.shown(value)) for label, value in (*queries.facts_of(approval), *about.facts))
        ),
        link=link if link and opens(person, link) else "",
        acts=acts_of(approval, step.state, names, step.titles),
        steps=[_step_line(step, approval, row.key, names, read) for row in step.policy.steps],
        waiting=sorted(step.waiting),
        verbs=offers.main_verbs(step, approval, person),
        more=offers.more_verbs(step, approval, person),
        returns=[(key, return_label(step, key)) for key in step.allowed_returns(person.number)],
        choices=offers.choices(step, person.number, names),
        picks=offers.picks_wanted(step, person.number) if here or person.pk == approval.applicant_id else [],
        removable=[(number, names.get(number, number)) for number in offers.removable(step, person.number)],
        why_not=_why_not(approval, person, step),
        is_overdue=approval.due_at is not None and approval.due_at < at,
        is_copy_unread=copy is not None and copy.read_at is None,
        wants_signature=any(step.policy.step(key).has_signature for key in here),
        asked_as=_asked_as(step, person.number, names),
    )


def _names(step: core.Step, readers: set[int]) -> tuple[dict[str, str], set[str]]:
    """Return number → name of everybody the page names, and the numbers of who has read it. One statement."""
    numbers = set(step.state.asked) | {act.stands_for for act in step.state.acts} | set(step.state.copied)
    for key, state in step.state.steps.items():
        for place in state.places or forecast(step, key):
            numbers |= {name for part in place.parts for seat in part.seats for name in (seat.person, *seat.pool)}
    named = Employee.objects.filter(number__in=numbers | {act.person for act in step.state.acts}).values_list(
        "pk", "number", "name"
    )
    rows = list(named)
    return {number: name for _pk, number, name in rows}, {number for pk, number, _name in rows if pk in readers}


def forecast(step: core.Step, key: str) -> list[Place]:
    """Return whom a step that is not open would ask if it opened now."""
    if step.state.is_terminal or step.state.steps[key].status in {"open", "passed", "refused"}:
        return []
    return sources.find(step.run, step.policy.step(key))[0]


def _step_line(step: core.Step, approval: Approval, key: str, names: dict[str, str], read: set[str]) -> StepLine:
    state = step.state.steps[key]
    is_forecast = state.status in {"pending", "void", "cancelled"} and not step.state.is_terminal
    places = forecast(step, key) if is_forecast else state.places
    due = approval.deadlines.get(key)
    return StepLine(
        key=key,
        label=label_of(step, key),
        status=state.status,
        status_label=str(STEP_STATES[state.status]),
        branch=step.policy.branch_of(key),
        people=_people(step, key, places, names, read),
        vote=_vote(step, key) if step.is_open(key) and step.policy.step(key).is_vote else "",
        due_at=datetime.fromisoformat(due) if due else None,
        is_forecast=is_forecast,
    )


def _people(step: core.Step, key: str, places: list[Place], names: dict[str, str], read: set[str]) -> list[Asked]:
    """Return who sits in each place; of an open step also who else can act there now."""
    beside: dict[int, list[str]] = {}
    for who, chair in chairs(step.run, key) if step.is_open(key) else ():
        if chair.is_delegate or chair.stands_for:
            words = (
                gettext("%(who)s may act for them") if chair.stands_for else gettext("%(who)s is asked for an opinion")
            )
            beside.setdefault(chair.spot.place, []).append(words % {"who": names.get(who, who)})
    return [
        _asked(place, names, read, beside.get(number, []))
        for number, place in enumerate(places) if is_live(place)
    ]  # fmt: skip


def _asked_as(step: core.Step, person: str, names: dict[str, str]) -> list[str]:
    """Say in whose stead somebody acts, and where their opinion is not the decision."""
    said = []
    for chair in step.chairs(person):
        if chair.stands_for:
            said.append(gettext("You act for %(who)s.") % {"who": names.get(chair.stands_for, chair.stands_for)})
        if chair.is_delegate:
            asker = step.seat(chair).person
            said.append(
                gettext("%(who)s asks for your opinion: approve or refuse; then they decide themselves.")
                % {"who": names.get(asker, asker)}
            )
    return list(dict.fromkeys(said))


def _asked(place: Place, names: dict[str, str], read: set[str], beside: list[str]) -> Asked:
    seats = [seat for part in place.parts for seat in part.seats if not seat.is_gone]
    people = [names.get(person, person) for seat in seats for person in ([seat.person] if seat.person else seat.pool)]
    joined = gettext(" or ").join(people) if any(seat.pool and not seat.person for seat in seats) else "、".join(people)
    joined += gettext(" (%(words)s)") % {"words": gettext("; ").join(beside)} if beside else ""
    said = verdict(place)
    words = {"approve": gettext("approved"), "refuse": gettext("refused"), "abstain": gettext("abstained")}
    return Asked(joined, words.get(said, ""), any(seat.person in read for seat in seats))


def _vote(step: core.Step, key: str) -> str:
    """Say what a vote still needs: 还需 2 票通过，再有 1 票反对即否决."""
    tally = step.tally(key)
    passes = ngettext("%(n)s more approval passes it", "%(n)s more approvals pass it", tally.more_to_pass)
    refuses = ngettext("%(n)s more refusal refuses it", "%(n)s more refusals refuse it", tally.more_to_refuse)
    return f"{passes % {'n': tally.more_to_pass}}{gettext(', ')}{refuses % {'n': tally.more_to_refuse}}"


def acts_of(
    approval: Approval, state: State, names: dict[str, str], titles: Mapping[str, str] = MappingProxyType({})
) -> list[Act]:
    """Return what happened, oldest first, with the files put beside it. Two statements."""
    standing = {row.seq: row.status for row in state.acts}
    files: dict[Any, list[Attachment]] = {}
    for file in Attachment.objects.filter(ballot__approval=approval).defer("content"):
        files.setdefault(file.ballot_id, []).append(file)
    lines = []
    for row in Ballot.objects.filter(approval=approval).select_related("person", "on_behalf_of").order_by("position"):
        if row.verb == "tick":  # what the deadline did follows
            continue
        is_undone = row.verb in OPINIONS and bool(standing.get(row.seq or 0))
        note = row.note or _reason(row.reason)
        label = titles.get(row.step, "")
        lines.append(
            Act(row.at, row.round, sentence_of(row, names), row.step, note, is_undone, files.get(row.pk, []), label)
        )
    return lines


def sentence_of(row: Ballot, names: dict[str, str]) -> str:
    """Say who did what, on whose behalf, to whom."""
    who = row.person.name if row.person else gettext("The system")
    if row.person is not None and row.on_behalf_of is not None:
        who = gettext("%(who)s for %(other)s") % {"who": who, "other": row.on_behalf_of.name}
    given = row.action.get("people") or [row.action.get("to") or row.action.get("person") or ""]
    people = "、".join(names.get(number, str(number)) for number in given)
    sentence = SENTENCES.get(row.verb)
    if row.verb == "hand-over" and not people:  # by a deadline: the steps say who has it now
        sentence = gettext_lazy("%(who)s handed it over")
    return str(sentence) % {"who": who, "people": people} if sentence else f"{who}: {row.verb}"


def _reason(code: str) -> str:
    if not code:
        return ""
    sentence, params = reason_words(code)
    return gettext(sentence) % params


def return_label(step: core.Step, key: str) -> str:
    """Return the name of a target of a return."""
    return gettext("the applicant") if key == "applicant" else label_of(step, key)


def _why_not(approval: Approval, person: Employee, step: core.Step) -> str:
    """Say why there is nothing to do for this person."""
    if approval.is_terminal or person.number in step.waiting:
        return ""
    if approval.status == "returned":
        return gettext("The applicant is changing it.")
    if approval.status == "suspended":
        return gettext("An administrator has suspended it.")
    return gettext("You are not asked now.")


def mark_read(approval: Approval, person: Employee, *, at: datetime) -> None:
    """Keep when a person first read what was copied to them or what they are asked. At most two statements."""
    Cc.objects.filter(approval=approval, person=person, read_at=None).update(read_at=at)
    Waiting.objects.filter(approval=approval, person=person, read_at=None).update(read_at=at)


@dataclass(frozen=True)
class ReturnPreview:
    """What a return would do."""

    void: list[str]
    cancelled: list[str]
    kept: list[str]
    told: list[str]
    next: str


def return_preview(
    approval: Approval, person: Employee, *, chair: str, target: str, resume: str, at: datetime
) -> ReturnPreview | None:
    """Return what a return would undo, keep, and who would be told; None when it may not go there."""
    step = core.resume(approval, at=at)
    key, _, stands_for = chair.partition("|")
    fields: dict[str, Any] = {"step": key} if key else {}
    if stands_for:
        fields["for"] = stands_for
    try:
        after = step.act({"by": person.number, "do": "return", "to": target, "resume": resume, **fields})
    except core.Refusal:
        return None
    names, _read = _names(step, set())
    changed = {k: s.status for k, s in after.state.steps.items() if s.status != step.state.steps[k].status}
    told = (step.waiting - {person.number}) | after.waiting

    def labels(status: str) -> list[str]:
        return [label_of(step, k) for k, s in changed.items() if s == status]

    return ReturnPreview(
        void=labels("void"),
        cancelled=labels("cancelled"),
        kept=[label_of(step, k) for k, s in after.state.steps.items() if s.status == "passed"],
        told=[names.get(number, number) for number in sorted(told)],
        next=return_label(step, target) if target != "previous" else "、".join(labels("open")),
    )
