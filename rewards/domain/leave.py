"""Paid leave for points: judge the wish, name who covers, grant, hear what was taken, return what was not.

An entitlement is granted with a last day and handed over to HR's system through the outbox (`rewards.domain.handover`).
Returning it waits for HR's system once that knows of it: points come back when it is sure that nobody takes the days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee
from people.queries import working_calendar
from rewards.domain import covers
from rewards.models import (
    BlackOut,
    CoverQuota,
    HandOver,
    Item,
    LeaveGrant,
    LeaveRequest,
    LeaveRule,
    Redemption,
    UnitCap,
)  # fmt: skip
from rewards.pure import leave as rules
from rewards.queries import leave as queries

State = LeaveGrant.State
UNTAKEN = (State.GRANTED, State.RETURNING)


class CannotTake(ValidationError):
    """The wish is against a rule; the sentence says what to do next."""


class NoCover(ValidationError):
    """The shift would stand empty."""


class WrongCount(ValidationError):
    """HR's system says something that cannot be."""


@dataclass(frozen=True)
class Before:
    """What somebody sees before asking, and why they cannot ask at all: what is left of the caps is too little."""

    outlook: queries.Outlook
    why_not: tuple[str, ...]


def before(*, item: Item, employee: Employee, at: datetime) -> Before:
    """Return what a person should know of a leave before asking. 8 SQL statements at most, with the calendar's."""
    facts = queries.facts_of(queries.ground(employees=[employee], at=at), item=item, employee=employee, at=at)
    wish = rules.Wish(item.half_days)
    found = tuple(" ".join(refusal(finding, wish, facts).messages) for finding in rules.findings(wish, facts))
    return Before(queries.outlook(facts, employee), found)


@transaction.atomic(savepoint=False)
def demand(
    *, item: Item, employee: Employee, wanted_on: date | None, is_afternoon: bool, at: datetime, cover: str = ""
) -> None:
    """Refuse a wish that caps, black-out days or cover stand against. The person's row is locked by the caller; the
    caps and quotas above the person are locked here, in the order of their keys, until the transaction ends.

    Args:
        cover: number of whom the person suggests to cover; '' when nobody.

    Raises:
        CannotTake: with what to do next, beside the field.
        NoCover: whom they suggest cannot cover.
    """
    codes = employee.unit.ancestor_codes if employee.unit else []
    list(UnitCap.objects.select_for_update(no_key=True).filter(unit__code__in=codes).order_by("pk"))
    list(CoverQuota.objects.select_for_update(no_key=True).filter(unit__code__in=codes).order_by("pk"))
    held = queries.ground(employees=[employee], at=at)
    facts = queries.facts_of(held, item=item, employee=employee, at=at)
    wish = rules.Wish(item.half_days, wanted_on, is_afternoon)
    found = rules.findings(wish, facts)
    if found:
        raise refusal(found[0], wish, facts)
    if cover:
        _colleague(employee, cover, rules.halves(wish, facts.is_working), held)


def refusal(finding: rules.Finding, wish: rules.Wish, facts: rules.Facts) -> CannotTake:
    """Return a finding as a refusal in words."""
    about: Any = finding.about
    if finding.code in {"person-cap", "unit-cap"}:
        text = (
            _(
                "%(name)s: %(most)s half days a year for each person, %(left)s are left to you. Choose less, or wait for next year."
            )
            if finding.code == "person-cap"
            else _("%(name)s has %(most)s half days of leave a year, %(left)s are left. Ask HR, or wait for next year.")
        )
        return CannotTake(text, code=finding.code, params={"name": about.name, "most": about.most, "left": about.left})
    text, params = {
        "past-day": (_("This day is over. Choose today or a later one."), {}),
        "beyond-last-day": (_("The leave must be taken by %(day)s. Choose an earlier day."), {"day": about}),
        "black-out": (
            _("%(unit)s takes no leave from %(from_on)s to %(until_on)s: %(reason)s."),
            {name: getattr(about, name, "") for name in ("unit", "from_on", "until_on", "reason")},
        ),
        "nobody-left": (
            _("On %(day)s as many people of %(unit)s are away as may be (%(most)s)."),
            {"day": finding.half and finding.half.day, "unit": getattr(about, "unit", ""),
             "most": getattr(about, "most_away", "")},
        ),
    }[finding.code]  # fmt: skip
    free = rules.next_free(wish, facts) if finding.code in {"black-out", "nobody-left"} else None
    sentences: list[Any] = [text % params]
    if free:
        sentences.append(_("The next free day is %(day)s.") % {"day": free})
    elif finding.code in {"black-out", "nobody-left"}:
        sentences.append(_("Leave the day empty and agree on one with your unit head."))
    words = " ".join(str(sentence) for sentence in sentences)
    return CannotTake({"wanted_on": ValidationError(words, code=finding.code)})


@transaction.atomic(savepoint=False)
def note(*, redemption: Redemption, suggested: str = "") -> LeaveRequest:
    """Keep the wish behind a new redemption: how much, when, in which unit the person works, whom they suggest to cover."""
    wish = rules.Wish(redemption.item.half_days, redemption.wanted_on, redemption.is_afternoon)
    halves = rules.halves(wish, working_calendar().is_working) if wish.wanted_on else ()
    return LeaveRequest.objects.create(
        redemption=redemption, unit=redemption.employee.unit, half_days=wish.half_days, wanted_on=wish.wanted_on,
        ends_on=halves[-1].day if halves else None, is_afternoon=wish.is_afternoon, halves=rules.spelled(halves),
        suggested=Employee.objects.filter(number=suggested).first() if suggested else None,
    )  # fmt: skip


COVER_WORDS = {
    "oneself": _("Nobody covers their own shift. Name somebody else."),
    "no-colleague": _("Only somebody active of the same shop can cover. Choose from the list."),
    "away": _("This person is away on that day. Name somebody else."),
    "covers-another": _("This person covers somebody else on that day. Name somebody else."),
}


@transaction.atomic(savepoint=False)
def name_cover(*, request: LeaveRequest, number: str, by: Employee, at: datetime) -> LeaveRequest:
    """Name who covers the shift, whom the applicant suggests or somebody else; the unit head does so before agreeing.
    They are told, and so is whoever covered before. The same person again changes nothing.

    Raises:
        NoCover: not somebody who can.
        CannotTake: the request has been decided.
    """
    held = LeaveRequest.objects.select_for_update(no_key=True, of=("self",))
    request = held.select_related("redemption__employee__unit", "redemption__item", "unit", "cover").get(pk=request.pk)
    if request.redemption.state != Redemption.State.RESERVED:
        raise CannotTake(_("This request has been decided already. Reload the page."), code="already-decided")
    applicant = request.redemption.employee
    held_by = queries.ground(employees=[applicant], at=at, keys=[request.pk])
    cover = _colleague(applicant, number.strip(), rules.read(request.halves), held_by, but=request.pk)
    if cover == request.cover:
        return request
    covers.tell_withdrawn(request=request, at=at, may_look=False)
    request.cover, request.cover_by, request.cover_at = cover, by, at
    request.save(update_fields=["cover", "cover_by", "cover_at"])
    record(request.redemption.subject, "leave.cover-named", by=by, at=at, cover=cover.number,
           is_suggested=request.suggested_id == cover.pk)  # fmt: skip
    covers.tell_named(request=request, at=at)
    return request


def _colleague(
    applicant: Employee, number: str, wanted: tuple[rules.Half, ...], held: queries.Ground, *, but: object = None
) -> Employee:
    """Return who covers.

    Args:
        but: id of the request that is not counted: the one they cover in.

    Raises:
        NoCover: not somebody who can.
    """
    cover = Employee.objects.filter(number=number, is_active=True).first()
    why = rules.cover_finding(
        applicant=applicant.number,
        cover=number,
        colleagues=frozenset(queries.colleagues(applicant).values_list("number", flat=True)),
        wanted=wanted,
        away=queries.away(held.requests, ""),
        covering=queries.covering(held.requests, but=but),
    )
    if cover is None or why:
        raise NoCover({"cover": ValidationError(COVER_WORDS[why or "no-colleague"], code=why or "no-colleague")})
    return cover


def let_cover_go(*, redemption: Redemption, at: datetime) -> None:
    """Tell whoever covers that the leave will not be: refused, taken back or returned. 1 SQL statement when nobody covers."""
    request = LeaveRequest.objects.filter(redemption=redemption, cover__isnull=False)
    row = request.select_related("redemption__employee", "cover").first()
    if row is not None:
        covers.tell_withdrawn(request=row, at=at)


def demand_cover(key: str) -> None:
    """Refuse an approval while the item asks for cover and nobody is named. 2 SQL statements.

    Raises:
        NoCover: with what to do next.
    """
    request = LeaveRequest.objects.filter(redemption__pk=key, cover=None).select_related("redemption__item").first()
    if request is None or request.wanted_on is None:
        return
    if LeaveRule.objects.filter(pk=request.redemption.item_id, needs_cover=True).exists():
        raise NoCover(
            _("Name first who covers the shift: open the request, choose somebody, then agree."), code="no-cover"
        )


@transaction.atomic(savepoint=False)
def grant(*, redemption: Redemption, at: datetime) -> LeaveGrant:
    """Write the entitlement with its last day, and the row that takes it to HR."""
    request = LeaveRequest.objects.filter(pk=redemption.pk).first() or note(redemption=redemption)
    row = LeaveGrant.objects.create(
        redemption=redemption, employee=redemption.employee, half_days=request.half_days, granted_at=at,
        wanted_on=request.wanted_on, is_afternoon=request.is_afternoon,
        valid_until_on=queries.last_day(redemption.item.valid_months, timezone.localdate(at)),
    )  # fmt: skip
    HandOver.objects.create(grant=row, verb=HandOver.Verb.GRANT, created_at=at, due_at=at)
    return row


def locked(pk: int) -> LeaveGrant:
    """Return a grant under its lock."""
    rows = LeaveGrant.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("redemption__item", "employee").get(pk=pk)


def change(row: LeaveGrant, *, state: str, at: datetime, taken: int | None = None) -> None:
    """Write another state of a locked grant; calendars see a higher sequence."""
    row.state, row.changed_at, row.sequence = state, at, row.sequence + 1
    row.taken_half_days = row.taken_half_days if taken is None else taken
    row.save(update_fields=["state", "changed_at", "sequence", "taken_half_days"])


@transaction.atomic(savepoint=False)
def report_taken(*, pk: int, half_days: int, by: Employee | None, at: datetime) -> LeaveGrant:
    """Keep how many half days have been taken in all, as HR's system says; the same number again changes nothing.

    Raises:
        WrongCount: more than granted, fewer than reported before, or it is returned.
    """
    row = locked(pk)
    if half_days == row.taken_half_days:
        return row
    if not row.taken_half_days < half_days <= row.half_days:
        text = _("%(taken)s of %(all)s half days are reported as taken; it can only become more, up to all of them.")
        raise WrongCount(text, code="wrong-count", params={"taken": row.taken_half_days, "all": row.half_days})
    if row.state in {State.RETURNING, State.REVERSED}:
        raise WrongCount(_("This leave is returned; nobody can take it any more."), code="returned")
    state = rules.state_after(
        half_days=row.half_days, taken=half_days, last_on=row.valid_until_on, today=timezone.localdate(at)
    )
    change(row, state=state, at=at, taken=half_days)
    record(row.redemption.subject, "leave.taken", by=by, at=at, half_days=half_days)
    return row


@transaction.atomic(savepoint=False)
def lapse(*, pk: int, at: datetime) -> bool:
    """Let an entitlement past its last day lapse; False when somebody was quicker."""
    row = locked(pk)
    state = rules.state_after(
        half_days=row.half_days, taken=row.taken_half_days, last_on=row.valid_until_on, today=timezone.localdate(at)
    )
    if row.state not in {State.GRANTED, State.PART_TAKEN} or state != State.EXPIRED:
        return False
    change(row, state=State.EXPIRED, at=at)
    record(row.redemption.subject, "leave.lapsed", by=None, at=at, half_days=row.half_days - row.taken_half_days)
    return True


@transaction.atomic(savepoint=False)
def save_black_out(*, row: BlackOut | None, by: Employee, at: datetime, **fields: Any) -> BlackOut:
    """Keep black-out days of a unit; requests that stand stay as they are and are shown to who decides.

    Raises:
        ValidationError: by field.
    """
    row = row or BlackOut()
    for name, value in fields.items():
        setattr(row, name, value)
    row.by = by
    if row.until_on and row.from_on and row.until_on < row.from_on:
        raise ValidationError({"until_on": _("The last day is before the first.")}, code="ends-before")
    row.save()
    record(f"unit:{row.unit.code}", "leave.black-out", by=by, at=at, from_on=row.from_on.isoformat(),
           until_on=row.until_on.isoformat(), reason=row.reason)  # fmt: skip
    return row


@transaction.atomic(savepoint=False)
def drop_black_out(*, row: BlackOut, by: Employee, at: datetime) -> None:
    """Take black-out days away."""
    record(f"unit:{row.unit.code}", "leave.black-out-dropped", by=by, at=at, from_on=row.from_on.isoformat())
    row.delete()


@transaction.atomic(savepoint=False)
def save_limit(*, unit: Any, most_away: int | None, half_days: int | None, by: Employee, at: datetime) -> None:
    """Keep how many of a unit may be away at once, and how many half days a year it has; None: no limit."""
    if most_away is None:
        CoverQuota.objects.filter(unit=unit).delete()
    else:
        CoverQuota.objects.update_or_create(unit=unit, defaults={"most_away": most_away})
    if half_days is None:
        UnitCap.objects.filter(unit=unit, item=None).delete()
    else:
        UnitCap.objects.update_or_create(unit=unit, item=None, defaults={"half_days": half_days})
    record(f"unit:{unit.code}", "leave.limit", by=by, at=at, most_away=most_away, half_days=half_days)


@transaction.atomic(savepoint=False)
def save_rule(*, item: Item, person_cap_half_days: int | None, needs_cover: bool, by: Employee, at: datetime) -> None:
    """Keep what a leave item asks: half days a person and year, and cover."""
    LeaveRule.objects.update_or_create(
        item=item, defaults={"person_cap_half_days": person_cap_half_days, "needs_cover": needs_cover}
    )
    record(f"item:{item.pk}", "leave.rule", by=by, at=at, cap=person_cap_half_days, needs_cover=needs_cover)
