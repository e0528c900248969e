"""Who drew which code."""

from __future__ import annotations

from dataclasses import dataclass

from contests.models import Contest


@dataclass(frozen=True)
class Lot:
    """An entry's code and start number; number, name and unit are '' while the reader may not know who it is."""

    code: str
    start_order: int
    number: str
    name: str
    unit: str
    status: str
    status_label: str


def lots_of(contest: Contest, *, is_hidden: bool) -> list[Lot]:
    """Return the drawn lots in start order. One statement.

    Args:
        is_hidden: leave the names out: for everybody without `contests.view_codes`.
    """
    rows = contest.entries.select_related("employee").order_by("start_order", "position")
    return [
        Lot(
            code=row.code,
            start_order=row.start_order,
            number="" if is_hidden or row.employee is None else row.employee.number,
            name="" if is_hidden else row.name,
            unit="" if is_hidden else row.unit,
            status=row.status,
            status_label=row.get_status_display() if row.status else "",
        )
        for row in rows
    ]
