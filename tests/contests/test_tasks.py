"""contests/tasks.py: the worker issues chunk after chunk and says how far it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from contests import tasks
from contests.domain import certificates
from contests.models import Certificate, Entry
from tests.factories.certificates import make_final, make_template
from tests.factories.people import make_company

pytestmark = pytest.mark.django_db(transaction=True)


def test_everybody_is_served_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    company = make_company()
    contest, template = make_final(company, contestants=5), make_template(company)
    monkeypatch.setattr(certificates, "CHUNK", 2)
    told: list[tuple[str, int, int]] = []
    keep = cache.set

    def note(key: str, value: Any, timeout: int) -> None:
        told.append((value["state"], value["done"], value["total"]))
        keep(key, value, timeout)

    monkeypatch.setattr(cache, "set", note)

    for _ in range(2):
        tasks.issue_certificates.func(contest.pk, template.pk, company.organiser.pk)

    assert told == [("running", 2, 5), ("running", 4, 5), ("done", 5, 5), ("done", 5, 5)]
    assert Certificate.objects.count() == 5


def test_a_refusal_is_told_and_nothing_more_is_issued() -> None:
    company = make_company()
    contest, template = make_final(company, contestants=2), make_template(company)
    Entry.objects.filter(contest=contest, code="02").update(name="\U0001f9e8")

    tasks.issue_certificates.func(contest.pk, template.pk, company.organiser.pk)

    progress = cache.get(tasks.progress_key(contest.pk))
    assert progress["state"] == "refused"
    assert "U+1F9E8" in progress["refusal"][0]
    assert Certificate.objects.count() == 0
