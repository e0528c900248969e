"""What each kind of item adds to redeeming: one class a kind, found by `kind_of(item)`.

A new kind writes a subclass of `Kind`, puts it into `KINDS`, and the redemption, its flow and its pages know it.
"""

from __future__ import annotations

from rewards.domain.kinds.base import Kind, Scarce, Wish
from rewards.domain.kinds.course import Course
from rewards.domain.kinds.goods import Goods, Voucher
from rewards.domain.kinds.honour import Honour
from rewards.domain.kinds.leave import Leave
from rewards.models import Item

KINDS: dict[str, Kind] = {kind.name: kind for kind in (Leave(), Course(), Goods(), Voucher(), Honour())}

__all__ = ["KINDS", "Kind", "Scarce", "Wish", "kind_of"]


def kind_of(item: Item) -> Kind:
    """Return what the item's kind adds."""
    return KINDS[item.kind]
