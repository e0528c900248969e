"""Between the rows and the pure core: the only module that knows both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from engine.approvals import clock
from engine.approvals.directory import CompanyDirectory
from engine.approvals.models import Approval, Policy
from engine.approvals.pure import decide as pure
from engine.approvals.pure import migrate as migration
from engine.approvals.pure import places, returns, tick
from engine.approvals.pure import policy as policies
from engine.approvals.pure import run as runs
from engine.approvals.pure import state as states
from engine.approvals.pure.decide import Refused as Refusal
from engine.approvals.titles import titles_of
from people.models import Employee
from people.pure.calendar import WorkingCalendar
from people.queries import calendar_of

__all__ = ["Refusal", "Step", "begin", "faults", "read", "resume"]

read = policies.read


@dataclass(frozen=True)
class Step:
    """An approval's state, with what is needed to go one act further; `before` is the state before that act."""

    policy: policies.Policy
    directory: CompanyDirectory
    state: states.State
    began_at: datetime
    at: datetime
    before: states.State | None = None
    is_new: bool = False

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working calendar of the applicant's unit: there is one clock an approval, so that deadlines of steps side by
        side keep their order. Asked only where deadlines run."""
        return calendar_of(self.state.applicant)

    @cached_property
    def has_deadlines(self) -> bool:
        """Whether any step of the policy has a deadline, so that the working clock matters."""
        return any(step.deadline_minutes for step in self.policy.steps)

    def on_time(self) -> Step:
        """Return the state with its working clock moved to now; deadlines reached on the way have taken effect."""
        if not self.has_deadlines or self.state.is_terminal:
            return self
        zone = timezone.get_default_timezone()
        passed = clock.minutes_between(self.began_at, self.at, self.calendar, zone) - self.state.minute
        if passed < 1:
            return self
        return self.act({"by": "system", "do": "tick", "minutes": passed})

    def act(self, action: Mapping[str, Any]) -> Step:
        """Return the state after one act.

        Raises:
            Refusal: nothing changed; `code` for programs, the text for people.
        """
        after, people = pure.decide_and_see(self.state, action, self.policy, self.directory)
        step = Step(self.policy, self.directory, after, self.began_at, self.at, self.state, self.is_new)
        step.__dict__["waiting"] = set(people)
        step.__dict__.update({name: self.__dict__[name] for name in ("calendar",) if name in self.__dict__})
        return step

    @cached_property
    def run(self) -> runs.Run:
        """What the pure reads want to know: the state among its policy and its company."""
        return runs.Run(self.state, self.policy, self.directory, {})

    @cached_property
    def waiting(self) -> set[str]:
        """Numbers of those who can act now."""
        return set(runs.waiting(self.run))

    @cached_property
    def waiting_before(self) -> set[str]:
        """Numbers of those who could act before; nobody before it was stored."""
        if self.before is None or self.is_new:
            return set()
        return set(pure.waiting(self.before, self.policy, self.directory))

    @cached_property
    def titles(self) -> dict[str, str]:
        """Key → the name of a step in the reader's language."""
        return titles_of(self.policy)

    def in_words(self, refusal: Refusal) -> dict[str, object]:
        """Return what fills in the sentence of a refusal, with names for steps and people. At most one statement."""
        params = dict(refusal.params)
        for field in {"step", "to", "steps"} & params.keys():
            params[field] = "、".join(self.titles.get(key, key) for key in str(params[field]).split(", "))
        if "who" in params:
            name = Employee.objects.filter(number=params["who"]).values_list("name", flat=True).first()
            params["who"] = name or params["who"]
        return params

    @property
    def new_acts(self) -> list[states.Act]:
        """What the last act recorded: perhaps the person's own, and what the system decided."""
        known = len(self.before.acts) if self.before else 0
        return self.state.acts[known:]

    def migrated(self, policy: policies.Policy, *, by: str) -> Step:
        """Return the state under another version of the policy.

        Raises:
            Refusal: it has ended, or people would have to be named first.
        """
        state = migration.migrate(self.state, policy, self.directory, by=by)
        step = replace(self, policy=policy, state=state, before=self.state)
        step.__dict__["waiting_before"] = self.waiting
        return step

    def open_steps(self) -> list[str]:
        """Return the steps that are being asked."""
        return [step.key for step in self.policy.steps if self.state.steps[step.key].status == "open"]

    def is_open(self, key: str) -> bool:
        """Return whether a step is being asked now."""
        return self.state.status == "running" and self.state.steps[key].status == "open"

    def due_times(self, known: Mapping[str, str]) -> tuple[dict[str, str], datetime | None]:
        """Return open step → when it should be decided (ISO 8601), and when a deadline next takes effect.

        Args:
            known: what was found before; a deadline that has passed keeps its time.
        """
        if self.state.status == "suspended":
            return dict(known), None
        due: dict[str, str] = {}
        for key in self.open_steps() if self.state.status == "running" else ():
            left = self.state.steps[key].clock_minutes
            if left is not None:
                zone = timezone.get_default_timezone()
                due[key] = clock.after(self.began_at, self.state.minute + left, self.calendar, zone).isoformat()
            elif key in known:
                due[key] = known[key]
        running = [key for key in due if self.state.steps[key].clock_minutes is not None]
        return due, min((datetime.fromisoformat(due[key]) for key in running), default=None)

    def allowed_returns(self, person: str) -> list[str]:
        """Return the targets a person may choose for a return, `applicant` first."""
        return returns.allowed(self.run, person)

    def chairs(self, person: str) -> list[runs.Chair]:
        """Return where a person can act now, one's own place first."""
        return runs.chairs_of(self.run, person)

    def seat(self, chair: runs.Chair) -> states.Seat:
        """Return the seat of a chair."""
        return self.run.seat(chair.spot)

    def asked_in(self, key: str) -> list[str]:
        """Return who can act in a step now, in the order of their places."""
        return list(dict.fromkeys(who for who, _chair in runs.chairs(self.run, key))) if self.is_open(key) else []

    def tally(self, key: str) -> places.Tally:
        """Return the count of a vote."""
        rules, step = self.run.step(key)
        return places.tally(rules, step)

    def undone_by(self, key: str, target: str, *, is_direct: bool) -> dict[str, str]:
        """Return what a return from a step to a target would undo: step → void or cancelled."""
        return returns.affected(self.run, key, target, is_direct=is_direct)

    def minutes_left(self) -> int | None:
        """Return the working minutes until the next deadline takes effect."""
        return tick.minutes_to_deadline(self.run)


def begin(approval: Approval, *, at: datetime) -> Step:
    """Return the draft of a new approval."""
    policy = _rules(approval.policy) or policies.read(approval.policy.definition)
    directory = _directory(policy, approval.policy, at, subject=approval.subject)
    directory.meet(approval.applicant)
    return Step(policy, directory, pure.start(policy, approval.applicant.number), at, at, is_new=True)


def resume(approval: Approval, *, at: datetime) -> Step:
    """Return the state an approval was left in."""
    policy = _rules(approval) or policies.read(approval.policy.definition)
    directory = _directory(policy, approval, at, subject=approval.subject)
    return Step(policy, directory, states.from_json(approval.state), approval.created_at, at)


def _rules(row: Approval | Policy) -> policies.Policy | None:
    """Return the policy `hot` read with a row."""
    return getattr(row, "rules", None)


def _directory(policy: policies.Policy, row: Approval | Policy, at: datetime, *, subject: str) -> CompanyDirectory:
    is_quiet = not getattr(row, "has_substitutes", True)
    known = getattr(row, "people", None)
    return CompanyDirectory(at=at, named=policy.named, is_without_substitutes=is_quiet, known=known, subject=subject)


def has_place(state: Mapping[str, Any], person: str) -> bool:
    """Return whether somebody has an undecided place, or an unanswered question, in an open step of a stored state."""
    return any(
        seat.is_open and person in {seat.person, seat.delegate}
        for step in states.from_json(state).steps.values()
        if step.status == "open"
        for place in step.places
        for part in place.parts
        for seat in part.seats
    )


def faults(definition: Mapping[str, Any]) -> list[str]:
    """Return every fault of a policy, in words with its place; none for a sound one."""
    try:
        policies.read(definition)
    except policies.FaultyPolicy as faulty:
        return list(faulty.faults)
    return []
