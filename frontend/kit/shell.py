"""What every page's frame needs: links one may see, counts, language, appearance, text size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from frontend.kit import nav

Counter = Callable[[], QuerySet[Any]]
COUNTERS: dict[str, Counter] = {}
APPEARANCES = ("", "light", "dark")
TEXT_SIZES = (0, 1, 2)
VERSION = "0.1.0"


def counter(name: str, rows: Counter) -> None:
    """Register what waits for people: rows with the column `person`; an app higher up calls this when it is ready."""
    COUNTERS[name] = rows


def counts_of(person: Any) -> dict[str, int]:
    """Return how many rows of each registered kind wait for a person. One statement for all of them."""

    def count(rows: QuerySet[Any]) -> Coalesce:
        mine = rows.filter(person=OuterRef("pk")).order_by().values("person").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(mine), 0)

    wanted = {f"count_{name}": count(rows()) for name, rows in COUNTERS.items()}
    rows: Any = get_user_model().objects.filter(pk=person.pk)
    found = rows.values(**wanted).get() if wanted else {}
    return {name.removeprefix("count_"): number for name, number in found.items()}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates the frame's facts; nothing is read before the frame is drawn."""
    person = getattr(request, "user", None)
    return {
        "source_url": settings.SOURCE_URL,
        "version": VERSION,
        "language": get_language() or settings.LANGUAGE_CODE,
        "appearance": _kept(request, person, "appearance", ""),
        "text_size": int(_kept(request, person, "text_size", 0)),
        "frame": SimpleLazyObject(lambda: _frame(request, person)),
    }


def _kept(request: HttpRequest, person: Any, name: str, default: Any) -> Any:
    """Return a choice from the account, else from the cookie, never anything unknown."""
    value = getattr(person, name, None) if person is not None and person.is_authenticated else None
    if value in (None, ""):
        value = request.COOKIES.get(name, default)
    allowed = APPEARANCES if name == "appearance" else tuple(str(size) for size in TEXT_SIZES)
    return value if str(value) in [str(choice) for choice in allowed] else default


def _frame(request: HttpRequest, person: Any) -> dict[str, Any]:
    """Return the groups and tabs this person sees, with the present one marked."""
    if person is None or not person.is_authenticated:
        return {"groups": [], "tabs": []}
    counts = counts_of(person)
    groups: list[dict[str, Any]] = []
    for group in nav.GROUPS:
        links = [_link(link, request.path, counts) for link in group.links if _is_shown(link, person)]
        if links:
            groups.append({"title": group.title, "links": links})
    shown = [link for group in groups for link in group["links"]]
    present = max((link for link in shown if link["matches"]), key=lambda link: len(link["url"]), default=None)
    if present is not None:
        present["is_present"] = True
    tabs = sorted((link for link in shown if link["tab"]), key=lambda link: TAB_ORDER.get(link["name"], 9))
    return {"groups": groups, "tabs": tabs, "counts": counts}


TAB_ORDER = {"frontend:home": 0, "contests:list": 1, "rewards:mall": 2, "approvals:inbox": 3, "people:account": 4}


def _is_shown(link: nav.Link, person: Any) -> bool:
    return bool(nav.address(link.url_name)) and (not link.permission or person.has_perm(link.permission))


def _link(link: nav.Link, path: str, counts: dict[str, int]) -> dict[str, Any]:
    url = nav.address(link.url_name)
    return {
        "label": link.label,
        "icon": link.icon,
        "url": url,
        "name": link.url_name,
        "tab": link.tab,
        "counter": link.counter,
        "count": counts.get(link.counter, 0),
        "matches": path == url or (url != "/" and path.startswith(url)),
        "is_present": False,
    }
