"""contests/domain/rounds.py: those who advance are confirmed, reserves wait and move up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from contests.domain import draw, judging, registration, results, rounds, setup
from contests.models import Contest, Registration
from contests.queries.eligibility import eligibility
from tests.factories.contests import AT, make_judging, mark_everything
from tests.factories.people import Company
from tests.support import refused

RULE = {"top": 2, "per_unit": None, "ties": "all"}


@pytest.fixture
def preliminary(company: Company) -> Contest:
    contest = make_judging(company, contestants=4)
    mark_everything(contest, company.judge)
    contest = judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    return results.begin_notice(contest=contest, until=AT, by=company.union_chair, at=AT)


def final(preliminary: Contest, company: Company) -> Contest:
    contest = rounds.make_next(
        contest=preliminary, code="final", title="决赛", round_title="决赛", rule=RULE, by=company.organiser, at=AT
    )
    day = AT.date() + timedelta(days=20)
    setup.update(
        contest=contest, by=company.organiser, at=AT, registration_opens_at=AT, held_from_on=day,
        registration_closes_at=AT + timedelta(days=3),
    )  # fmt: skip
    setup.submit(contest=contest, by=company.organiser, at=AT)
    return setup.publish(contest=contest, by=company.union_chair, at=AT)


def states(contest: Contest) -> list[tuple[str, str]]:
    rows = Registration.objects.filter(contest=contest).order_by("applied_at")
    return [(row.employee.name, row.state) for row in rows.select_related("employee")]


def test_the_best_are_confirmed_the_rest_wait_and_move_up(preliminary: Contest, company: Company) -> None:
    order = [line.name for line in rounds.preview(final(preliminary, company))]
    contest = Contest.objects.get(code="final")

    rounds.bring_up(contest=contest, by=company.organiser, at=AT)
    assert rounds.bring_up(contest=contest, by=company.organiser, at=AT) == []

    assert states(contest) == [
        (order[0], "confirmed"), (order[1], "confirmed"), (order[2], "waitlisted"), (order[3], "waitlisted"),
    ]  # fmt: skip
    leaving = Registration.objects.get(contest=contest, employee__name=order[0])
    registration.withdraw(registration_id=leaving.pk, by=leaving.employee, at=AT)
    assert dict(states(contest))[order[2]] == "confirmed"


def test_the_next_round_is_drawn_like_any_contest(preliminary: Contest, company: Company) -> None:
    contest = final(preliminary, company)
    rounds.bring_up(contest=contest, by=company.organiser, at=AT)

    registration.close(contest=contest, by=company.organiser, at=AT)
    drawn = draw.draw(contest=contest, seed="s", code_seed="c", by=company.secrecy_officer, at=AT)

    assert drawn.entries.count() == 2


def test_nobody_registers_for_a_later_round(preliminary: Contest, company: Company) -> None:
    contest = final(preliminary, company)

    assert eligibility(company.worker, contest, at=AT).reasons


def test_nobody_is_brought_up_before_the_result_is_public(company: Company) -> None:
    contest = final(make_judging(company, contestants=2), company)

    with refused(rounds.WrongRound, code="no-result"):
        rounds.bring_up(contest=contest, by=company.organiser, at=AT)


def test_rule_that_makes_no_sense_makes_no_round(preliminary: Contest, company: Company) -> None:
    with refused(rounds.WrongRound, code="rule-top"):
        rounds.make_next(
            contest=preliminary, code="final", title="决赛", round_title="", rule={}, by=company.organiser, at=AT
        )
    assert not Contest.objects.filter(code="final").exists()


@pytest.mark.django_db(transaction=True)
def test_pages_make_the_round_and_bring_people_up(preliminary: Contest, company: Company) -> None:
    client = Client()
    client.force_login(company.organiser, backend="django.contrib.auth.backends.ModelBackend")
    form = {"title": "决赛", "code": "final-2", "round_title": "决赛", "top": "2", "per_unit": "", "ties": "all"}

    wrong = client.post(f"/contests/{preliminary.code}/next-round/", form | {"top": "0"})
    made = client.post(f"/contests/{preliminary.code}/next-round/", form)
    Contest.objects.filter(code="final-2").update(state="published", published_at=AT)
    shown = client.get("/contests/final-2/round/")
    client.post("/contests/final-2/round/advancement/")

    assert (wrong.status_code, made.status_code, shown.status_code) == (422, 302, 200)
    assert Registration.objects.filter(contest__code="final-2", state="confirmed").count() == 2
