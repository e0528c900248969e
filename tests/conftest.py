"""What every test may ask for; markers by folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import TransactionTestCase
from django.test.signals import setting_changed
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests import template
from tests.factories.people import Company, make_company

HERE = Path(__file__).parent
# How fast values are made says something of the machine, nothing of us.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
BY_FOLDER = {"races": "races", "browser": "browser", "spec": "spec"}
# Each of these runs one after the other in one process: two browsers at once starve each other on two cores.
ALONE = ("tests/browser/", "tests/engine/live/")


class Scheduling(LoadScopeScheduling):
    """Hand tests to the processes one by one, but each of the folders that want the machine for themselves to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in ALONE if nodeid.startswith(folder)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = Path(item.path).relative_to(HERE).parts[0]
        if folder in BY_FOLDER:
            item.add_marker(BY_FOLDER[folder])


@pytest.fixture(autouse=True)
def _language_and_clock_of_the_house() -> None:
    """Forget the language and the time zone that a page left behind in this thread: whichever test came before."""
    translation.activate(django_settings.LANGUAGE_CODE)
    timezone.deactivate()


@pytest.fixture(autouse=True)
def _cache_of_its_own() -> None:
    """Find nothing in the cache, one for all processes of a run, that another test put there."""
    django_settings.CACHES["default"]["KEY_PREFIX"] = uuid4().hex
    setting_changed.send(sender=None, setting="CACHES", value=django_settings.CACHES, enter=True)


@pytest.fixture
def company(db: None) -> Company:
    """The small company of tests/factories/people.py, one person for each role."""
    return make_company()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """Give this process its own copy of the migrated database, and tests that commit a quick way to empty it."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: template.empty(connection))
        worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
        with template.copied(connection, worker):
            with django_db_blocker.block():
                yield
