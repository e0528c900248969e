"""From the chief judge's proposal to disqualify an entry to somebody else's agreement."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contests.domain import disqualification as verbs
from contests.flows import policies
from contests.models import Contest, Disqualification
from engine.approvals.domain import approvals
from engine.approvals.models import Approval as ApprovalRow
from engine.approvals.models import Ballot
from engine.flows.approval import Approval
from engine.flows.flow import JinbangFlow
from engine.flows.nodes import End, Function, Start, this
from people.models import Employee


class DisqualificationFlow(JinbangFlow):
    """Proposed by the chief judge, agreed to by somebody else, then in force."""

    process_title = gettext_noop("Disqualification")

    start = Start().Next(this.agree)
    agree = (
        Approval(policy=policies.DISQUALIFICATION, ask=this.ask)
        .Approved(this.put_in_force)
        .Refused(this.refuse)
        .Withdrawn(this.take_back)
        .Annotation(title=gettext_noop("Agree to the disqualification"))
    )
    put_in_force = Function(this.do_put_in_force).Next(this.end).Annotation(title=gettext_noop("In force"))
    refuse = Function(this.do_refuse).Next(this.end).Annotation(title=gettext_noop("Not agreed to"))
    take_back = Function(this.do_take_back).Next(this.end).Annotation(title=gettext_noop("Taken back"))
    end = End()

    def ask(self, step: Any) -> dict[str, Any]:
        """Ask in the chief judge's name; the entry by its code, whoever is behind it."""
        row = Disqualification.objects.select_related("contest", "entry", "by").get(pk=_pk(step))
        told = {"entry": row.entry.code, "contest": row.contest.title}
        return {
            "applicant": row.by,
            "title": _("Disqualify entry %(entry)s: %(contest)s") % told,
            "link": f"/contests/{row.contest.code}/",
        }

    def do_put_in_force(self, step: Any) -> None:
        """The entry stands last, without a rank."""
        verbs.agree(pk=_pk(step), by=step.by, at=step.at, note=_note(step, "approve"))

    def do_refuse(self, step: Any) -> None:
        """The entry goes on."""
        verbs.turn_down(pk=_pk(step), by=step.by, at=step.at, note=_note(step, "refuse"))

    def do_take_back(self, step: Any) -> None:
        """The chief judge changed their mind, or it became void."""
        verbs.turn_down(pk=_pk(step), by=step.by, at=step.at, note=_note(step, "withdraw"), is_withdrawn=True)


def _pk(step: Any) -> int:
    return int(step.process.data["disqualification"])


def _note(step: Any, verb: str) -> str:
    last = Ballot.objects.filter(approval=step.approval, verb=verb).order_by("position").last()
    return last.note if last else ""


@transaction.atomic(savepoint=False)
def propose_disqualification(
    *, contest: Contest, entry: str, reason: str, by: Employee, at: datetime
) -> Disqualification:
    """Propose to disqualify an entry and ask who must agree; see `domain.disqualification.propose` for the refusals."""
    row = verbs.propose(contest=contest, entry=entry, reason=reason, by=by, at=at)
    policies.ensure(policies.DISQUALIFICATION, at=at)
    process = DisqualificationFlow.start.run(subject=row.subject, by=by, at=at, data={"disqualification": row.pk})
    Disqualification.objects.filter(pk=row.pk).update(process=process)
    row.refresh_from_db()
    return row


@transaction.atomic(savepoint=False)
def withdraw_disqualification(
    *, row: Disqualification, by: Employee, at: datetime, reason: str = ""
) -> Disqualification:
    """Take a proposal back while it waits; who proposed it alone.

    Raises:
        AlreadyDecided; approvals.NotYours.
    """
    with DisqualificationFlow.lock(row.process_id):
        running = ApprovalRow.objects.filter(subject=row.subject, finished_at=None).first()
        if running is None:
            raise verbs.AlreadyDecided(_("This proposal is decided already: reload the page."), code="already-decided")
        approvals.withdraw(running.pk, ballot=uuid4(), person=by, at=at, note=reason)
    row.refresh_from_db()
    return row
