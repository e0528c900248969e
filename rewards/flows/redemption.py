"""From asking to having: the process of a redemption."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_noop

from engine.approvals.domain import approvals
from engine.approvals.models import Approval as ApprovalRow
from engine.events.domain import record
from engine.flows.flow import JinbangFlow
from engine.flows.nodes import Approval, End, Function, Handle, If, Start, this
from people.models import Employee
from rewards.domain import courses, fulfilment, pickups
from rewards.domain import redemption as redemptions
from rewards.domain.kinds import Wish, kind_of
from rewards.flows.defaults import ensure
from rewards.models import CourseSession, Item, Redemption
from rewards.queries.courses import lines_that_may_move

log = logging.getLogger("jinbang.rewards")


class RedemptionFlow(JinbangFlow):
    """Somebody asks for something with points.

    Reserved → where the item says so, people agree → granted and the points posted, or everything given back → what is
    collected waits at its desk.
    """

    start = Start(this.begin).Next(this.is_asked)
    is_asked = (
        If(this.asks_somebody).Then(this.agree).Else(this.grant).Annotation(title=gettext_noop("Must somebody agree?"))
    )
    agree = (
        Approval(ask=this.what)
        .Approved(this.grant)
        .Refused(this.give_back)
        .Withdrawn(this.take_back)
        .Annotation(title=gettext_noop("Agree"))
    )
    grant = Function(this.fulfil).Next(this.is_collected).Annotation(title=gettext_noop("Grant"))
    is_collected = (
        If(this.waits_at_a_desk)
        .Then(this.collect)
        .Else(this.end)
        .Annotation(title=gettext_noop("Is it collected at a desk?"))
    )
    collect = Handle(this.hand_over).Next(this.end).Annotation(title=gettext_noop("Hand out"))
    give_back = Function(this.refuse).Next(this.end).Annotation(title=gettext_noop("Give points back"))
    take_back = Function(this.cancel).Next(this.end).Annotation(title=gettext_noop("Give points back (withdrawn)"))
    end = End()

    def begin(self, step: Any) -> None:
        """Nothing to prepare: the points are reserved before the process begins."""

    def asks_somebody(self, step: Any) -> bool:
        """Whether the item says that somebody must agree."""
        return _redemption(step).item.asks_approval

    def what(self, step: Any) -> dict[str, Any]:
        """Return what approvers are asked; each kind has its policy."""
        row = _redemption(step)
        return {
            "policy": ensure(kind_of(row.item).policy, at=step.at),
            "facts": kind_of(row.item).facts(row),
            "title": f"{row.employee.name} · {row.item.title}",
            "applicant": row.employee,
        }

    def fulfil(self, step: Any) -> None:
        """Grant what was asked for and post the points."""
        redemptions.fulfil(redemption=_redemption(step), by=step.by, at=step.at)

    def waits_at_a_desk(self, step: Any) -> bool:
        """Whether something lies at a place until it is collected."""
        return _redemption(step).state == Redemption.State.READY

    def hand_over(self, step: Any, *, place: str = "") -> None:
        """Somebody at the desk has handed it out."""
        fulfilment.hand_over(redemption=_redemption(step), place=place, by=step.by, at=step.at)

    def refuse(self, step: Any) -> None:
        """Give everything back; the last opinion is the reason."""
        ballot = step.approval.ballots.exclude(note="").order_by("-position").first()
        redemptions.release(
            redemption=_redemption(step), state=Redemption.State.REFUSED, reason=ballot.note if ballot else "",
            by=step.by, at=step.at,
        )  # fmt: skip

    def cancel(self, step: Any) -> None:
        """Give everything back because the person no longer wants it."""
        redemptions.release(
            redemption=_redemption(step), state=Redemption.State.CANCELLED, reason="", by=step.by, at=step.at
        )


def _redemption(step: Any) -> Redemption:
    key = UUID(step.process.data["subject"].removeprefix("redemption:"))
    return Redemption.objects.select_related("item", "employee").get(pk=key)


@transaction.atomic(savepoint=False)
def request(*, hold: UUID, item: Item, employee: Employee, points: int, at: datetime, **wish: Any) -> Redemption:
    """Reserve and begin the process, in one transaction; the same `hold` again returns the same redemption.

    Who stands in the waiting line of a course has no process yet: it begins when a seat becomes free (`move_up`).

    Args and refusals: see `rewards.domain.redemption.reserve`; `wish`: fields of `rewards.domain.kinds.Wish`.
    """
    row, is_new = redemptions.reserve(hold=hold, item=item, employee=employee, points=points, at=at, wish=Wish(**wish))
    if is_new and row.state == Redemption.State.RESERVED:
        _begin(row, by=employee, at=at)
    return row


def _begin(row: Redemption, *, by: Employee, at: datetime) -> None:
    process = RedemptionFlow.start.run(subject=row.subject, by=by, at=at)
    Redemption.objects.filter(pk=row.pk).update(process=process)
    row.refresh_from_db()


@transaction.atomic(savepoint=False)
def move_up(*, redemption: Redemption, at: datetime) -> bool:
    """Give somebody in line the seat that has become free, tell them, begin the process; False: nothing is free."""
    if not redemptions.move_up(redemption=redemption, at=at):
        return False
    row = Redemption.objects.select_related("item", "employee").get(pk=redemption.pk)
    _begin(row, by=row.employee, at=at)
    courses.tell_moved_up(redemption=row, at=at)
    return True


def move_up_waiting(*, at: datetime) -> int:
    """Give free seats to those in line, first come first served; returns how many moved up. Safe beside other workers."""
    moved = 0
    for line in lines_that_may_move(at=at):
        for row in line:
            try:
                if not move_up(redemption=row, at=at):
                    break
                moved += 1
            except ValidationError as refusal:  # the person left the line, or another worker was quicker
                log.info("not moved up", extra={"redemption": str(row.pk), "refusal": refusal.messages})
    return moved


@transaction.atomic(savepoint=False)
def cancel(*, redemption: Redemption, ballot: UUID, by: Employee, at: datetime) -> None:
    """Take a request back before it is decided, or leave the waiting line.

    Raises:
        approvals.AlreadyDecided, approvals.NotYours, redemptions.AlreadyDecided.
    """
    if redemption.state == Redemption.State.WAITLISTED:
        redemptions.release(redemption=redemption, state=Redemption.State.CANCELLED, reason="", by=by, at=at)
        return
    approval = ApprovalRow.objects.filter(subject=redemption.subject, finished_at=None).first()
    if approval is None:
        raise redemptions.AlreadyDecided
    approvals.withdraw(approval.pk, ballot=ballot, person=by, at=at)


def hand_over(*, redemption: Redemption, place: str, by: Employee, at: datetime) -> None:
    """Hand out what was granted, once.

    Raises:
        fulfilment.NotHere: there is nothing to hand out (any more).
    """
    if redemption.process is None or redemption.state != Redemption.State.READY:
        raise fulfilment.NotHere(redemption)
    RedemptionFlow.collect.run_in(redemption.process, by=by, at=at, place=place)


@transaction.atomic(savepoint=False)
def refund(*, redemption: Redemption, reason: str, by: Employee | None, at: datetime) -> Redemption:
    """Give up what was granted; what waits at a desk is not handed out any more.

    Raises: see `rewards.domain.redemption.refund`.
    """
    process = redemption.process
    if redemption.state == Redemption.State.READY and process is not None:
        RedemptionFlow.call_off(process, by=by, at=at)
    return redemptions.refund(redemption=redemption, reason=reason, by=by, at=at)


@transaction.atomic(savepoint=False)
def cancel_session(*, session: CourseSession, reason: str, by: Employee, at: datetime) -> int:
    """Call a session off: everybody gets everything back and is told. Returns how many people."""
    session = CourseSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    session.is_cancelled, session.sequence = True, session.sequence + 1
    session.save(update_fields=["is_cancelled", "sequence"])
    states = (*redemptions.GRANTED, Redemption.State.RESERVED, Redemption.State.WAITLISTED)
    rows = list(
        Redemption.objects.filter(session=session, state__in=states).select_related("item", "employee", "process")
    )
    for row in rows:
        if row.state in redemptions.GRANTED:
            redemptions.refund(redemption=row, reason=reason, by=by, at=at, is_whole=True)
        else:
            if row.process is not None:
                RedemptionFlow.call_off(row.process, by=by, at=at)
            redemptions.release(redemption=row, state=Redemption.State.CANCELLED, reason=reason, by=by, at=at)
        courses.tell_cancelled(redemption=row, session=session, reason=reason, at=at)
    record(f"item:{session.item_id}", "session.cancelled", by=by, at=at, session=session.pk, reason=reason)
    return len(rows)


def give_back_uncollected(*, at: datetime) -> int:
    """Give back what nobody collected in its days, each in a transaction of its own; returns how many. Safe beside others."""
    done = 0
    for row in pickups.overdue(at=at):
        try:
            done += _give_back_uncollected(row, at=at)
        except ValidationError as refusal:  # handed out or given up in this moment, or another worker was quicker
            log.info("not given back", extra={"redemption": str(row.pk), "refusal": refusal.messages})
    return done


@transaction.atomic(savepoint=False)
def _give_back_uncollected(row: Redemption, *, at: datetime) -> int:
    held = refund(redemption=row, reason=pickups.why(row), by=None, at=at)
    return pickups.tell_given_back(redemption=held, at=at)
