"""What points buy."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Item(models.Model):
    """A catalogue item 兑换项目: paid leave in half days, or a training course with sessions."""

    class Kind(models.TextChoices):
        LEAVE = "leave", _("paid leave")
        COURSE = "course", _("training course")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=80)
    description = models.TextField(_("description"), blank=True)
    points = models.PositiveBigIntegerField(_("price in points"))
    half_days = models.PositiveSmallIntegerField(_("half days of leave"), default=0)
    valid_months = models.PositiveSmallIntegerField(_("months in which the leave may be taken"), default=12)
    yearly_cap = models.PositiveSmallIntegerField(_("times a year and person"), null=True, blank=True)
    is_published = models.BooleanField(_("in the mall"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["points", "id"]
        verbose_name = _("catalogue item")
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=1), name="item_price_positive"),
            models.CheckConstraint(condition=~Q(kind="leave") | Q(half_days__gte=1), name="leave_item_has_half_days"),
        ]

    def __str__(self) -> str:
        return self.title
