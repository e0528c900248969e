"""Declare who must not judge whom."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from people.models import Employee, Tie


class WrongTie(ValidationError):
    """There is no such tie to declare."""


@transaction.atomic(savepoint=False)
def declare(*, employee: Employee, other: Employee, kind: str, by: Employee, at: datetime) -> Tie:
    """Declare that two people are relatives, or mentor and apprentice; twice, either way round, is once.

    Raises:
        WrongTie: with oneself, or of an unknown kind.
    """
    if employee.pk == other.pk:
        raise WrongTie(_("Choose another person than yourself."), code="self")
    if kind not in Tie.Kind.values:
        raise WrongTie(_("Choose one of the listed kinds."), code="kind")
    pair = sorted((employee, other), key=lambda person: person.pk)
    tie, _made = Tie.objects.get_or_create(
        employee=pair[0], other=pair[1], kind=kind, ended_at=None, defaults={"declared_by": by, "declared_at": at}
    )
    return tie


@transaction.atomic(savepoint=False)
def end(*, tie: Tie, at: datetime) -> None:
    """End a tie; a second time changes nothing."""
    Tie.objects.filter(pk=tie.pk, ended_at=None).update(ended_at=at)
