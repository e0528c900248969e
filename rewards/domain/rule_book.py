"""Write award rules: a draft is edited, checked, published; a published version never changes, another replaces it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee, Unit
from rewards.domain import funds
from rewards.models import AwardRule, BadgeClass, RuleVersion
from rewards.pure.rule_checks import ERROR, BadRule, Finding, check, read


class NotPublishable(ValidationError):
    """The rule has errors; the page shows them."""

    def __init__(self) -> None:
        super().__init__(_("This rule cannot work as it is. Mend what is marked as an error."), code="not-publishable")


class CodeTaken(ValidationError):
    """Another rule has the code."""

    def __init__(self) -> None:
        super().__init__({"code": ValidationError(_("Another rule has this code. Choose another one."), code="taken")})
        self.code = "taken"


class IsPublished(ValidationError):
    """A published version is not edited."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("This version is published and never changes. Edit the rule: that makes another version."),
                         code="is-published")  # fmt: skip


def findings(version: RuleVersion) -> list[Finding]:
    """Return what is wrong with a version, the database asked too: units and badges that are not there."""
    try:
        rule = read(version.definition)
    except BadRule as wrong:
        return [Finding("unreadable", ERROR, {"where": str(wrong)})]
    found = check(rule)
    wanted = {str(value) for row in rule.conditions if (row.of, row.fact) == ("person", "unit") for value in row.values}
    if version.budget.startswith("unit:"):
        wanted.add(version.budget.removeprefix("unit:"))
    known = set(Unit.objects.filter(code__in=wanted).values_list("code", flat=True)) if wanted else set()
    found += [Finding("no-such-unit", ERROR, {"unit": code}) for code in sorted(wanted - known)]
    if version.badge and not BadgeClass.objects.filter(code=version.badge, is_active=True).exists():
        found.append(Finding("no-such-badge", ERROR, {"badge": version.badge}))
    return found


@transaction.atomic(savepoint=False)
def create(*, code: str, title: str, by: Employee | None, at: datetime, **fields: Any) -> RuleVersion:
    """Make a rule with its first draft.

    Raises:
        CodeTaken: nothing is made.
    """
    if code == "new" or AwardRule.objects.filter(code=code).exists():
        raise CodeTaken
    rule = AwardRule.objects.create(code=code, title=title, by=by, made_at=at)
    record(rule.subject, "award-rule.created", by=by, at=at)
    return save_draft(rule=rule, title=title, by=by, at=at, **fields)


@transaction.atomic(savepoint=False)
def save_draft(
    *,
    rule: AwardRule,
    title: str,
    definition: dict[str, Any],
    by: Employee | None,
    at: datetime,
    **fields: Any,
) -> RuleVersion:
    """Write the rule's draft: the newest version when it is not published, else another one.

    Args:
        definition: JSON of `rewards.pure.rule_checks`; faults are found when it is published.
        fields: budget, fund, expiry_months, badge.
    """
    locked = AwardRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    if locked.title != title:
        AwardRule.objects.filter(pk=rule.pk).update(title=title)
    draft = locked.versions.filter(published_at=None).first()
    if draft is None:
        number = (locked.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        draft = RuleVersion(rule=locked, number=number)
    draft.definition, draft.event, draft.by, draft.made_at = definition, str(definition.get("event", ""))[:80], by, at
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save()
    return draft


@transaction.atomic(savepoint=False)
def publish(*, version: RuleVersion, by: Employee | None, at: datetime) -> RuleVersion:
    """Put a draft in force in place of the version before.

    Raises:
        NotPublishable: it has errors. IsPublished: it is published already. funds.NoSuchFund: see there.
    """
    rule = AwardRule.objects.select_for_update(no_key=True).get(pk=version.rule_id)
    row = RuleVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if row.is_published:
        raise IsPublished
    if any(one.level == ERROR for one in findings(row)):
        raise NotPublishable
    funds.demand(row.fund)
    row.published_at, row.published_by = at, by
    row.save(update_fields=["published_at", "published_by"])
    rule.current = row
    rule.save(update_fields=["current"])
    record(rule.subject, "award-rule.published", by=by, at=at, version=row.number)
    return row


@transaction.atomic(savepoint=False)
def end(*, rule: AwardRule, by: Employee, at: datetime) -> None:
    """Take a rule out of force; what it decided stays."""
    row = AwardRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    if row.current is None:
        return
    row.current = None
    row.save(update_fields=["current"])
    record(row.subject, "award-rule.ended", by=by, at=at)
