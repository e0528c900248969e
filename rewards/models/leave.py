"""Paid leave for points: what somebody wishes, what was granted, and the rules units and items set."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LeaveRule(models.Model):
    """What a leave item asks beyond its price. Half days count, of the year in which somebody asks."""

    item = models.OneToOneField("rewards.Item", models.CASCADE, primary_key=True, related_name="leave_rule")
    person_cap_half_days = models.PositiveSmallIntegerField(
        _("most half days a person and year"), null=True, blank=True
    )
    needs_cover = models.BooleanField(_("the unit head names who covers the shift"), default=False)

    class Meta:
        verbose_name = _("rules of a leave item")

    def __str__(self) -> str:
        return str(self.item_id)


class UnitCap(models.Model):
    """At most so many half days a year for everybody in a unit and below it: of one item, or of all leave."""

    unit = models.ForeignKey("people.Unit", models.CASCADE, related_name="leave_caps", verbose_name=_("unit"))
    item = models.ForeignKey(
        "rewards.Item",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="unit_caps",
        verbose_name=_("only this leave"),
    )
    half_days = models.PositiveIntegerField(_("most half days a year"))

    class Meta:
        ordering = ["unit__path", "item"]
        verbose_name = _("yearly cap of a unit")
        constraints = [
            models.UniqueConstraint(fields=["unit", "item"], name="one_cap_a_unit_and_item"),
            models.UniqueConstraint(fields=["unit"], condition=Q(item=None), name="one_cap_a_unit_for_all_leave"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.half_days}"


class BlackOut(models.Model):
    """Days on which nobody of a unit, or below it, takes leave for points: an overhaul, a campaign."""

    unit = models.ForeignKey("people.Unit", models.CASCADE, related_name="black_outs", verbose_name=_("unit"))
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-until_on", "unit__path"]
        verbose_name = _("black-out days")
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="black_out_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.from_on}–{self.until_on}"


class CoverQuota(models.Model):
    """How many people of a unit, or below it, may be away in the same half of a day."""

    unit = models.OneToOneField("people.Unit", models.CASCADE, related_name="cover_quota", verbose_name=_("unit"))
    most_away = models.PositiveSmallIntegerField(_("most people away at once"))

    class Meta:
        ordering = ["unit__path"]
        verbose_name = _("cover quota")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.most_away}"


class LeaveRequest(models.Model):
    """The wish behind a redemption of leave: how much, which days, who covers. `unit` is where the person worked then.

    `halves` are the half days it covers, as `rewards.pure.leave.spelled` writes them: what the calendar of that day made
    of the wish; none without a day.
    """

    redemption = models.OneToOneField(
        "rewards.Redemption", models.CASCADE, primary_key=True, related_name="leave_request"
    )
    unit = models.ForeignKey("people.Unit", models.PROTECT, null=True, blank=True, related_name="leave_requests")
    half_days = models.PositiveSmallIntegerField(_("half days"))
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    is_afternoon = models.BooleanField(default=False)
    halves = models.JSONField(default=list)
    cover = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="covers",
        verbose_name=_("who covers"),
    )
    suggested = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("whom the applicant suggests"),
    )
    cover_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    cover_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("leave request")
        indexes = [models.Index(fields=["wanted_on", "ends_on"])]

    def __str__(self) -> str:
        return str(self.redemption_id)


class LeaveGrant(models.Model):
    """An entitlement: half days of paid leave somebody may take until `valid_until_on` (included); one per redemption.

    It is no absence: which days are taken is HR's to enter, and comes back as `taken_half_days`. `sequence` counts the
    changes, for calendars.
    """

    class State(models.TextChoices):
        GRANTED = "granted", _("granted")
        PART_TAKEN = "part-taken", _("taken in part")
        TAKEN = "taken", _("taken")
        RETURNING = "returning", _("being returned")
        REVERSED = "reversed", _("returned")
        EXPIRED = "expired", _("lapsed")

    redemption = models.OneToOneField("rewards.Redemption", models.PROTECT, related_name="leave_grant")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="leave_grants")
    half_days = models.PositiveSmallIntegerField(_("half days"))
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    is_afternoon = models.BooleanField(default=False)
    valid_until_on = models.DateField(_("valid until"))
    granted_at = models.DateTimeField(_("granted"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.GRANTED)
    taken_half_days = models.PositiveSmallIntegerField(_("half days taken"), default=0)
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-granted_at", "-id"]
        verbose_name = _("granted leave")
        indexes = [
            models.Index(fields=["granted_at"]),
            models.Index(fields=["employee", "granted_at"]),
            models.Index(fields=["state", "valid_until_on"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(taken_half_days__lte=F("half_days")), name="leave_taken_within_grant")
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.half_days}/2"
