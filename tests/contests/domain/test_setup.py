"""contests/domain/setup.py: make, change, submit, publish, cancel, copy."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from contests.domain import setup
from contests.models import Contest
from contests.queries.checks import go_live_checks
from engine.events.models import Event
from tests.factories.contests import AT, make_contest, make_judging, make_published, make_scheme, publish
from tests.factories.people import Company
from tests.support import refused


def test_a_new_contest_is_its_makers_draft(company: Company) -> None:
    contest = setup.create(code="lathe-2026", title="车工", by=company.organiser, at=AT)

    assert (contest.state, contest.organiser) == ("draft", company.organiser)
    assert Event.objects.get(action="contest.created").subject == "contest:lathe-2026"


@pytest.mark.parametrize("code", ["", "Upper", "with space", "焊工", "a" * 65, "a\n"])
def test_a_code_is_small_letters_digits_and_hyphens(company: Company, code: str) -> None:
    with refused(ValidationError) as caught:
        setup.create(code=code, title="车工", by=company.organiser, at=AT)

    assert list(caught.value.message_dict) == ["code"]


def test_a_code_is_given_once(company: Company) -> None:
    setup.create(code="lathe", title="车工", by=company.organiser, at=AT)

    with refused(ValidationError) as caught:
        setup.create(code="lathe", title="钳工", by=company.organiser, at=AT)

    assert list(caught.value.message_dict) == ["code"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("conditions", {"trades": "welder"}),
        ("conditions", {"minimum_skill_level": 9}),
        ("conditions", {"unit_ids": ["steel"]}),
        ("conditions", {"age": 30}),
        ("conditions", ["welder"]),
        ("award_table", {"rows": [{"rank_from": 0, "rank_to": 1, "points": 5}]}),
        ("award_table", {"rows": [{"rank_from": 1, "rank_to": 1, "points": 5}] * 2}),
        ("award_table", {"rows": "1=100"}),
        ("award_table", {"participation_points": 1.5}),
        ("award_table", {"participation_points": -1}),
        ("award_table", ["rows"]),
        ("quota", 0),
    ],
)
def test_values_of_another_shape_are_refused_by_field(company: Company, field: str, value: object) -> None:
    with refused(ValidationError) as caught:
        setup.create(code="lathe", title="车工", by=company.organiser, at=AT, **{field: value})

    assert field in caught.value.message_dict


def test_registration_closes_after_it_opens(company: Company) -> None:
    with refused(ValidationError):
        setup.create(
            code="lathe", title="车工", by=company.organiser, at=AT,
            registration_opens_at=AT, registration_closes_at=AT,
        )  # fmt: skip


def test_an_empty_draft_lists_what_is_missing(company: Company) -> None:
    contest = setup.create(
        code="lathe", title="车工", by=company.organiser, at=AT, award_table={"participation_points": 5}
    )

    with refused(setup.NotReady, code="not-ready") as caught:
        setup.submit(contest=contest, by=company.organiser, at=AT)

    assert [check.name for check in caught.value.checks] == ["registration", "dates", "scheme", "chief_judge", "awards"]
    assert len(caught.value.messages) == 5
    contest.refresh_from_db()
    assert contest.state == "draft"


def test_a_complete_draft_passes_every_check(company: Company) -> None:
    contest = make_contest(company)

    assert [check.name for check in go_live_checks(contest, at=AT) if not check.is_ok] == []


def test_a_period_in_the_past_is_not_ready(company: Company) -> None:
    contest = make_contest(company, held_from_on=date(2026, 11, 21))

    names = [check.name for check in go_live_checks(contest, at=AT + timedelta(days=8)) if not check.is_ok]

    assert names == ["registration", "dates"]


def test_submitted_agreed_published(company: Company) -> None:
    contest = make_contest(company)

    submitted = setup.submit(contest=contest, by=company.organiser, at=AT)
    published = setup.publish(contest=contest, by=company.union_chair, at=AT)

    assert (submitted.state, published.state, published.published_at) == ("approving", "published", AT)


def test_a_contest_is_published_once(company: Company) -> None:
    contest = make_published(company)

    with refused(setup.WrongState, code="wrong-state"):
        setup.publish(contest=contest, by=company.union_chair, at=AT)


def test_what_was_not_agreed_to_is_a_draft_again(company: Company) -> None:
    contest = make_contest(company)
    setup.submit(contest=contest, by=company.organiser, at=AT)

    setup.send_back(contest=contest, by=company.union_chair, at=AT, reason="预算不足")

    contest.refresh_from_db()
    assert contest.state == "draft"
    assert Event.objects.get(action="contest.sent-back").data == {"reason": "预算不足"}


def test_a_published_contest_keeps_its_rules(company: Company) -> None:
    contest = make_published(company)

    with refused(setup.NotEditable, code="fixed"):
        setup.set_scheme(contest=contest, scheme=make_scheme(), by=company.organiser, at=AT)
    with refused(setup.NotEditable, code="fixed") as caught:
        setup.update(contest=contest, by=company.organiser, at=AT, title="x", award_table={}, place="三楼")

    assert "三楼" not in caught.value.messages[0]
    contest.refresh_from_db()
    assert (contest.title, contest.place) == ("第十届职工技能运动会·焊工", "")


def test_a_published_contest_may_move(company: Company) -> None:
    contest = make_published(company)

    changed = setup.update(contest=contest, by=company.organiser, at=AT, place="三号车间")

    assert changed.place == "三号车间"
    assert Event.objects.get(action="contest.changed").data == {"fields": ["place"]}


def test_an_update_that_changes_nothing_says_nothing(company: Company) -> None:
    contest = make_contest(company)

    setup.update(contest=contest, by=company.organiser, at=AT, place="", quota=3)

    assert not Event.objects.filter(action="contest.changed").exists()


def test_a_cancelled_contest_is_over_for_judges_too(company: Company) -> None:
    contest = make_judging(company)

    setup.cancel(contest=contest, reason="停电", by=company.organiser, at=AT)

    contest.refresh_from_db()
    assert contest.state == "cancelled"
    assert set(contest.sheets.values_list("state", flat=True)) == {"closed"}
    with refused(setup.NotEditable, code="over"):
        setup.update(contest=contest, by=company.organiser, at=AT, place="x")


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_cancellation_needs_its_reason(company: Company, reason: str) -> None:
    contest = make_contest(company)

    with refused(ValidationError, code="reason"):
        setup.cancel(contest=contest, reason=reason, by=company.organiser, at=AT)


def test_a_public_result_is_not_cancelled(company: Company) -> None:
    contest = make_contest(company)
    Contest.objects.update(state="notice")

    with refused(setup.WrongState, code="wrong-state"):
        setup.cancel(contest=contest, reason="x", by=company.organiser, at=AT)


def test_a_copy_has_the_rules_and_the_panel_but_no_dates(company: Company) -> None:
    contest = publish(make_contest(company), company)

    twin = setup.copy(contest=contest, code="welding-2027", title="第十一届", by=company.union_chair, at=AT)

    assert (twin.state, twin.registration_opens_at, twin.held_from_on) == ("draft", None, None)
    assert (twin.scheme, twin.award_table, twin.organiser) == (contest.scheme, contest.award_table, company.union_chair)
    assert list(twin.panel.values_list("code", "role", "employee")) == list(
        contest.panel.values_list("code", "role", "employee")
    )
    assert twin.marking_scheme.contest.code == "welding-2027"
