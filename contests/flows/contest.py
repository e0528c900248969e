"""A contest from its publication to the points of its winners."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contests.domain import disqualification, judging, results, rewarding, round_signing, setup, signing
from contests.domain import draw as draws
from contests.domain import gate as gates
from contests.domain import registration as registrations
from contests.flows import policies, signatures
from contests.flows.disqualification import DisqualificationFlow
from contests.flows.registration import RegistrationFlow
from contests.models import Appeal, Contest, Disqualification, Registration, Sheet
from contests.queries import gate
from contests.queries import round_signing as rounds
from contests.queries.appeals import pending
from contests.queries.awards import fund_of
from engine.approvals.domain import approvals
from engine.approvals.models import Approval as ApprovalRow
from engine.approvals.models import Ballot
from engine.events.domain import record
from engine.flows.approval import Approval
from engine.flows.effects import once
from engine.flows.flow import JinbangFlow
from engine.flows.nodes import End, Function, Handle, If, Start, TaskAlreadyDone, Timer, this
from people.models import Employee
from people.queries import working_calendar
from rewards.domain import funds
from rewards.domain.awards import award

HELD = datetime(9999, 1, 1, tzinfo=UTC)  # when a timer fires that waits for appeals


class ContestFlow(JinbangFlow):
    """Agreed to, opened, drawn, judged, agreed to again, open to objections, published, awarded."""

    process_title = gettext_noop("Contest")

    start = Start().Next(this.agree_publishing)
    agree_publishing = (
        Approval(policy=policies.PUBLISHING, ask=this.ask_publishing)
        .Approved(this.open)
        .Refused(this.send_back)
        .Annotation(title=gettext_noop("Agree to publishing"))
    )
    send_back = Function(this.do_send_back).Next(this.end).Annotation(title=gettext_noop("Back to the organiser"))
    open = Function(this.do_open).Next(this.registration).Annotation(title=gettext_noop("Open registration"))
    registration = (
        Handle(this.do_close_registration).Next(this.draw).Annotation(title=gettext_noop("Registration closes"))
    )
    draw = Handle(this.do_draw).Next(this.begin_judging).Annotation(title=gettext_noop("Draw lots"))
    begin_judging = Handle(this.do_begin_judging).Next(this.judging).Annotation(title=gettext_noop("Begin judging"))
    judging = Handle(this.do_close_judging).Next(this.agree_round).Annotation(title=gettext_noop("Judging"))
    agree_round = (
        Approval(policy=policies.ROUND, ask=this.ask_round)
        .Approved(this.sign_round)
        .Refused(this.give_up_round)
        .Annotation(title=gettext_noop("Sign-off of the round"))
    )
    sign_round = Function(this.do_sign_round).Next(this.review).Annotation(title=gettext_noop("Signed by all"))
    give_up_round = Function(this.do_give_up_round).Next(this.review).Annotation(title=gettext_noop("Not signed"))
    adopt = Start().Next(this.agree_result).Annotation(title=gettext_noop("Import"))  # an imported contest enters here
    agree_result = (
        Approval(policy=policies.RESULT, ask=this.ask_result)
        .Approved(this.begin_notice)
        .Refused(this.reject)
        .Annotation(title=gettext_noop("Agree to the result"))
    )
    reject = Function(this.do_reject).Next(this.review).Annotation(title=gettext_noop("Back to the chief judge"))
    review = Handle().Next(this.is_signed).Annotation(title=gettext_noop("Review"))
    is_signed = (
        If(this.round_is_signed)
        .Then(this.agree_result)
        .Else(this.agree_round)
        .Annotation(title=gettext_noop("Is the round signed as it is?"))
    )
    begin_notice = (
        Function(this.do_begin_notice).Next(this.notice).Annotation(title=gettext_noop("Begin public notice"))
    )
    notice = Timer(this.notice_ends).Next(this.publish).Annotation(title=gettext_noop("Public notice"))
    publish = Function(this.do_publish).Next(this.award).Annotation(title=gettext_noop("Publish the result"))
    award = Function(this.do_award).Next(this.end).Annotation(title=gettext_noop("Award points"))
    end = End()

    def ask_publishing(self, step: Any) -> dict[str, Any]:
        """The union agrees to the contest and to what it may cost."""
        contest = _contest(step)
        return {"title": _("Publish: %(contest)s") % {"contest": contest.title}, "link": _link(contest)}

    def ask_result(self, step: Any) -> dict[str, Any]:
        """The union agrees to the result before it is put up for public notice."""
        contest = _contest(step)
        return {"title": _("Result: %(contest)s") % {"contest": contest.title}, "link": _link(contest)}

    def do_open(self, step: Any) -> None:
        """Registration opens at its date; the board exists from now on."""
        setup.publish(contest=_contest(step), by=step.by, at=step.at)

    def do_send_back(self, step: Any) -> None:
        """Not agreed to: a draft again, with the reason."""
        setup.send_back(contest=_contest(step), by=step.by, at=step.at, reason=_reason(step))

    def do_close_registration(self, step: Any) -> Contest:
        """At its date by the sweep, or earlier by the organiser."""
        return registrations.close(contest=_contest(step), by=step.by, at=step.at)

    def do_draw(self, step: Any, *, seed: str, code_seed: str) -> Contest:
        """Lots for codes and start order."""
        return draws.draw(contest=_contest(step), seed=seed, code_seed=code_seed, by=step.by, at=step.at)

    def do_begin_judging(self, step: Any) -> Contest:
        """Sheets for the panel."""
        return judging.start(contest=_contest(step), by=step.by, at=step.at)

    def do_close_judging(self, step: Any, *, reason: str = "") -> Contest:
        """The chief judge closes every sheet; the result goes to those who must agree."""
        return judging.close(contest=_contest(step), by=step.by, at=step.at, reason=reason)

    def ask_round(self, step: Any) -> dict[str, Any]:
        """The panel signs the round in the order of the policy; the chief judge asks and may urge."""
        contest = _contest(step)
        row = round_signing.begin(contest=contest, by=step.by, at=step.at)
        return {
            "subject": row.subject,
            "applicant": contest.chief_judge or step.by,
            "title": _("Sign the round: %(contest)s") % {"contest": contest.title},
            "link": f"{_link(contest)}sign-off/",
        }

    def do_sign_round(self, step: Any) -> None:
        """Everybody agreed to exactly this."""
        given = signatures.of(step.approval)
        round_signing.sign(pk=_round(step), signatures=given, by=step.by, at=step.at)

    def do_give_up_round(self, step: Any) -> None:
        """Somebody did not sign, or something changed: the chief judge reads why."""
        is_void = step.approval.status == "void"
        round_signing.give_up(pk=_round(step), is_void=is_void, reason=_reason(step), by=step.by, at=step.at)

    def round_is_signed(self, step: Any) -> bool:
        """Whether nothing is left to be signed."""
        return rounds.is_settled(_contest(step))

    def do_reject(self, step: Any) -> None:
        """Not agreed to: back to the chief judge, with the reason."""
        results.send_back(contest=_contest(step), by=step.by, at=step.at, reason=_reason(step))

    def do_begin_notice(self, step: Any) -> None:
        """Names and result stand open for the working days the contest says."""
        contest = _contest(step)
        until = end_of_notice(contest.notice_working_days, step.at)
        results.begin_notice(contest=contest, until=until, by=step.by, at=step.at)

    def notice_ends(self, step: Any) -> datetime:
        """When nobody may object any more."""
        until = _contest(step).notice_until
        return until or step.at

    def do_publish(self, step: Any) -> None:
        """What stands after objections is final."""
        results.publish(contest=_contest(step), by=step.by, at=step.at)

    def do_award(self, step: Any) -> None:
        """Points for those the award table names, once; an empty budget undoes the publication too: it is tried again."""
        contest = _contest(step)
        once(f"contest.award:{contest.subject}", at=step.at)
        if lines := results.award_lines(contest):
            fund = funds.demand(fund_of(contest)).code
            award(event=contest.subject, lines=lines, budget_unit=contest.budget_unit, by=step.by, at=step.at, fund=fund,
                  expires_on=funds.last_day(fund, at=step.at))  # fmt: skip
        rewarding.tell_rules(contest, at=step.at)


def _contest(step: Any) -> Contest:
    rows = Contest.objects.select_related("budget_unit", "chief_judge")
    return rows.get(pk=step.process.data["contest"])


def _link(contest: Contest) -> str:
    return f"/contests/{contest.code}/"


def _reason(step: Any) -> str:
    """Return what the refusing person wrote."""
    ending = Ballot.objects.filter(approval=step.approval, verb__in=["refuse", "withdraw", "void"])
    last = ending.order_by("position").last()
    return last.note if last else ""


def _round(step: Any) -> int:
    return int(step.approval.subject.partition(":")[2])


def end_of_notice(working_days: int, at: datetime) -> datetime:
    """Return the end (midnight, local time) of the last working day of a notice that begins now; 0 days: now."""
    if not working_days:
        return at
    last = working_calendar().add_working_days(timezone.localdate(at), working_days)
    return timezone.make_aware(datetime.combine(last, time.max.replace(microsecond=0)))


@transaction.atomic(savepoint=False)
def submit(*, contest: Contest, by: Employee, at: datetime) -> Contest:
    """Ask for the publication of a complete draft; see `domain.setup.submit` for the refusals."""
    setup.submit(contest=contest, by=by, at=at)
    policies.ensure(policies.PUBLISHING, at=at)
    return _begin(ContestFlow.start, contest, by=by, at=at)


def close_registration(*, contest: Contest, by: Employee | None, at: datetime) -> Contest:
    """End registration now: published → closed. The sweep does it at the contest's date."""
    return _run(ContestFlow.registration, contest, by=by, at=at)


def draw(*, contest: Contest, by: Employee, at: datetime, seed: str = "", code_seed: str = "") -> Contest:
    """Draw codes and start order: closed → drawn; seeds are made when none are given."""
    seeds = {"seed": seed or secrets.token_hex(16), "code_seed": code_seed or secrets.token_hex(16)}
    return _run(ContestFlow.draw, contest, by=by, at=at, **seeds)


def start_judging(*, contest: Contest, by: Employee, at: datetime) -> Contest:
    """Open the sheets: drawn → judging."""
    return _run(ContestFlow.begin_judging, contest, by=by, at=at)


@transaction.atomic(savepoint=False)
def close_judging(*, contest: Contest, by: Employee, at: datetime, reason: str = "") -> Contest:
    """Close the sheets: judging → review, and ask the panel to sign the round. Where the policy asks nobody and the gate
    finds nothing that holds the result, agreement is asked at once."""
    policies.ensure(policies.ROUND, at=at)
    contest = _run(ContestFlow.judging, contest, by=by, at=at, reason=reason)
    return submit_result(contest=contest, by=by, at=at) if gate.look(contest, at=at).is_open else contest


@transaction.atomic(savepoint=False)
def sign_again(*, contest: Contest, by: Employee | None, at: datetime) -> Contest:
    """Ask the panel again: somebody did not sign, or something changed. What still runs about the old round becomes void.

    Raises:
        setup.WrongState; TaskAlreadyDone: it is signed, or being signed.
    """
    policies.ensure(policies.ROUND, at=at)
    process_id = Contest.objects.values_list("process", flat=True).get(pk=contest.pk)
    if process_id is None:  # imported: its official result is not signed here
        raise TaskAlreadyDone
    with ContestFlow.lock(process_id):
        contest = Contest.objects.get(pk=contest.pk)
        setup.demand_state(contest, Contest.State.REVIEW)
        last = rounds.latest(contest)
        if last is None or (last.state in {"running", "signed"} and last.digest == rounds.digest_of(contest)):
            raise TaskAlreadyDone
        _void_running(process_id, last.reason, by=by, at=at)
        return _run(ContestFlow.review, contest, by=by, at=at)


@transaction.atomic(savepoint=False)
def reopen_sheet(*, contest: Contest, sheet_id: int, reason: str, by: Employee, at: datetime) -> Sheet:
    """Let a judge mark again. In review nobody is asked for a signature or an agreement any more: the panel is asked anew
    when the sheet is signed (`sweeps.ask_rounds_again`). See `domain.signing.reopen` for the refusals.
    """
    process_id = Contest.objects.values_list("process", flat=True).get(pk=contest.pk)
    if process_id is None:
        return signing.reopen(sheet_id=sheet_id, reason=reason, by=by, at=at)
    with ContestFlow.lock(process_id):
        sheet = signing.reopen(sheet_id=sheet_id, reason=reason, by=by, at=at)
        if Contest.objects.filter(pk=contest.pk, state=Contest.State.REVIEW).exists():
            _void_running(process_id, reason, by=by, at=at)
        return sheet


def _void_running(process_id: int, reason: str, *, by: Employee | None, at: datetime) -> None:
    """End what people are still asked about the contest; the caller holds the process's lock."""
    running = ApprovalRow.objects.filter(task__process=process_id, finished_at=None).order_by("pk")
    for pk in list(running.values_list("pk", flat=True)):
        approvals.make_void(pk, reason=reason, by=by, at=at)


@transaction.atomic(savepoint=False)
def submit_result(*, contest: Contest, by: Employee, at: datetime) -> Contest:
    """Ask (again) for agreement to the result of a contest in review; an imported one brings its official result.

    Raises:
        GateClosed: errors, or warnings without a reason, hold it.
    """
    policies.ensure(policies.RESULT, at=at)
    contest = Contest.objects.get(pk=contest.pk)
    if contest.state == Contest.State.REVIEW and not contest.is_imported:
        gates.demand_open(contest, at=at)
    if contest.process_id is None and contest.is_imported:
        setup.demand_state(contest, Contest.State.REVIEW)
        return _begin(ContestFlow.adopt, contest, by=by, at=at)
    return _run(ContestFlow.review, contest, by=by, at=at)


@transaction.atomic(savepoint=False)
def publish(*, contest: Contest, by: Employee | None, at: datetime) -> Contest:
    """Publish the result and pay its points, the public notice being over: notice → final. Twice at once: one effect.

    The worker does it by itself; the chief judge may when it could not, and reads why.

    Raises:
        NotYet: the notice still runs.
        TaskAlreadyDone: it is published, or not that far.
        BudgetEmpty: the budget cannot pay; nothing is published.
    """
    contest = Contest.objects.get(pk=contest.pk)
    if contest.notice_until is not None and contest.notice_until <= at:
        _due_now(contest, at)
    return _run(ContestFlow.notice, contest, by=by, at=at)


@transaction.atomic(savepoint=False)
def end_notice(*, contest: Contest, by: Employee, at: datetime, reason: str = "") -> Contest:
    """End the public notice now and publish, for rehearsals and demonstrations; the history says who and why."""
    contest = Contest.objects.get(pk=contest.pk)
    if contest.notice_until is not None and contest.notice_until > at:
        _due_now(contest, at)
        Contest.objects.filter(pk=contest.pk).update(notice_until=at)
        record(contest.subject, "contest.notice.ended-early", by=by, at=at, reason=reason)
    return publish(contest=contest, by=by, at=at)


def _due_now(contest: Contest, at: datetime) -> None:
    """Let the notice's timer be due: it was postponed after a failure, or its time is cut."""
    with ContestFlow.lock(contest.process_id):
        _waiting_notice(contest).filter(scheduled__gt=at).update(scheduled=at)


def hold_notice(contest: Contest) -> None:
    """Hold back the end of a notice while an appeal is not settled; the caller holds the process's lock."""
    _waiting_notice(contest).update(scheduled=HELD)


def release_notice(contest: Contest, *, at: datetime, but: Appeal) -> None:
    """Let the notice end in its time, or now when that is over, unless another appeal than this waits as well.

    The caller holds the process's lock: of two appeals that are settled at once the second sees the first.
    """
    if not pending(contest).exclude(pk=but.pk).exists():
        until = Contest.objects.values_list("notice_until", flat=True).get(pk=contest.pk)
        _waiting_notice(contest).update(scheduled=max(until or at, at))


def _waiting_notice(contest: Contest) -> QuerySet[Any]:
    tasks = ContestFlow.task_class.objects.filter(process=contest.process_id, flow_task=ContestFlow.notice)
    return tasks.filter(finished=None)


@transaction.atomic(savepoint=False)
def cancel(*, contest: Contest, reason: str, by: Employee, at: datetime) -> Contest:
    """Call a contest off with everything that runs for it; see `domain.setup.cancel` for the refusals."""
    contest = Contest.objects.get(pk=contest.pk)
    if contest.process is not None:
        ContestFlow.call_off(contest.process, by=by, at=at)
    waiting = contest.registrations.filter(state=Registration.State.APPLIED, process__isnull=False)
    for registration in waiting.select_related("process").order_by("process"):
        RegistrationFlow.call_off(registration.process, by=by, at=at)
    proposed = contest.disqualifications.filter(state=Disqualification.State.PROPOSED, process__isnull=False)
    for row in proposed.select_related("process").order_by("process"):
        DisqualificationFlow.call_off(row.process, by=by, at=at)
        disqualification.turn_down(pk=row.pk, by=by, at=at, note=reason, is_withdrawn=True)
    return setup.cancel(contest=contest, reason=reason, by=by, at=at)


def _begin(node: Any, contest: Contest, *, by: Employee, at: datetime) -> Contest:
    process = node.run(subject=contest.subject, by=by, at=at, data={"contest": contest.pk})
    Contest.objects.filter(pk=contest.pk).update(process=process)
    return Contest.objects.get(pk=contest.pk)


def _run(node: Any, contest: Contest, *, by: Employee | None, at: datetime, **given: Any) -> Contest:
    """Run the step of the contest's process that waits at this node."""
    process_id = Contest.objects.values_list("process", flat=True).get(pk=contest.pk)
    node.run_in(process_id, by=by, at=at, **given)
    return Contest.objects.get(pk=contest.pk)
