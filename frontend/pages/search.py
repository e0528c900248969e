"""One search over contests and, for those who may, employees."""

from __future__ import annotations

from typing import cast

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contests.queries import contests
from frontend.kit.doors import SIGNED_IN, door
from people.models import Employee
from people.queries import visible_to

MOST = 20


@door(SIGNED_IN)
def search(request: HttpRequest) -> HttpResponse:
    """Find by words; nothing is read for an empty search."""
    wanted = request.GET.get("q", "").strip()[:60]
    person = cast("Employee", request.user)
    people, found = [], []
    if wanted:
        now = timezone.now()
        found = contests.rows_of(contests.listed(person, at=now, words=wanted)[:MOST], at=now)
        condition = Q(number__startswith=wanted) | Q(name__icontains=wanted)
        people = list(visible_to(person, timezone.localdate()).filter(condition)[:MOST])
    return render(request, "frontend/search.html", {"q": wanted, "people": people, "contests": found})
