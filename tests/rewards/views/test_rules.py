"""Pages of award rules, decisions, seasons, patterns."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from rewards.domain import award_rules, rehearsals
from rewards.models import AwardRule, Level, Rehearsal, RuleVersion, Season
from tests.factories.approvals import act
from tests.factories.people import Company
from tests.factories.rewards import AT
from tests.factories.rules import FIXED, attend, fill, make_rule, make_season
from tests.rewards.test_manual_awards import approval_of, as_, propose

pytestmark = pytest.mark.django_db
FORM = {
    "code": "podium", "title": "登上领奖台", "event": "contest.placed", "points_kind": "table", "fact": "event:rank",
    "bands": "1 300\n2-3 200", "cap_month": "500", "streak_length": "3", "streak_span": "month", "streak_bonus": "100",
    "fact_1": "person:unit", "operator_1": "in", "value_1": "steel，steel-1", "fact_2": "event:rank", "operator_2": "at-most",
    "value_2": "3", "operator_3": "is", "operator_4": "is", "budget": "plant", "fund": "default", "approval_from": "300",
}  # fmt: skip
DEFINITION = {
    "event": "contest.placed", "points": {"fact": "rank", "bands": [[1, 1, 300], [2, 3, 200]]},
    "conditions": [{"fact": "unit", "operator": "in", "values": ["steel", "steel-1"], "of": "person"},
                   {"fact": "rank", "operator": "at-most", "values": [3], "of": "event"}],
    "caps": {"month": 500}, "streak": {"length": 3, "span": "month", "bonus": 100}, "approval_from": 300,
}  # fmt: skip


def test_rule_is_written_as_a_form_checked_published_and_edited_again(company: Company) -> None:
    client = as_(company.organiser)

    made = client.post("/mall/rules/new/", FORM)
    version = RuleVersion.objects.get()
    assert (made["Location"], version.definition, version.budget) == ("/mall/rules/podium/", DEFINITION, "plant")
    assert "The check found nothing wrong." in client.get("/mall/rules/podium/").content.decode()

    client.post("/mall/rules/podium/publication/")
    initial = client.get("/mall/rules/podium/edit/").context["form"].initial
    again = {name: value if value is not None else "" for name, value in initial.items()} | {"cap_month": "400"}
    client.post("/mall/rules/podium/edit/", FORM | again)

    rule = AwardRule.objects.get()
    assert (rule.current.number, rule.versions.count()) == (1, 2)
    assert rule.versions.first().definition == DEFINITION | {"caps": {"month": 400}}
    rows = client.get("/mall/rules/podium/comparison/?a=1&b=2").context["rows"]
    assert rows == [("At most", "500 a month", "400 a month")]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"bands": "1 bis 3"}, "bands"), ({"fact": ""}, "fact"), ({"streak_bonus": ""}, "streak_bonus"), ({"cap_day": "-1"}, "cap_day"),
     ({"points_kind": "fixed", "fixed": ""}, "fixed"), ({"budget": "unit"}, "budget_unit"), ({"event": "moon.landed"}, "event"),
     ({"title": ""}, "title"), ({"cap_day": "1.5"}, "cap_day"), ({"badge": "no-such"}, "badge")],
)  # fmt: skip
def test_form_names_the_wrong_field_and_keeps_nothing(company: Company, change: dict, field: str) -> None:
    answer = as_(company.organiser).post("/mall/rules/new/", FORM | change)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert AwardRule.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_code_is_taken_once(transactional_db, company: Company) -> None:
    client = as_(company.organiser)
    client.post("/mall/rules/new/", FORM)

    again = client.post("/mall/rules/new/", FORM)
    word = client.post("/mall/rules/new/", FORM | {"code": "new"})

    assert (again.status_code, word.status_code) == (422, 422)
    assert AwardRule.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_rule_with_errors_cannot_be_published(transactional_db, company: Company) -> None:
    client = as_(company.organiser)
    client.post("/mall/rules/new/", FORM | {"value_1": "atlantis"})

    page = client.get("/mall/rules/podium/").content.decode()
    refusal = client.post("/mall/rules/podium/publication/")

    assert "no unit with the code “atlantis”" in page
    assert "/mall/rules/podium/publication/" not in page
    assert refusal.status_code == 302
    assert AwardRule.objects.get().current is None


def test_rehearsal_page_shows_progress_then_the_sentence(company: Company) -> None:
    season = make_season()
    version = make_rule(definition={**FIXED, "caps": {"season": 50}})
    for key in ("1", "2"):
        award_rules.note(
            event="course.attended", at=AT, occurrences=[award_rules.Occurrence(key, company.worker, {"hours": 8})]
        )
    client = as_(company.organiser)

    made = client.post(f"/mall/rule-versions/{version.pk}/rehearsals/", {"season": season.pk})
    busy = client.get(made["Location"]).content.decode()
    rehearsals.run_next(at=AT)
    done = client.get(made["Location"], headers={"HX-Request": "true"}).content.decode()

    assert "every 1s" in busy
    assert "every 1s" not in done
    assert "would have given 50 points to 1 people" in done
    assert Rehearsal.objects.get().report["outcomes"] == {"granted": 1, "capped": 1}


def test_people_see_their_own_decisions_only(company: Company) -> None:
    make_rule()
    fill(1000)
    for person in (company.worker, company.stranger):
        attend(person)

    seen = {
        name: sorted(row.employee.number for row in as_(company.personas[name]).get("/mall/decisions/").context["page"])
        for name in ("worker", "leader", "auditor")
    }

    assert seen == {"worker": ["1301"], "leader": [], "auditor": ["1301", "1302"]}
    filtered = as_(company.auditor).get("/mall/decisions/?q=1302&outcome=granted&rule=courses").context["page"]
    assert [row.employee.number for row in filtered] == ["1302"]


@pytest.mark.django_db(transaction=True)
def test_seasons_and_levels_are_written_on_one_page(transactional_db, company: Company) -> None:
    client = as_(company.organiser)
    season = {"code": "2026", "name": "2026 赛季", "from_on": "2026-01-01", "until_on": "2026-12-31"}

    client.post("/mall/seasons/new/", season)
    clash = client.post("/mall/seasons/new/", season | {"code": "b"})
    client.post("/mall/seasons/levels/", {"levels": "青铜 100\n白银 500"})
    falling = client.post("/mall/seasons/levels/", {"levels": "青铜 500\n白银 100"})

    assert (clash.status_code, falling.status_code) == (422, 422)
    assert Season.objects.get().until_on == date(2026, 12, 31)
    assert list(Level.objects.values_list("name", "points_from")) == [("青铜", 100), ("白银", 500)]


@pytest.mark.parametrize("address", ["new/", "courses/edit/", "courses/publication/", "courses/end/"])
def test_rules_are_written_by_those_who_answer_for_them(company: Company, address: str) -> None:
    make_rule()

    codes = {name: as_(person).post(f"/mall/rules/{address}").status_code for name, person in company.personas.items()}

    writers = {"organiser", "union_chair", "administrator"}
    assert {name for name, code in codes.items() if code != 403} == writers


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("persona", "address", "statements"),
    [("organiser", "/mall/rules/", 9), ("organiser", "/mall/rules/courses-0/", 18), ("worker", "/mall/decisions/", 10),
     ("organiser", "/mall/seasons/", 8), ("auditor", "/mall/patterns/", 18), ("organiser", "/mall/rules/courses-0/comparison/", 11)],
)  # fmt: skip
def test_pages_take_so_many_statements(
    company: Company, django_assert_max_num_queries, rows: int, persona: str, address: str, statements: int
) -> None:
    fill(10_000)
    for number in range(rows):
        make_rule(f"courses-{number}")
        attend(company.worker, f"course:{number}")
        propose(company)
    make_season()
    client = as_(company.personas[persona])
    client.get(address)

    with django_assert_max_num_queries(statements):
        answer = client.get(address)

    assert answer.status_code == 200


def test_auditor_sees_patterns_filters_and_takes_them_away(company: Company) -> None:
    fill(100_000)
    for _again in range(4):
        row = propose(company, [("1301", 50)])
        act(approval_of(row), company.union_chair, at=AT)
    client: Client = as_(company.auditor)

    page = client.get("/mall/patterns/?days=1095")
    split = client.get("/mall/patterns/?days=1095&pattern=split")
    nobody = client.get("/mall/patterns/?days=1095&q=4711")
    table = client.get("/mall/patterns/?days=1095&format=csv").content.decode("utf-8-sig").splitlines()

    patterns = [row.finding.pattern for row, _title, _sentence in page.context["rows"]]
    assert sorted(patterns) == ["approver-worker", "split", "within-a-minute"]
    assert "agreed to 4 awards for 焊工赵磊 within 90 days: 100% of all awards" in page.content.decode()
    assert [row.finding.pattern for row, _title, _sentence in split.context["rows"]] == ["split"]
    assert len(split.context["rows"][0][0].behind) == 4
    assert nobody.context["rows"] == []
    assert len(table) == 4


def test_patterns_are_for_the_auditor(company: Company) -> None:
    codes = {name: as_(person).get("/mall/patterns/").status_code for name, person in company.personas.items()}

    assert {name for name, code in codes.items() if code == 200} == {"auditor", "administrator"}
