"""Sign in, first sign-in by activation code, new passwords, ending sessions."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib.auth import password_validation
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from people.models import Employee


class WrongPassword(ValidationError):
    """The present password is not right."""

    def __init__(self) -> None:
        super().__init__({"old_password": _("This is not your present password. Type it again.")}, code="wrong")


def activation_code(employee: Employee) -> str:
    """Return the code of a first sign-in: ten letters and digits, worth nothing once a password is set.

    It is derived from the installation's secret key, so ten thousand slips need no slow hashing and no storage.
    """
    digest = salted_hmac("people.activation", f"{employee.pk}:{employee.number}", algorithm="sha256").digest()
    return base64.b32encode(digest)[:10].decode().lower()


class ActivationBackend(ModelBackend):
    """Lets somebody without a password sign in with the activation code; a password must then be chosen."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Employee | None:
        employee = Employee.objects.filter(number=username, is_active=True).first()
        if employee is None or password is None or employee.has_usable_password():
            return None
        return employee if constant_time_compare(activation_code(employee), password.strip().lower()) else None


@transaction.atomic(savepoint=False)
def change_password(*, employee: Employee, old_password: str, new_password: str, keep_session: str | None) -> None:
    """Set a new password and end every other session of this person.

    Args:
        old_password: the present one; ignored when none is set yet (first sign-in by code).
        keep_session: key of the session that stays signed in.

    Raises:
        WrongPassword: the present password is not right.
        ValidationError: the new one is too weak; the messages say how.
    """
    row = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    if row.has_usable_password() and not row.check_password(old_password):
        raise WrongPassword
    try:
        password_validation.validate_password(new_password, row)
    except ValidationError as weak:
        raise ValidationError({"new_password": weak.messages}, code="weak") from None
    row.set_password(new_password)
    row.must_change_password = False
    row.save(update_fields=["password", "must_change_password"])
    end_sessions(employee=row, keep_session=keep_session)
    employee.password, employee.must_change_password = row.password, False


@transaction.atomic(savepoint=False)
def reset_password(*, employee: Employee) -> str:
    """Take the password away and return the activation code for a new first sign-in; ends all sessions."""
    row = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    row.set_unusable_password()
    row.must_change_password = True
    row.save(update_fields=["password", "must_change_password"])
    end_sessions(employee=row, keep_session=None)
    return activation_code(row)


def end_sessions(*, employee: Employee, keep_session: str | None) -> int:
    """Delete this person's sessions but one; return how many ended."""
    ended = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now())
        if session.pk != keep_session and session.get_decoded().get("_auth_user_id") == str(employee.pk)
    ]
    Session.objects.filter(pk__in=ended).delete()
    return len(ended)
