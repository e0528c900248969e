"""Tokens of other systems: made once, shown once, revoked at once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Employee, SystemToken

SCOPES = (
    "contests:read",
    "contests:write",
    "marks:write",
    "approvals:read",
    "approvals:write",
    "rewards:read",
    "rewards:write",
    "leave:read",
    "leave:write",
)


def digest(secret: str) -> str:
    """Return what is stored of a token; its 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic(savepoint=False)
def create(
    *, name: str, employee: Employee, scopes: list[str], at: datetime, expires_at: datetime | None
) -> tuple[SystemToken, str]:
    """Make a token acting as `employee` within `scopes`; return the row and the secret, which is never shown again.

    Raises:
        ValidationError: an unknown scope, or none.
    """
    if not scopes or set(scopes) - set(SCOPES):
        raise ValidationError({"scopes": _("Choose at least one of the listed scopes.")}, code="unknown-scope")
    secret = f"jb_{secrets.token_urlsafe(32)}"
    row = SystemToken.objects.create(
        name=name, digest=digest(secret), employee=employee, scopes=sorted(scopes), created_at=at, expires_at=expires_at
    )
    return row, secret


@transaction.atomic(savepoint=False)
def revoke(*, token: SystemToken, at: datetime) -> None:
    """End a token now; ending it again changes nothing."""
    SystemToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at)


def find(secret: str, *, at: datetime) -> SystemToken | None:
    """Return the living token with this secret, its employee still active; note the day it was used."""
    living = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    tokens = SystemToken.objects.filter(living, revoked_at__isnull=True, employee__is_active=True)
    token = tokens.select_related("employee").filter(digest=digest(secret)).first()
    if token is not None and token.used_on != at.date():
        SystemToken.objects.filter(pk=token.pk).update(used_on=at.date())
    return token
