"""The demo company: it loads, everybody named can sign in, and the worker has something to look at on every page."""

from __future__ import annotations

import pytest
from django.test import Client

from config.demo import load
from contests.models import Contest
from people.models import Employee
from rewards.domain import ledger

# What a visitor of the demo opens first, and what must stand there.
PAGES = {
    "worker": [
        "/contests/mine/",
        "/contests/certificates/mine/",
        "/mall/",
        "/mall/wallet/",
        "/mall/badges/",
        "/boards/",
    ],
    "unit_head": ["/approvals/"],
    "organiser": ["/mall/catalogue/"],
    "hr": ["/mall/leave/desk/"],
}


@pytest.mark.timeout(600)
@pytest.mark.django_db(transaction=True)
def test_small_demo_loads_and_is_whole(tmp_path: object, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: dict[str, dict[str, str]] = {}
    monkeypatch.setattr(load.accounts, "save", saved.update)

    load.load(small=True, say=lambda _line: None)

    assert ledger.verify() is None
    assert set(Contest.objects.values_list("state", flat=True)) >= {"draft", "published", "judging", "notice", "final"}
    for role, account in saved.items():
        client = Client()
        client.force_login(Employee.objects.get(number=account["number"]), backend="django.contrib.auth.backends.ModelBackend")  # fmt: skip
        for path in ["/", *PAGES.get(role, [])]:
            answer = client.get(path)
            assert answer.status_code == 200, (role, path)
            assert path == "/" or 'class="empty"' not in answer.content.decode(), (role, path)


def test_demo_loads_on_an_empty_database_only(company: object) -> None:
    with pytest.raises(load.NotEmpty):
        load.load(small=True, say=lambda _line: None)
