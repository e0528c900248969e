"""From an appeal to its decision, and to the correction that carries it out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contests.domain import appeals as verbs
from contests.domain import changes
from contests.domain.corrections import NoReason
from contests.flows import policies
from contests.flows.contest import hold_notice, release_notice
from contests.models import Appeal, Change, Contest
from contests.queries.appeals import state_label
from engine.approvals.domain import approvals
from engine.approvals.models import Approval as ApprovalRow
from engine.approvals.models import Ballot
from engine.events.domain import record
from engine.flows.approval import Approval
from engine.flows.flow import JinbangFlow
from engine.flows.nodes import End, Function, Handle, Start, this
from engine.notices.domain import tell
from people.models import Employee

State = Appeal.State
OPINIONS = ("approve", "refuse", "abstain")


class NotDecided(ValidationError):
    """A correction prepared for an appeal waits for its decision, or the appeal was not upheld."""

    status = 409


class AppealFlow(JinbangFlow):
    """Arbitrators without a conflict of interest vote; upheld, it is carried out by a correction that was shown before."""

    process_title = gettext_noop("Appeal")

    start = Start().Next(this.naming)
    naming = Handle(this.do_name).Next(this.arbitrate).Annotation(title=gettext_noop("Name the arbitration panel"))
    arbitrate = (
        Approval(policy=policies.APPEAL, ask=this.ask)
        .Approved(this.uphold)
        .Refused(this.reject)
        .Withdrawn(this.withdraw)
        .Annotation(title=gettext_noop("Arbitration"))
    )
    uphold = Function(this.do_uphold).Next(this.consequences).Annotation(title=gettext_noop("Upheld"))
    consequences = Handle(this.do_consequences).Next(this.end).Annotation(title=gettext_noop("Carry it out"))
    reject = Function(this.do_reject).Next(this.end).Annotation(title=gettext_noop("Rejected"))
    withdraw = Function(this.do_withdraw).Next(this.end).Annotation(title=gettext_noop("Withdrawn"))
    end = End()

    def do_name(self, step: Any, *, people: Sequence[Employee]) -> Appeal:
        """Name who arbitrates; conflicts of interest are refused."""
        return verbs.name(appeal_id=_key(step), people=people, by=step.by, at=step.at)

    def ask(self, step: Any) -> dict[str, Any]:
        """Ask the named arbitrators, in the appellant's name."""
        row = Appeal.objects.select_related("contest", "by").get(pk=_key(step))
        numbers = row.arbitrators.order_by("pk").values_list("employee__number", flat=True)
        return {
            "applicant": row.by,
            "title": _("%(kind)s: %(contest)s") % {"kind": row.get_kind_display(), "contest": row.contest.title},
            "link": f"/contests/appeals/{row.pk}/",
            "picks": {policies.arbitration(at=step.at)[0]: list(numbers)},
        }

    def do_uphold(self, step: Any) -> None:
        """The majority agreed: what it changes is applied next, by a correction everybody saw."""
        _decide(step, State.UPHELD, "approve")

    def do_reject(self, step: Any) -> None:
        """The majority did not agree."""
        _decide(step, State.REJECTED, "refuse")

    def do_withdraw(self, step: Any) -> None:
        """The appellant took it back, or it became void."""
        _decide(step, State.WITHDRAWN, "withdraw")

    def do_consequences(self, step: Any, *, change: UUID | None = None, shown: str = "", reason: str = "") -> Any:
        """Apply the correction, or say why nothing changes; then the result may become final."""
        appeal = _appeal(step)
        with _contest_locked(appeal.contest):
            if change is not None:
                done = changes.apply(change_id=change, by=step.by, at=step.at, shown=shown)
            else:
                done = None
                facts = {"appeal": str(appeal.pk), "reason": reason}
                record(appeal.contest.subject, "appeal.settled", by=step.by, at=step.at, **facts)
            release_notice(appeal.contest, at=step.at, but=appeal)
        return done


def _key(step: Any) -> UUID:
    return UUID(step.process.data["subject"].removeprefix("appeal:"))


def _appeal(step: Any) -> Appeal:
    rows = Appeal.objects.select_related("contest", "entry__employee__unit", "by__unit")
    return rows.get(pk=_key(step))


def _contest_locked(contest: Contest) -> Any:
    """Lock the contest's process, before its rows; a contest without one needs no lock."""
    return transaction.atomic(savepoint=False) if contest.process_id is None else AppealFlow.lock(contest.process_id)


def _decide(step: Any, state: str, verb: str) -> None:
    """Keep the decision with what those wrote who made it; opinions of people with a conflict of interest are refused."""
    appeal = _appeal(step)
    ballots = list(Ballot.objects.filter(approval=step.approval).select_related("person__unit").order_by("position"))
    if state != State.WITHDRAWN:
        voters = {row.person_id: row.person for row in ballots if row.person and row.verb in OPINIONS}
        verbs.demand_impartial(appeal, [person for person in voters.values() if person])
    said = "\n".join(row.note for row in ballots if row.verb == verb and row.note)
    with _contest_locked(appeal.contest):
        verbs.decide(appeal_id=appeal.pk, state=state, decision=said, by=step.by, at=step.at)
        if state != State.UPHELD:
            release_notice(appeal.contest, at=step.at, but=appeal)
    if state != State.WITHDRAWN:
        _tell_organisers(appeal, "appeal.decided", gettext_noop("Appeal decided: %(contest)s"), at=step.at)


def _tell_organisers(appeal: Appeal, kind: str, title: str, *, at: datetime) -> None:
    contest = Contest.objects.select_related("organiser", "chief_judge").get(pk=appeal.contest_id)
    people = [person for person in (contest.organiser, contest.chief_judge) if person is not None]
    tell(
        people, kind=kind, title=title, params={"contest": contest.title}, cause=f"appeal:{appeal.pk}", at=at,
        link=f"/contests/appeals/{appeal.pk}/",
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def appeal(*, contest: Contest, key: UUID, by: Employee, at: datetime, **given: Any) -> Appeal:
    """Hand in an appeal and hold back the end of the public notice until it is settled.

    Args and refusals: see `contests.domain.appeals.file`.
    """
    contest = Contest.objects.get(pk=contest.pk)
    with _contest_locked(contest):
        row, is_new = verbs.file(contest=contest, key=key, by=by, at=at, **given)
        if is_new:
            policies.ensure(policies.APPEAL, at=at)
            process = AppealFlow.start.run(subject=row.subject, by=by, at=at)
            Appeal.objects.filter(pk=row.pk).update(process=process)
            hold_notice(contest)
            _tell_organisers(row, "appeal.handed-in", gettext_noop("Appeal handed in: %(contest)s"), at=at)
    row.refresh_from_db()
    return row


@transaction.atomic(savepoint=False)
def name_arbitrators(*, appeal: Appeal, people: Sequence[Employee], by: Employee, at: datetime) -> Appeal:
    """Name the arbitration panel, which is asked at once.

    Raises:
        Incomplete: not as many as the policy wants.
        Conflicted, NotOpen, TaskAlreadyDone: see `contests.domain.appeals.name`.
    """
    with AppealFlow.lock(appeal.process_id):
        _step, count = policies.arbitration(at=at)
        if len(people) != count:
            raise verbs.Incomplete(_("Name %(n)s arbitrators."), code="how-many", params={"n": count})
        AppealFlow.naming.run_in(appeal.process_id, by=by, at=at, people=people)
    appeal.refresh_from_db()
    return appeal


@transaction.atomic(savepoint=False)
def withdraw_appeal(*, appeal: Appeal, by: Employee, at: datetime, reason: str = "") -> Appeal:
    """Take an appeal back before it is decided; the appellant alone.

    Raises:
        NotOpen, approvals.NotYours.
    """
    with AppealFlow.lock(appeal.process_id):
        running = ApprovalRow.objects.filter(subject=appeal.subject, finished_at=None).first()
        if running is not None:
            approvals.withdraw(running.pk, ballot=uuid4(), person=by, at=at, note=reason)
        else:
            with _contest_locked(appeal.contest):
                verbs.decide(appeal_id=appeal.pk, state=State.WITHDRAWN, decision=reason, by=by, at=at)
                AppealFlow.call_off(appeal.process, by=by, at=at)
                release_notice(appeal.contest, at=at, but=appeal)
    appeal.refresh_from_db()
    return appeal


@transaction.atomic(savepoint=False)
def settle_appeal(*, appeal: Appeal, reason: str, by: Employee, at: datetime) -> Appeal:
    """Say why an upheld appeal changes nothing in the result.

    Raises:
        NoReason; TaskAlreadyDone: it is not upheld, or carried out already.
    """
    if not reason.strip():
        raise NoReason(_("Write the reason: it stays with the decision."), code="reason")
    AppealFlow.consequences.run_in(appeal.process_id, by=by, at=at, reason=reason.strip()[:500])
    appeal.refresh_from_db()
    return appeal


@transaction.atomic(savepoint=False)
def propose_change(*, by: Employee, at: datetime, appeal: Appeal | None = None, **proposal: Any) -> Change:
    """Draft a correction, for an appeal or by itself; see `contests.domain.changes.propose`."""
    change = changes.propose(by=by, at=at, **proposal)
    if appeal is not None:
        verbs.link(appeal_id=appeal.pk, change=change, by=by, at=at)
    return change


@transaction.atomic(savepoint=False)
def apply_change(*, change: Change, by: Employee, at: datetime, shown: str = "") -> Change:
    """Apply a correction; one that was prepared for an appeal carries it out, once it is upheld.

    Raises:
        NotDecided: the appeal is not decided, or was not upheld.
        Everything `contests.domain.changes.apply` refuses.
    """
    row = Appeal.objects.filter(change=change).first()
    if row is None:
        return changes.apply(change_id=change.pk, by=by, at=at, shown=shown)
    if row.state != State.UPHELD:
        raise NotDecided(
            _("This correction belongs to an appeal that is “%(state)s”: it is applied when the appeal is upheld."),
            code="not-decided",
            params={"state": state_label(row)},
        )
    AppealFlow.consequences.run_in(row.process_id, by=by, at=at, change=change.pk, shown=shown)
    change.refresh_from_db()
    return change
