"""Processes about points, each readable like its diagram."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from engine.approvals.domain import approvals, policies
from engine.approvals.models import Approval as ApprovalRow
from engine.flows.flow import JinbangFlow
from engine.flows.nodes import Approval, End, Function, Start, this
from people.models import Employee
from rewards.domain import manual_awards
from rewards.domain import redemption as redemptions
from rewards.models import Item, ManualAward, Redemption

POLICIES: dict[str, tuple[str, dict[str, Any]]] = {
    "leave-redemption": (
        gettext_noop("Leave for points"),
        {
            "steps": [
                {"key": "unit", "title": gettext_noop("Unit head"), "approvers": ["manager:1"], "mode": "all"},
                {"key": "hr", "title": gettext_noop("HR"), "approvers": ["role:hr"], "mode": "any"},
            ]
        },
    ),
    "course-redemption": (
        gettext_noop("Training for points"),
        {
            "steps": [
                {"key": "unit", "title": gettext_noop("Unit head"), "approvers": ["manager:1"], "mode": "all"},
                {"key": "hr", "title": gettext_noop("HR"), "approvers": ["role:hr"], "mode": "any"},
            ]
        },
    ),
    "manual-award": (
        gettext_noop("Manual award"),
        {"steps": [{
            "key": "union", "title": gettext_noop("Union chair"), "approvers": ["role:branch_chair@unit", "role:union_chair"],
            "mode": "any", "deadline": "3d",
        }]},
    ),
}  # fmt: skip


def ensure(name: str, *, at: datetime) -> str:
    """Publish the default of a policy unless some version exists; return its name."""
    title, definition = POLICIES[name]
    policies.ensure(name, definition, title=title, at=at)
    return name


class RedemptionFlow(JinbangFlow):
    """Somebody asks for leave or a course with points.

    Reserve → unit head and HR agree → grant and post the points; or give everything back.
    """

    start = Start(this.begin).Next(this.agree)
    agree = (
        Approval(ask=this.what)
        .Approved(this.grant)
        .Refused(this.give_back)
        .Withdrawn(this.take_back)
        .Annotation(title=gettext_noop("Agree"))
    )
    grant = Function(this.fulfil).Next(this.end).Annotation(title=gettext_noop("Grant"))
    give_back = Function(this.refuse).Next(this.end).Annotation(title=gettext_noop("Give points back"))
    take_back = Function(this.cancel).Next(this.end).Annotation(title=gettext_noop("Give points back (withdrawn)"))
    end = End()

    def begin(self, step: Any) -> None:
        """Nothing to prepare: the points are reserved before the process begins."""

    def what(self, step: Any) -> dict[str, Any]:
        """Return what approvers are asked."""
        row = _redemption(step)
        name = "leave-redemption" if row.item.kind == Item.Kind.LEAVE else "course-redemption"
        return {
            "policy": ensure(name, at=step.at),
            "title": f"{row.employee.name} · {row.item.title}",
            "applicant": row.employee,
        }

    def fulfil(self, step: Any) -> None:
        """Grant the leave or the seat and post the points."""
        redemptions.fulfil(redemption=_redemption(step), by=step.by, at=step.at)

    def refuse(self, step: Any) -> None:
        """Give points and seat back; the last opinion is the reason."""
        ballot = step.approval.ballots.exclude(note="").order_by("-position").first()
        redemptions.release(
            redemption=_redemption(step), state=Redemption.State.REFUSED, reason=ballot.note if ballot else "",
            by=step.by, at=step.at,
        )  # fmt: skip

    def cancel(self, step: Any) -> None:
        """Give points and seat back because the person no longer wants it."""
        redemptions.release(
            redemption=_redemption(step), state=Redemption.State.CANCELLED, reason="", by=step.by, at=step.at
        )


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


def _redemption(step: Any) -> Redemption:
    key = UUID(step.process.data["subject"].removeprefix("redemption:"))
    return Redemption.objects.select_related("item", "employee").get(pk=key)


@transaction.atomic(savepoint=False)
def request(*, hold: UUID, item: Item, employee: Employee, points: int, at: datetime, **wish: Any) -> Redemption:
    """Reserve and begin the process, in one transaction; the same `hold` again returns the same redemption.

    Args and refusals: see `rewards.domain.redemption.reserve`.
    """
    row, is_new = redemptions.reserve(hold=hold, item=item, employee=employee, points=points, at=at, **wish)
    if is_new:
        process = RedemptionFlow.start.run(subject=row.subject, by=employee, at=at)
        Redemption.objects.filter(pk=row.pk).update(process=process)
        row.refresh_from_db()
    return row


def cancel(*, redemption: Redemption, ballot: UUID, by: Employee, at: datetime) -> None:
    """Take a request back before it is decided.

    Raises:
        approvals.AlreadyDecided, approvals.NotYours, redemptions.AlreadyDecided.
    """
    approval = ApprovalRow.objects.filter(subject=redemption.subject, finished_at=None).first()
    if approval is None:
        raise redemptions.AlreadyDecided
    approvals.withdraw(approval.pk, ballot=ballot, person=by, at=at)
