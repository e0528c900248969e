"""A column for exact decimals."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _


class ExactDecimalField(models.Field):  # type: ignore[type-arg]
    """A decimal kept digit for digit: `numeric` on PostgreSQL, text on SQLite.

    Django's DecimalField is a binary float in SQLite; a mark must stay a decimal from the first byte read to the last
    byte written (spec/contest-bundle.md). Never compare or sum such a column in SQL: on SQLite it is text.
    """

    description = "Exact decimal"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "numeric" if connection.vendor == "postgresql" else "text"

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Decimal | None:
        return None if value is None else Decimal(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ValidationError(_("Write a decimal number such as 8.5."), code="invalid")
        return number

    def get_prep_value(self, value: Any) -> Decimal | None:
        return self.to_python(value)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        number = self.to_python(value)
        if number is None or connection.vendor == "postgresql":
            return number
        return format(number, "f")

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else format(value, "f")
