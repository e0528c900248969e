"""Whom a step asks: its sources, oneself, recusals; and people named for it.

Source: the specification of approvals, the list below the table of steps.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.approvals.pure.places import everybody_on
from engine.approvals.pure.policy import Step
from engine.approvals.pure.run import Run, known_people
from engine.approvals.pure.sentences import Refused
from engine.approvals.pure.state import Part, Place, Seat


def find(run: Run, step: Step) -> tuple[list[Place], bool]:
    """Return the places of a step asked now, and whether only the applicant was found and is skipped."""
    wanted: list[str | tuple[str, ...]] = []  # a person, or the members of a pool
    for source in step.approvers:
        kind, _, name = source.partition(":")
        if kind == "pool":
            wanted.append(tuple(person for person in run.directory.holders(name) if person != run.state.applicant))
        else:
            wanted += _oneself(run, step, kind, _named(run, step, kind, name))
    skipped = step.self_rule == "skip" and run.state.applicant in wanted
    if skipped:
        wanted = [row for row in wanted if row != run.state.applicant]
    people = dict.fromkeys(row for row in wanted if isinstance(row, str))
    places: list[Place] = []
    taken = set(people)
    for row in dict.fromkeys(wanted):
        if isinstance(row, str):
            if row not in run.state.recused:
                places.append(one_seat(Seat(person=row)))
        elif pool := tuple(person for person in row if person not in taken and person not in run.state.recused):
            taken |= set(pool)
            places.append(one_seat(Seat(pool=pool)))
    return places, skipped and not any(wanted)


def one_seat(seat: Seat) -> Place:
    """Return a place of one seat."""
    return Place([Part([seat])])


def _named(run: Run, step: Step, kind: str, name: str) -> Sequence[str]:
    """Return the people one source names, the applicant included, pools apart."""
    directory, applicant = run.directory, run.state.applicant
    if kind == "user":
        return [name] if directory.exists(name) else []
    if kind == "role":
        near = name.endswith("@unit")
        return directory.holders_near(name.removesuffix("@unit"), applicant) if near else directory.holders(name)
    if kind == "panel":
        panel, _, count = name.rpartition(":")
        drawn = [row for row in directory.panel(panel) if row != applicant and row not in run.state.recused]
        return drawn[: int(count)]
    if kind == "subject":
        return directory.of_subject(name)
    if kind in {"manager", "managers"}:
        return _heads(run, kind, name)
    return run.state.picks.get(step.key, ())


def _heads(run: Run, kind: str, name: str) -> Sequence[str]:
    """Return the N-th unit head above the applicant, or all until one holds a role."""
    heads = list(run.directory.heads_above(run.state.applicant))
    if kind == "manager":
        return heads[int(name) - 1 : int(name)]
    holders = set(run.directory.holders(name))
    until = next((index for index, head in enumerate(heads) if head in holders), len(heads) - 1)
    return heads[: until + 1]


def _oneself(run: Run, step: Step, kind: str, people: Sequence[str]) -> list[str]:
    """Put the applicant's unit head in the applicant's stead, where the step says so (self = manager)."""
    if step.self_rule != "manager" or run.state.applicant not in people:
        return list(people)
    manager = list(run.directory.heads_above(run.state.applicant)[:1])
    return [other for person in people for other in (manager if person == run.state.applicant else [person])]


def administrators(run: Run, step: Step) -> Seat:
    """Return the seat the administrators share when nobody is found; somebody is always in it."""
    everybody = list(dict.fromkeys(run.directory.administrators()))
    others = [person for person in everybody if person not in run.state.recused]
    pool = [person for person in others if person != run.state.applicant or step.self_rule == "allow"]
    return Seat(pool=tuple(pool or others or everybody), is_administrators=True)


def check_may_join(run: Run, key: str, person: str) -> None:
    """Check that somebody may be put on a step by a verb.

    Raises:
        Refused: they are on it, have recused, or are the applicant (unless self = allow).
    """
    rules, step = run.step(key)
    if person in everybody_on(step):
        raise Refused("on-step", who=person)
    if person in run.state.recused:
        raise Refused("recused", who=person)
    if person == run.state.applicant and rules.self_rule != "allow":
        raise Refused("is-applicant", who=person)


def take_picks(run: Run, step: Step, who: str) -> None:
    """Keep the people an act names for a step; without any, those named before stay.

    Raises:
        Refused: none were ever named, not exactly as many as the step wants, or somebody who may not be.
    """
    count = step.picks(who)
    given = (run.action.get("picks") or {}).get(step.key)
    if given is None:
        if step.key not in run.state.picks:
            raise Refused("picks-missing", count=count, step=step.key)
        return
    people = known_people(run, given, "picks")
    if len(people) != count or len(given) != count:
        raise Refused("picks-missing", count=count, step=step.key)
    for person in people:
        if person in run.state.recused:
            raise Refused("recused", who=person)
    run.state.picks[step.key] = tuple(people)


def check_picks(run: Run) -> None:
    """Check that an act names people only for steps that want them named.

    Raises:
        Refused: the field is malformed, or a step is unknown or takes nobody by name.
    """
    picks = run.action.get("picks")
    if picks is None:
        return
    if not isinstance(picks, dict):
        raise Refused("malformed", field="picks")
    for key in picks:
        if not run.policy.has(key):
            raise Refused("unknown-step", step=key)
        if not any("-picks:" in source for source in run.policy.step(key).approvers):
            raise Refused("picks-where", step=key)
