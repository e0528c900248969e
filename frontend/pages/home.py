"""The first page: what waits for me, what I have, what is open, what is live."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contests.models import Contest
from contests.queries import contests, registrations, sheets
from engine.live.models import Board
from frontend.kit.doors import SIGNED_IN, door
from people.models import Employee
from rewards.queries import balance
from rewards.queries.rules import level_of

MOST = 4


@door(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Show the tiles of a person's day. At most 17 SQL statements, whatever the company's size."""
    person, now = cast("Employee", request.user), timezone.now()
    running = contests.listed(person, at=now, chip="running")[:MOST]
    boards = Board.objects.filter(state__in=("live", "frozen", "revealing"), code__in=[row.code for row in running])
    context = {
        "wallet": balance(person),
        "standing": level_of(person),
        "open": contests.list_open(person, at=now)[:MOST],
        "mine": registrations.mine(person)[:3],
        "boards": boards.only("code", "title", "state", "at"),
        # An administrator is led by the hand until the first contest stands.
        "is_new": person.has_perm("people.manage_roles") and not Contest.objects.exists(),
        "sheets": [row for row in sheets.mine(person) if row.state == "open"][:3],
    }
    return render(request, "frontend/home.html", context)
