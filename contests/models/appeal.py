"""Objections of anybody, appeals of contestants."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Appeal(models.Model):
    """An objection 异议 (anybody, about the contest) or an appeal 申诉 (a contestant, about the own entry).

    Handed in before its deadline, decided by an arbitration panel without conflicts of interest; what it changes is a
    `Change`, shown before it is applied. Points already paid are corrected by reversal.
    """

    class Kind(models.TextChoices):
        OBJECTION = "objection", _("objection")
        APPEAL = "appeal", _("appeal")

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("handed in")
        HEARING = "hearing", _("in arbitration")
        UPHELD = "upheld", _("upheld")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True)
    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="appeals")
    entry = models.ForeignKey("contests.Entry", models.CASCADE, null=True, blank=True, related_name="appeals")
    aspect = models.CharField(_("aspect"), max_length=64, blank=True)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.SUBMITTED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appeals")
    text = models.TextField(_("what is wrong"))
    at = models.DateTimeField(_("handed in"))
    decision = models.TextField(_("decision"), blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    change = models.ForeignKey("contests.Change", models.PROTECT, null=True, blank=True, related_name="appeals")
    process = models.ForeignKey("viewflow.Process", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at"]
        verbose_name = _("appeal")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "hearing", "upheld", "rejected", "withdrawn"]),
                name="appeal_state_known",
            ),
        ]
        indexes = [models.Index(fields=["contest", "state"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.contest_id}"

    @property
    def subject(self) -> str:
        """The name under which approvals and processes speak of it."""
        return f"appeal:{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a decision."""
        return self.state in {self.State.SUBMITTED, self.State.HEARING}


class Evidence(models.Model):
    """A picture or PDF beside an appeal, checked by content; kept in the database so that nothing is half stored."""

    appeal = models.ForeignKey("contests.Appeal", models.CASCADE, related_name="evidence")
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(max_length=40)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        verbose_name = _("evidence")

    def __str__(self) -> str:
        return self.name


class Arbitrator(models.Model):
    """A member of the arbitration panel 仲裁 of one appeal, and how they voted."""

    appeal = models.ForeignKey("contests.Appeal", models.CASCADE, related_name="arbitrators")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name = _("arbitrator")
        constraints = [models.UniqueConstraint(fields=["appeal", "employee"], name="arbitrator_once_an_appeal")]

    def __str__(self) -> str:
        return f"{self.appeal_id} {self.employee_id}"
