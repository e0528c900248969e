"""contests/views/changes.py: a what-if put together on a phone, applied, dropped, taken back; who may enter."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from contests.domain import changes, corrections
from contests.models import Change, Contest, Penalty, ResultRow
from people.models import Employee
from tests.factories.contests import AT, make_judging
from tests.factories.people import Company, make_company
from tests.factories.results import draft, make_final, make_noticed, make_reviewed, new_mark, penalty

BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(person: Employee) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def url(name: str, row: Change | Contest) -> str:
    return reverse(f"contests:{name}", args=[row.code if isinstance(row, Contest) else row.pk])


def test_a_correction_is_put_together_seen_and_applied(company: Company) -> None:
    contest = make_noticed(company)
    chief = sign_in(company.chief_judge)

    begun = chief.post(url("changes", contest), {"key": str(uuid4()), "reason": "核对原始记录"})
    change = Change.objects.get()
    chief.post(url("change-steps", change), {"kind": "penalty", "penalty-entry": "02", "penalty-points": "30"})
    chief.post(url("change-steps", change), {"kind": "status", "status-entry": "03", "status-status": "dq"})
    page = chief.get(url("change", change))
    chief.post(url("change-steps", change), {"remove": "1"})
    change.refresh_from_db()
    answer = chief.post(url("change-apply", change), {"shown": change.difference["digest"]})

    assert (begun.status_code, begun["Location"]) == (302, url("change", change))
    assert [(row.entry, row.rank, row.points) for row in page.context["rows"]] == [
        ("01", ("2", "1"), (10, 300)), ("02", ("1", "2"), (300, 10)), ("03", ("3", "—"), (10, 0))
    ]  # fmt: skip
    assert [step["kind"] for step in change.steps] == ["penalty"]
    change.refresh_from_db()
    assert (answer.status_code, change.state) == (302, "applied")
    assert ResultRow.objects.get(rank=1).entry.code == "01"


def test_every_kind_of_step_has_its_form(company: Company) -> None:
    contest = make_reviewed(company)
    old = corrections.penalise(contest=contest, entry="01", points="5", reason="x", by=company.chief_judge, at=AT)
    change, chief = draft(contest, company), sign_in(company.chief_judge)
    sent = [
        {"kind": "mark", "mark-entry": "01", "mark-aspect": "paper", "mark-judge": "J1", "mark-value": "80"},
        {"kind": "cancel-penalty", "cancel-penalty-penalty": str(old.pk)},
        {"kind": "factor", "factor-entry": "01", "factor-aspect": "paper", "factor-factor": "1.2"},
        {"kind": "void-span", "void-span-since": "2026-11-20T18:00:00", "void-span-until": "2026-11-20T19:00"},
    ]

    answers = [chief.post(url("change-steps", change), data).status_code for data in sent]

    change.refresh_from_db()
    assert answers == [302] * 4
    assert change.steps == [
        new_mark("01", "80"),
        {"kind": "cancel-penalty", "penalty": str(old.pk)},
        {"kind": "factor", "entry": "01", "aspect": "paper", "factor": "1.2"},
        {"kind": "void-span", "since": "2026-11-20T18:00:00+08:00", "until": "2026-11-20T19:00:00+08:00", "judge": ""},
    ]
    page = chief.get(url("change", change))
    assert len(page.context["steps"]) == 4
    assert not any(step.startswith("%") for step in page.context["steps"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "mark", "mark-entry": "01", "mark-aspect": "paper", "mark-judge": "J1", "mark-value": "101"},
        {"kind": "penalty", "penalty-entry": "99", "penalty-points": "1"},
        {"kind": "void-span", "void-span-since": "x", "void-span-until": ""},
    ],
    ids=["refused by the verb", "no such choice", "no moments"],
)
def test_a_wrong_step_comes_back_with_its_form(sent: dict[str, str]) -> None:
    company = make_company()
    change = draft(make_noticed(company), company)

    answer = sign_in(company.chief_judge).post(url("change-steps", change), sent)

    change.refresh_from_db()
    wrong = [form.kind for form in answer.context["forms"] if form.errors]
    assert (answer.status_code, wrong, change.steps) == (422, [sent["kind"]], [])


@pytest.mark.django_db(transaction=True)
def test_a_stale_page_applies_nothing_and_says_so() -> None:
    company = make_company()
    change = draft(make_noticed(company), company, penalty("02", "30"))
    seen = change.difference["digest"]
    changes.revise(change_id=change.pk, steps=[penalty("02", "60")])

    answer = sign_in(company.chief_judge).post(url("change-apply", change), {"shown": seen}, HTTP_HX_REQUEST="true")

    change.refresh_from_db()
    assert (answer.status_code, change.state) == (409, "draft")


def test_dropped_it_changes_nothing(company: Company) -> None:
    change = draft(make_noticed(company), company, penalty("02", "30"))

    answer = sign_in(company.chief_judge).post(url("change-drop", change))

    change.refresh_from_db()
    assert (answer["Location"], change.state, Penalty.objects.count()) == (url("changes", change.contest), "dropped", 0)


def test_taken_back_with_its_difference_shown_before(company: Company) -> None:
    contest = make_noticed(company)
    change = draft(contest, company, penalty("02", "30"))
    changes.apply(change_id=change.pk, by=company.chief_judge, at=AT)
    chief = sign_in(company.chief_judge)

    page = chief.get(url("change", change))
    chief.post(url("change-take-back", change), {"reason": "记错了"})

    change.refresh_from_db()
    assert [(row.entry, row.rank) for row in page.context["back"]] == [("02", ("2", "1")), ("01", ("1", "2"))]
    assert change.state == "reverted"


def test_while_names_are_hidden_the_page_shows_codes(company: Company) -> None:
    contest = make_reviewed(company)
    change = draft(contest, company, penalty("02", "30"))
    chief = sign_in(company.chief_judge)

    hidden = chief.get(url("change", change))
    Contest.objects.update(is_blind=False)
    shown = chief.get(url("change", change))

    person = contest.entries.get(code="02").name
    assert person.encode() not in hidden.content
    assert person.encode() in shown.content


ROLES = (
    "worker", "leader", "union_chair", "organiser", "judge", "chief_judge", "secrecy_officer", "hr", "auditor",
    "administrator",
)  # fmt: skip
RUN = {"union_chair", "organiser", "administrator", "chief_judge"}


def answers(company: Company, address: str, *, method: str = "get") -> dict[str, int]:
    return {role: getattr(sign_in(getattr(company, role)), method)(address).status_code for role in ROLES}


def test_pages_open_for_who_sees_marks(company: Company) -> None:
    contest = make_noticed(company)
    change = draft(contest, company, penalty("02", "30"))

    assert answers(company, url("changes", contest)) == {
        role: 200 if role in RUN | {"auditor"} else 403 for role in ROLES
    }
    assert answers(company, url("change", change)) == {
        role: 200 if role in RUN | {"auditor"} else 404 for role in ROLES
    }


@pytest.mark.parametrize("page", ["change-steps", "change-drop", "change-apply", "change-take-back"])
def test_before_the_result_is_public_the_chief_judge_alone_corrects(company: Company, page: str) -> None:
    change = draft(make_reviewed(company), company, penalty("02", "30"))
    others = {role: getattr(company, role) for role in ROLES if role != "chief_judge"}

    found = {role: sign_in(person).post(url(page, change)).status_code for role, person in others.items()}

    sees = RUN | {"auditor"}
    assert found == {role: 403 if role in sees else 404 for role in others}


def test_who_only_reads_begins_no_correction(company: Company) -> None:
    contest = make_noticed(company)

    answer = sign_in(company.auditor).post(url("changes", contest), {"key": str(uuid4()), "reason": "x"})

    assert (answer.status_code, Change.objects.count()) == (403, 0)


def test_a_final_result_is_corrected_by_the_union_chair_or_for_an_upheld_appeal(company: Company) -> None:
    contest = make_final(company)
    change = draft(contest, company, penalty("02", "30"))

    refused = [sign_in(person).post(url("change-apply", change)).status_code
               for person in (company.chief_judge, company.organiser, company.administrator)]  # fmt: skip
    sign_in(company.union_chair).post(url("change-apply", change), {"shown": change.difference["digest"]})

    change.refresh_from_db()
    assert (refused, change.state, change.applied_by) == ([403] * 3, "applied", company.union_chair)


@pytest.mark.parametrize("count", [1, 12])
def test_pages_make_the_same_statements_for_any_number(
    company: Company, count: int, django_assert_max_num_queries: Any
) -> None:
    contest = make_noticed(company)
    for _ in range(count):
        draft(contest, company, penalty("02", "1"))
    open_still = draft(contest, company, *[penalty("02", "1")] * count)
    applied = draft(contest, company, *[penalty("03", "1")] * count)
    changes.apply(change_id=applied.pk, by=company.chief_judge, at=AT)
    client = sign_in(company.chief_judge)

    with django_assert_max_num_queries(10):
        page = client.get(url("changes", contest))
    for change in (open_still, applied):
        with django_assert_max_num_queries(20):
            client.get(url("change", change))

    assert len(page.context["rows"]) == count + 2


def test_there_is_nothing_to_correct_while_registration_runs(company: Company) -> None:
    contest = make_judging(company)
    Contest.objects.update(state="drawn")

    page = sign_in(company.chief_judge).get(url("changes", contest))

    assert page.context["may"] is False
