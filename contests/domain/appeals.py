"""Objections and appeals against a result on public notice: handed in, arbitrated, decided, withdrawn.

Steps of the process are entered through `contests.flows` (appeal, name_arbitrators, withdraw_appeal, settle_appeal,
apply_change), which holds the locks: process of the appeal, process of the contest, then as `results`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contests.domain.setup import demand_state
from contests.models import Appeal, Arbitrator, Change, Contest, Entry, Evidence
from contests.queries.appeals import conflicts_of, may_still_appeal, state_label
from contests.queries.owners import own_entry
from contests.queries.sentences import sentence
from engine.events.domain import record
from people.models import Employee

State = Appeal.State
Kind = Appeal.Kind
MOST_FILES = 5
LONGEST_TEXT = 4000


class TooLate(ValidationError):
    """The public notice is over, or has not begun."""


class NotAParty(ValidationError):
    """An appeal is about the own entry; about others one objects."""


class Incomplete(ValidationError):
    """Something an appeal needs is missing or too much."""


class Conflicted(ValidationError):
    """Somebody must not arbitrate this appeal; one sentence for each reason."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__([ValidationError(reason, code="conflict-of-interest") for reason in reasons])
        self.code = "conflict-of-interest"


class NotOpen(ValidationError):
    """The appeal is past this point."""

    status = 409


@dataclass(frozen=True)
class File:
    """A picture or PDF, checked by its content (`frontend.kit.uploads.document`)."""

    name: str
    content: bytes
    content_type: str


@transaction.atomic(savepoint=False)
def file(
    *,
    contest: Contest,
    key: UUID,
    kind: str,
    text: str,
    by: Employee,
    at: datetime,
    entry: str = "",
    aspect: str = "",
    files: Iterable[File] = (),
    accepted_by: Employee | None = None,
) -> tuple[Appeal, bool]:
    """Hand in an objection 异议 (anybody) or an appeal 申诉 (a contestant, about the own entry); the same key again: the same.

    Args:
        entry: code of what an objection is about, '' for the contest as a whole; an appeal is about the own.
        accepted_by: who accepts it after its time; then only a public result is asked for.

    Returns:
        The appeal, and whether it is new.

    Raises:
        TooLate: the public notice is over or has not begun; says until when.
        NotAParty, Incomplete, setup.WrongState.
    """
    contest = Contest.objects.locked(contest.pk)
    known = Appeal.objects.filter(pk=key, contest=contest, by=by).first()
    if known is not None:
        return known, False
    if accepted_by is not None:
        demand_state(contest, Contest.State.NOTICE, Contest.State.FINAL)
    elif not may_still_appeal(contest, at):
        raise _too_late(contest)
    told = list(files)
    _demand_complete(contest, kind, text, aspect, told)
    appeal = Appeal.objects.create(
        id=key, contest=contest, kind=kind, entry=_entry(contest, kind, entry, by), aspect=aspect, by=by,
        text=text.strip(), at=at,
    )  # fmt: skip
    Evidence.objects.bulk_create(
        Evidence(
            appeal=appeal, name=row.name[:120], content=row.content, content_type=row.content_type,
            digest=hashlib.sha256(row.content).hexdigest(),
        )
        for row in told
    )  # fmt: skip
    record(
        contest.subject, "appeal.handed-in", by=by, at=at, appeal=str(key), kind=kind, entry=entry,
        evidence=len(told), accepted_by=accepted_by.number if accepted_by else None,
    )  # fmt: skip
    return appeal, True


def _too_late(contest: Contest) -> TooLate:
    if contest.notice_until is None or contest.state not in {Contest.State.NOTICE, Contest.State.FINAL}:
        return TooLate(
            _("Appeals are taken while the result is on public notice, which has not begun."), code="too-early"
        )
    until = date_format(timezone.localtime(contest.notice_until), "SHORT_DATETIME_FORMAT")
    return TooLate(
        _("Appeals were taken until %(until)s. Ask the union chair, who may still accept one."),
        code="too-late",
        params={"until": until},
    )


def _demand_complete(contest: Contest, kind: str, text: str, aspect: str, files: Sequence[File]) -> None:
    if kind not in Kind.values:
        raise Incomplete(_("Choose whether you appeal or object."), code="kind")
    if not text.strip():
        raise Incomplete(_("Write what is wrong."), code="text")
    if len(text) > LONGEST_TEXT:
        raise Incomplete(_("Write at most %(n)s characters."), code="text-too-long", params={"n": LONGEST_TEXT})
    if len(files) > MOST_FILES:
        raise Incomplete(_("Add at most %(n)s files."), code="too-many-files", params={"n": MOST_FILES})
    known = {row.code for row in contest.marking_scheme.aspects} if contest.has_scheme else set()
    if aspect and aspect not in known:
        raise Incomplete(sentence("unknown_aspect"), code="unknown-aspect")


def _entry(contest: Contest, kind: str, code: str, by: Employee) -> Entry | None:
    if kind == Kind.APPEAL:
        own = own_entry(by, contest)
        if own is None or code not in ("", own.code):
            raise NotAParty(_("One appeals about the own result; about another one, object."), code="not-a-party")
        return own
    if not code:
        return None
    row = Entry.objects.filter(contest=contest, code=code).first()
    if row is None:
        raise Incomplete(sentence("unknown_entry"), code="unknown-entry")
    return row


@transaction.atomic(savepoint=False)
def name(*, appeal_id: UUID, people: Sequence[Employee], by: Employee, at: datetime) -> Appeal:
    """Name the arbitration panel of an appeal: submitted → in arbitration.

    Raises:
        NotOpen, Incomplete: somebody is named twice.
        Conflicted: naming every conflict of interest.
    """
    appeal = _locked(appeal_id)
    _demand(appeal, State.SUBMITTED)
    if len({person.pk for person in people}) != len(people):
        raise Incomplete(_("Name different people."), code="twice")
    if reasons := [reason for person in people for reason in conflicts_of(person, appeal)]:
        raise Conflicted(reasons)
    Arbitrator.objects.bulk_create(
        Arbitrator(appeal=appeal, employee=person, named_by=by, named_at=at) for person in people
    )
    appeal.state = State.HEARING
    appeal.save(update_fields=["state"])
    numbers = [person.number for person in people]
    record(appeal.contest.subject, "appeal.panel-named", by=by, at=at, appeal=str(appeal.pk), people=numbers)
    return appeal


def demand_impartial(appeal: Appeal, people: Iterable[Employee]) -> None:
    """Refuse a decision somebody with a conflict of interest took part in, by substitution or transfer.

    Raises:
        Conflicted: naming every conflict of interest, and the way out.
    """
    reasons = [reason for person in people for reason in conflicts_of(person, appeal)]
    if reasons:
        raise Conflicted([*reasons, _("Their opinion must be taken back before the appeal can be decided.")])


@transaction.atomic(savepoint=False)
def decide(*, appeal_id: UUID, state: str, decision: str, by: Employee | None, at: datetime) -> Appeal:
    """Keep what became of an appeal: upheld, rejected or withdrawn.

    Raises:
        NotOpen.
    """
    appeal = _locked(appeal_id)
    _demand(appeal, State.SUBMITTED, State.HEARING)
    appeal.state, appeal.decision, appeal.decided_at = state, decision, at
    appeal.save(update_fields=["state", "decision", "decided_at"])
    record(appeal.contest.subject, f"appeal.{state}", by=by, at=at, appeal=str(appeal.pk), decision=decision)
    return appeal


@transaction.atomic(savepoint=False)
def link(*, appeal_id: UUID, change: Change, by: Employee, at: datetime) -> Appeal:
    """Say which correction would carry out an appeal, so that arbitrators see what it would mean.

    Raises:
        NotOpen: it was rejected or withdrawn, or its correction is applied already.
    """
    appeal = _locked(appeal_id)
    _demand(appeal, State.SUBMITTED, State.HEARING, State.UPHELD)
    if change.contest_id != appeal.contest_id:
        raise Incomplete(_("The correction is of another contest."), code="other-contest")
    if appeal.change is not None and appeal.change.state == Change.State.APPLIED:
        raise NotOpen(_("This appeal has been carried out already."), code="carried-out")
    appeal.change = change
    appeal.save(update_fields=["change"])
    record(appeal.contest.subject, "appeal.change-prepared", by=by, at=at, appeal=str(appeal.pk), change=str(change.pk))
    return appeal


def _locked(appeal_id: UUID) -> Appeal:
    rows = Appeal.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("contest", "entry__employee__unit", "by__unit", "change").get(pk=appeal_id)


def _demand(appeal: Appeal, *states: str) -> None:
    if appeal.state not in states:
        raise NotOpen(
            _("This appeal is “%(state)s” already: reload the page."),
            code="appeal-state",
            params={"state": state_label(appeal)},
        )
