"""What steps are called: by their title, and where an older version has none, by whom they ask.

A published version never changes, so a step that was published without a title is given one as it is shown: its key was written
for programs ("unit", "hr").
"""

from __future__ import annotations

from collections import Counter

from django.utils.text import capfirst
from django.utils.translation import gettext

from engine.approvals import subjects
from engine.approvals.pure.policy import Policy, Step
from people.models.role import RoleName

ROLES = dict(RoleName.choices)


def titles_of(policy: Policy) -> dict[str, str]:
    """Return key → the name of each step in the reader's language; where two untitled steps ask alike, their keys tell them apart."""
    names = {step.key: gettext(step.title) if step.title else _by_whom(step) for step in policy.steps}
    often = Counter(names.values())
    return {
        step.key: f"{names[step.key]} ({step.key})"
        if not step.title and often[names[step.key]] > 1
        else names[step.key]
        for step in policy.steps
    }


def _by_whom(step: Step) -> str:
    """Return the name of an untitled step: the words somebody wrote as its key, else whom its first source asks."""
    kind, _, name = step.approvers[0].partition(":")
    name = name.removesuffix("@unit")
    if not step.key.isascii():
        return step.key
    if kind == "manager":
        return gettext("Unit head") if name == "1" else gettext("Unit head, level %(n)s") % {"n": name}
    if kind in {"role", "pool", "managers"} and name in ROLES:
        return capfirst(str(ROLES[name]))
    if kind == "subject" and subjects.is_known_name(name):
        return capfirst(gettext(name))
    if kind in {"applicant-picks", "previous-picks"}:
        return gettext("People who are named")
    return step.key
