"""Reads of boards with more than one caller."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from engine.live.models import Board


def visible_to(person: Any) -> QuerySet[Board]:
    """Return the boards a person may watch, without their rows: everybody's for employees, public ones for anybody else."""
    boards = Board.objects.defer("rows", "held")
    is_employee = person is not None and person.is_authenticated and person.is_active
    return boards if is_employee else boards.filter(is_public=True)
