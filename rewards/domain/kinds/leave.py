"""Paid leave: an entitlement with its last day; its rules and its way to HR are `rewards.domain.leave` and `.handover`."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from people.models import Employee
from rewards.domain import leave
from rewards.domain.kinds.base import Kind, Wish
from rewards.models import Item, LeaveGrant, LeaveRequest, Redemption


class LeaveStands(ValidationError):
    """Leave is returned through HR's system, never only here."""

    def __init__(self) -> None:
        super().__init__(
            _("Leave is returned on its own page: HR's system has to hear of it before the points come back."),
            code="leave-stands",
        )


class Leave(Kind):
    """Paid leave 带薪休假 in half days."""

    name: ClassVar[str] = "leave"
    icon: ClassVar[str] = "tree-palm"
    policy: ClassVar[str] = "leave-redemption"
    fields: ClassVar[tuple[str, ...]] = ("half_days", "valid_months")

    def about(self, item: Item, employee: Employee, *, at: datetime) -> leave.Before:
        return leave.before(item=item, employee=employee, at=at)

    def why_not(self, item: Item, about: leave.Before) -> list[str]:
        return list(about.why_not)

    def demand(self, item: Item, employee: Employee, wish: Wish, *, at: datetime) -> None:
        leave.demand(item=item, employee=employee, wanted_on=wish.wanted_on, is_afternoon=wish.is_afternoon, at=at,
                     cover=wish.cover)  # fmt: skip

    def note(self, redemption: Redemption, wish: Wish) -> None:
        leave.note(redemption=redemption, suggested=wish.cover)

    def is_same_wish(self, redemption: Redemption, wish: Wish) -> bool:
        request = LeaveRequest.objects.filter(redemption=redemption).select_related("suggested").first()
        return request is None or wish.cover == (request.suggested.number if request.suggested else "")

    def facts(self, redemption: Redemption) -> dict[str, int]:
        return super().facts(redemption) | {gettext_noop("Half days"): redemption.item.half_days}

    def grant(self, redemption: Redemption, *, by: Employee | None, at: datetime) -> str:
        leave.grant(redemption=redemption, at=at)
        return Redemption.State.FULFILLED

    def demand_refundable(self, redemption: Redemption, *, at: datetime) -> None:
        if not LeaveGrant.objects.filter(redemption=redemption, state=LeaveGrant.State.REVERSED).exists():
            raise LeaveStands

    def let_go(self, redemption: Redemption, *, at: datetime) -> None:
        leave.let_cover_go(redemption=redemption, at=at)

    def take_back(self, redemption: Redemption, *, at: datetime) -> None:
        leave.let_cover_go(redemption=redemption, at=at)
