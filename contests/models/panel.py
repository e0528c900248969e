"""Who judges, and the sheet each of them marks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PanelMember(models.Model):
    """A member of the panel 裁判组. `aspects` are codes of the scheme; empty: what the role marks (`queries.panels.aspects_of`).

    A trainee marks for practice: measured, never counted. An observer sees and marks nothing. Who left in mid-round keeps
    the marks given; `replaced_by` marks the rest.
    """

    class Role(models.TextChoices):
        JUDGE = "judge", _("judge")
        CHIEF = "chief", _("chief judge")
        TECHNICAL = "technical", _("technical")
        TRAINEE = "trainee", _("trainee judge")
        OBSERVER = "observer", _("observer")

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="panel")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="panel_seats"
    )
    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    unit = models.CharField(_("unit"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=9, choices=Role.choices, default=Role.JUDGE)
    aspects = models.JSONField(_("aspects"), default=list, blank=True)
    position = models.PositiveIntegerField()
    warning = models.CharField(_("conflict of interest"), max_length=300, blank=True)
    is_leader = models.BooleanField(_("group leader"), default=False)
    left_at = models.DateTimeField(_("left the panel"), null=True, blank=True)
    left_reason = models.CharField(_("reason"), max_length=300, blank=True)
    replaced_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces", verbose_name=_("replaced by")
    )

    class Meta:
        ordering = ["contest", "position"]
        verbose_name = _("panel member")
        constraints = [
            models.UniqueConstraint(fields=["contest", "code"], name="panel_code_once_a_contest"),
            models.UniqueConstraint(
                fields=["contest", "employee"], condition=Q(employee__isnull=False), name="panel_once_a_person"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["judge", "chief", "technical", "trainee", "observer"]), name="panel_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Sheet(models.Model):
    """One member's score sheet 评分表: their marks for every entry in `aspects` (codes of the scheme, in its order).

    `version` grows by one with each accepted change: what was signed is named by it and by `digest`, the SHA-256 of the
    marks in canonical form (`signed_version` differs from `version` once the chief judge corrected a mark). `open` → `signed` by the judge → `closed` when judging ends; the chief judge may open it again and says why
    (`reopened_reason`, '' once it is signed or locked anew).
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        SIGNED = "signed", _("signed")
        CLOSED = "closed", _("closed")

    contest = models.ForeignKey("contests.Contest", models.CASCADE, related_name="sheets")
    member = models.OneToOneField("contests.PanelMember", models.CASCADE, related_name="sheet")
    aspects = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.OPEN)
    version = models.PositiveIntegerField(default=0)
    signed_version = models.PositiveIntegerField(null=True, blank=True)
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    signature = models.TextField(blank=True)
    reopened_reason = models.CharField(_("why it is open again"), max_length=300, blank=True)

    class Meta:
        ordering = ["contest", "member__position"]
        verbose_name = _("score sheet")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["open", "signed", "closed"]), name="sheet_state_known"),
        ]
        indexes = [models.Index(fields=["contest", "state"])]

    def __str__(self) -> str:
        return f"{self.contest_id}/{self.member_id}"


class Recusal(models.Model):
    """A judge does not mark one entry 回避; `is_planned`: not for a conflict, the plan gave the entry to others."""

    member = models.ForeignKey("contests.PanelMember", models.CASCADE, related_name="recusals")
    entry = models.ForeignKey("contests.Entry", models.CASCADE, related_name="recusals")
    reason = models.CharField(_("reason"), max_length=300)
    is_planned = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("recusal")
        constraints = [models.UniqueConstraint(fields=["member", "entry"], name="recusal_once_an_entry")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.entry_id}"


class Tablet(models.Model):
    """A judge's device as it last reported: when it was seen, and how many operations it has not sent yet."""

    sheet = models.ForeignKey("contests.Sheet", models.CASCADE, related_name="tablets")
    device = models.CharField(max_length=64)
    seen_at = models.DateTimeField(_("last seen"))
    unsent = models.PositiveIntegerField(_("not sent yet"), default=0)

    class Meta:
        ordering = ["sheet", "-seen_at"]
        verbose_name = _("tablet")
        constraints = [models.UniqueConstraint(fields=["sheet", "device"], name="tablet_once_a_device")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.device[:8]}"
