"""A judge's sheets and the tablet page on which they are marked."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contests.models import Sheet
from contests.queries import sheets
from contests.queries.round_signing import waiting_rounds
from contests.views.words import pad_words
from frontend.kit.doors import door, one
from people.models import Employee

SHEET = one(Sheet.objects.select_related("contest", "member__replaces"), pk="pk")


@door("contests.judge")
def mine(request: HttpRequest) -> HttpResponse:
    """List the rounds that wait for my signature and my sheets, open ones first. 4 SQL statements."""
    person = cast("Employee", request.user)
    return render(request, "contests/sheets.html", {"rounds": waiting_rounds(person), "rows": sheets.mine(person)})


@door("contests.mark_sheet", see="contests.view_sheet", sheet=SHEET)
def sheet(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Open a sheet on the tablet; marks then travel over the API. 6 SQL statements."""
    return render(
        request, "contests/pad.html", {"sheet": sheet, "pad": asdict(sheets.pad(sheet)), "words": pad_words()}
    )
