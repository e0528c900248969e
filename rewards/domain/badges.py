"""Badges: make and give them, take them back. The same cause never gives the same person the same badge twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from engine.events.domain import record
from engine.notices.domain import tell
from people.models import Employee
from rewards.models import BadgeAward, BadgeClass


class NoSuchBadge(ValidationError):
    """No badge has this code, or it is given no longer."""


def give(
    *, badge: str, employee: Employee, at: datetime, cause: str, reason: str, by: Employee | None = None
) -> BadgeAward:
    """Give a badge; the same badge, employee and cause again is the award there is already. At most 8 SQL statements.

    A refusal writes nothing and leaves the caller's transaction usable.

    Args:
        badge: code of the badge class.
        at: the moment it was earned.
        cause: what it was earned by, `rule:steady-hands:1001:2026`; part of what makes the award one.
        reason: the sentence its owner and verifiers read.
        by: who gave it; None when a rule did.

    Raises:
        NoSuchBadge: there is no such badge, or it is given no longer (an award there is already is still returned).
    """
    wanted = {"badge__code": badge, "employee": employee, "cause": cause}
    known = BadgeAward.objects.filter(**wanted).first()
    if known is not None:
        return known
    found = BadgeClass.objects.filter(code=badge, is_active=True).first()
    if found is None:
        raise NoSuchBadge(_("There is no badge “%(code)s” to be given."), code="no-such-badge", params={"code": badge})
    row = BadgeAward(badge=found, employee=employee, cause=cause, reason=reason.strip()[:300], given_by=by, given_at=at)
    return _kept(row)


@transaction.atomic(savepoint=False)
def _kept(row: BadgeAward) -> BadgeAward:
    """Store an award unless somebody else did at the same moment; return the one that is there."""
    BadgeAward.objects.bulk_create([row], ignore_conflicts=True)
    made = BadgeAward.objects.get(badge=row.badge, employee=row.employee, cause=row.cause)
    if made.key == row.key:
        facts = {"badge": row.badge.code, "employee": row.employee.number, "cause": row.cause}
        record(made.subject, "badge.given", by=row.given_by, at=row.given_at, **facts)
        made.badge, made.employee = row.badge, row.employee
        _tell(made, "badge.given", gettext_noop("You have earned the badge “%(title)s”."), at=row.given_at)
    return made


class AlreadyRevoked(ValidationError):
    """The badge was revoked before."""


@transaction.atomic(savepoint=False)
def revoke(*, award: BadgeAward, reason: str, by: Employee | None, at: datetime) -> BadgeAward:
    """Take a badge back, with a reason its owner and every verifier read; what was downloaded does not verify any more.

    Args:
        by: who takes it back; None when the rule that gave it does.

    Raises:
        AlreadyRevoked: it was taken back before.
        ValidationError: without a reason.
    """
    if not reason.strip():
        raise ValidationError(_("Say why the badge is taken back."), code="no-reason")
    row = BadgeAward.objects.select_for_update(no_key=True, of=("self",)).select_related("badge", "employee")
    found = row.get(pk=award.pk)
    if found.revoked_at is not None:
        raise AlreadyRevoked(_("This badge was taken back before."), code="already-revoked")
    found.revoked_at, found.revoked_by, found.revocation_reason = at, by, reason.strip()[:300]
    found.save(update_fields=["revoked_at", "revoked_by", "revocation_reason"])
    record(found.subject, "badge.revoked", by=by, at=at, reason=found.revocation_reason)
    _tell(found, "badge.revoked", gettext_noop("Your badge “%(title)s” was taken back."), at=at)
    return found


@transaction.atomic(savepoint=False)
def save_class(*, badge: BadgeClass | None, by: Employee, at: datetime, **fields: Any) -> BadgeClass:
    """Make a badge, or change one: what was given before keeps the words it was given with. Its code stays for ever."""
    row = badge or BadgeClass(code=fields["code"])
    for name in ("title", "description", "criteria", "is_active"):
        setattr(row, name, fields[name])
    if fields.get("picture"):
        row.picture = fields["picture"]
    row.save()
    facts = {name: fields[name] for name in ("title", "description", "criteria", "is_active")}
    record(f"badge-class:{row.code}", "badge.changed" if badge else "badge.made", by=by, at=at, **facts)
    return row


def _tell(row: BadgeAward, kind: str, title: str, *, at: datetime) -> None:
    tell(
        [row.employee], kind=kind, title=title, params={"title": row.badge.title}, cause=row.subject,
        link=reverse("rewards:my-badges"), at=at,
    )  # fmt: skip
