"""The chief judge's page of entries: statuses, penalties by points and by time, proposals."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contests.models import Contest, Disqualification, Penalty
from tests.factories.contests import make_judging
from tests.factories.people import Company
from tests.factories.results import make_noticed, mark

RULE = {"limit": "60", "points": "0.5", "begun": True, "most": "", "aspect": "paper"}


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_judging(company, contestants=3, time_rule=RULE)


@pytest.mark.django_db(transaction=True)
def test_the_chief_judge_sets_a_status_and_takes_points_with_reasons(company: Company, contest: Contest) -> None:
    client, base = signed_in(company.chief_judge), f"/contests/{contest.code}/judging/entries/"
    mark(contest, company, {"02": "64"})

    client.post(f"{base}status/", {"entry": "01", "status": "dns", "reason": "未到场"})
    client.post(f"{base}penalty/", {"entry": "02", "points": "2.5", "reason": "未戴护目镜"})
    client.post(f"{base}penalty/", {"entry": "02", "by_time": "1", "minutes": "", "reason": "超时"})
    client.post(f"{base}penalty/", {"entry": "02", "by_time": "1", "minutes": "9", "reason": "再扣"})
    client.post(f"{base}penalty/", {"entry": "03", "by_time": "1", "minutes": "", "reason": "没有用时"})

    assert contest.entries.get(code="01").status == "dns"
    given = [(row.entry.code, str(row.points), row.minutes and str(row.minutes)) for row in Penalty.objects.all()]
    assert given == [("02", "2.5", None), ("02", "2.0", "4")]
    page = client.get(base).content.decode()
    assert "未戴护目镜" in page
    client.post(f"{base}penalties/{Penalty.objects.first().pk}/cancellation/", {"reason": "误判"})  # type: ignore[union-attr]
    assert Penalty.objects.filter(cancelled_at=None).count() == 1


def test_a_disqualification_is_proposed_here_and_taken_back_here(company: Company, contest: Contest) -> None:
    client, base = signed_in(company.chief_judge), f"/contests/{contest.code}/judging/entries/"

    client.post(f"{base}disqualification/", {"entry": "02", "reason": "替考"})
    client.post(f"{base}status/", {"entry": "01", "status": "dq", "reason": "x"})

    row = Disqualification.objects.get()
    assert (row.entry.code, row.state) == ("02", "proposed")
    assert "替考" in client.get(base).content.decode()
    client.post(f"{base}disqualifications/{row.pk}/withdrawal/", {})
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert contest.entries.exclude(status="").count() == 0


def test_a_blind_contest_shows_no_name_here(company: Company, contest: Contest) -> None:
    page = signed_in(company.chief_judge).get(f"/contests/{contest.code}/judging/entries/").content.decode()

    names = list(contest.entries.values_list("name", flat=True))
    assert contest.names_hidden
    assert not [name for name in names if name in page]


def test_only_the_chief_judge_decides(company: Company, contest: Contest) -> None:
    base = f"/contests/{contest.code}/judging/entries/"
    posts = {"status/": {"entry": "01", "status": "dns"}, "penalty/": {"entry": "01", "points": "1"},
             "disqualification/": {"entry": "01"}}  # fmt: skip

    for name, person in company.personas.items():
        if name == "chief_judge":
            continue
        client = signed_in(person)
        answers = {client.get(base).status_code}
        answers |= {client.post(f"{base}{path}", {**data, "reason": "x"}).status_code for path, data in posts.items()}
        assert answers == {403}, name

    assert not Penalty.objects.exists()
    assert not Disqualification.objects.exists()


def test_another_contests_rows_are_not_found(company: Company, contest: Contest) -> None:
    other = make_noticed(company, code="other")
    penalty = Penalty.objects.create(entry=other.entries.first(), points="1", at=other.created_at)

    answer = signed_in(company.chief_judge).post(
        f"/contests/{contest.code}/judging/entries/penalties/{penalty.pk}/cancellation/", {"reason": "x"}
    )

    assert answer.status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_needs_the_same_statements_for_one_and_three_entries(company: Company, count: int) -> None:
    contest = make_judging(company, contestants=count, code=f"of-{count}", time_rule=RULE)
    client = signed_in(company.chief_judge)

    with CaptureQueriesContext(connection) as asked:
        client.get(f"/contests/{contest.code}/judging/entries/")

    assert len(asked) == 8
