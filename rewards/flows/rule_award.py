"""A rule wants somebody to agree before it pays."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from engine.flows.flow import JinbangFlow
from engine.flows.nodes import Approval, End, Function, Start, this
from rewards.domain import award_rules
from rewards.flows.defaults import ensure
from rewards.models import RuleDecision


class RuleAwardFlow(JinbangFlow):
    """A rule wants somebody to agree before it pays: ask, then pay or refuse. The person who would get it is never asked."""

    process_title = gettext_noop("Award by rule")

    start = Start(this.begin).Next(this.agree)
    agree = Approval(ask=this.what).Approved(this.pay).Next(this.refuse).Annotation(title=gettext_noop("Agree"))
    pay = Function(this.do_pay).Next(this.end).Annotation(title=gettext_noop("Pay points"))
    refuse = Function(this.do_refuse).Next(this.end).Annotation(title=gettext_noop("Refused"))
    end = End()

    def begin(self, step: Any) -> None:
        """Nothing to prepare: the decision stands and waits."""

    def what(self, step: Any) -> dict[str, Any]:
        """Return what approvers are asked."""
        row = _decision(step)
        title = f"{row.employee.name} · {row.version.rule.title}"
        return {"policy": ensure("rule-award", at=step.at), "title": title[:200], "applicant": row.employee}

    def do_pay(self, step: Any) -> None:
        """Pay; an empty budget undoes the last approval, which is tried again."""
        award_rules.settle(decision=_decision(step), is_agreed=True, by=step.by, at=step.at)

    def do_refuse(self, step: Any) -> None:
        """Nothing is paid."""
        award_rules.settle(decision=_decision(step), is_agreed=False, by=step.by, at=step.at)


def _decision(step: Any) -> RuleDecision:
    key = UUID(step.process.data["subject"].removeprefix("rule-decision:"))
    return RuleDecision.objects.select_related("employee__unit", "version__rule").get(pk=key)


def ask_for_awards(*, at: datetime, most: int = 50) -> int:
    """Begin the process of decisions that wait for approval; return how many. For the worker."""
    with transaction.atomic(durable=True):
        waiting = RuleDecision.objects.filter(outcome=RuleDecision.Outcome.WAITING, process=None)
        skips = transaction.get_connection().features.has_select_for_update_skip_locked
        rows = list(waiting.select_for_update(no_key=True, skip_locked=skips).order_by("at")[:most])
        for row in rows:
            process = RuleAwardFlow.start.run(subject=row.subject, by=None, at=at)
            RuleDecision.objects.filter(pk=row.pk).update(process=process)
    return len(rows)
