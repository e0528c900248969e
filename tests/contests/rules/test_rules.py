"""contests/rules.py: who may do what; and what each person's lists hold is exactly what they may see."""

from __future__ import annotations

import pytest
from django.db import models

from contests.domain import judging, results, setup
from contests.models import Contest, Entry, Registration, Sheet
from contests.queries import contests, registrations, sheets
from people.models import Employee
from tests.factories.contests import AT, make_contest, make_judging, make_published, register, sheet_of
from tests.factories.people import Company, give_role, make_employee


@pytest.fixture
def world(company: Company) -> Company:
    """Contests in every state; the stranger is on a draft's panel, the worker registered somewhere."""
    draft = make_contest(company, code="draft")
    draft.panel.filter(role="judge").update(employee=company.stranger)
    other = make_contest(company, code="other-draft")
    Contest.objects.filter(pk=other.pk).update(organiser=company.union_chair)
    setup.submit(contest=make_contest(company, code="approving"), by=company.organiser, at=AT)
    register(make_published(company, code="open"), company.worker)
    make_judging(company, code="judging")
    noticed = make_judging(company, code="noticed", contestants=1)
    judging.close(contest=noticed, by=company.chief_judge, at=AT, reason="x")
    results.begin_notice(contest=noticed, until=AT, by=None, at=AT)
    setup.cancel(contest=make_contest(company, code="never"), reason="x", by=company.organiser, at=AT)
    setup.cancel(contest=make_published(company, code="off"), reason="x", by=company.organiser, at=AT)
    Contest.objects.create(code="archive", title="archive", is_imported=True, state="review")
    return company


def everybody(company: Company) -> dict[str, Employee]:
    left = make_employee(company.team, is_active=False)
    give_role(left, "union_chair")
    return company.personas | {"left": left}


def allowed(person: Employee, permission: str, rows: models.QuerySet) -> set[int]:
    return {row.pk for row in rows if person.has_perm(permission, row)}


@pytest.mark.parametrize(
    ("permission", "model", "visible_to", "related"),
    [
        ("contests.view_contest", Contest, contests.visible_to, ()),
        ("contests.view_registration", Registration, registrations.visible_to, ("contest",)),
        ("contests.view_sheet", Sheet, sheets.visible_to, ("contest", "member")),
    ],
)
def test_lists_hold_exactly_what_a_person_may_see(world: Company, permission, model, visible_to, related) -> None:
    rows = model.objects.select_related(*related)

    for name, person in everybody(world).items():
        seen = set(visible_to(person).values_list("pk", flat=True))

        assert (name, seen) == (name, allowed(person, permission, rows))


def codes(company: Company, person: str) -> set[str]:
    return set(contests.visible_to(company.personas[person]).values_list("code", flat=True))


PUBLIC = {"open", "judging", "noticed", "off", "archive"}
ALL = PUBLIC | {"draft", "other-draft", "approving", "never"}


def test_who_sees_which_contests(world: Company) -> None:
    assert codes(world, "worker") == codes(world, "hr") == PUBLIC
    assert codes(world, "stranger") == PUBLIC | {"draft"}
    assert codes(world, "organiser") == ALL - {"other-draft"}
    assert codes(world, "chief_judge") == ALL
    assert codes(world, "union_chair") == codes(world, "auditor") == codes(world, "administrator") == ALL


@pytest.mark.parametrize(
    ("permission", "allowed_to"),
    [
        ("contests.create_contest", {"organiser", "union_chair", "administrator"}),
        ("contests.manage_contest", {"organiser", "union_chair", "administrator"}),
        ("contests.publish_contest", {"organiser", "union_chair", "administrator"}),
        ("contests.list_registrations", {"organiser", "union_chair", "administrator", "auditor"}),
        ("contests.draw_contest", {"organiser", "union_chair", "administrator", "secrecy_officer"}),
        ("contests.view_codes", {"secrecy_officer"}),
        ("contests.judge", {"judge", "chief_judge"}),
        ("contests.chair_contest", {"chief_judge"}),
        ("contests.publish_result", {"chief_judge"}),
        ("contests.view_scores", {"organiser", "union_chair", "administrator", "auditor", "chief_judge"}),
        ("contests.view_results", {"organiser", "union_chair", "administrator", "auditor", "chief_judge"}),
        ("contests.export_contest", {"organiser", "union_chair", "administrator", "auditor", "chief_judge"}),
        ("contests.import_contest", {"organiser", "union_chair", "administrator"}),
    ],
)
def test_who_may_do_what_with_a_contest_in_judging(company: Company, permission: str, allowed_to: set[str]) -> None:
    contest = make_judging(company, contestants=1)

    assert {name for name, person in company.personas.items() if person.has_perm(permission, contest)} == allowed_to


@pytest.mark.parametrize(
    ("permission", "allowed_to"),
    [
        ("contests.mark_sheet", {"judge"}),
        ("contests.sign_sheet", {"judge"}),
        ("contests.chair_sheet", {"chief_judge"}),
        ("contests.view_sheet", {"judge", "chief_judge", "auditor"}),
    ],
)
def test_a_sheet_is_marked_by_its_judge_alone(company: Company, permission: str, allowed_to: set[str]) -> None:
    sheet = sheet_of(make_judging(company, contestants=1), company.judge)

    assert {name for name, person in company.personas.items() if person.has_perm(permission, sheet)} == allowed_to


def test_results_open_to_all_with_the_public_notice(company: Company) -> None:
    contest = make_judging(company, contestants=1)
    before = company.stranger.has_perm("contests.view_results", contest)
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="x")
    results.begin_notice(contest=contest, until=AT, by=None, at=AT)
    contest.refresh_from_db()

    assert (before, company.stranger.has_perm("contests.view_results", contest)) == (False, True)
    assert company.stranger.has_perm("contests.view_codes", contest)


def test_an_entry_is_its_contestants_until_the_result_is_public(company: Company) -> None:
    contest = make_judging(company, contestants=1)
    entry = Entry.objects.select_related("contest").get()

    assert entry.employee.has_perm("contests.view_entry", entry)
    assert not company.stranger.has_perm("contests.view_entry", entry)
    contest.state = entry.contest.state = "notice"
    assert company.stranger.has_perm("contests.view_entry", entry)


def test_one_registers_and_withdraws_for_oneself(company: Company) -> None:
    contest = make_published(company)
    registration = register(contest, company.worker)

    assert company.worker.has_perm("contests.register", contest)
    assert {
        name
        for name, person in company.personas.items()
        if person.has_perm("contests.withdraw_registration", registration)
    } == {"worker", "organiser", "union_chair", "administrator"}


def test_another_organiser_manages_nothing_of_it(company: Company) -> None:
    contest = make_published(company)
    other = make_employee(company.root)
    give_role(other, "organiser")

    assert not other.has_perm("contests.manage_contest", contest)
    assert other.has_perm("contests.create_contest")
