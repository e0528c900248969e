"""What is ranked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contests.models.fields import ExactDecimalField


class Entry(models.Model):
    """An entry 参赛单元 under its drawn code 加密号; `position` is the order of the file or of the draw.

    `unit` is the text shown beside the name; `employee` is empty for imported entries. A status ends the entry:
    it is listed last, without rank (spec/contest-bundle.md). While the contest's codes are sealed, name, unit and employee
    are empty and `owner_tag` (a keyed hash of the employee) lets contestants, and nobody else, find their own code.
    """

    class Status(models.TextChoices):
        STARTING = "", _("takes part")
        DID_NOT_START = "dns", _("did not start")
        DID_NOT_FINISH = "dnf", _("did not finish")
        DISQUALIFIED = "dq", _("disqualified")
        WITHDRAWN = "wd", _("withdrawn")

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="entries")
    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    unit = models.CharField(_("unit"), max_length=200, blank=True)
    group = models.CharField(_("group"), max_length=200, blank=True)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="contest_entries"
    )
    position = models.PositiveIntegerField()
    start_order = models.PositiveIntegerField(_("start order"), default=0)
    status = models.CharField(_("status"), max_length=3, choices=Status.choices, default="", blank=True)
    status_reason = models.CharField(_("reason"), max_length=300, blank=True)
    owner_tag = models.CharField(max_length=64, blank=True)
    advanced_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="advanced_to")

    class Meta:
        ordering = ["contest", "position"]
        verbose_name = _("entry")
        constraints = [
            models.UniqueConstraint(fields=["contest", "code"], name="entry_code_once_a_contest"),
            models.UniqueConstraint(fields=["contest", "position"], name="entry_position_once_a_contest"),
            models.UniqueConstraint(
                fields=["contest", "employee"], condition=Q(employee__isnull=False), name="entry_once_a_person"
            ),
            models.CheckConstraint(condition=Q(status__in=["", "dns", "dnf", "dq", "wd"]), name="entry_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Factor(models.Model):
    """The difficulty of one entry's piece, in place of the aspect's factor."""

    entry = models.ForeignKey("contests.Entry", models.CASCADE, related_name="factors")
    aspect = models.CharField(max_length=64)
    factor = ExactDecimalField(_("factor"))

    class Meta:
        ordering = ["entry", "id"]
        constraints = [models.UniqueConstraint(fields=["entry", "aspect"], name="factor_once_an_aspect")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.aspect} ×{self.factor}"


class Teammate(models.Model):
    """One person of a team 参赛队; a substitute stands by until they take somebody's place.

    Named at registration; `entry` follows with the draw, under seal only when the codes are opened. Imported teams have no
    registration.
    """

    entry = models.ForeignKey("contests.Entry", models.CASCADE, null=True, blank=True, related_name="team")
    registration = models.ForeignKey(
        "contests.Registration", models.CASCADE, null=True, blank=True, related_name="team"
    )
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="team_places")
    role = models.CharField(_("role in the team"), max_length=40, blank=True)
    is_substitute = models.BooleanField(_("substitute"), default=False)
    stepped_in_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["entry", "id"]
        verbose_name = _("team member")
        constraints = [
            models.UniqueConstraint(fields=["entry", "employee"], name="teammate_once_an_entry"),
            models.UniqueConstraint(fields=["registration", "employee"], name="teammate_once_a_registration"),
            models.UniqueConstraint(fields=["stepped_in_for"], name="teammate_replaced_once"),
            models.CheckConstraint(
                condition=Q(entry__isnull=False) | Q(registration__isnull=False), name="teammate_of_some_team"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id or self.entry_id} {self.employee_id}"

    @property
    def takes_part(self) -> bool:
        """Whether they stand in the team now: not left, and no substitute who still waits."""
        return self.left_at is None and (not self.is_substitute or self.stepped_in_for_id is not None)
