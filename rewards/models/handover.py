"""The outbox to HR's system: what must arrive there, what was sent, what the other side said."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HandOverBatch(models.Model):
    """A file HR took away: the exact bytes, so that taking it again is the same file."""

    made_at = models.DateTimeField(_("made"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    layout = models.CharField(_("columns"), max_length=60)
    file_name = models.CharField(max_length=80)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    lines = models.PositiveIntegerField(_("lines"))
    entered_at = models.DateTimeField(_("entered"), null=True, blank=True)
    entered_as = models.CharField(_("number in HR's system"), max_length=60, blank=True)
    columns = models.JSONField(default=list)  # the layout as it was then
    keys = models.JSONField(default=list)  # the hand-over of each line, in order

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("hand-over file")

    def __str__(self) -> str:
        return self.file_name


class HandOverAnswer(models.Model):
    """A file that came back from HR with numbers and states filled in, and what was made of it. Its key is the upload's,
    so that recording it twice is recording it once."""

    key = models.UUIDField(primary_key=True)
    batch = models.ForeignKey(HandOverBatch, models.PROTECT, related_name="answers")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    booked = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at"]
        verbose_name = _("HR's answer to a file")

    def __str__(self) -> str:
        return self.file_name


class HandOver(models.Model):
    """One thing HR's system must hear: leave was granted, or is returned. At most one of each a grant.

    `number` is given by a sweep after commit, in one order for readers with a cursor: keys of rows are not the order
    in which they become visible. `plan` keeps what a sender found before it wrote, so that a repetition after a crash
    knows whether the first attempt arrived.
    """

    class Verb(models.TextChoices):
        GRANT = "grant", _("grant")
        REVERSE = "reverse", _("take back")

    class Status(models.TextChoices):
        WAITING = "waiting", _("waits to be handed over")
        SENT = "sent", _("handed over")
        DONE = "done", _("acknowledged")
        REFUSED = "refused", _("refused by HR's system")
        GIVEN_UP = "given-up", _("needs a look")
        DROPPED = "dropped", _("not needed any more")

    grant = models.ForeignKey("rewards.LeaveGrant", models.PROTECT, related_name="hand_overs")
    verb = models.CharField(max_length=8, choices=Verb.choices)
    number = models.PositiveBigIntegerField(null=True, unique=True)
    channel = models.CharField(_("channel"), max_length=10, blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.WAITING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    plan = models.JSONField(default=dict)
    last_error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(_("number in HR's system"), max_length=80, blank=True)
    read_half_days = models.PositiveSmallIntegerField(_("half days read back"), null=True, blank=True)
    batch = models.ForeignKey(HandOverBatch, models.PROTECT, null=True, blank=True, related_name="rows")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("hand-over")
        constraints = [models.UniqueConstraint(fields=["grant", "verb"], name="hand_over_once")]
        indexes = [
            models.Index(fields=["due_at"], name="hand_over_due", condition=models.Q(status="waiting")),
            models.Index(fields=["status", "created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.verb}"


class Lane(models.Model):
    """Whoever hands over for a person holds their lane until `lease_until`: one row at a time, in order.

    A quota is an absolute number on the other side; two senders for one person would overwrite each other.
    """

    employee = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    lease_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.employee_id)


class HandOverCounter(models.Model):
    """The last number given to a hand-over; its row is the lock under which numbers are given."""

    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class ColumnLayout(models.Model):
    """The columns HR's system wants in a file: headers, order, constants, how a day is written."""

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel"
        CSV = "csv", "CSV (UTF-8)"
        CSV_GB = "csv-gb", "CSV (GB 18030)"

    name = models.CharField(pgettext_lazy("rewards", "name"), max_length=60, unique=True)
    format = models.CharField(_("format"), max_length=6, choices=Format.choices, default=Format.XLSX)
    date_format = models.CharField(_("how a day is written"), max_length=12, default="%Y-%m-%d")
    columns = models.JSONField(_("columns"), default=list)  # [{"header", "source"} or {"header", "constant"}]
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        verbose_name = _("columns of HR's file")

    def __str__(self) -> str:
        return self.name


class Reconciliation(models.Model):
    """What a night's comparison found: points burnt, days granted, days handed over, and every difference by name."""

    on = models.DateField(unique=True)
    made_at = models.DateTimeField(_("made"))
    redemptions = models.PositiveIntegerField(default=0)
    points_burnt = models.BigIntegerField(default=0)
    points_granted = models.BigIntegerField(default=0)
    half_days_granted = models.BigIntegerField(default=0)
    half_days_handed_over = models.BigIntegerField(default=0)
    half_days_waiting = models.BigIntegerField(default=0)
    differences = models.JSONField(default=list)  # [{"redemption", "code", "expected", "found"}]

    class Meta:
        ordering = ["-on"]
        verbose_name = _("reconciliation")

    def __str__(self) -> str:
        return f"{self.on} {len(self.differences)}"
