"""Boards of points: everybody's place, one's own pinned, by person, team, shop and plant, of a month or a season."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.kit import sheets
from frontend.kit.doors import demand, door, opens
from people.models import Employee
from rewards.pure.leaderboard import Leaderboard, Place
from rewards.queries import boards
from rewards.queries import leaderboards as queries

ROWS = 25
NEIGHBOURS = 2
MOST_EXPORTED = 50_000
TABS = (("person", gettext_lazy("Individuals")), ("team", gettext_lazy("Work teams")), ("shop", gettext_lazy("Workshops")),
        ("plant", gettext_lazy("Plants")))  # fmt: skip


class Places:
    """A board as a sequence of places, for the pager: a slice is read from the index, nothing else."""

    def __init__(self, board: Leaderboard) -> None:
        self.board = board

    def __len__(self) -> int:
        return len(self.board)

    def __getitem__(self, part: slice) -> list[Place]:
        return self.board.page(part.start or 0, part.stop - (part.start or 0))


@door("rewards.view_leaderboard")
def leaderboard(request: HttpRequest) -> HttpResponse:
    """Show one page of a board, my place pinned with its neighbours. At most 15 SQL statements, however many people."""
    person = cast("Employee", request.user)
    offered = queries.periods(timezone.localdate())
    who = request.GET.get("who", "person")
    period = next((row for row in offered if row.key == request.GET.get("period")), offered[0])
    if who not in queries.WHO:
        raise Http404
    index = queries.index_of(period)
    if (form := request.GET.get("format", "")) in {"csv", "xlsx"}:
        demand(request.user, "rewards.export_leaderboard")
        return _export(form, index, who)
    live = reverse("live:board", args=[boards.board_code(who, period)])
    context: dict[str, Any] = {"tabs": TABS, "who": who, "period": period, "periods": offered,
                               "live": live if opens(person, live) else ""}  # fmt: skip
    if who == "person":
        page: Page[Any] = Paginator(cast("Any", Places(index.board)), ROWS).get_page(request.GET.get("page"))
        context |= {"page": page, "rows": boards.lines(page.object_list, viewer=person), "mine": _mine(index, person)}
    else:
        page = Paginator(queries.unit_places(index, who), ROWS).get_page(request.GET.get("page"))
        own = person.unit.ancestor_codes if person.unit else []
        context |= {"page": page, "rows": [_unit_line(row, own) for row in page.object_list]}
    return render(request, "rewards/leaderboard.html", context)


def _unit_line(row: queries.UnitPlace, own: list[str]) -> boards.Line:
    return boards.Line(row.rank, row.unit.code, row.unit.name, row.parent, row.points, row.unit.code in own, row.people)


def _mine(index: queries.Index, person: Employee) -> dict[str, Any] | None:
    """Return my place, my neighbours and what is missing to the next place; None without points. 1 SQL statement."""
    position = index.board.position(person.number)
    if position is None:
        return None
    around = index.board.page(max(0, position - NEIGHBOURS), 2 * NEIGHBOURS + 1)
    rank, points = index.board.rank(person.number), index.board.points[person.number]
    ahead = index.board.page(rank - 2, 1) if rank is not None and rank > 1 else []
    return {
        "rank": rank, "points": points, "of": len(index.board), "to_next": ahead[0].points - points if ahead else 0,
        "page": position // ROWS + 1, "around": boards.lines(around, viewer=person),
    }  # fmt: skip


def _export(form: str, index: queries.Index, who: str) -> HttpResponse:
    """Write the board's first 50,000 lines; hidden names stay hidden."""
    write = sheets.csv_response if form == "csv" else sheets.xlsx_response
    name = f"points-{who}-{index.period.key}.{form}"
    if who == "person":
        rows = boards.everybody(index, most=MOST_EXPORTED)
        return write(name, [_("Rank"), _("Name"), _("Unit"), _("Points")],
                     ([row.rank, row.name, row.unit, row.points] for row in rows))  # fmt: skip
    lines = (
        [row.rank, f"{row.parent} {row.unit.name}".strip(), row.points, row.people]
        for row in queries.unit_places(index, who)
    )
    return write(name, [_("Rank"), _("Unit"), _("Points"), _("People")], lines)
