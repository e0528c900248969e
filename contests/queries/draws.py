"""The draw as anybody can make it again: the public seed, the lot of each code, what was announced of the codes themselves."""

from __future__ import annotations

from dataclasses import dataclass

from contests.models import Contest
from contests.pure import draw


@dataclass(frozen=True)
class Lot:
    """An entry's code, start number and lot (64 hexadecimal digits); name and unit are '' while codes are blind."""

    code: str
    start_order: int
    lot: str
    name: str
    unit: str
    status_label: str


@dataclass(frozen=True)
class Draw:
    """Lots in start order. `is_same`: drawn again from the seed they stand as stored. `announced`: (layer, commitment) of how
    codes were drawn, published with the draw; layer '' for codes drawn in one step. `code_seed`: '' while codes are blind."""

    seed: str
    lots: list[Lot]
    is_same: bool
    announced: list[tuple[str, str]]
    code_seed: str


def draw_of(contest: Contest) -> Draw | None:
    """Return the draw of a contest's start order, None before it. Two statements."""
    if not contest.draw_seed:
        return None
    entries = list(contest.entries.order_by("start_order", "position"))
    again = draw.start_orders(contest.draw_seed, [row.code for row in entries])
    announced = [(str(row.get_layer_display()), row.commitment) for row in contest.seals.all()]
    if not announced and contest.code_seed:
        announced = [("", draw.commitment(contest.code_seed))]
    is_hidden = contest.names_hidden
    return Draw(
        seed=contest.draw_seed,
        lots=[
            Lot(
                code=row.code,
                start_order=row.start_order,
                lot=draw.lot(contest.draw_seed, row.code, draw.START_ORDER),
                name="" if is_hidden else row.name,
                unit="" if is_hidden else row.unit,
                status_label=row.get_status_display() if row.status else "",
            )
            for row in entries
        ],
        is_same=all(again[row.code] == row.start_order for row in entries),
        announced=announced,
        code_seed="" if is_hidden else contest.code_seed,
    )
