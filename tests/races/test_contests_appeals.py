"""Corrections and appeals at once: each takes effect once, in one order, and none is lost between two."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from contests import flows
from contests.domain import appeals, changes, corrections, results
from contests.models import Appeal, Change, Contest, Mark, Penalty, ResultRow, ResultVersion, Sheet
from contests.pure import versions
from contests.queries.material import standings_of
from engine.flows.nodes import TaskAlreadyDone
from engine.flows.tasks import fire_due
from rewards.domain import ledger
from rewards.queries import balance
from tests.contests.flows.test_appeals import due, hand_in, impartial, name, vote
from tests.contests.flows.test_contest import fund, noticed
from tests.factories.contests import AT
from tests.factories.people import Company, make_company
from tests.factories.results import draft, make_final, make_noticed, make_reviewed, new_mark, penalty
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return make_company()


def agree(contest: Contest) -> None:
    """What is stored is what stands, and every version is what it says."""
    contest.refresh_from_db()
    stored = [(row.entry.code, row.rank, row.total) for row in ResultRow.objects.select_related("entry")]
    assert stored == [(row.entry.entry, row.rank, row.total) for row in standings_of(contest)]
    assert all(row.digest == versions.digest(row.data) for row in ResultVersion.objects.all())


def applying(change: Change, company: Company) -> partial[Change]:
    return partial(flows.apply_change, change=change, by=company.chief_judge, at=AT)


def test_a_correction_applied_by_six_at_once_is_applied_once(company: Company) -> None:
    contest = make_final(company)
    change = draft(contest, company, penalty("02", "30"))

    answers = at_once(*[applying(change, company)] * 6)

    assert sum(isinstance(answer, Change) for answer in answers) == 1
    assert sum(isinstance(answer, changes.NotADraft) for answer in answers) == 5
    assert Penalty.objects.count() == 1
    first = contest.entries.get(code="01").employee
    assert (balance(first).available, ledger.verify()) == (300, None)
    agree(contest)


def test_two_corrections_at_once_never_apply_what_was_not_shown(company: Company) -> None:
    contest = make_final(company)
    drafts = [draft(contest, company, penalty("02", "30")), draft(contest, company, penalty("01", "30"))]

    answers = at_once(*(applying(change, company) for change in drafts))

    assert sorted(type(answer).__name__ for answer in answers) == ["Change", "Stale"]
    assert Penalty.objects.count() == 1
    agree(contest)
    paid = {row.entry.employee: row.award_points for row in ResultRow.objects.select_related("entry__employee")}
    assert {person: balance(person).available for person in paid} == paid


def test_taken_back_by_four_at_once_it_is_taken_back_once(company: Company) -> None:
    contest = make_final(company)
    change = flows.apply_change(change=draft(contest, company, penalty("02", "30")), by=company.chief_judge, at=AT)
    back = partial(changes.take_back, change_id=change.pk, reason="x", by=company.chief_judge, at=AT)

    answers = at_once(*[back] * 4)

    assert sum(isinstance(answer, Change) for answer in answers) == 1
    assert [balance(contest.entries.get(code=code).employee).available for code in ("01", "02")] == [10, 300]
    assert ledger.verify() is None
    agree(contest)


@pytest.mark.parametrize("kind", ["penalty", "mark"])
def test_a_correction_against_the_chief_judges_own(company: Company, kind: str) -> None:
    contest = make_reviewed(company)
    change = draft(contest, company, new_mark("01", "95"))
    by = {"reason": "x", "by": company.chief_judge, "at": AT}
    sheet = Sheet.objects.get(member__employee=company.judge)
    other = (
        partial(corrections.penalise, contest=contest, entry="03", points="1", **by)
        if kind == "penalty"
        else partial(corrections.correct, sheet_id=sheet.pk, entry="01", aspect="paper", value="60", **by)
    )

    applied, corrected = at_once(applying(change, company), other)

    assert not isinstance(corrected, ValidationError)
    assert isinstance(applied, Change | changes.Stale)
    value = str(Mark.objects.get(entry__code="01", aspect="paper").value)
    expected = {"penalty": {True: "95", False: "70"}, "mark": {True: "60", False: "60"}}
    assert value == expected[kind][isinstance(applied, Change)]


def test_an_appeal_at_the_deadline_and_the_publication_exclude_each_other(company: Company) -> None:
    contest = noticed(company)
    fund(company)
    until = contest.notice_until
    handing_in = partial(hand_in, contest, company.worker, at=until)

    answer, fired, published = at_once(
        handing_in,
        partial(fire_due, at=until),
        partial(flows.publish, contest=contest, by=company.chief_judge, at=until),
    )

    contest.refresh_from_db()
    if isinstance(answer, Appeal):
        assert (contest.state, fired) == ("notice", 0)
        assert isinstance(published, results.OpenAppeals)
        assert balance(company.worker).available == 0
    else:
        assert isinstance(answer, appeals.TooLate)
        assert contest.state == "final"
        assert fired == 1 or isinstance(published, Contest)
        assert balance(company.worker).available == 300


def test_two_appeals_decided_at_once_let_the_notice_end(company: Company) -> None:
    contest = noticed(company)
    rows = [hand_in(contest, company.worker), hand_in(contest, company.worker)]
    people = impartial(company)
    for row in rows:
        name(row, company, people)
        vote(row, (people[0], "refuse"))

    at_once(*(partial(vote, row, (people[1], "refuse")) for row in rows))

    assert [row.state for row in Appeal.objects.all()] == ["rejected", "rejected"]
    assert due(contest) == contest.notice_until


def test_an_upheld_appeal_is_carried_out_once(company: Company) -> None:
    contest = noticed(company)
    row = hand_in(contest, company.worker)
    change = flows.propose_change(
        appeal=row, contest=contest, key=uuid4(), steps=[penalty(row.entry.code, "50")], reason="x",
        by=company.chief_judge, at=AT,
    )  # fmt: skip
    people = name(row, company)
    vote(row, (people[0], "approve"), (people[1], "approve"))
    settling = partial(flows.settle_appeal, appeal=row, reason="x", by=company.organiser, at=AT)

    answers = at_once(applying(change, company), applying(change, company), settling)

    assert sum(not isinstance(answer, ValidationError) for answer in answers) == 1
    assert all(isinstance(answer, TaskAlreadyDone) for answer in answers if isinstance(answer, ValidationError))
    assert Penalty.objects.count() == (0 if isinstance(answers[2], Appeal) else 1)
    assert due(contest) == contest.notice_until
    agree(contest)


def test_handed_in_twice_at_once_it_is_one_appeal(company: Company) -> None:
    contest = noticed(company)
    key = uuid4()

    at_once(*[partial(hand_in, contest, company.worker, key=key)] * 4)

    assert Appeal.objects.count() == 1
    assert contest.result_versions.count() == 1


def test_a_panel_is_named_by_one_of_two(company: Company) -> None:
    contest = noticed(company)
    row = hand_in(contest, company.worker)
    people = impartial(company, 6)
    naming = [
        partial(flows.name_arbitrators, appeal=row, people=group, by=company.organiser, at=AT)
        for group in (people[:3], people[3:])
    ]

    answers = at_once(*naming)

    assert sorted(type(answer).__name__ for answer in answers) == ["Appeal", "TaskAlreadyDone"]
    assert row.arbitrators.count() == 3


def test_proposed_twice_at_once_it_is_one_draft(company: Company) -> None:
    contest = make_noticed(company)
    propose = partial(
        changes.propose, contest=contest, key=uuid4(), steps=[penalty("02", "30")], reason="x", by=company.chief_judge,
        at=AT,
    )  # fmt: skip

    answers = at_once(*[propose] * 4)

    assert {getattr(answer, "pk", None) for answer in answers} == {Change.objects.get().pk}
