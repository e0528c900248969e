"""Several contests under one roof."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

CODE = RegexValidator(r"^[a-z0-9-]{1,58}\Z", _("Use 1 to 58 small letters, digits and hyphens."), code="code")


class Event(models.Model):
    """A sports-meeting of skills 技能运动会: its disciplines and rounds are contests; units are ranked over all of them.

    `unit_points` says how units are ranked, as `contests.pure.unit_table.read_rule` reads it. The board of an event is
    `event_<code>`: contests have no underscore in theirs.
    """

    code = models.CharField(_("code"), max_length=58, unique=True, validators=[CODE])
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    unit_points = models.JSONField(_("points of units"), default=dict, blank=True)
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organiser")
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    is_public = models.BooleanField(_("the page may be read without signing in"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("event")

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        """The name under which the history speaks of this event."""
        return f"event:{self.code}"

    @property
    def board_code(self) -> str:
        """The code of the live board with the overall table."""
        return f"event_{self.code}"
