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
