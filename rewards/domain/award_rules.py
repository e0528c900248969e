"""Award points by rules: note what happened, let every rule in force decide once, pay, keep each decision with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils import timezone

from engine.events.domain import record
from people.models import Employee, Unit
from rewards.domain import ledger, rule_badges
from rewards.models import Happening, Level, RuleDecision, RuleVersion, Season
from rewards.pure import award_rules, codes
from rewards.pure.award_events import EVENTS
from rewards.pure.award_rules import (
    BUDGET_EMPTY,
    CAPPED,
    GRANTED,
    REFUSED,
    WAITING,
    Decision,
    Facts,
    Past,
    Person,
    Rule,
)
from rewards.pure.expiry import months_later
from rewards.pure.rule_checks import read
from rewards.pure.transfers import Transfer, in_fund
from rewards.queries import rules as queries

PAYING = (GRANTED, CAPPED)


@dataclass(frozen=True)
class Occurrence:
    """An event about one person: its key (`contest:welding-2026`), its facts, and when, if not now."""

    key: str
    employee: Employee
    facts: dict[str, int | str] = field(default_factory=dict)
    at: datetime | None = None
    source: int | None = None


@transaction.atomic(savepoint=False)
def note(*, event: str, occurrences: Sequence[Occurrence], at: datetime) -> int:
    """Keep what happened for the worker, which lets the rules decide (`decide_due`); the same again is one. 1 SQL statement.

    No account is locked: a programme may call it anywhere in its own transaction. Returns how many were given.
    """
    Happening.objects.bulk_create(
        [_row(event, one, at=at) for one in occurrences], ignore_conflicts=True, batch_size=500
    )
    return len(occurrences)


@transaction.atomic(savepoint=False)
def award_event(
    *, event: str, key: str, employee: Employee, facts: dict[str, int | str], at: datetime, by: Employee | None = None
) -> list[RuleDecision]:
    """Keep one event and let the rules decide at once; the accounts stay locked until the transaction ends.

    Args:
        event: one of `rewards.pure.award_events.EVENTS`; others are kept, no rule can listen to them.
        key: which one, unique among the person's events of this kind: it never pays twice.

    Returns:
        One decision for each rule that listens; what was decided before, when the event is known. An event that was taken
        back is not decided about any more (`rule_revisions` ends what was).
    """
    note(event=event, occurrences=[Occurrence(key, employee, facts)], at=at)
    row = Happening.objects.get(event=event, key=key, employee=employee)
    if row.decided_at is None:
        decide(happenings=[row], at=at, by=by)
    ids = [decision_id(version, row) for version in queries.listeners(event)]
    return list(RuleDecision.objects.filter(pk__in=ids).select_related("version__rule").order_by("version__rule__code"))


def _row(event: str, one: Occurrence, *, at: datetime) -> Happening:
    moment = one.at or at
    return Happening(
        event=event, key=one.key[:120], employee=one.employee, facts=one.facts, at=moment, on=timezone.localdate(moment),
        source=one.source,
    )  # fmt: skip


def decision_id(version: RuleVersion, happening: Happening) -> UUID:
    """Return the one id of what a rule, in whatever version, decides about an event and a person."""
    return uuid5(
        NAMESPACE_URL, f"award-rule:{version.rule_id}:{happening.event}:{happening.key}:{happening.employee_id}"
    )


def transfer_id(decision: RuleDecision) -> UUID:
    """Return the id of a decision's payment; another attempt after an empty budget has another, a refused id is spent."""
    return uuid5(NAMESPACE_URL, f"rule-decision:{decision.pk}:{decision.attempts}")


def decide(*, happenings: Sequence[Happening], at: datetime, by: Employee | None) -> list[RuleDecision]:
    """Let every rule in force decide about events of any kinds, and pay. Inside the caller's transaction.

    The people are locked first, so that two events of one person at once see each other under the caps.
    """
    people = [row.employee_id for row in happenings]
    locked = Employee.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk")
    known = {row.pk: row for row in locked}
    units = Unit.objects.in_bulk([row.unit_id for row in known.values() if row.unit_id])
    trades = dict(Employee.objects.filter(pk__in=people, trade__isnull=False).values_list("pk", "trade__code"))
    undecided = Happening.objects.filter(pk__in=[row.pk for row in happenings], decided_at=None)
    open_ = [row for row in undecided if not row.was_taken_back]  # read again, under the lock
    persons = {pk: _person(row, units.get(row.unit_id or 0), trades.get(pk, "")) for pk, row in known.items()}
    kept: list[RuleDecision] = []
    for event in sorted({row.event for row in open_}):
        rows = sorted((row for row in open_ if row.event == event), key=lambda row: (row.at, row.pk))
        for version in queries.listeners(event):
            kept += _decided(version, rows, persons, units, at=at)
    Happening.objects.filter(pk__in=[row.pk for row in open_]).update(decided_at=at)
    pay(kept, at=at)
    RuleDecision.objects.bulk_create(kept, batch_size=500)
    rule_badges.follow([row for row in kept if row.outcome in PAYING], at=at)
    _say(kept, by=by, at=at)
    return kept


def _person(row: Employee, unit: Unit | None, trade: str) -> Person:
    return Person(
        number=row.number, units=tuple(unit.ancestor_codes) if unit else (), trade=trade, skill_level=row.skill_level
    )


def _decided(
    version: RuleVersion, rows: Sequence[Happening], persons: dict[int, Person], units: dict[int, Unit], *, at: datetime
) -> list[RuleDecision]:
    """Return what one version decides about the events nobody decided for this rule yet, oldest first."""
    rule = read(version.definition)
    ids = {row.pk: decision_id(version, row) for row in rows}
    done = set(RuleDecision.objects.filter(pk__in=ids.values()).values_list("pk", flat=True))
    fresh = [row for row in rows if ids[row.pk] not in done]
    if asks_level(rule):
        persons = with_levels(persons)
    history = queries.histories(version, {row.employee_id for row in fresh})
    plants = plant_codes([*persons.values()]) if version.budget == "plant" else {}
    budgets = {row.pk: budget_account(version, persons[row.employee_id], plants) for row in fresh}
    left = queries.available(budgets.values())
    seasons = list(Season.objects.all())
    found = []
    for row in fresh:
        past, account = history.setdefault(row.employee_id, []), budgets[row.pk]
        facts = facts_of(row, persons[row.employee_id], seasons)
        decision = award_rules.decide(rule, replace(facts, budget_left=left[account]), past)
        if decision.outcome in PAYING:
            left[account] -= decision.points
        if decision.outcome in award_rules.REMEMBERED:
            past.append(Past(row.event, row.key, row.on, decision.points, facts.partner))
        found.append(_kept(version, row, facts, decision, pk=ids[row.pk], budget=account, at=at))
    return found


def facts_of(row: Happening | RuleDecision, person: Person, seasons: Sequence[Season]) -> Facts:
    """Return the facts a rule reads; the day's season is looked up among those given."""
    values = row.facts if isinstance(row, Happening) else row.inputs["facts"]
    season = next(((one.from_on, one.until_on) for one in seasons if one.from_on <= row.on <= one.until_on), None)
    kind = EVENTS.get(row.event)
    partner = str(values.get(kind.partner, "")) if kind and kind.partner else ""
    return Facts(row.event, row.key, row.on, person, values=values, partner=partner, season=season)


def asks_level(rule: Rule) -> bool:
    """Whether a rule asks for the level of earned points, which costs a look into the ledger."""
    return any(row.of == "person" and row.fact == "level" for row in rule.conditions)


def with_levels(persons: dict[int, Person]) -> dict[int, Person]:
    """Return the people with their level by points earned so far. 2 SQL statements."""
    levels = list(Level.objects.all())
    points = queries.earned([row.number for row in persons.values()])
    return {pk: replace(row, level=queries.level_at(points.get(row.number, 0), levels)) for pk, row in persons.items()}


def plant_codes(persons: Sequence[Person]) -> dict[str, str]:
    """Return unit code → itself, for every plant among the units of these people. 1 SQL statement."""
    units = {code for person in persons for code in person.units}
    return {
        code: code for code in Unit.objects.filter(code__in=units, kind=Unit.Kind.PLANT).values_list("code", flat=True)
    }


def budget_account(version: RuleVersion, person: Person, plants: dict[str, str]) -> str:
    """Return the account a version draws from for a person: the plant's falls back to the company's, the root of the tree."""
    code = person.units[0] if person.units else "company"
    if version.budget == "plant":
        code = next((unit for unit in reversed(person.units) if unit in plants), code)
    elif version.budget.startswith("unit:"):
        code = version.budget.removeprefix("unit:")
    return in_fund(f"budget:{code}", version.fund)


def _kept(
    version: RuleVersion, row: Happening, facts: Facts, decision: Decision, *, pk: UUID, budget: str, at: datetime
) -> RuleDecision:
    person = facts.person
    inputs = {"facts": dict(facts.values), "units": list(person.units), "trade": person.trade,
              "skill_level": person.skill_level, "level": person.level}  # fmt: skip
    made = RuleDecision(
        id=pk, version=version, employee_id=row.employee_id, event=row.event, key=row.key, on=row.on, at=at,
        outcome=decision.outcome, points=decision.points, wanted=decision.wanted, partner=facts.partner[:20], inputs=inputs,
        sentence=decision.sentence[:300], budget=budget,
    )  # fmt: skip
    made.number = person.number  # type: ignore[attr-defined]
    return made


def transfer_of(decision: RuleDecision, number: str, *, at: datetime) -> Transfer:
    version = decision.version
    months = version.expiry_months
    return Transfer(
        id=str(decision.transfer),
        debit=decision.budget,
        credit=in_fund(f"wallet:{number}", version.fund),
        kind=codes.AWARD,
        amount=decision.points,
        expires_on=months_later(timezone.localdate(at), months) if months else None,
        reference=f"award-rule:{version.rule.code}:v{version.number}/{decision.event}/{decision.key}"[:200],
        reason=version.rule.title[:500],
    )


def pay(decisions: Sequence[RuleDecision], *, at: datetime) -> None:
    """Post what is granted in one batch, each transfer for itself; a budget emptied meanwhile turns into that outcome."""
    paying = [row for row in decisions if row.outcome in PAYING and row.points]
    for row in paying:
        row.transfer = transfer_id(row)
    transfers = [transfer_of(row, row.number, at=at) for row in paying]  # type: ignore[attr-defined]
    if not transfers:
        return
    for row, transfer, result in zip(paying, transfers, ledger.post(transfers, at=at), strict=True):
        if result in {codes.CREATED, codes.EXISTS}:
            continue
        row.attempts += 1
        row.wanted, row.points, row.transfer = row.points, 0, None
        if result == codes.EXCEEDS_CREDITS:
            row.outcome, row.sentence = BUDGET_EMPTY, "budget empty"
        elif result.endswith("_already_closed"):
            row.outcome, row.sentence = REFUSED, f"refused by the ledger: {result}"
        else:
            ledger.demand_results([transfer], (result,))


def _say(decisions: Sequence[RuleDecision], *, by: Employee | None, at: datetime) -> None:
    """Record one event for each rule that paid."""
    paid: dict[int, list[RuleDecision]] = {}
    for row in decisions:
        if row.outcome in PAYING and row.points:
            paid.setdefault(row.version_id, []).append(row)
    for rows in paid.values():
        version = rows[0].version
        record(
            version.rule.subject, "points.awarded-by-rule", by=by, at=at, version=version.number, event=rows[0].event,
            points=sum(row.points for row in rows), people=len({row.employee_id for row in rows}),
        )  # fmt: skip


def decide_due(*, at: datetime, most: int = 300) -> int:
    """Let the rules decide about noted events, the oldest first, one batch; return how many. For the worker."""
    with transaction.atomic(durable=True):
        due = Happening.objects.filter(decided_at=None, is_revised=False).order_by("id")[:most]
        rows = list(due)
        if rows:
            decide(happenings=rows, at=at, by=None)
    return len(rows)


@transaction.atomic(savepoint=False)
def settle(*, decision: RuleDecision, is_agreed: bool, by: Employee | None, at: datetime) -> None:
    """End a waiting decision: pay it, or refuse it for good.

    Raises:
        ledger.BudgetEmpty: nothing was paid; the approval stays as it was.
    """
    row = RuleDecision.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "version__rule", "employee"
    ).get(pk=decision.pk)  # fmt: skip
    if row.outcome != WAITING:
        return
    if not is_agreed:
        row.points, row.outcome, row.sentence = 0, REFUSED, "refused"
        row.save(update_fields=["points", "outcome", "sentence"])
        rule_badges.follow([row], at=at)
        return
    row.transfer = transfer_id(row)
    ledger.demand([transfer_of(row, row.employee.number, at=at)], at=at)
    row.outcome = CAPPED if row.points < row.wanted else GRANTED
    row.sentence = f"capped {row.points} of {row.wanted}" if row.outcome == CAPPED else "granted"
    row.save(update_fields=["transfer", "outcome", "sentence"])
    rule_badges.follow([row], at=at)
    _say([row], by=by, at=at)


def retry_empty(*, at: datetime, most: int = 200) -> int:
    """Decide again where the budget was empty and has something again, the oldest first; return how many were paid.

    For the worker. The same version decides with the inputs kept, under the caps as they stand now.
    """
    with transaction.atomic(durable=True):
        waiting = RuleDecision.objects.filter(outcome=BUDGET_EMPTY)
        left = queries.available(waiting.values_list("budget", flat=True).distinct())
        due = list(waiting.filter(budget__in=[code for code, points in left.items() if points]).order_by("at")[:most])
        people = Employee.objects.select_for_update(no_key=True).filter(pk__in=[row.employee_id for row in due])
        numbers = {row.pk: row.number for row in people.order_by("pk")}
        still = RuleDecision.objects.filter(pk__in=[row.pk for row in due], outcome=BUDGET_EMPTY)
        rows = list(still.select_related("version__rule", "employee").order_by("at", "pk"))
        seasons = list(Season.objects.all())
        known: dict[tuple[int, int], list[Past]] = {}
        for row in rows:
            row.number = numbers[row.employee_id]  # type: ignore[attr-defined]
            _decide_again(row, left, seasons, known)
        pay(rows, at=at)
        RuleDecision.objects.bulk_update(rows, ["points", "wanted", "outcome", "sentence", "transfer", "attempts"])
        rule_badges.follow(rows, at=at)
        _say(rows, by=None, at=at)
    return sum(1 for row in rows if row.outcome in PAYING and row.points)


def _decide_again(
    row: RuleDecision, left: dict[str, int], seasons: Sequence[Season], known: dict[tuple[int, int], list[Past]]
) -> None:
    """Let the version decide about its kept inputs. `left` of budgets and the `known` history go on with what it grants."""
    kept, who = row.inputs, (row.version.rule_id, row.employee_id)
    if who not in known:
        known[who] = queries.histories(row.version, [row.employee_id]).get(row.employee_id, [])
    others = [one for one in known[who] if (one.event, one.key) != (row.event, row.key)]
    person = Person(row.employee.number, tuple(kept["units"]), kept["trade"], kept["skill_level"], kept["level"])
    facts = replace(facts_of(row, person, seasons), budget_left=left[row.budget])
    decision = award_rules.decide(read(row.version.definition), facts, others)
    known[who] = [*others, Past(row.event, row.key, row.on, decision.points, facts.partner)]
    row.outcome, row.points, row.wanted = decision.outcome, decision.points, decision.wanted
    row.sentence = decision.sentence
    left[row.budget] -= decision.points if decision.outcome in PAYING else 0
