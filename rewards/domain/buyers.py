"""Refuse who may not buy an item, and say why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError

from people.models import Employee
from rewards.models import Item
from rewards.pure.eligibility import Lack
from rewards.queries.buyers import lacks_of, sentences


class NotForYou(ValidationError):
    """The person does not meet the item's conditions; one sentence for each."""

    def __init__(self, found: Sequence[Lack]) -> None:
        super().__init__([ValidationError(text, code="not-for-you") for text in sentences(found)])
        self.code = "not-for-you"


def demand_buyer(item: Item, employee: Employee, *, at: datetime) -> None:
    """Refuse a person the item is not for.

    Raises:
        NotForYou.
    """
    if found := lacks_of(item, employee, at=at):
        raise NotForYou(found)
