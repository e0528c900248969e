"""contests/queries/appeals.py: what keeps a result open, whose entry it is, what arbitrators read."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from contests.models import Appeal, Contest, Teammate
from contests.queries import appeals
from engine.approvals.subjects import description
from tests.contests.flows.test_appeals import hand_in, impartial, name, uphold, vote
from tests.contests.flows.test_contest import noticed
from tests.factories.contests import AT
from tests.factories.people import Company
from tests.factories.results import make_noticed


def test_pending_are_those_undecided_or_not_carried_out(company: Company) -> None:
    contest = noticed(company)
    waiting, upheld, rejected = (hand_in(contest, company.worker) for _ in range(3))
    uphold(contest, company, upheld)
    people = list(upheld.arbitrators.values_list("employee", flat=True))
    panel = list(type(company.worker).objects.filter(pk__in=people))
    name(rejected, company, panel)
    vote(rejected, (panel[0], "refuse"), (panel[1], "refuse"))

    assert set(appeals.pending(contest)) == {waiting, upheld}


def test_an_upheld_appeal_from_before_processes_does_not_hold_the_result_back(company: Company) -> None:
    contest = make_noticed(company)
    Appeal.objects.create(
        id=uuid4(), contest=contest, kind="appeal", state="upheld", by=company.worker, text="x", at=AT
    )

    assert not appeals.pending(contest).exists()


def test_a_mate_who_left_has_no_entry(company: Company) -> None:
    contest = make_noticed(company)
    Teammate.objects.create(entry=contest.entries.get(code="01"), employee=company.worker, left_at=AT)

    assert appeals.own_entry(company.worker, contest) is None


def test_the_offer_ends_with_the_notice(company: Company) -> None:
    contest = make_noticed(company)
    until = contest.notice_until
    assert until is not None

    given = [
        appeals.offer(company.worker, contest, at=moment).may for moment in (AT, until, until + timedelta(seconds=1))
    ]

    assert given == [True, True, False]


def test_a_final_contest_counts_no_open_appeals(company: Company) -> None:
    contest = noticed(company)
    hand_in(contest, company.worker)
    open_now = appeals.offer(company.worker, contest, at=AT)
    Contest.objects.update(state="final")
    contest.refresh_from_db()

    later = appeals.offer(company.stranger, contest, at=AT)

    assert (open_now.open_count, open_now.is_contestant, len(open_now.mine)) == (1, True, 1)
    assert (later.may, later.open_count, later.is_contestant, later.mine) == (False, 0, False, [])


def test_arbitrators_read_what_it_is_about(company: Company) -> None:
    contest = noticed(company)
    appeal = hand_in(contest, company.worker)

    told = description(appeal.subject)

    values = [str(value) for _label, value in told.facts]
    assert {contest.title, company.worker.name, appeal.text} <= set(values)
    assert told.link == f"/contests/appeals/{appeal.pk}/"
    assert description(f"appeal:{uuid4()}").facts == description("appeal:x").facts == []


def test_people_of_another_plant_have_no_conflict(company: Company) -> None:
    appeal = hand_in(noticed(company), company.worker)

    assert [appeals.conflicts_of(person, appeal) for person in impartial(company)] == [[], [], []]
