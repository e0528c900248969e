"""The desk that hands things out: a code names one redemption, and it is handed out once."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee
from rewards.models import Redemption

State = Redemption.State
# Without 0 O 1 I L, which people read aloud wrongly; 31^8 codes, so that nobody guesses one.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8


class NotHere(ValidationError):
    """There is nothing to hand out; says what became of it."""

    def __init__(self, redemption: Redemption) -> None:
        message = _("There is nothing to hand out: %(state)s.")
        params = {"state": redemption.get_state_display()}
        if redemption.handed_at is not None:
            message = _("This was handed out already, %(when)s at %(place)s.")
            when = f"{timezone.localtime(redemption.handed_at):%Y-%m-%d %H:%M}"
            params = {"when": when, "place": redemption.handed_place}
        super().__init__(message, code="already-decided", params=params)


def new_code() -> str:
    """Return a code to collect something with."""
    return "".join(secrets.choice(LETTERS) for _place in range(LENGTH))


def spelled(text: str) -> str:
    """Return a code as stored from what somebody typed or scanned: an address, small letters, spaces, dashes."""
    word = text.strip().rstrip("/").rsplit("/", 1)[-1]
    return "".join(letter for letter in word.upper() if letter.isalnum())[:12]


@transaction.atomic(savepoint=False)
def hand_over(*, redemption: Redemption, place: str, by: Employee, at: datetime) -> Redemption:
    """Write down that it was handed out: when, where, by whom.

    Raises:
        NotHere: handed out before, or given up.
    """
    held = Redemption.objects.select_for_update(no_key=True, of=("self",)).select_related("item").get(pk=redemption.pk)
    if held.state != State.READY:
        raise NotHere(held)
    held.state, held.handed_at, held.handed_by = State.FULFILLED, at, by
    held.handed_place = place.strip()[:120] or held.item.pickup_place
    held.save(update_fields=["state", "handed_at", "handed_by", "handed_place"])
    record(held.subject, "redemption.handed-out", by=by, at=at, place=held.handed_place)
    return held
