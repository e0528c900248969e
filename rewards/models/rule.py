"""Award rules and what they decided; the events they read; seasons and levels."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rewards.pure import award_rules


class Season(models.Model):
    """A season 赛季: from its first to its last day, both included; seasons do not overlap (`domain.seasons`)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(pgettext_lazy("rewards", "name"), max_length=60)
    from_on = models.DateField(_("first day"))
    until_on = models.DateField(_("last day"))

    class Meta:
        ordering = ["-from_on"]
        verbose_name = _("season")
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="season_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """A level 等级: its name, and the points earned in all from which a person has it."""

    name = models.CharField(pgettext_lazy("rewards", "name"), max_length=30)
    points_from = models.PositiveBigIntegerField(_("from points"), unique=True)

    class Meta:
        ordering = ["points_from"]
        verbose_name = _("level")

    def __str__(self) -> str:
        return self.name


class AwardRule(models.Model):
    """A rule 积分规则; what it pays stands in its versions. `current` is the published one in force, None when ended."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=80)
    current = models.ForeignKey("RuleVersion", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["code"]
        verbose_name = _("award rule")

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        """The name under which events speak of this rule."""
        return f"award-rule:{self.code}"


class RuleVersion(models.Model):
    """One version. `definition` is JSON of `rewards.pure.rule_checks`; once published nothing of it changes (a trigger).

    The points come from `budget` (`company`, `plant`: the person's, or `unit:<code>`) in `fund`, live `expiry_months`
    months (0: for ever), and bring `badge` (a code, '' for none).
    """

    rule = models.ForeignKey(AwardRule, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    event = models.CharField(max_length=80)
    definition = models.JSONField()
    budget = models.CharField(max_length=60, default="company")
    fund = models.CharField(max_length=60, default="default")
    expiry_months = models.PositiveSmallIntegerField(default=0)
    badge = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["rule", "-number"]
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version_number_once")]
        indexes = [models.Index(fields=["event"])]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.number}"

    @property
    def is_published(self) -> bool:
        """Whether it may no longer change."""
        return self.published_at is not None


class Happening(models.Model):
    """An event about one person, as rules read it; kept, so that a new rule can be tried on what happened before.

    `decided_at` is empty while no rule has looked at it; `is_revised` says its facts changed after rules had decided, no
    facts at all that it was taken back. `source` is the recorded event it was read from, if any.
    """

    event = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="happenings")
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    on = models.DateField()
    decided_at = models.DateTimeField(null=True, blank=True)
    is_revised = models.BooleanField(default=False)
    source = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["event", "key", "employee"], name="happening_once")]
        indexes = [
            models.Index(fields=["event", "employee", "on"]),
            models.Index(fields=["id"], condition=Q(decided_at=None), name="happening_undecided"),
            models.Index(fields=["source"], condition=Q(source__isnull=False), name="happening_source"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.key} {self.employee_id}"

    @property
    def was_taken_back(self) -> bool:
        """Whether it did not happen after all, which the rules have still to hear: an event without facts is none."""
        return self.is_revised and not self.facts


class RuleDecision(models.Model):
    """What a rule decided about an event: the version, its inputs, one sentence. Its id follows from rule, event and person.

    `wanted` is before caps; `transfer` the id of the payment. A waiting decision ends by its process, an empty budget by
    a later attempt.
    """

    class Outcome(models.TextChoices):
        GRANTED = award_rules.GRANTED, _("granted")
        CAPPED = award_rules.CAPPED, _("capped")
        BUDGET_EMPTY = award_rules.BUDGET_EMPTY, _("budget empty")
        WAITING = award_rules.WAITING, _("waiting for approval")
        NOT_MET = award_rules.NOT_MET, _("condition not met")
        TOO_FEW = award_rules.TOO_FEW, _("too few different counterparties")
        REFUSED = award_rules.REFUSED, _("refused")

    id = models.UUIDField(primary_key=True)
    version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="decisions")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="rule_decisions")
    event = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    on = models.DateField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    points = models.PositiveBigIntegerField(default=0)
    wanted = models.PositiveBigIntegerField(default=0)
    partner = models.CharField(max_length=20, blank=True)
    inputs = models.JSONField(default=dict)
    sentence = models.CharField(max_length=300)
    budget = models.CharField(max_length=120, blank=True)
    transfer = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    process = models.ForeignKey("viewflow.Process", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["employee", "version", "on"]),
            models.Index(fields=["version", "-at"]),
            models.Index(
                fields=["at"],
                condition=Q(outcome__in=(award_rules.BUDGET_EMPTY, award_rules.WAITING)),
                name="rule_decision_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.key}: {self.sentence}"

    @property
    def subject(self) -> str:
        """The name under which events, approvals and processes speak of this decision."""
        return f"rule-decision:{self.id}"


class Rehearsal(models.Model):
    """A version tried on the events of a season: nothing is paid, `report` says what would have been."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("rewards", "waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")

    version = models.ForeignKey(RuleVersion, models.CASCADE, related_name="rehearsals")
    season = models.ForeignKey(Season, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    report = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.version_id} · {self.season_id}"
