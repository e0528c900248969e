"""Sessions of a training course, who sits in them, who came, and what they may show afterwards."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CourseSession(models.Model):
    """One date of a course. Free seats are the ledger's account `seats:<id>@stock`, never a column."""

    item = models.ForeignKey("rewards.Item", models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    closes_at = models.DateTimeField(_("registration until"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120)
    teacher = models.CharField(_("teacher"), max_length=60, blank=True)
    seats = models.PositiveIntegerField(_("seats"))
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    sequence = models.PositiveIntegerField(default=0)  # iCalendar: grows with every change

    class Meta:
        ordering = ["starts_at", "id"]
        verbose_name = _("session")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_at__lte=F("starts_at")), name="session_closes_before_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.starts_at:%Y-%m-%d}"

    @property
    def seats_account(self) -> str:
        """The ledger's account that holds the free seats."""
        return f"seats:{self.pk}@stock"

    def is_open(self, at: datetime) -> bool:
        """Whether a seat may still be asked for."""
        return not self.is_cancelled and at < (self.closes_at or self.starts_at)


class Seat(models.Model):
    """A granted place in a session, and whether the person came."""

    class Attendance(models.TextChoices):
        OPEN = "", _("not marked yet")
        ATTENDED = "attended", _("attended")
        EXCUSED = "excused", _("excused")
        ABSENT = "absent", _("did not come")

    session = models.ForeignKey("rewards.CourseSession", models.PROTECT, related_name="granted_seats")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="course_seats")
    redemption = models.OneToOneField("rewards.Redemption", models.PROTECT, related_name="seat")
    granted_at = models.DateTimeField()
    attendance = models.CharField(
        _("attendance"), max_length=10, choices=Attendance.choices, default=Attendance.OPEN, blank=True
    )
    marked_at = models.DateTimeField(null=True, blank=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["session", "granted_at"]
        constraints = [models.UniqueConstraint(fields=["session", "employee"], name="one_seat_a_person")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.employee_id}"


class SkillRecord(models.Model):
    """What somebody has learnt: written when a course was attended, never changed; shown on the person's page."""

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="skill_records")
    seat = models.OneToOneField(Seat, models.PROTECT, related_name="skill_record")
    title = models.CharField(_("title"), max_length=80)
    teacher = models.CharField(_("teacher"), max_length=60, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"))
    completed_on = models.DateField(_("completed on"))
    number = models.CharField(_("certificate number"), max_length=20, unique=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-completed_on", "-id"]
        verbose_name = _("skill record")

    def __str__(self) -> str:
        return f"{self.employee_id} {self.title}"
