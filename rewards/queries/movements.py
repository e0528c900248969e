"""Movements of points that count: what was posted, without reservations and what ended them empty-handed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from rewards.models.ledger import Reservation, Transfer
from rewards.pure import codes
from rewards.pure.transfers import in_fund

WALLET = "wallet:"


def posted() -> QuerySet[Transfer]:
    """Return the transfers that moved points for good: no reservation (its post counts), no void, nothing of 0 points."""
    is_reservation = Exists(Reservation.objects.filter(transfer=OuterRef("id")))
    is_void = Exists(Reservation.objects.filter(transfer=OuterRef("pending"), status=VOIDED))
    return Transfer.objects.filter(~is_reservation, ~is_void, amount__gt=0)


VOIDED = "voided"


def still_reserved() -> QuerySet[Transfer]:
    """Return the reservations that have not ended."""
    return Transfer.objects.filter(
        Exists(Reservation.objects.filter(transfer=OuterRef("id"), status=codes.PENDING)), amount__gt=0
    )


def of_wallets(number: str, fund: str = "") -> Q:
    """Return the condition `from or to a wallet of this person`, in a fund or whatever the fund."""
    code = f"{WALLET}{number}"
    if fund:
        return Q(debit=in_fund(code, fund)) | Q(credit=in_fund(code, fund))
    return Q(debit=code) | Q(credit=code) | Q(debit__startswith=f"{code}@") | Q(credit__startswith=f"{code}@")


def owner_of(code: str) -> str:
    """Return the employee number of a wallet, '' for any other account."""
    return code.removeprefix(WALLET).partition("@")[0] if code.startswith(WALLET) else ""


def first_moment(day: date) -> datetime:
    """Return the first moment of a day in the union's zone."""
    return timezone.make_aware(datetime.combine(day, time()))


def read_month(text: str) -> date | None:
    """Return the first day of `2026-11`, None for anything else."""
    if len(text) == 7 and text[4] == "-" and (text[:4] + text[5:]).isascii() and (text[:4] + text[5:]).isdigit():
        year, month = int(text[:4]), int(text[5:])
        if 2000 <= year <= 2999 and 1 <= month <= 12:
            return date(year, month, 1)
    return None


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def within(rows: QuerySet[Transfer], first: date, last: date) -> QuerySet[Transfer]:
    """Keep what was posted from the first day up to the last, both included."""
    return rows.filter(at__gte=first_moment(first), at__lt=first_moment(last + timedelta(days=1)))
