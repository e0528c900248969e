"""An event turns out otherwise, or is taken back: each rule that decided about it decides again, and the difference is moved.

A contest's result is corrected after points were paid: who was second is third now. The version that decided then decides
now, under what it decided about the person's other events; its payment is reversed whole (a claw-back), and paid anew. Its
badge is revoked with the points and given anew with them; the level follows by itself, it is what is earned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from people.models import Employee
from rewards.domain import award_rules as rules
from rewards.domain import ledger, rule_badges
from rewards.models import Happening, RuleDecision, Season
from rewards.pure import award_rules, codes
from rewards.pure.award_rules import Decision, Person
from rewards.pure.rule_checks import read
from rewards.pure.transfers import Transfer
from rewards.queries import rules as queries


@transaction.atomic(savepoint=False)
def revise(
    *, event: str, key: str, facts: Mapping[int, dict[str, int | str]], people: Sequence[Employee], at: datetime
) -> int:
    """Note what an event is like now; the worker lets the rules decide again. Locks no account. At most 4 SQL statements.

    Args:
        facts: employee id → facts, of everybody the event is about now; who is left out was not part of it after all.
        people: those employees, for whom new events are noted.

    Returns:
        How many events have changed.
    """
    known = {row.employee_id: row for row in Happening.objects.filter(event=event, key=key)}
    changed = []
    for pk, row in known.items():
        wanted = facts.get(pk, {})
        if row.facts != wanted:
            # Decided or not: what rules decided once is looked at again, and what was taken back is never decided.
            row.facts, row.is_revised, row.decided_at = wanted, True, None
            changed.append(row)
    Happening.objects.bulk_update(changed, ["facts", "is_revised", "decided_at"], batch_size=500)
    fresh = [rules.Occurrence(key, person, facts[person.pk]) for person in people if person.pk not in known]
    if fresh:
        rules.note(event=event, occurrences=fresh, at=at)
    return len(changed) + len(fresh)


def is_known(*, event: str, key: str) -> bool:
    """Whether an event was noted for anybody. 1 SQL statement."""
    return Happening.objects.filter(event=event, key=key).exists()


def revise_due(*, at: datetime, most: int = 200) -> int:
    """Let rules decide again about revised events, one batch; return how many. For the worker."""
    with transaction.atomic(durable=True):
        waiting = Happening.objects.filter(is_revised=True).order_by("id")[:most]
        people = Employee.objects.select_for_update(no_key=True).filter(pk__in=[row.employee_id for row in waiting])
        known = {row.pk: row for row in people.order_by("pk")}
        still = list(Happening.objects.filter(is_revised=True, employee_id__in=known).order_by("id")[:most])
        seasons = list(Season.objects.all())
        for row in still:
            _decide_again(row, known[row.employee_id], seasons, at=at)
            row.is_revised, row.decided_at = False, None if row.facts else at
        Happening.objects.bulk_update(still, ["is_revised", "decided_at"])
    return len(still)


def _decide_again(row: Happening, employee: Employee, seasons: Sequence[Season], *, at: datetime) -> None:
    """Move what the decisions about one event differ from what they were."""
    made = RuleDecision.objects.filter(event=row.event, key=row.key, employee=employee).select_related("version__rule")
    for decision in made.order_by("pk"):
        decision.number = employee.number  # type: ignore[attr-defined]
        again = _new_decision(decision, row, seasons)
        decision.inputs = {**decision.inputs, "facts": row.facts}
        if (again.points, again.outcome) != (decision.points, decision.outcome):
            _take_back(decision, at=at)
            decision.attempts, decision.transfer, decision.process = decision.attempts + 1, None, None
            decision.points, decision.wanted = again.points, again.wanted
            decision.outcome, decision.sentence = again.outcome, again.sentence
            rules.pay([decision], at=at)
            rule_badges.follow([decision], at=at)
        decision.save()


def _new_decision(decision: RuleDecision, row: Happening, seasons: Sequence[Season]) -> Decision:
    if not row.facts:
        return Decision(0, award_rules.REFUSED, "taken back: the event did not happen so")
    kept = decision.inputs
    person = Person(decision.employee.number, tuple(kept["units"]), kept["trade"], kept["skill_level"], kept["level"])
    past = queries.histories(decision.version, [row.employee_id]).get(row.employee_id, [])
    others = [one for one in past if (one.event, one.key) != (row.event, row.key)]
    return award_rules.decide(read(decision.version.definition), rules.facts_of(row, person, seasons), others)


def _take_back(decision: RuleDecision, *, at: datetime) -> None:
    """Reverse a decision's payment whole; what is spent becomes a debt (spec/ledger.md, "claw-back")."""
    if decision.transfer is None or not decision.points:
        return
    payment = rules.transfer_of(decision, decision.employee.number, at=at)
    reversal = Transfer(
        id=str(uuid5(NAMESPACE_URL, f"rule-decision:{decision.pk}:{decision.attempts}:reverse")),
        debit=payment.credit, credit=payment.debit, kind=codes.REVERSE, amount=decision.points,
        reference=str(decision.transfer), reason=decision.version.rule.title[:500],
    )  # fmt: skip
    ledger.demand([reversal], at=at)
