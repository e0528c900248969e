"""What points buy."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.models import Employee


class Category(models.Model):
    """A shelf of the mall, such as 劳保 or 生活."""

    name = models.CharField(_("category"), max_length=30, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("category")

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """A catalogue item 兑换项目. What its kind adds is in `rewards.domain.kinds`.

    Stock is the ledger's account `stock:<id>@stock`, never a column: it is reserved in one chain with the points.
    """

    class Kind(models.TextChoices):
        LEAVE = "leave", _("paid leave")
        COURSE = "course", _("training course")
        GOODS = "goods", _("goods")
        VOUCHER = "voucher", _("voucher")
        HONOUR = "honour", _("honour")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("in the mall")
        ENDED = "ended", _("no longer offered")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.CharField(_("title"), max_length=80)
    description = models.TextField(_("description"), blank=True)
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="items")
    points = models.PositiveBigIntegerField(_("price in points"))
    fund = models.CharField(_("fund"), max_length=60, blank=True)
    offered_from_on = models.DateField(_("offered from"), null=True, blank=True)
    offered_until_on = models.DateField(_("offered until"), null=True, blank=True)
    asks_approval = models.BooleanField(_("somebody must agree"), default=True)
    is_limited = models.BooleanField(_("there is a stock of it"), default=False)
    # Leave.
    half_days = models.PositiveSmallIntegerField(_("half days of leave"), default=0)
    valid_months = models.PositiveSmallIntegerField(_("months in which the leave may be taken"), default=12)
    # Goods, vouchers.
    pickup_place = models.CharField(_("collected at"), max_length=120, blank=True)
    pickup_days = models.PositiveSmallIntegerField(_("days to collect it in"), default=30)
    # Courses.
    no_show_days = models.PositiveSmallIntegerField(_("days without courses after not coming"), default=0)
    # How often, and by whom.
    yearly_cap = models.PositiveSmallIntegerField(_("times a year and person"), null=True, blank=True)
    lifetime_cap = models.PositiveSmallIntegerField(_("times a person in all"), null=True, blank=True)
    units = models.ManyToManyField("people.Unit", blank=True, related_name="+", verbose_name=_("only for these units"))
    is_hidden_from_others = models.BooleanField(_("other units do not see it"), default=False)
    min_service_months = models.PositiveSmallIntegerField(_("months of service at least"), default=0)
    min_skill_level = models.PositiveSmallIntegerField(
        _("skill level at least"), choices=Employee.SkillLevel.choices, default=Employee.SkillLevel.NONE
    )
    min_earned_points = models.PositiveBigIntegerField(_("points earned in all at least"), default=0)
    # What comes back when somebody gives it up after it was granted.
    refund_percent = models.PositiveSmallIntegerField(_("percent of the points refunded"), default=100)
    refund_days_before = models.PositiveSmallIntegerField(_("refunded until so many days before"), default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["points", "id"]
        verbose_name = _("catalogue item")
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=1), name="item_price_positive"),
            models.CheckConstraint(condition=~Q(kind="leave") | Q(half_days__gte=1), name="leave_item_has_half_days"),
            models.CheckConstraint(condition=Q(refund_percent__lte=100), name="item_refunds_at_most_all"),
            models.CheckConstraint(
                condition=Q(offered_from_on=None)
                | Q(offered_until_on=None)
                | Q(offered_until_on__gte=F("offered_from_on")),
                name="item_offer_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        """Put into the mall; its days may still be to come or over."""
        return self.state == self.State.PUBLISHED

    def is_offered(self, on: date) -> bool:
        """Whether the mall offers it on a day."""
        return (
            self.is_published
            and (self.offered_from_on is None or self.offered_from_on <= on)
            and (self.offered_until_on is None or on <= self.offered_until_on)
        )

    @property
    def stock_account(self) -> str:
        """The ledger's account that holds what is left."""
        return f"stock:{self.pk}@stock"


class ItemPrice(models.Model):
    """What an item costs since when; append-only, so that nobody is told a price that never was."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="prices")
    points = models.PositiveBigIntegerField(_("price in points"))
    since_at = models.DateTimeField(_("since"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-since_at", "-id"]
        verbose_name = _("price")

    def __str__(self) -> str:
        return f"{self.item_id} {self.points}"


class ItemPicture(models.Model):
    """A picture of an item, re-encoded: in the database, so that a backup has it."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="pictures")
    position = models.PositiveSmallIntegerField(default=0)
    digest = models.CharField(max_length=16)
    alt = models.CharField(_("what the picture shows"), max_length=80, blank=True)
    content = models.BinaryField()
    thumbnail = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("picture")

    def __str__(self) -> str:
        return f"{self.item_id} {self.digest}"
