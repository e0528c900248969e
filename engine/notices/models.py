"""Tables of notices: what somebody is told, how it is carried to them, what they want."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """Something one person is told 通知. The same cause never tells the same person twice.

    `title` is a message id with the parameters in `params`, so that everybody reads it in their own language.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=160)
    params = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    link = models.CharField(max_length=200, blank=True)
    cause = models.CharField(max_length=120)
    created_at = models.DateTimeField(_("told"))
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("notice")
        constraints = [models.UniqueConstraint(fields=["person", "kind", "cause"], name="notice_once")]
        indexes = [
            models.Index(fields=["person", "-created_at"]),
            models.Index(fields=["person"], name="notice_unread", condition=models.Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """The title in the reader's language."""
        return gettext(self.title) % self.params if self.params else gettext(self.title)


class Delivery(models.Model):
    """A notice on its way through a channel: an outbox. Who takes it holds a lease; one that dies lets it expire."""

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("engine", "waiting")
        SENT = "sent", _("sent")
        GIVEN_UP = "given-up", _("given up")

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    due_at = models.DateTimeField()
    is_urgent = models.BooleanField(default=False)  # sent in quiet hours as well
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once")]
        indexes = [models.Index(fields=["due_at"], name="delivery_due", condition=models.Q(status="waiting"))]

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.channel}"


class Preference(models.Model):
    """How a person wants to be told, beside the list in the app. Between quiet_from and quiet_until nothing is sent."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    mail = models.BooleanField(_("by e-mail"), default=True)
    wecom = models.BooleanField(_("in the WeCom group"), default=True)
    dingtalk = models.BooleanField(_("in the DingTalk group"), default=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    def __str__(self) -> str:
        return str(self.person_id)
