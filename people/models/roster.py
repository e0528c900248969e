"""One import of a roster file, from upload to done."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RosterImport(models.Model):
    """An uploaded roster. The worker checks it (dry run), a person confirms, the worker applies it: all or nothing.

    `report` holds the plan's counts and examples and every fault, as the pages show them.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        FAULTY = "faulty", _("has faults")
        CHECKED = "checked", _("checked")
        APPLYING = "applying", _("being imported")
        DONE = "done", _("imported")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("interrupted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=120)
    content = models.BinaryField()
    at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(default=timezone.now)  # when it came into its state
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKING)
    ends_gone = models.BooleanField(_("people who are not in the file have left"), default=False)
    done_rows = models.PositiveIntegerField(default=0)
    total_rows = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"
