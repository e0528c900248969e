"""Rows of the points ledger (spec/ledger.md). Only `rewards.domain.ledger` writes them; triggers refuse changes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

MOST_POINTS = 2**53 - 1


class Account(models.Model):
    """Four integers and two flags; `available` of a wallet is these less its lots past their day."""

    code = models.CharField(max_length=120, primary_key=True)
    debits_pending = models.BigIntegerField(default=0)
    debits_posted = models.BigIntegerField(default=0)
    credits_pending = models.BigIntegerField(default=0)
    credits_posted = models.BigIntegerField(default=0)
    debits_must_not_exceed_credits = models.BooleanField(default=False)
    credits_must_not_exceed_debits = models.BooleanField(default=False)
    is_closed = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["code"], name="account_budget", condition=Q(code__startswith="budget:"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(debits_pending__gte=0, debits_posted__gte=0, credits_pending__gte=0, credits_posted__gte=0),
                name="account_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(debits_must_not_exceed_credits=False)
                | Q(credits_posted__gte=F("debits_posted") + F("debits_pending")),
                name="account_debits_within_credits",
            ),
            models.CheckConstraint(
                condition=Q(credits_must_not_exceed_debits=False)
                | Q(debits_posted__gte=F("credits_posted") + F("credits_pending")),
                name="account_credits_within_debits",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Transfer(models.Model):
    """One movement, filled in, never changed, never deleted. `number` is the order in which they were posted."""

    number = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True)
    at = models.DateTimeField()
    flags = models.JSONField(default=list)
    debit = models.CharField(max_length=120)
    credit = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    amount = models.BigIntegerField()
    fund = models.CharField(max_length=60)
    pending = models.UUIDField(null=True)
    timeout_minutes = models.BigIntegerField(default=0)
    expires_on = models.DateField(null=True)
    reference = models.CharField(max_length=200, null=True)  # noqa: DJ001 left out and empty text are different here
    reason = models.CharField(max_length=500, null=True)  # noqa: DJ001
    by = models.CharField(max_length=60, null=True)  # noqa: DJ001

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0, amount__lte=MOST_POINTS), name="transfer_amount_in_range")
        ]
        indexes = [
            models.Index(fields=["debit", "number"]),
            models.Index(fields=["credit", "number"]),
            models.Index(fields=["reference"]),
        ]

    def __str__(self) -> str:
        return f"{self.debit} → {self.credit} {self.amount}"


class Reservation(models.Model):
    """What became of a pending transfer: pending, posted, voided or expired."""

    transfer = models.UUIDField(primary_key=True)
    status = models.CharField(max_length=10, default="pending")
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["status", "ends_at"])]

    def __str__(self) -> str:
        return f"{self.transfer} {self.status}"


class Lot(models.Model):
    """Points of one credit to a wallet: what is left, what is held by reservations, until when they may be spent."""

    id = models.CharField(max_length=60, primary_key=True)
    wallet = models.CharField(max_length=120)
    number = models.BigIntegerField()
    origin = models.CharField(max_length=60)
    left = models.BigIntegerField()
    held = models.BigIntegerField(default=0)
    expired_points = models.BigIntegerField(default=0)
    expires_on = models.DateField(null=True)

    class Meta:
        ordering = ["wallet", "number"]
        constraints = [
            models.UniqueConstraint(fields=["wallet", "number"], name="lot_number_once_a_wallet"),
            models.CheckConstraint(condition=Q(left__gte=0, held__gte=0), name="lot_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.wallet} {self.left}+{self.held}"


class Taking(models.Model):
    """What one transfer took from one lot, in the order taken."""

    transfer = models.UUIDField()
    position = models.PositiveIntegerField()
    lot = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    returned = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transfer", "position"], name="taking_once")]

    def __str__(self) -> str:
        return f"{self.transfer}#{self.position}"


class FailedTransfer(models.Model):
    """An id a refusal has spent, for ever."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=60)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.id} {self.code}"
