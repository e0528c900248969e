"""Doors: who may enter a page or an operation, decided before any of its code runs.

`@door("contests.publish_result", contest=one(Contest.objects, code="code"))` signs the visitor in, finds the
contest whose `code` is the URL's `code`, asks the permission (a predicate of the app's rules.py) about it, and only then
calls the view with the object. Who may not even see the object (permission `<app>.view_<noun>`, when one is named by
`see=`) gets 404, anyone else refused 403.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Manager, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import resolve

PUBLIC = "public"
SIGNED_IN = "signed-in"

View = Callable[..., HttpResponse]
Find = Callable[[HttpRequest, dict[str, Any]], Any]


@dataclass(frozen=True)
class Door:
    """What tests/house reads of every URL: its permission, its methods and the objects it opens."""

    permission: str
    methods: tuple[str, ...]
    finds: dict[str, Find] = field(default_factory=dict)
    see: str = ""


def one(source: Manager[Any] | QuerySet[Any], **lookups: str) -> Find:
    """Return a finder: the one row of `source` whose field equals the URL's argument, and 404 without one.

    `one(Contest.objects, code="code")` consumes the URL argument `code`.
    """

    def find(request: HttpRequest, url: dict[str, Any]) -> Model:
        row = source.filter(**{name: url.pop(argument) for name, argument in lookups.items()}).first()
        if row is None:
            raise Http404
        return row

    return find


def door(
    permission: str, *, methods: tuple[str, ...] = ("GET",), see: str = "", **finds: Find
) -> Callable[[View], View]:
    """Guard a view.

    Args:
        permission: a name given to `rules.add_perm`, or PUBLIC, or SIGNED_IN.
        methods: HTTP methods answered (GET brings HEAD); others get 405.
        see: permission of seeing the object; who lacks it gets 404 instead of 403.
        finds: view argument → finder; the first is the object the permission is asked about.
    """
    allowed = tuple(dict.fromkeys((*methods, "HEAD") if "GET" in methods else methods))

    def guard(view: View) -> View:
        @functools.wraps(view)
        def entered(request: HttpRequest, **url: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            if permission != PUBLIC and not request.user.is_authenticated:
                return sign_in_first(request)
            found = {name: find(request, url) for name, find in finds.items()}
            demand(request.user, permission, next(iter(found.values()), None), see=see)
            return view(request, **found, **url)

        entered.door = Door(permission, allowed, finds, see)  # type: ignore[attr-defined]
        return entered

    return guard


def demand(person: Any, permission: str, subject: Any = None, *, see: str = "") -> None:
    """Raise 404 or PermissionDenied unless the person may do this to the subject."""
    if permission in {PUBLIC, SIGNED_IN} or person.has_perm(permission, subject):
        return
    if see and not person.has_perm(see, subject):
        raise Http404
    raise PermissionDenied


def opens(person: Any, path: str) -> bool:
    """Return whether a page of this site would let a person in, so that no page shows a link its reader may not follow.

    As many SQL statements as the door of that page takes: as a rule its object and the permission.
    """
    request = HttpRequest()
    request.method, request.path, request.path_info, request.user = "GET", path, path, person
    try:
        match = resolve(path.partition("?")[0].partition("#")[0])
        entered: Door | None = getattr(match.func, "door", None)
        if entered is not None:
            url = dict(match.kwargs)
            found = [find(request, url) for find in entered.finds.values()]
            demand(person, entered.permission, found[0] if found else None, see=entered.see)
    except (Http404, PermissionDenied):  # Resolver404 is a Http404
        return False
    return True


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send a visitor to sign in and back; an htmx request is told to move the whole page."""
    answer = redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    if request.headers.get("HX-Request"):
        moved = HttpResponse(status=401)
        moved["HX-Redirect"] = answer["Location"]
        return moved
    return answer
