"""Name somebody who stands for oneself, from a day until a day; end it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Employee, Substitute

# What a substitution may be limited to: apps above add a function that returns [(name, label)].
policy_choices: list[Callable[[], list[tuple[str, str]]]] = []


class CannotSubstitute(ValidationError):
    """The person cannot stand for the other, or not then."""

    def __init__(self, why: object, code: str) -> None:
        super().__init__(str(why), code=code)


@transaction.atomic(savepoint=False)
def name(
    *, person: Employee, to: Employee, from_on: date, until_on: date | None, policies: Sequence[str], at: datetime
) -> Substitute:
    """Let `to` act for `person` in approvals: both see what is asked, the first to act decides.

    Args:
        from_on, until_on: first and last day in the company's time zone; None for until it is ended.
        policies: names of policies; none for all.

    Raises:
        CannotSubstitute: oneself, somebody who has left, days that end before they begin, or a time in which somebody
            stands for the same already.
    """
    if to.pk == person.pk:
        raise CannotSubstitute(_("Nobody is their own substitute: name somebody else."), "substitute-self")
    if not to.is_active or to.left_on is not None:
        raise CannotSubstitute(_("%(who)s has left the company: name somebody else.") % {"who": to.name}, "left")
    if until_on is not None and until_on < from_on:
        raise CannotSubstitute(_("The last day is before the first: change one of them."), "substitute-dates")
    from_at, until_at = _start_of(from_on), _start_of(until_on + timedelta(days=1)) if until_on else None
    if until_at is not None and until_at <= at:
        raise CannotSubstitute(_("That time is over already: choose days to come."), "substitute-past")
    Employee.objects.select_for_update(no_key=True).get(pk=person.pk)  # one at a time, so that none overlap
    if clash := _clash(person, from_at, until_at, policies):
        message = _("%(who)s stands for you in this time already: end that first.") % {"who": clash.to.name}
        raise CannotSubstitute(message, "substitute-overlap")
    return Substitute.objects.create(person=person, to=to, from_at=from_at, until_at=until_at, policies=list(policies))


def _clash(
    person: Employee, from_at: datetime, until_at: datetime | None, policies: Sequence[str]
) -> Substitute | None:
    rows = Substitute.objects.filter(Q(until_at=None) | Q(until_at__gt=from_at), person=person).select_related("to")
    if until_at is not None:
        rows = rows.filter(from_at__lt=until_at)
    return next((row for row in rows if not policies or not row.policies or set(policies) & set(row.policies)), None)


@transaction.atomic(savepoint=False)
def end(substitute: Substitute, *, at: datetime) -> None:
    """End a substitution now; one that has not begun is forgotten. Idempotent."""
    row = Substitute.objects.select_for_update(no_key=True).filter(pk=substitute.pk).first()
    if row is None or (row.until_at is not None and row.until_at <= at):
        return
    if row.from_at >= at:
        row.delete()
    else:
        row.until_at = at
        row.save(update_fields=["until_at"])


def choices() -> list[tuple[str, str]]:
    """Return what a substitution may be limited to."""
    return [choice for function in policy_choices for choice in function()]


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
