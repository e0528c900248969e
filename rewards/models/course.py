"""Sessions of a training course and who sits in them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CourseSession(models.Model):
    """One date of a course. `seats_taken` counts reserved and granted seats; the CHECK never lets it exceed `seats`."""

    item = models.ForeignKey("rewards.Item", models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=120)
    seats = models.PositiveIntegerField(_("seats"))
    seats_taken = models.PositiveIntegerField(default=0)
    is_cancelled = models.BooleanField(_("cancelled"), default=False)

    class Meta:
        ordering = ["starts_at", "id"]
        verbose_name = _("session")
        constraints = [
            models.CheckConstraint(condition=Q(seats_taken__lte=F("seats")), name="session_never_oversold"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.starts_at:%Y-%m-%d}"

    @property
    def seats_left(self) -> int:
        """Seats nobody has."""
        return self.seats - self.seats_taken


class Seat(models.Model):
    """A granted place in a session."""

    session = models.ForeignKey("rewards.CourseSession", models.PROTECT, related_name="granted_seats")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="course_seats")
    redemption = models.OneToOneField("rewards.Redemption", models.PROTECT, related_name="seat")
    granted_at = models.DateTimeField()

    class Meta:
        ordering = ["session", "granted_at"]
        constraints = [models.UniqueConstraint(fields=["session", "employee"], name="one_seat_a_person")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.employee_id}"
