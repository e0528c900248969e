"""The first sign-in of an installation: who holds its code names the company and becomes its administrator."""

from __future__ import annotations

import base64
from datetime import date

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from people.domain import roles
from people.models import Employee, Unit

ROOT_CODE = "company"


class WrongCode(ValidationError):
    """The set-up code is not the one of this installation."""

    def __init__(self) -> None:
        message = _("This is not the set-up code. It stands where Jinbang was started: manage.py first_sign_in.")
        super().__init__({"code": message}, code="wrong-code")


class AlreadyBegun(ValidationError):
    """The company has somebody who signs in."""

    def __init__(self) -> None:
        super().__init__(_("The company is set up already. Sign in."), code="already-begun")


def is_waiting() -> bool:
    """Return whether nobody has been named yet. One statement."""
    return not Employee.objects.exists()


def setup_code() -> str:
    """Return the code that proves one may look at the machine: ten letters and digits of the installation's secret key."""
    digest = salted_hmac("people.start", "the first administrator", algorithm="sha256").digest()
    return base64.b32encode(digest)[:10].decode().lower()


def begin(*, code: str, company: str, number: str, name: str, password: str, on: date) -> Employee:
    """Name the company and its first administrator, who is the only employee until a roster comes in.

    Args:
        code: the set-up code of this installation.
        company: the name of the root unit.
        on: the day from which the role is held.

    Raises:
        WrongCode: somebody guesses.
        AlreadyBegun: somebody was quicker.
        ValidationError: the password is too weak; the messages say how.
    """
    if not constant_time_compare(setup_code(), code.strip().lower()):
        raise WrongCode
    person = Employee(number=number, name=name)
    try:
        password_validation.validate_password(password, person)
    except ValidationError as weak:
        raise ValidationError({"new_password": weak.messages}, code="weak") from None
    person.set_password(password)
    _write(person, company=company, on=on)
    return person


@transaction.atomic(savepoint=False)
def _write(person: Employee, *, company: str, on: date) -> None:
    # Of two at once the second waits here for the first one's root.
    root, is_first = Unit.objects.get_or_create(code=ROOT_CODE, defaults={"name": company, "kind": Unit.Kind.COMPANY})
    if not is_first or not is_waiting():
        raise AlreadyBegun
    person.unit = root
    person.save()
    roles.grant(employee=person, role="administrator", unit=None, from_on=on)
