"""The first page: what waits for me, what I have, what is open, what is live."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from frontend.kit.doors import SIGNED_IN, door


@door(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Show the tiles of a worker's day."""
    return render(request, "frontend/home.html")
