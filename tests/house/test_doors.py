"""Every address stands behind a door, and no door breaks or opens for the wrong person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from frontend.kit.doors import PUBLIC, SIGNED_IN
from tests.factories.people import Company

# Written by libraries: static files in development, OpenAPI.
FOREIGN = ("static/", "api/v1/openapi.json", "api/v1/")


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        else:
            yield route, entry


PAGES = [(route, entry) for route, entry in addresses() if not route.startswith("api/")]
WITHOUT_ARGUMENTS = [(route, entry) for route, entry in PAGES if "<" not in route]


def test_every_page_has_a_door() -> None:
    without = [route for route, entry in PAGES if not hasattr(entry.callback, "door")]

    assert without == []


def test_every_operation_has_a_door() -> None:
    from config.api import api

    without = []
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            without += [f"{prefix}{path}" for operation in view.operations if not hasattr(operation.view_func, "door")]

    assert without == []


@pytest.mark.parametrize(("route", "entry"), PAGES, ids=[route or "home" for route, _ in PAGES])
def test_signed_out_visitor_enters_public_doors_only(db: None, client: Client, route: str, entry: URLPattern) -> None:
    if entry.callback.door.permission == PUBLIC:
        return
    path = "/" + route.replace("<str:code>", "x").replace("<int:pk>", "1").replace("<str:number>", "1")
    path = (
        path.replace("<uuid:pk>", "6f0b3a52-5d0f-4c7e-9a51-0d1f5c1f2a10")
        .replace("<str:verb>", "freeze")
        .replace("<uuid:key>", "6f0b3a52-5d0f-4c7e-9a51-0d1f5c1f2a10")
        .replace("<int:year>", "2025")
        .replace("<int:row>", "1")
        .replace("<str:name>", "x")
    )

    method = client.get if "GET" in entry.callback.door.methods else client.post

    assert method(path).status_code == 302


@pytest.mark.parametrize(("route", "entry"), WITHOUT_ARGUMENTS, ids=[route or "home" for route, _ in WITHOUT_ARGUMENTS])
def test_each_persona_is_let_in_exactly_as_the_permission_says(company: Company, route: str, entry: URLPattern) -> None:
    door = entry.callback.door
    if door.permission in {PUBLIC, SIGNED_IN} or "GET" not in door.methods:
        return

    answers, expected = {}, {}
    for name, person in company.personas.items():
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        answers[name] = client.get(f"/{route}").status_code
        expected[name] = 200 if person.has_perm(door.permission) else 403

    assert answers == expected


@pytest.mark.parametrize(("route", "entry"), WITHOUT_ARGUMENTS, ids=[route or "home" for route, _ in WITHOUT_ARGUMENTS])
def test_wrong_method_is_refused(company: Company, route: str, entry: URLPattern) -> None:
    client = Client()
    client.force_login(company.administrator, backend="django.contrib.auth.backends.ModelBackend")

    assert client.delete(f"/{route}").status_code == 405
