"""More points for a unit, and points for many at once: one asks, another agrees."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from engine.flows.flow import JinbangFlow
from engine.flows.nodes import Approval, End, Function, Start, this
from people.models import Employee
from rewards.domain import budgets, bulk_awards
from rewards.flows.defaults import ensure
from rewards.models import BulkAward, TopUp


class TopUpFlow(JinbangFlow):
    """Somebody asks for more points for a unit; finance agrees; the budget above pays."""

    process_title = gettext_noop("Top-up of a budget")

    start = Start(this.begin).Next(this.agree)
    agree = (
        Approval(ask=this.what)
        .Approved(this.pay)
        .Refused(this.refuse)
        .Withdrawn(this.withdraw)
        .Annotation(title=gettext_noop("Agree"))
    )
    pay = Function(this.do_pay).Next(this.end).Annotation(title=gettext_noop("Give the points"))
    refuse = Function(this.do_refuse).Next(this.end).Annotation(title=gettext_noop("Refused"))
    withdraw = Function(this.do_withdraw).Next(this.end).Annotation(title=gettext_noop("Withdrawn"))
    end = End()

    def begin(self, step: Any) -> None:
        """Nothing to prepare: no points move before somebody else agrees."""

    def what(self, step: Any) -> dict[str, Any]:
        """Return what approvers are asked."""
        row = _top_up(step)
        title = f"{row.unit.name} · {row.reason}"[:200]
        return {"policy": ensure("budget-top-up", at=step.at), "title": title, "applicant": row.asked_by}

    def do_pay(self, step: Any) -> None:
        """Give the points; an empty budget above undoes the last approval, which is tried again."""
        budgets.pay_top_up(top_up=_top_up(step), by=step.by, at=step.at)

    def do_refuse(self, step: Any) -> None:
        """Nothing moves."""
        budgets.settle_top_up(top_up=_top_up(step), state=TopUp.State.REFUSED, at=step.at)

    def do_withdraw(self, step: Any) -> None:
        """Nothing moves because it is no longer wanted."""
        budgets.settle_top_up(top_up=_top_up(step), state=TopUp.State.WITHDRAWN, at=step.at)


class BulkAwardFlow(JinbangFlow):
    """Somebody proposes the same points for everybody of a unit; another agrees; the worker pays unit by unit."""

    process_title = gettext_noop("Bulk award")

    start = Start(this.begin).Next(this.agree)
    agree = (
        Approval(ask=this.what)
        .Approved(this.pay)
        .Refused(this.refuse)
        .Withdrawn(this.withdraw)
        .Annotation(title=gettext_noop("Agree"))
    )
    pay = Function(this.do_begin).Next(this.end).Annotation(title=gettext_noop("Begin to pay"))
    refuse = Function(this.do_refuse).Next(this.end).Annotation(title=gettext_noop("Refused"))
    withdraw = Function(this.do_withdraw).Next(this.end).Annotation(title=gettext_noop("Withdrawn"))
    end = End()

    def begin(self, step: Any) -> None:
        """Nothing to prepare: no points move before somebody else agrees."""

    def what(self, step: Any) -> dict[str, Any]:
        """Return what approvers are asked."""
        row = _bulk(step)
        return {"policy": ensure("bulk-award", at=step.at), "title": row.reason, "applicant": row.asked_by}

    def do_begin(self, step: Any) -> None:
        """Freeze who is paid; the worker pays."""
        bulk_awards.begin(award=_bulk(step), at=step.at)

    def do_refuse(self, step: Any) -> None:
        """Nothing is paid."""
        bulk_awards.settle(award=_bulk(step), state=BulkAward.State.REFUSED, at=step.at)

    def do_withdraw(self, step: Any) -> None:
        """Nothing is paid because it is no longer wanted."""
        bulk_awards.settle(award=_bulk(step), state=BulkAward.State.WITHDRAWN, at=step.at)


def _top_up(step: Any) -> TopUp:
    key = UUID(step.process.data["subject"].removeprefix("top-up:"))
    return TopUp.objects.select_related("unit__parent", "asked_by").get(pk=key)


def _bulk(step: Any) -> BulkAward:
    key = UUID(step.process.data["subject"].removeprefix("bulk-award:"))
    return BulkAward.objects.select_related("unit", "asked_by").get(pk=key)


@transaction.atomic(savepoint=False)
def ask_top_up(*, key: UUID, by: Employee, at: datetime, **asked: Any) -> TopUp:
    """Ask for more points for a unit; the same key again returns the same. See `rewards.domain.budgets.ask_top_up`."""
    row, is_new = budgets.ask_top_up(key=key, by=by, at=at, **asked)
    if is_new:
        row.process = TopUpFlow.start.run(subject=row.subject, by=by, at=at)
        TopUp.objects.filter(pk=row.pk).update(process=row.process)
    return row


@transaction.atomic(savepoint=False)
def ask_bulk_award(*, key: UUID, by: Employee, at: datetime, **asked: Any) -> BulkAward:
    """Propose points for everybody of a unit; the same key again returns the same. See `rewards.domain.bulk_awards.ask`."""
    row, is_new = bulk_awards.ask(key=key, by=by, at=at, **asked)
    if is_new:
        row.process = BulkAwardFlow.start.run(subject=row.subject, by=by, at=at)
        BulkAward.objects.filter(pk=row.pk).update(process=row.process)
    return row
