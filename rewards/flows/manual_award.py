"""Somebody proposes points for people."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from engine.flows.flow import JinbangFlow
from engine.flows.nodes import Approval, End, Function, Start, this
from people.models import Employee
from rewards.domain import manual_awards
from rewards.flows.defaults import ensure
from rewards.models import ManualAward


class ManualAwardFlow(JinbangFlow):
    """Somebody proposes points for people; another agrees; then they are paid."""

    process_title = gettext_noop("Manual award")

    start = Start(this.begin).Next(this.agree)
    agree = (
        Approval(ask=this.what)
        .Approved(this.pay)
        .Refused(this.refuse)
        .Withdrawn(this.withdraw)
        .Annotation(title=gettext_noop("Agree"))
    )
    pay = Function(this.do_pay).Next(this.end).Annotation(title=gettext_noop("Pay points"))
    refuse = Function(this.do_refuse).Next(this.end).Annotation(title=gettext_noop("Refused"))
    withdraw = Function(this.do_withdraw).Next(this.end).Annotation(title=gettext_noop("Withdrawn"))
    end = End()

    def begin(self, step: Any) -> None:
        """Nothing to prepare: no points move before somebody else agrees."""

    def what(self, step: Any) -> dict[str, Any]:
        """Return what approvers are asked."""
        row = _proposal(step)
        return {"policy": ensure("manual-award", at=step.at), "title": row.reason[:200], "applicant": row.proposed_by}

    def do_pay(self, step: Any) -> None:
        """Pay every line; an empty budget undoes the last approval, which is tried again."""
        manual_awards.pay(proposal=_proposal(step), by=step.by, at=step.at)

    def do_refuse(self, step: Any) -> None:
        """Nothing is paid."""
        manual_awards.settle(proposal=_proposal(step), state=ManualAward.State.REFUSED, at=step.at)

    def do_withdraw(self, step: Any) -> None:
        """Nothing is paid because it is no longer wanted."""
        manual_awards.settle(proposal=_proposal(step), state=ManualAward.State.WITHDRAWN, at=step.at)


def _proposal(step: Any) -> ManualAward:
    key = UUID(step.process.data["subject"].removeprefix("manual-award:"))
    return ManualAward.objects.select_related("proposed_by__unit", "budget_unit").get(pk=key)


@transaction.atomic(savepoint=False)
def propose_award(*, key: UUID, by: Employee, at: datetime, **proposal: Any) -> ManualAward:
    """Propose points and begin the process, in one transaction; the same key again returns the same proposal.

    Args and refusals: see `rewards.domain.manual_awards.propose`.
    """
    row, is_new = manual_awards.propose(key=key, by=by, at=at, **proposal)
    if is_new:
        process = ManualAwardFlow.start.run(subject=row.subject, by=by, at=at)
        ManualAward.objects.filter(pk=row.pk).update(process=process)
        row.refresh_from_db()
    return row


@transaction.atomic(savepoint=False)
def propose_draft(*, draft: ManualAward, by: Employee, at: datetime) -> ManualAward:
    """Propose a checked file and begin the process, in one transaction; pressed twice it begins once.

    Refusals: see `rewards.domain.manual_awards.submit`.
    """
    row, is_new = manual_awards.submit(draft=draft, by=by, at=at)
    if is_new:
        process = ManualAwardFlow.start.run(subject=row.subject, by=by, at=at)
        ManualAward.objects.filter(pk=row.pk).update(process=process)
        row.refresh_from_db()
    return row
