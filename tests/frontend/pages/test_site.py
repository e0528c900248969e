"""What browsers and load balancers ask for by themselves."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

pytestmark = pytest.mark.django_db


def test_browser_that_asks_for_an_icon_by_habit_gets_the_seal(client: Client) -> None:
    answer = client.get("/favicon.ico")

    assert answer.status_code == 302
    assert finders.find(answer["Location"].removeprefix("/static/"))


def test_manifest_names_icons_that_are_there(client: Client) -> None:
    manifest = client.get("/manifest.webmanifest").json()

    assert [icon["sizes"] for icon in manifest["icons"]] == ["192x192", "512x512"]
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in manifest["icons"])


def test_health_says_that_the_database_answers(client: Client) -> None:
    assert client.get("/healthz").json()["status"] == "ok"


def test_source_of_the_running_version_is_offered_to_everybody(client: Client) -> None:
    assert "AGPL" in client.get("/source/").content.decode()
