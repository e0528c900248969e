"""The shape of a kind; everything here is what most kinds do: nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from people.models import Employee
from rewards.domain.fulfilment import new_code
from rewards.models import CourseSession, Item, Redemption


class SoldOut(ValidationError):
    """The last one has gone."""

    def __init__(self) -> None:
        super().__init__(_("The last one has just gone. Your points are untouched."), code="sold-out")


@dataclass(frozen=True)
class Wish:
    """What the person asks for beside the item, as the form gave it.

    `wanted_on`, `is_afternoon`: of leave. `session`, `may_wait`: of a course; who may wait stands in line when it is full.
    `cover`: number of whom the person suggests to cover their shift.
    """

    session: CourseSession | None = None
    wanted_on: date | None = None
    is_afternoon: bool = False
    note: str = ""
    may_wait: bool = False
    cover: str = ""


@dataclass(frozen=True)
class Scarce:
    """Something reserved in one chain with the points: `amount` from the account `debit`, and what to say when it is gone.

    Both accounts are in one fund and not in that of the points; `credit` is where it goes, such as `spent@stock`.
    """

    debit: str
    gone: ValidationError
    amount: int = 1
    credit: str = "spent@stock"


class Kind:
    """What a kind of item adds to redeeming. The verbs call these under the redemption's lock."""

    name: ClassVar[str]
    icon: ClassVar[str] = "gift"
    policy: ClassVar[str]
    """Name of the approval policy; asked when the item says that somebody must agree."""
    is_collected: ClassVar[bool] = False
    """Whether a granted one waits at a desk until somebody hands it out."""
    needs_stock: ClassVar[bool] = False
    fields: ClassVar[tuple[str, ...]] = ()
    """Fields of the item that only this kind has."""

    def demand_complete(self, item: Item, *, at: datetime) -> None:
        """Refuse to put the item into the mall while something of it is missing."""

    def about(self, item: Item, employee: Employee, *, at: datetime) -> Any:
        """Return what the item's page and form show of this kind before the person asks; None: nothing."""
        return None

    def why_not(self, item: Item, about: Any) -> list[str]:
        """Return why the person cannot ask now, read from `about`: one sentence a reason."""
        return []

    def demand(self, item: Item, employee: Employee, wish: Wish, *, at: datetime) -> None:
        """Refuse what cannot be wished for. The person's row is locked."""

    def scarce(self, redemption: Redemption) -> list[Scarce]:
        """Return what is reserved beside the points; in the order of account codes when several."""
        item = redemption.item
        return [Scarce(item.stock_account, SoldOut())] if item.is_limited or self.needs_stock else []

    def may_wait(self, redemption: Redemption, wish: Wish) -> bool:
        """Whether the person stands in line when something scarce is gone, with their points reserved."""
        return False

    def note(self, redemption: Redemption, wish: Wish) -> None:
        """Keep what only this kind has to say about a new redemption."""

    def is_same_wish(self, redemption: Redemption, wish: Wish) -> bool:
        """Whether what `note` keeps says the same as a wish that came again under the same id."""
        return True

    def facts(self, redemption: Redemption) -> dict[str, int]:
        """Return label (a message id) → whole number: what approvers see, and what a bulk decision adds up."""
        return {gettext_noop("Points"): redemption.points}

    def grant(self, redemption: Redemption, *, by: Employee | None, at: datetime) -> str:
        """Write what the points buy; return the redemption's state after it."""
        if not self.is_collected:
            return Redemption.State.FULFILLED
        redemption.pickup_code = new_code()
        if days := redemption.item.pickup_days:
            redemption.pickup_until_on = timezone.localdate(at) + timedelta(days=days)
        return Redemption.State.READY

    def demand_refundable(self, redemption: Redemption, *, at: datetime) -> None:
        """Refuse to give up what has been used already."""

    def may_be_given_up(self, redemption: Redemption, *, at: datetime) -> bool:
        """Whether `demand_refundable` lets a granted one be given up."""
        try:
            self.demand_refundable(redemption, at=at)
        except ValidationError:
            return False
        return True

    def take_back(self, redemption: Redemption, *, at: datetime) -> None:
        """Undo `grant` when the person gives it up after it was granted."""

    def let_go(self, redemption: Redemption, *, at: datetime) -> None:
        """Do what follows when a request is refused or taken back before it was granted."""

    def for_day(self, redemption: Redemption) -> date | None:
        """Return the day the refund rule counts back from; None: no such day."""
        return None
