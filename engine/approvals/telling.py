"""Who is told what about an approval: derived from its ballots after they are committed, never by the verbs themselves.

Each ballot is read once in its order; the cause of a notice is the ballot, so that nobody hears twice even when two workers
read the same ballots.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from engine.approvals.models import Approval, Ballot, Cc, Waiting
from engine.notices.domain import tell
from people.models import Employee

ASKED = gettext_noop("Waits for you: %(title)s")
URGED = gettext_noop("%(who)s urges: %(title)s")
RETURNED = gettext_noop("Returned to you: %(title)s")
APPROVED = gettext_noop("Approved: %(title)s")
REFUSED = gettext_noop("Refused: %(title)s")
VOIDED = gettext_noop("Made void: %(title)s")
COPIED = gettext_noop("Copied to you: %(title)s")
COMMENTED = gettext_noop("%(who)s commented: %(title)s")
CALLED_OFF = gettext_noop("No longer asked of you: %(title)s")
OVERDUE = gettext_noop("Overdue: %(title)s")
SOON = gettext_noop("Due soon: %(title)s")
MENTION = re.compile(r"[@＠](\w[\w-]{0,29})")
OUTCOMES = {"approved": APPROVED, "refused": REFUSED, "void": VOIDED}


@transaction.atomic(savepoint=False)
def tell_of(approval_id: int, *, at: datetime) -> int:
    """Tell everybody concerned what happened since people were last told; returns how many notices."""
    approval = (
        Approval.objects.select_for_update(no_key=True, of=("self",)).select_related("applicant").get(pk=approval_id)
    )
    news = Ballot.objects.filter(approval=approval, position__gt=approval.told_position)
    rows = list(news.select_related("person").order_by("position"))
    told = sum(_tell_of_act(approval, row, at=at) for row in rows)
    told += _tell_asked(approval, at=at)
    told += _tell_copied(approval, at=at)
    if rows and approval.is_terminal and approval.status in OUTCOMES:
        told += _tell(approval, [approval.applicant], OUTCOMES[approval.status], "approval.ended", at=at, cause="end",
                      body=next((row.note for row in reversed(rows) if row.note), ""))  # fmt: skip
    if rows:
        approval.told_position = rows[-1].position
        approval.save(update_fields=["told_position"])
    return told


def _tell_of_act(approval: Approval, row: Ballot, *, at: datetime) -> int:
    """Tell of one act, where it is news to somebody."""
    who = {"who": row.person.name if row.person else ""}
    if row.verb == "return":
        told = _tell_called_off(approval, row, at=at)
        if approval.status == "returned":
            told += _tell(
                approval, [approval.applicant], RETURNED, "approval.returned", at=at, cause=row.position, body=row.note
            )
        return told
    if row.verb == "urge":
        asked = [one.person for one in Waiting.objects.filter(approval=approval).select_related("person")]
        return _tell(
            approval,
            asked,
            URGED,
            "approval.urged",
            at=at,
            cause=row.position,
            params=who,
            body=row.note,
            is_urgent=True,
        )
    if row.verb == "comment":
        return _tell(
            approval,
            _mentioned(approval, row),
            COMMENTED,
            "approval.commented",
            at=at,
            cause=row.position,
            params=who,
            body=row.note,
        )
    if row.verb == "remind":
        asked = [one.person for one in Waiting.objects.filter(approval=approval).select_related("person")]
        return _tell(approval, asked, OVERDUE, "approval.overdue", at=at, cause=row.position)
    return 0


def _mentioned(approval: Approval, row: Ballot) -> list[Employee]:
    """Return whom a comment speaks to: everybody mentioned by number who may read it; without one the applicant."""
    readers = _readers(approval)
    wanted = [number for number in MENTION.findall(row.note) if number in readers] or [approval.applicant.number]
    return [person for person in Employee.objects.filter(number__in=wanted) if person.pk != row.person_id]


def _readers(approval: Approval) -> set[str]:
    state: dict[str, Any] = approval.state
    return {approval.applicant.number, *state["asked"], *state["copied"]}


def unheard(approval: Approval, note: str) -> list[str]:
    """Return who is mentioned in a comment and does not hear of it, because they may not read the approval."""
    readers = _readers(approval)
    return [number for number in dict.fromkeys(MENTION.findall(note)) if number not in readers]


def _tell_called_off(approval: Approval, row: Ballot, *, at: datetime) -> int:
    """Tell who was asked until the return, and is no longer."""
    gone = (
        Waiting.asked.filter(approval=approval, ended_at=row.at).exclude(person=row.person_id).select_related("person")
    )
    return _tell(
        approval,
        [one.person for one in gone],
        CALLED_OFF,
        "approval.called-off",
        at=at,
        cause=row.position,
        body=row.note,
    )


def _tell_asked(approval: Approval, *, at: datetime) -> int:
    """Tell who is asked now; asked again, they are told again."""
    if approval.status not in {"running", "draft"}:
        return 0
    rows = Waiting.objects.filter(approval=approval).select_related("person")
    return sum(
        _tell(approval, [row.person], ASKED, "approval.asked", at=at, cause=f"asked:{row.since.timestamp():.3f}")
        for row in rows
    )


def _tell_copied(approval: Approval, *, at: datetime) -> int:
    people = [row.person for row in Cc.objects.filter(approval=approval, read_at=None).select_related("person")]
    return _tell(approval, people, COPIED, "approval.copied", at=at, cause="copied")


@transaction.atomic(savepoint=False)
def tell_soon(approval: Approval, *, at: datetime) -> int:
    """Remind who is asked before the deadline, once for each deadline."""
    changed = Approval.objects.filter(pk=approval.pk, due_at=approval.due_at).exclude(reminded_for=approval.due_at)
    if not changed.update(reminded_for=approval.due_at):
        return 0
    asked = [row.person for row in Waiting.objects.filter(approval=approval).select_related("person")]
    due = approval.due_at.isoformat() if approval.due_at else ""
    return _tell(approval, asked, SOON, "approval.due-soon", at=at, cause=f"soon:{due}")


def _tell(
    approval: Approval, people: list[Employee], title: str, kind: str, *, at: datetime, cause: object,
    params: dict[str, Any] | None = None, body: str = "", is_urgent: bool = False,
) -> int:  # fmt: skip
    return tell(
        people, kind=kind, title=title, params={"title": approval.title} | (params or {}), body=body,
        link=reverse("approvals:item", args=[approval.pk]), cause=f"approval:{approval.pk}:{cause}", at=at,
        is_urgent=is_urgent,
    )  # fmt: skip
