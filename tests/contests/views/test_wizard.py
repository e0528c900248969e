"""An organiser makes a contest in the browser's forms, step by step; others may not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from contests.models import Contest
from tests.factories.contests import make_contest, make_judging, make_published
from tests.factories.people import Company, make_company

pytestmark = pytest.mark.django_db(transaction=True)
MOMENT = "%Y-%m-%dT%H:%M"


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def organiser(company: Company) -> Client:
    client = Client()
    client.force_login(company.organiser, backend="django.contrib.auth.backends.ModelBackend")
    return client


def basics(**fields: object) -> dict[str, object]:
    now = timezone.localtime()
    return {
        "title": "焊工大赛", "code": "welding-2027", "description": "", "trade": "", "place": "一号车间",
        "registration_opens_at": f"{now:{MOMENT}}", "registration_closes_at": f"{now + timedelta(days=5):{MOMENT}}",
        "held_from_on": f"{now + timedelta(days=9):%Y-%m-%d}", "held_until_on": f"{now + timedelta(days=9):%Y-%m-%d}",
        "quota": "20", "is_public": "on", "same_unit": "warn", "result_detail": "groups", "notice_working_days": "3",
    } | fields  # fmt: skip


def aspect(number: int, **fields: object) -> dict[str, object]:
    return {
        "code": f"aspect-{number}", "group": "group-1", "title": f"评分点{number}", "kind": "judgement", "min": "0",
        "max": "50", "step": "0.5", "combine": "trimmed-mean", "trim": 1, "trim_from": 5, "factor": "1",
        "zero_is_missing": False, "round": ["combined", "factor"],
    } | fields  # fmt: skip


def editor(*aspects: dict[str, object], **fields: object) -> dict[str, str]:
    """What the editor sends."""
    data = {
        "contest": {"places": 2, "rounding": "half-up", "scale": "points"},
        "group": [{"code": "group-1", "title": "实操", "weight": "1"}],
        "aspect": list(aspects),
        "ranking": {"order": ["total"], "ascending": []},
    }
    return {"data": json.dumps(data | fields)}


def test_from_nothing_to_a_complete_checklist(organiser: Client, company: Company) -> None:
    made = organiser.post("/contests/new/", basics())
    organiser.post("/contests/welding-2027/conditions/", {"trades": ["welder"], "minimum_skill_level": "2"})
    stored = organiser.post("/contests/welding-2027/scheme/", editor(aspect(1), aspect(2)))
    organiser.post("/contests/welding-2027/panel/", {"number": company.chief_judge.number, "role": "chief"})
    organiser.post("/contests/welding-2027/panel/", {"number": company.judge.number, "role": "judge"})
    awards = {"row-TOTAL_FORMS": "1", "row-INITIAL_FORMS": "0", "row-0-rank_from": "1", "row-0-rank_to": "3",
              "row-0-points": "500", "participation_points": "20", "budget_unit": company.plant.pk}  # fmt: skip
    organiser.post("/contests/welding-2027/awards/", awards)
    submitted = organiser.post("/contests/welding-2027/steps/submit/", follow=True)

    contest = Contest.objects.get()
    assert (made.status_code, stored.status_code) == (302, 302)
    assert contest.conditions == {"trades": ["welder"], "unit_ids": [], "minimum_skill_level": 2}
    assert [aspect.code for aspect in contest.marking_scheme.aspects] == ["aspect-1", "aspect-2"]
    assert contest.award_table == {"rows": [{"rank_from": 1, "rank_to": 3, "points": 500}], "participation_points": 20}
    assert contest.state == Contest.State.APPROVING, submitted.content.decode()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"code": "With Spaces"}, "id_code_wrong"),
        ({"title": ""}, "id_title_wrong"),
        ({"registration_closes_at": "2020-01-01T00:00"}, "note error"),
        ({"quota": "-1"}, "id_quota_wrong"),
    ],
)
def test_wrong_basics_are_named_beside_the_field(organiser: Client, fields: dict[str, object], wrong: str) -> None:
    answer = organiser.post("/contests/new/", basics(**fields))

    assert answer.status_code == 422
    assert wrong in answer.content.decode()
    assert Contest.objects.count() == 0


def test_same_code_twice_is_refused(organiser: Client) -> None:
    organiser.post("/contests/new/", basics())

    assert organiser.post("/contests/new/", basics()).status_code == 422


def test_faulty_scheme_lists_its_faults_and_stores_nothing(organiser: Client, company: Company) -> None:
    contest = make_contest(company)
    before = contest.scheme
    broken = editor(aspect(1, step="0", max="", trim=2, trim_from=4))

    answer = organiser.post(f"/contests/{contest.code}/scheme/", broken)

    assert answer.status_code == 422
    assert {where for where, _text in answer.context["faults"]} == {
        "aspect.0.step",
        "aspect.0.max",
        "aspect.0.trim_from",
    }
    assert Contest.objects.get().scheme == before


def test_panel_conflict_and_unknown_number_are_said(organiser: Client, company: Company) -> None:
    contest = make_contest(company)

    unknown = organiser.post(f"/contests/{contest.code}/panel/", {"number": "999999", "role": "judge"})
    twice = organiser.post(f"/contests/{contest.code}/panel/", {"number": company.judge.number, "role": "judge"})

    assert (unknown.status_code, twice.status_code) == (422, 422)


@pytest.mark.parametrize("persona", ["worker", "leader", "judge", "hr", "auditor", "secrecy_officer"])
@pytest.mark.parametrize(
    "page", ["edit", "scheme", "panel", "awards", "conditions", "steps/submit", "cancellation", "copy"]
)
def test_wizard_is_closed_to_others(company: Company, persona: str, page: str) -> None:
    contest = make_published(company)
    client = Client()
    client.force_login(company.personas[persona], backend="django.contrib.auth.backends.ModelBackend")

    assert client.post(f"/contests/{contest.code}/{page}/", {"reason": "x"}).status_code == 403


def test_draft_is_invisible_to_workers(company: Company) -> None:
    contest = make_contest(company)
    client = Client()
    client.force_login(company.worker, backend="django.contrib.auth.backends.ModelBackend")

    codes = [client.get(f"/contests/{contest.code}/{page}").status_code for page in ("", "edit/", "manage/", "result/")]

    assert codes == [404, 404, 404, 404]


def test_worker_registers_and_withdraws_on_the_pages(company: Company) -> None:
    now = timezone.now()
    contest = make_published(
        company,
        registration_closes_at=now + timedelta(days=1),
        held_from_on=timezone.localdate(now) + timedelta(days=9),
    )
    client = Client()
    client.force_login(company.worker, backend="django.contrib.auth.backends.ModelBackend")

    faulty = client.post(f"/contests/{contest.code}/registration/", {"phone": "abc"})
    first = client.post(f"/contests/{contest.code}/registration/", {"phone": "13800138000"})
    again = client.post(f"/contests/{contest.code}/registration/", {"phone": "13800138000"})
    registration = contest.registrations.get()
    client.post(f"/contests/registrations/{registration.pk}/withdrawal/")

    registration.refresh_from_db()
    assert (faulty.status_code, first.status_code, again.status_code) == (422, 302, 422)
    assert registration.state == "withdrawn"
    stranger = Client()
    stranger.force_login(company.stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert stranger.post(f"/contests/registrations/{registration.pk}/withdrawal/").status_code == 403


@pytest.mark.parametrize("persona", ["worker", "stranger", "leader", "hr", "organiser", "chief_judge"])
def test_sheet_of_a_judge_is_nobody_elses(company: Company, persona: str) -> None:
    contest = make_judging(company)
    sheet = contest.sheets.get(member__employee=company.judge)
    client = Client()
    client.force_login(company.personas[persona], backend="django.contrib.auth.backends.ModelBackend")

    # The chief judge may know of the sheet, and still not mark on it.
    assert client.get(f"/contests/sheets/{sheet.pk}/").status_code == (403 if persona == "chief_judge" else 404)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_statements(company: Company, rows: int, django_assert_max_num_queries: object) -> None:
    for number in range(rows):
        make_published(company, code=f"contest-{number}")
    client = Client()
    client.force_login(company.worker, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/contests/")

    with django_assert_max_num_queries(8):
        client.get("/contests/?chip=")
    with django_assert_max_num_queries(16):
        client.get("/")
