"""One contest: what it is about, who may take part, how it is marked, where it stands."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contests.pure import scheme as schemes

CODE = RegexValidator(r"^[a-z0-9-]{1,64}\Z", _("Use 1 to 64 small letters, digits and hyphens."), code="code")


class ContestQuerySet(models.QuerySet["Contest"]):
    """Contests, and the lock of one."""

    def locked(self, pk: int) -> Contest:
        """Return the contest, locked until the transaction ends: its seats, its state and its board's rows are ours."""
        return self.select_for_update(no_key=True).get(pk=pk)


class Contest(models.Model):
    """A contest 竞赛 of one trade.

    `scheme` is `contests.pure.scheme.to_json`; `conditions` is `{"trades": [code], "unit_ids": [pk], "minimum_skill_level":
    0–5}`; `award_table` is `{"rows": [{"rank_from", "rank_to", "points"}], "participation_points": n, "team": "each"|"split",
    "fund": code}`, the last two if wanted;
    `time_rule` is `contests.pure.time_penalty.read_rule`. `draw_seed` drew the
    start order and is public; `code_seed` drew the blind codes and is the secrecy officer's until the result is. The
    board of a contest has the contest's code. `previous_round` is the round whose best advance to this one, as
    `advancement` says (`contests.pure.advancement`); `rules_digest` is the SHA-256 of the frozen rules; `guides` is
    aspect code → `{"levels": [what 0 looks like, … 3], "pictures": {"good"|"bad": address}}`. Only verbs of `contests.domain` write `state`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVING = "approving", _("waiting for approval")
        PUBLISHED = "published", _("open for registration")
        CLOSED = "closed", _("registration closed")
        DRAWN = "drawn", _("drawn")
        JUDGING = "judging", _("judging")
        REVIEW = "review", _("result under review")
        NOTICE = "notice", _("public notice")
        FINAL = "final", _("final")
        CANCELLED = "cancelled", _("cancelled")

    class SameUnit(models.TextChoices):
        WARN = "warn", _("warn")
        REFUSE = "refuse", _("refuse")

    class ResultDetail(models.TextChoices):
        RANKS = "ranks", _("ranks and totals")
        GROUPS = "groups", _("totals of each group")
        MARKS = "marks", _("every mark, judges nameless")

    code = models.CharField(_("code"), max_length=64, unique=True, validators=[CODE])
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    trade = models.ForeignKey(
        "people.Trade", models.PROTECT, null=True, blank=True, related_name="contests", verbose_name=_("trade")
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)

    registration_opens_at = models.DateTimeField(_("registration opens"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(_("registration closes"), null=True, blank=True)
    held_from_on = models.DateField(_("held from"), null=True, blank=True)
    held_until_on = models.DateField(_("held until"), null=True, blank=True)
    quota = models.PositiveIntegerField(_("quota"), null=True, blank=True, validators=[MinValueValidator(1)])
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)

    scheme = models.JSONField(_("marking scheme"), default=dict, blank=True)
    is_blind = models.BooleanField(_("blind: judges and screens see codes, not names"), default=True)
    is_public = models.BooleanField(_("the board is public"), default=False)
    same_unit = models.CharField(
        _("a judge of a contestant's unit"), max_length=6, choices=SameUnit.choices, default=SameUnit.REFUSE
    )
    notice_working_days = models.PositiveSmallIntegerField(_("working days of public notice"), default=3)
    award_table = models.JSONField(_("award table"), default=dict, blank=True)
    time_rule = models.JSONField(_("penalty for minutes over time"), default=dict, blank=True)
    budget_unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("points are paid by")
    )
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="organised_contests",
        verbose_name=_("organiser"),
    )
    chief_judge = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="chaired_contests",
        verbose_name=_("chief judge"),
    )

    is_imported = models.BooleanField(default=False)
    draw_seed = models.CharField(max_length=64, blank=True)
    code_seed = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    drawn_at = models.DateTimeField(_("drawn"), null=True, blank=True)
    notice_until = models.DateTimeField(_("public notice until"), null=True, blank=True)
    result_published_at = models.DateTimeField(_("result published"), null=True, blank=True)
    process = models.ForeignKey("viewflow.Process", models.SET_NULL, null=True, blank=True, related_name="+")

    event = models.ForeignKey(
        "contests.Event", models.SET_NULL, null=True, blank=True, related_name="contests", verbose_name=_("event")
    )
    round_title = models.CharField(_("round"), max_length=60, blank=True)
    previous_round = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="next_rounds", verbose_name=_("previous round")
    )
    advancement = models.JSONField(_("advancement"), default=dict, blank=True)
    team_size = models.PositiveSmallIntegerField(_("people in a team"), default=1, validators=[MinValueValidator(1)])
    is_sealed = models.BooleanField(
        _("sealed: codes are opened by the secrecy officer with a supervisor"), default=False
    )
    result_detail = models.CharField(
        _("the public sees"), max_length=6, choices=ResultDetail.choices, default=ResultDetail.GROUPS
    )
    scheme_version = models.PositiveIntegerField(default=1)
    review_percent = models.PositiveSmallIntegerField(
        _("entries reviewed before the result, %"), default=15, validators=[MaxValueValidator(100)]
    )
    guides = models.JSONField(_("what marks look like"), default=dict, blank=True)
    rules_digest = models.CharField(max_length=64, blank=True)
    rules_frozen_at = models.DateTimeField(_("rules frozen"), null=True, blank=True)

    objects = ContestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("contest")
        constraints = [
            models.CheckConstraint(condition=Q(quota__isnull=True) | Q(quota__gte=1), name="contest_quota_positive"),
            models.CheckConstraint(
                condition=Q(registration_opens_at__isnull=True)
                | Q(registration_closes_at__isnull=True)
                | Q(registration_closes_at__gt=F("registration_opens_at")),
                name="contest_registration_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(held_from_on__isnull=True)
                | Q(held_until_on__isnull=True)
                | Q(held_until_on__gte=F("held_from_on")),
                name="contest_held_until_after_from",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft", "approving", "published", "closed", "drawn", "judging", "review", "notice", "final",
                        "cancelled",
                    ]
                ),
                name="contest_state_known",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["state", "registration_closes_at"]),
            models.Index(fields=["organiser", "state"]),
            models.Index(fields=["chief_judge", "state"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        """The name under which events, approvals and processes speak of this contest."""
        return f"contest:{self.code}"

    @property
    def names_hidden(self) -> bool:
        """Whether judges and screens see the drawn code only."""
        return (self.is_blind or self.is_sealed) and self.state not in {self.State.NOTICE, self.State.FINAL}

    @property
    def has_scheme(self) -> bool:
        """Whether a marking scheme was set."""
        return bool(self.scheme)

    @property
    def marking_scheme(self) -> schemes.Scheme:
        """The stored rule set under this contest's own code and title; ValueError without one."""
        stored = schemes.from_json(self.scheme)
        return replace(stored, contest=replace(stored.contest, code=self.code, title=self.title))
