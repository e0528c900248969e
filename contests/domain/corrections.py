"""What the chief judge decides: corrected marks, settled aspects, penalties, statuses, factors. Each with a reason.

Until the result is put up for public notice; from then on a correction is a what-if first (`domain.changes`).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contests.domain import round_signing
from contests.domain.marking import write_marks
from contests.domain.setup import demand_state
from contests.models import Contest, Entry, Factor, Mark, Operation, PanelMember, Penalty, Sheet
from contests.pure import decimals, marks, time_penalty
from contests.pure.scheme import Aspect
from contests.queries.changes import DECISIONS
from contests.queries.material import standings_of
from contests.queries.sentences import sentence
from engine.events.domain import record
from engine.live import domain as live
from people.models import Employee

State = Contest.State
WHILE_OPEN = (State.JUDGING, State.REVIEW)


class NoReason(ValidationError):
    """A decision without a reason."""


class NotAMark(ValidationError):
    """The value cannot be a mark of this aspect."""


class Unknown(ValidationError):
    """No such entry or aspect here."""


class NoTimeRule(ValidationError):
    """The contest has no rule about minutes over time."""


class NotContested(ValidationError):
    """There is nothing to settle."""


class NeedsAgreement(ValidationError):
    """One person alone may not do this."""


class TakenAlready(ValidationError):
    """The minutes over time of this entry were counted."""


@transaction.atomic(savepoint=False)
def correct(*, sheet_id: int, entry: str, aspect: str, value: str, reason: str, by: Employee, at: datetime) -> Mark:
    """Change one mark of a sheet that is signed or closed; the operation and the event keep the reason.

    Args:
        value: decimal text; '' clears the mark.

    Raises:
        NoReason, Unknown, NotAMark, setup.WrongState.
        ValidationError: the sheet is still the judge's.
    """
    sheet = _locked_sheet(sheet_id)
    demand_state(sheet.contest, *WHILE_OPEN)
    if sheet.state == Sheet.State.OPEN:
        raise ValidationError(
            _("The sheet is not signed yet: ask the judge to change the mark, or close judging first."), code="open"
        )
    return _write(sheet, entry, aspect, value, reason, by=by, at=at)


@transaction.atomic(savepoint=False)
def settle(*, contest: Contest, entry: str, aspect: str, value: str, reason: str, by: Employee, at: datetime) -> Mark:
    """Decide a worldskills aspect whose three marks lie more than 1 apart: the chief judge's fourth mark, 0–3.

    Raises:
        NotContested: the three marks agree, or are not complete.
        NoReason, Unknown, NotAMark, setup.WrongState.
    """
    chief = (
        Sheet.objects.filter(contest=contest, member__role=PanelMember.Role.CHIEF).values_list("pk", flat=True).first()
    )
    if chief is None:
        raise Unknown(_("The panel has no chief judge: assign one first."), code="no-chief")
    sheet = _locked_sheet(chief)
    demand_state(sheet.contest, *WHILE_OPEN)
    given = [
        mark
        for mark in Mark.objects.filter(sheet__contest=contest, entry__code=entry, aspect=aspect).exclude(sheet=sheet)
        if mark.value is not None
    ]
    values = [mark.value for mark in given if mark.value is not None]
    if not _aspect(sheet, aspect).is_worldskills or len(values) != 3 or max(values) - min(values) <= 1:
        raise NotContested(_("The judges' three marks are not contested: nothing to settle."), code="not-contested")
    return _write(sheet, entry, aspect, value, reason, by=by, at=at)


def _write(sheet: Sheet, entry: str, aspect: str, value: str, reason: str, *, by: Employee, at: datetime) -> Mark:
    """Judge and store one mark of a locked sheet on behalf of the chief judge."""
    _demand_reason(reason)
    row = _entry(sheet.contest, entry)
    held = Mark.objects.filter(sheet=sheet, entry=row, aspect=aspect).first()
    cell = marks.Cell(held.version, held.value) if held else marks.Cell()
    key = uuid.uuid4()
    op = marks.Op(str(key), entry, aspect, value.strip() or None, cell.version, DECISIONS, at.isoformat())
    outcome = marks.judge(op, _aspect(sheet, aspect), cell)
    if outcome.refusal is not None:
        raise NotAMark(
            sentence(outcome.refusal.code, outcome.refusal.params), code=outcome.refusal.code.replace("_", "-")
        )
    Operation.objects.create(
        id=key, sheet=sheet, entry=entry, aspect=aspect, value=value.strip(), base_version=cell.version, device=DECISIONS,
        at=at, received_at=at, by=by, answer=outcome.result, note=reason[:300],
        server_value=outcome.value, server_version=outcome.version,
    )  # fmt: skip
    if outcome.is_changed:
        write_marks(sheet, [(row.pk, aspect, marks.Cell(outcome.version, outcome.value))], 1)
        round_signing.void(sheet.contest, reason, by=by, at=at)
    record(
        sheet.contest.subject, "mark.corrected", by=by, at=at,
        sheet=sheet.pk, judge=sheet.member.code, entry=entry, aspect=aspect, reason=reason,
        before=_text(cell.value), after=_text(outcome.value),
    )  # fmt: skip
    return (
        Mark.objects.get(sheet=sheet, entry=row, aspect=aspect)
        if outcome.is_changed or held
        else Mark(sheet=sheet, entry=row, aspect=aspect)
    )


@transaction.atomic(savepoint=False)
def penalise(*, contest: Contest, entry: str, points: str, reason: str, by: Employee, at: datetime) -> Penalty:
    """Take points from an entry's total.

    Raises:
        NotAMark: points is no decimal above zero.
        NoReason, Unknown, setup.WrongState.
    """
    contest = _locked(contest, *WHILE_OPEN)
    _demand_reason(reason)
    number = decimals.parse(points.strip())
    if number is None or number <= 0:
        raise NotAMark(_("Write the points to take as a number above 0, such as 2.5."), code="points")
    penalty = Penalty.objects.create(entry=_entry(contest, entry), points=number, reason=reason[:300], by=by, at=at)
    record(contest.subject, "penalty.given", by=by, at=at, entry=entry, points=_text(number), reason=reason)
    round_signing.void(contest, reason, by=by, at=at)
    live.stir(contest.code)
    return penalty


@transaction.atomic(savepoint=False)
def penalise_time(*, contest: Contest, entry: str, minutes: str, reason: str, by: Employee, at: datetime) -> Penalty:
    """Take the points the contest's time rule says for minutes over time.

    Args:
        minutes: minutes over time as decimal text; '' takes them from the measured time of the entry.

    Raises:
        NoTimeRule; NotAMark: no number above zero, nothing measured, or within the time.
        TakenAlready: another such penalty counts; NoReason, Unknown, setup.WrongState.
    """
    contest = _locked(contest, *WHILE_OPEN)
    _demand_reason(reason)
    row, rule = _entry(contest, entry), time_penalty.read_rule(contest.time_rule)
    if rule is None:
        raise NoTimeRule(
            _("The rules of this contest take nothing for time: take points with a reason."), code="no-rule"
        )
    if row.penalties.filter(cancelled_at=None, minutes__isnull=False).exists():
        raise TakenAlready(_("Minutes over time were counted for this entry: cancel that penalty first."), code="taken")
    over = decimals.parse(minutes.strip()) if minutes.strip() else _measured_over(contest, entry, rule)
    if over is None or not 0 < over <= time_penalty.MOST_MINUTES:
        raise NotAMark(
            _("Write the minutes over time as a number above 0; nothing measured lies over it."), code="minutes"
        )
    points = time_penalty.points_of(rule, over)
    penalty = Penalty.objects.create(entry=row, points=points, minutes=over, reason=reason[:300], by=by, at=at)
    record(
        contest.subject, "penalty.given", by=by, at=at,
        entry=entry, points=_text(points), minutes=_text(over), reason=reason,
    )  # fmt: skip
    round_signing.void(contest, reason, by=by, at=at)
    live.stir(contest.code)
    return penalty


def _measured_over(contest: Contest, entry: str, rule: time_penalty.TimeRule) -> Decimal | None:
    """Return the minutes over time by the measured aspect, None when there is none for this entry. Five statements."""
    for standing in standings_of(contest):
        score = standing.score.aspects.get(rule.aspect)
        if standing.entry.entry == entry and score is not None and score.combined is not None:
            used = score.combined
            exact = Decimal(used.numerator) / Decimal(used.denominator) if isinstance(used, Fraction) else used
            return time_penalty.minutes_over(rule, exact)
    return None


@transaction.atomic(savepoint=False)
def cancel_penalty(*, penalty_id: int, reason: str, by: Employee, at: datetime) -> Penalty:
    """Take a penalty back; the row stays.

    Raises:
        NoReason, setup.WrongState; ValidationError when it is cancelled already.
    """
    penalty = Penalty.objects.select_related("entry__contest").get(pk=penalty_id)
    contest = _locked(penalty.entry.contest, *WHILE_OPEN)
    _demand_reason(reason)
    done = Penalty.objects.filter(pk=penalty_id, cancelled_at__isnull=True).update(cancelled_at=at, cancelled_by=by)
    if not done:
        raise ValidationError(_("The penalty is cancelled already."), code="cancelled")
    record(contest.subject, "penalty.cancelled", by=by, at=at, entry=penalty.entry.code, reason=reason)
    round_signing.void(contest, reason, by=by, at=at)
    live.stir(contest.code)
    penalty.refresh_from_db()
    return penalty


@transaction.atomic(savepoint=False)
def set_status(*, contest: Contest, entry: str, status: str, reason: str, by: Employee, at: datetime) -> Entry:
    """Say that an entry did not start (dns), did not finish (dnf), withdrew (wd), or takes part ('').

    Raises:
        NeedsAgreement: to disqualify takes somebody else's agreement (`domain.disqualification`), and so it stays.
        NoReason, Unknown, setup.WrongState.
    """
    contest = _locked(contest, State.DRAWN, *WHILE_OPEN)
    _demand_reason(reason)
    if status not in Entry.Status.values:
        raise Unknown(_("Choose one of the listed statuses."), code="status")
    row = _entry(contest, entry)
    if Entry.Status.DISQUALIFIED in {status, row.status}:
        raise NeedsAgreement(
            _("A disqualification is proposed and agreed to; it is not set or lifted by one person."),
            code="needs-agreement",
        )
    row.status, row.status_reason = status, reason[:300] if status else ""
    row.save(update_fields=["status", "status_reason"])
    record(contest.subject, "entry.status-set", by=by, at=at, entry=entry, status=status, reason=reason)
    round_signing.void(contest, reason, by=by, at=at)
    live.stir(contest.code)
    return row


@transaction.atomic(savepoint=False)
def set_factor(*, contest: Contest, entry: str, aspect: str, factor: str, by: Employee, at: datetime) -> Factor:
    """Give the difficulty of this entry's piece, in place of the aspect's factor, before the result is public.

    Raises:
        NotAMark: factor is no decimal above zero.
        Unknown, setup.WrongState.
    """
    contest = _locked(contest, State.DRAWN, State.JUDGING, State.REVIEW)
    number = decimals.parse(factor.strip())
    if number is None or number <= 0:
        raise NotAMark(_("Write the factor as a number above 0, such as 1.2."), code="factor")
    if aspect not in {known.code for known in contest.marking_scheme.aspects}:
        raise _unknown_aspect()
    row, _made = Factor.objects.update_or_create(
        entry=_entry(contest, entry), aspect=aspect, defaults={"factor": number}
    )
    record(contest.subject, "factor.set", by=by, at=at, entry=entry, aspect=aspect, factor=_text(number))
    told = _("Factor of %(entry)s: %(factor)s") % {"entry": entry, "factor": _text(number)}
    round_signing.void(contest, told, by=by, at=at)
    live.stir(contest.code)
    return row


def _locked(contest: Contest, *states: str) -> Contest:
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, *states)
    return contest


def _locked_sheet(sheet_id: int) -> Sheet:
    rows = Sheet.objects.select_for_update(no_key=True, of=("self",)).select_related("contest", "member")
    return rows.get(pk=sheet_id)


def _aspect(sheet: Sheet, code: str) -> Aspect:
    for aspect in sheet.contest.marking_scheme.aspects:
        is_theirs = code in sheet.aspects or sheet.member.role == PanelMember.Role.CHIEF
        if aspect.code == code and is_theirs:
            return aspect
    raise _unknown_aspect()


def _unknown_aspect() -> Unknown:
    return Unknown(sentence("unknown_aspect"), code="unknown-aspect")


def _entry(contest: Contest, code: str) -> Entry:
    row = Entry.objects.filter(contest=contest, code=code).first()
    if row is None:
        raise Unknown(sentence("unknown_entry"), code="unknown-entry")
    return row


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise NoReason(_("Write the reason: it stays with the decision."), code="reason")


def _text(value: Decimal | None) -> str | None:
    return None if value is None else decimals.text(value)
