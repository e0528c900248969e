"""Points that stand in a programme's own table, such as a contest's: decided there, kept here with rule, event and sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from people.models import Employee
from rewards.domain.award_rules import decision_id
from rewards.models import AwardRule, Happening, RuleDecision, RuleVersion
from rewards.pure.award_rules import GRANTED, REFUSED


def table_version(*, code: str, title: str, event: str, at: datetime) -> RuleVersion:
    """Return the version that stands for a programme's own table of points, made on first use. 1 SQL statement later on."""
    row = RuleVersion.objects.filter(rule__code=code, number=1).select_related("rule").first()
    if row is not None:
        return row
    rule, _is_new = AwardRule.objects.get_or_create(code=code, defaults={"title": title, "made_at": at})
    definition = {"event": event, "points": {"fact": "points", "each": 1}}
    row, _is_new = RuleVersion.objects.get_or_create(
        rule=rule, number=1, defaults={"event": event, "definition": definition, "made_at": at, "published_at": at}
    )
    return row


def is_table(rule: AwardRule) -> bool:
    """Whether the points stand in a programme's own table: such a rule is shown, not edited."""
    return rule.code.endswith("-table")


def keep_table(
    *,
    version: RuleVersion,
    key: str,
    lines: Sequence[tuple[Employee, int, dict[str, int | str]]],
    budget: str,
    at: datetime,
) -> None:
    """Keep the decisions of a programme's own table of points, which the programme has paid: rule, event and sentence.

    Args:
        lines: (who, points, facts). The same again keeps nothing new; a correction changes what is kept: who is not
            among the lines has nothing. 2 SQL statements.
    """
    rows = []
    for employee, points, facts in lines:
        happening = Happening(event=version.event, key=key, employee=employee)
        rows.append(
            RuleDecision(
                id=decision_id(version, happening),
                version=version,
                employee=employee,
                event=version.event,
                key=key,
                on=timezone.localdate(at),
                at=at,
                outcome=GRANTED,
                points=points,
                wanted=points,
                sentence="granted",
                inputs={"facts": facts},
                budget=budget,
            )
        )
    gone = RuleDecision.objects.filter(version=version, event=version.event, key=key).exclude(
        pk__in=[row.pk for row in rows]
    )
    gone.update(points=0, outcome=REFUSED, sentence="taken back: the event did not happen so")
    RuleDecision.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["id"],
        update_fields=["points", "wanted", "inputs", "outcome", "sentence"],
    )  # fmt: skip
