"""contests/views/draws.py: the public page of the draw."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories.contests import make_contest, make_judging, make_published
from tests.factories.people import Company


@pytest.mark.parametrize("contestants", [1, 3])
def test_every_worker_reads_the_seed_and_the_page_costs_the_same_for_any_size(
    client: Client, company: Company, contestants: int
) -> None:
    contest = make_judging(company, contestants=contestants)
    client.force_login(company.worker)
    client.get(f"/contests/{contest.code}/draw/")

    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"/contests/{contest.code}/draw/").content.decode()

    assert "printf &#x27;start-order" in page or "printf 'start-order" in page
    assert page.count('class="lead"') == contestants
    assert "选手" not in page.split("<tbody>")[1]
    assert len(queries) == STATEMENTS


STATEMENTS = 7


def test_before_the_draw_the_page_says_so_and_a_draft_is_for_nobody(client: Client, company: Company) -> None:
    make_published(company, code="open")
    make_contest(company, code="draft")
    client.force_login(company.worker)

    answer = client.get("/contests/open/draw/")

    assert (answer.status_code, answer.context["draw"]) == (200, None)
    assert client.get("/contests/draft/draw/").status_code == 404
