"""What every test may ask for; markers by folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.factories.people import Company, make_company

HERE = Path(__file__).parent
BY_FOLDER = {"races": "races", "browser": "browser", "spec": "spec"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = Path(item.path).relative_to(HERE).parts[0]
        if folder in BY_FOLDER:
            item.add_marker(BY_FOLDER[folder])


@pytest.fixture
def company(db: None) -> Company:
    """The small company of tests/factories/people.py, one person for each role."""
    return make_company()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """SQLite's flush between transactional tests deletes rows, which the ledger's own trigger refuses: drop it here.

    `tests/rewards/models/test_append_only.py` puts it back for itself.
    """
    from django.db import connection

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("DROP TRIGGER IF EXISTS rewards_transfer_no_delete")
