"""A policy as people read it: whom a step asks, by which rule, until when, and what differs between two versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext

from engine.approvals import core, policy_forms, subjects
from engine.approvals.models import Panel
from engine.approvals.pure import way
from engine.approvals.pure.check import Difference, Finding
from engine.approvals.pure.deadline import MINUTES_A_DAY, minutes_of
from engine.approvals.pure.policy import CHOICES as POLICY_CHOICES
from engine.approvals.pure.policy import Policy as Rules
from engine.approvals.pure.policy import Step
from engine.approvals.titles import ROLES, titles_of
from people.models import Employee
from people.queries import holders

DEFAULTS = {name: choices[0] for name, choices in POLICY_CHOICES.items()}
CHOICES = {
    "mode": policy_forms.MODES, "empty": policy_forms.EMPTY, "self": policy_forms.SELF, "repeat": policy_forms.REPEAT,
    "overdue": policy_forms.OVERDUE, "returns": policy_forms.RETURNS,
}  # fmt: skip


@dataclass(frozen=True)
class StepWords:
    """A step as people read it: `asks` is (source, words) of each source."""

    label: str
    key: str
    branch: str
    asks: list[tuple[str, str]]
    lines: list[str]


def steps_in_words(rules: Rules) -> list[StepWords]:
    """Return each step with its rules as short sentences. At most two statements, and one for each vote of role holders."""
    names = Names([source for step in rules.steps for source in step.approvers])
    titles = titles_of(rules)
    return [
        StepWords(
            titles[step.key], step.key, rules.branch_of(step.key), [(source, names.words(source)) for source in step.approvers],
            _lines(step),
        )
        for step in rules.steps
    ]  # fmt: skip


def _lines(step: Step) -> list[str]:
    lines = [choice("mode", "in-turn" if step.is_in_turn else step.mode)]
    if step.is_vote:
        lines.append(vote_in_words(step))
    if step.deadline_minutes:
        lines.append(gettext("within %(time)s, then: %(overdue)s") % {
            "time": time_in_words(step.deadline_minutes), "overdue": choice("overdue", step.overdue)})  # fmt: skip
    if step.has_signature:
        lines.append(gettext("signed by hand"))
    return lines


def choice(field: str, value: str) -> str:
    """Return what the editor calls a value of `mode`, `overdue` and the like."""
    return str(dict(CHOICES[field]).get(value, value))


def time_in_words(minutes: int) -> str:
    """Return a deadline as people say it: working days, hours or minutes."""
    if minutes % MINUTES_A_DAY == 0:
        n = minutes // MINUTES_A_DAY
        return ngettext("%(n)s working day", "%(n)s working days", n) % {"n": n}
    if minutes % 60 == 0:
        return ngettext("%(n)s working hour", "%(n)s working hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s working minute", "%(n)s working minutes", minutes) % {"n": minutes}


def vote_in_words(step: Step) -> str:
    """Say what a vote needs: 通过需 3 票，2 票反对即否决, for as many as would be asked now, else for five as an example."""
    n = _places(step) or 5
    needed = step.rule.needed(n)
    return gettext("of %(n)s people: %(needed)s in favour pass it, %(refuses)s against refuse it") % {
        "n": n, "needed": needed, "refuses": n - needed + 1}  # fmt: skip


def _places(step: Step) -> int:
    """Return how many places a step would have, 0 when that depends on who applies. One statement for each role."""
    found = 0
    for source in step.approvers:
        kind, _, name = source.partition(":")
        if kind in {"user", "pool"}:
            found += 1
        elif kind in {"panel", "applicant-picks", "previous-picks"}:
            found += int(name.rpartition(":")[2])
        elif kind == "role" and not name.endswith("@unit"):
            found += holders(name, timezone.localdate()).count()
        else:
            return 0
    return found


class Names:
    """Names of the people and panels that sources mention. At most two statements."""

    def __init__(self, sources: Iterable[str]) -> None:
        given = list(sources)
        numbers = {source.removeprefix("user:") for source in given if source.startswith("user:")}
        panels = {source.split(":")[1] for source in given if source.startswith("panel:")}
        self.people = dict(Employee.objects.filter(number__in=numbers).values_list("number", "name")) if numbers else {}
        self.panels = dict(Panel.objects.filter(name__in=panels).values_list("name", "title")) if panels else {}

    def words(self, source: str) -> str:
        """Say whom a source asks."""
        kind, _, name = source.partition(":")
        if kind == "role" and name.endswith("@unit"):
            return gettext("%(role)s nearest to the applicant") % {"role": role_in_words(name.removesuffix("@unit"))}
        if kind == "panel":
            panel, _, count = name.partition(":")
            return gettext("the first %(n)s of the panel %(panel)s") % {
                "n": count,
                "panel": self.panels.get(panel) or panel,
            }
        if kind == "manager" and name == "1":
            return gettext("the unit head above the applicant")
        sentences = {
            "user": gettext("%(name)s (%(number)s)") if name in self.people else gettext("number %(number)s"),
            "role": gettext("everybody who is %(role)s"),
            "pool": gettext("whoever of %(role)s takes it first"),
            "managers": gettext("the unit heads upward, as far as %(role)s"),
            "manager": gettext("unit head number %(number)s above the applicant"),
            "applicant-picks": gettext("people named by the applicant (%(number)s)"),
            "previous-picks": gettext("people named by the approver before (%(number)s)"),
            "subject": gettext("%(subject)s of what it is about"),
        }
        return sentences.get(kind, "%(number)s") % {
            "number": name, "name": self.people.get(name, name), "role": role_in_words(name), "subject": gettext(name),
        }  # fmt: skip


def role_in_words(name: str) -> str:
    """Return a role in the reader's language."""
    return str(ROLES.get(name, name))


@dataclass(frozen=True)
class StopWords:
    """A stop of the way: the step's name, the branch it stands in, who would be asked there."""

    label: str
    branch: str
    who: str
    is_here: bool


@dataclass(frozen=True)
class FindingWords:
    """What is to be known about a step before publishing, with an example of the way that meets it."""

    is_error: bool
    label: str
    sentence: str
    path: list[StopWords]


def findings_in_words(found: list[Finding], definition: Mapping[str, Any]) -> list[FindingWords]:
    """Return findings with names for keys and sources. At most two statements."""
    rules = core.read(way.untangle(definition)[0])
    names = Names([source for step in rules.steps for source in step.approvers])
    labels = titles_of(rules)
    words = []
    for row in found:
        params = dict(row.params)
        params |= {name: labels.get(params[name], params[name]) for name in ("before", "target") if name in params}
        if "source" in params:
            params["source"] = names.words(params["source"])
        here = labels.get(row.step, "") if not row.step.startswith(way.NOBODY) else gettext("Parallel block")
        path = [_stop(stop, rules, labels, names, is_here=stop.key == row.step) for stop in row.path]
        words.append(FindingWords(row.is_error, here, gettext(row.template) % params, path))
    return words


def _stop(stop: way.Stop, rules: Rules, labels: dict[str, str], names: Names, *, is_here: bool) -> StopWords:
    if stop.key == way.SUBMIT:
        return StopWords(gettext("submitted"), "", gettext("the applicant"), is_here)
    if stop.is_missing:
        return StopWords(gettext("no step"), stop.branch, gettext("nobody"), is_here)
    who = "、".join(names.words(source) for source in rules.step(stop.key).approvers)
    return StopWords(labels[stop.key], stop.branch, who, is_here)


FIELDS = {"title": "Step name", "approvers": "Who approves", "mode": "How ballots decide", "pass": "Votes that pass",
          "empty": "If nobody is found", "self": "If the applicant is asked", "repeat": "Who approved before",
          "deadline": "Deadline", "overdue": "When overdue", "returns": "May return it", "cc": "Copy to (numbers)",
          "signature": "Signed by hand", "place": gettext_noop("Place among the steps")}  # fmt: skip


@dataclass(frozen=True)
class DifferenceWords:
    """What differs in one step: `kind` is added, removed, moved or changed; `changes` is (what, before, now)."""

    label: str
    kind: str
    changes: list[tuple[str, str, str]]


def differences_in_words(found: list[Difference], *policies: Rules) -> list[DifferenceWords]:
    """Return what differs with names instead of keys. At most two statements."""
    labels: dict[str, str] = {}
    for rules in policies:
        labels |= {key: title for key, title in titles_of(rules).items() if title != key or key not in labels}
    names = Names([source for rules in policies for step in rules.steps for source in step.approvers])
    return [
        DifferenceWords(
            labels.get(row.step, row.step) or gettext("The whole policy"), row.kind,
            [(_field(name), _value(name, pair[0], names), _value(name, pair[1], names)) for name, pair in row.changes.items()],
        )
        for row in found
    ]  # fmt: skip


def _field(name: str) -> str:
    if name == "keep_passed_branches":
        return gettext("Branches that have passed keep their opinions after a return")
    return gettext(FIELDS[name]) if name in FIELDS else name


def _value(name: str, value: str, names: Names) -> str:
    if name in CHOICES:
        return choice(name, value or DEFAULTS[name])
    if name in {"signature", "keep_passed_branches"}:
        return gettext("yes") if value == "True" else gettext("no")
    if not value:
        return ""
    words = {
        "approvers": lambda: "、".join(names.words(source) for source in value.split(", ")),
        "deadline": lambda: time_in_words(minutes_of(value)),
        "place": lambda: value.replace(".", " · "),
        "title": lambda: gettext(value),
    }
    return words[name]() if name in words else value


def subject_names() -> list[tuple[str, str]]:
    """Return what programmes call people by, as (name, words)."""
    return [(name, gettext(name)) for name in subjects.names()]
