"""Tables of approvals: policies, approvals, ballots, who is waited for, who may read along."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class Policy(models.Model):
    """A version of an approval policy 审批策略. Published once, it never changes (a trigger holds it)."""

    name = models.CharField(pgettext_lazy("engine", "name"), max_length=60)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120, blank=True)
    definition = models.JSONField()
    published_at = models.DateTimeField(_("published"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["name", "version"]
        verbose_name = _("approval policy")
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="policy_version_once")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def label(self) -> str:
        """The title in the reader's language; titles are message ids of the programme that brought the policy."""
        return gettext(self.title) if self.title else self.name


class Approval(models.Model):
    """An approval 审批单: one run of a policy for one subject and one applicant.

    `state` is the pure core's state as JSON and the truth; `status`, `round`, Waiting and Ballot rows are written beside
    it in the same transaction, for lists.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        RUNNING = "running", _("being decided")
        RETURNED = "returned", _("returned to the applicant")
        SUSPENDED = "suspended", _("suspended")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("engine", "withdrawn")
        VOID = "void", _("void")

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="approvals")
    subject = models.CharField(max_length=120)
    title = models.CharField(_("title"), max_length=200)
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="approvals", verbose_name=_("applicant"), db_index=False
    )
    task = models.ForeignKey("viewflow.Task", models.PROTECT, null=True, blank=True, related_name="approvals")
    link = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=list)  # [[label, value], …]; labels are message ids of the programme
    state = models.JSONField()
    status = models.CharField(_("state"), max_length=10, choices=Status.choices)
    round = models.PositiveIntegerField(_("round"), default=0)
    version = models.PositiveIntegerField(default=0)  # how many ballots it has; grows with each act
    created_at = models.DateTimeField(_("asked"))
    finished_at = models.DateTimeField(_("ended"), null=True, blank=True)
    deadlines = models.JSONField(default=dict)  # open step → when it should be decided, ISO 8601
    due_at = models.DateTimeField(_("decide until"), null=True, blank=True)  # the first of them
    wakes_at = models.DateTimeField(null=True, blank=True)  # when a deadline next takes effect
    calendar = models.CharField(
        max_length=16, blank=True
    )  # mark of the working calendar by which deadlines were computed
    reminded_for = models.DateTimeField(null=True, blank=True)  # the deadline of which people were reminded before
    told_position = models.PositiveIntegerField(default=0)  # ballots of which people have been told

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("approval")
        indexes = [
            models.Index(fields=["applicant", "-id"]),
            models.Index(fields=["subject"], name="approval_subject"),
            models.Index(fields=["status"], name="approval_status"),
            models.Index(fields=["due_at"], name="approval_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["wakes_at"], name="approval_wakes", condition=models.Q(wakes_at__isnull=False)),
            models.Index(
                fields=["id"], name="approval_news", condition=models.Q(version__gt=models.F("told_position"))
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_terminal(self) -> bool:
        """Whether it has ended, finally."""
        return self.finished_at is not None


class Ballot(models.Model):
    """An act on an approval, as it was recorded: opinions 意见 and every other verb. Rows never change.

    The key is the caller's: the same act sent twice is one row. `person` is null for the system.
    """

    id = models.UUIDField(primary_key=True)
    approval = models.ForeignKey(Approval, models.CASCADE, related_name="ballots", db_index=False)  # position has one
    position = models.PositiveIntegerField()  # 1, 2, … in the order in which the approval took them
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="ballots", db_index=False
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("instead of"),
        db_index=False,
    )  # fmt: skip
    step = models.CharField(max_length=60, blank=True)
    round = models.PositiveIntegerField()
    verb = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    reason = models.CharField(max_length=90, blank=True)  # why the system acted: a code of the pure core
    action = models.JSONField(default=dict)  # what the pure core was given
    seq = models.PositiveIntegerField(null=True)  # the act's number in the state
    minute = models.PositiveIntegerField(default=0)  # of the working clock
    at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["approval", "position"], name="ballot_position_once")]
        indexes = [models.Index(fields=["person", "approval"])]

    def __str__(self) -> str:
        return f"{self.approval_id} {self.verb}"


class Signature(models.Model):
    """The handwriting under a ballot, where the policy asks for it."""

    ballot = models.OneToOneField(Ballot, models.CASCADE, primary_key=True, related_name="signature")
    png = models.BinaryField()

    def __str__(self) -> str:
        return f"✍ {self.ballot_id}"


class Attachment(models.Model):
    """A picture or PDF put beside an act. It is kept with the rows, so that a backup has it and nothing is half stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class OpenWaiting(models.Manager["Waiting"]):
    """Only who can act now."""

    def get_queryset(self) -> models.QuerySet[Waiting]:
        return super().get_queryset().filter(ended_at=None)


class Waiting(models.Model):
    """Somebody can act on an approval, derived from its state whenever that changes.

    `objects` and `approval.waiting` are who can act now; `asked` is everybody who ever could.
    """

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="waiting")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="waiting_approvals", db_index=False
    )
    since = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)  # when the person first opened it
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OpenWaiting()
    asked = models.Manager["Waiting"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "approval"], name="waiting_once")]
        indexes = [models.Index(fields=["person", "since"], condition=models.Q(ended_at=None), name="waiting_open")]

    def __str__(self) -> str:
        return f"{self.approval_id} ← {self.person_id}"


class Cc(models.Model):
    """Somebody may read an approval 抄送, and when they did."""

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="copies")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="copied_approvals", db_index=False
    )
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "approval"], name="copied_once")]

    def __str__(self) -> str:
        return f"{self.approval_id} → {self.person_id}"


class Panel(models.Model):
    """A panel 专家组 whose members stand in a drawn order; `panel:NAME:K` asks the first K of them."""

    name = models.SlugField(max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=120)
    members = models.JSONField(default=list)  # employee numbers, in the drawn order
    seed = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title


class SavedView(models.Model):
    """A list with its filters, kept under a name by one person."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(pgettext_lazy("engine", "name"), max_length=30)
    query = models.CharField(max_length=300)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
