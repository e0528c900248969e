"""When a unit works that does not keep office hours."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models.unit import Unit
from people.pure import working_time


class WorkingPattern(models.Model):
    """Hours or shifts of a unit, and of every unit below it that has none of its own. Kept as written; `pattern` reads it."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("hours on working days")
        DAILY = "daily", _("the same hours every day")
        ROTATION = "rotation", _("shifts that go round")

    unit = models.OneToOneField(Unit, models.CASCADE, primary_key=True, related_name="working_pattern")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    hours = models.CharField(_("hours"), max_length=120, blank=True)
    shifts = models.TextField(_("shifts"), max_length=600, blank=True)
    cycle = models.CharField(_("order of the shifts"), max_length=300, blank=True)
    starts_on = models.DateField(_("first day of the order"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("changed"))

    class Meta:
        ordering = ["unit__path"]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_kind_display()}"

    @property
    def pattern(self) -> working_time.WorkingTime:
        """What was written, read."""
        return working_time.read(
            self.kind, hours=self.hours, shifts=self.shifts, cycle=self.cycle, starts_on=self.starts_on
        )
