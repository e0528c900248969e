"""The draw of a contest, for everybody to make it again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contests.models import Contest
from contests.queries import draws
from contests.views.wizard import CONTEST
from frontend.kit.doors import door


@door("contests.view_contest", see="contests.view_contest", contest=CONTEST)
def show(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show the public seed and the lot of each code in start order. At most 7 SQL statements."""
    return render(request, "contests/draw.html", {"contest": contest, "draw": draws.draw_of(contest)})
