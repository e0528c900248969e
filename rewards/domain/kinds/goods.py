"""Goods and vouchers: something lies at a place and is handed out against a code."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rewards.domain.kinds.base import Kind
from rewards.models import Item


class HasNoPlace(ValidationError):
    """Nobody would know where to collect it."""

    def __init__(self) -> None:
        super().__init__({"pickup_place": _("Say where it is collected; then publish it.")}, code="no-place")


class Goods(Kind):
    """Goods 实物."""

    name: ClassVar[str] = "goods"
    icon: ClassVar[str] = "package"
    policy: ClassVar[str] = "goods-redemption"
    is_collected: ClassVar[bool] = True
    needs_stock: ClassVar[bool] = True
    fields: ClassVar[tuple[str, ...]] = ("pickup_place", "pickup_days")

    def demand_complete(self, item: Item, *, at: datetime) -> None:
        if not item.pickup_place.strip():
            raise HasNoPlace


class Voucher(Goods):
    """Vouchers 卡券: as goods, on paper or as a card."""

    name: ClassVar[str] = "voucher"
    icon: ClassVar[str] = "ticket"
