"""Ids that pages make: what comes again with the same content is the same, with another content it is refused."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from people.models import Employee

Row = TypeVar("Row", bound=Model)


class Reused(ValidationError):
    """The same id came with another content."""

    def __init__(self) -> None:
        super().__init__(_("This form was sent before with another content. Reload the page."), code="reused")


def known(table: type[Row], key: Any, *, by: Employee, **asked: Any) -> Row | None:
    """Return what somebody's id made before, None when it is new. Presses of one person wait for each other until the
    transaction ends: the second finds what the first has made. 2 SQL statements.

    Args:
        asked: what the row must say, by the names of its columns.

    Raises:
        Reused: it says something else.
    """
    Employee.objects.select_for_update(no_key=True).get(pk=by.pk)
    row = table._default_manager.filter(pk=key).first()
    if row is not None and any(getattr(row, name) != value for name, value in asked.items()):
        raise Reused
    return row
