"""Teams from registration to points: who stands in one, who steps in, who gets what."""

from __future__ import annotations

from typing import Any

import pytest

from contests.domain import bundles, certificates, judging, panels, registration, results, rounds, seals, setup, teams
from contests.domain.registration import AlreadyRegistered, NotEligible
from contests.domain.setup import WrongState
from contests.domain.teams import NoPlace, NotATeam, NotYours
from contests.models import Contest, Entry, Registration, Teammate
from contests.queries import owners
from contests.queries import registrations as queries
from contests.queries import results as lines
from contests.queries.panels import conflicts_of
from contests.queries.teams import mates_of
from people.models import Employee, Tie
from tests.factories.contests import AT
from tests.factories.people import Company, make_employee
from tests.factories.results import UNTIL, mark
from tests.factories.teams import begin, make_people, make_team_contest, other_plant, register
from tests.support import refused


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_team_contest(company)


def substitute(
    row: Registration, leaving: Employee, entering: Employee, by: Employee, reason: str = "手伤"
) -> Teammate:
    key = {mate.employee_id: mate.pk for mate in row.team.all()}
    return teams.substitute(
        registration=row, leaving=key[leaving.pk], entering=key[entering.pk], reason=reason, by=by, at=AT
    )


def test_a_team_is_drawn_under_its_name_and_its_plant(company: Company, contest: Contest) -> None:
    people = make_people(company, "队长", "队员", "替补")
    register(contest, company.shop, people[:2], people[2:], name="转炉一队")

    begin(contest, company)

    entry = contest.entries.get()
    assert (entry.name, entry.unit, entry.employee) == ("转炉一队", "炼钢厂", people[0])
    assert [mate.employee for mate in entry.team.all()] == people
    assert [owners.own_entry(person, contest) for person in people] == [entry] * 3
    assert [row.title for row in queries.mine(people[1])] == [contest.title]


def test_a_substitute_takes_a_members_place_and_the_history_keeps_both(company: Company, contest: Contest) -> None:
    captain, mate, reserve = make_people(company, "队长", "队员", "替补")
    row = register(contest, company.team, [captain, mate], [reserve])

    substitute(row, mate, reserve, captain)

    found = [(one.name, one.state, one.reason) for one in mates_of(row)]
    assert found == [("队长", "present", ""), ("替补", "present", ""), ("队员", "left", "手伤")]
    begin(contest, company)
    entry = contest.entries.get()
    assert owners.own_entry(mate, contest) is None
    assert owners.own_entry(reserve, contest) == entry


def test_when_the_captain_leaves_the_substitute_is_captain_after_the_draw_too(
    company: Company, contest: Contest
) -> None:
    captain, mate, reserve = make_people(company, "队长", "队员", "替补")
    row = register(contest, company.team, [captain, mate], [reserve])
    begin(contest, company, until="draw")

    substitute(row, captain, reserve, company.organiser)

    row.refresh_from_db()
    assert row.employee == contest.entries.get().employee == reserve


@pytest.mark.parametrize(
    ("members", "waiting", "refusal"),
    [
        ("ab", "", None), ("a", "", NotATeam), ("abc", "", NotATeam), ("aa", "", NotATeam), ("ab", "a", NotATeam),
        ("as", "", NotATeam), ("aj", "", NotATeam), ("ax", "", NotEligible),
    ],
)  # fmt: skip
def test_who_makes_no_team_is_refused(
    company: Company, contest: Contest, members: str, waiting: str, refusal: type[Exception] | None
) -> None:
    a, b, c = make_people(company, "甲", "乙", "丙")
    (x,) = make_people(company, "无关工种")
    Employee.objects.filter(pk=x.pk).update(skill_level=0)
    x.refresh_from_db()
    setup.Contest.objects.filter(pk=contest.pk).update(
        conditions={"trades": [], "unit_ids": [], "minimum_skill_level": 1}
    )
    stranger = make_employee(other_plant(company), trade=company.trade)
    known = {"a": a, "b": b, "c": c, "x": x, "s": stranger, "j": company.judge}

    def act() -> Any:
        return register(
            contest, company.team, [known[one] for one in members], [known[one] for one in waiting], is_confirmed=False
        )

    if refusal is None:
        assert act().state == "applied"
        return
    with refused(refusal):
        act()
    assert not Registration.objects.exists()
    assert not Teammate.objects.exists()


def test_nobody_registers_a_team_of_a_unit_that_is_not_theirs(company: Company, contest: Contest) -> None:
    people = make_people(company, "甲", "乙", unit=other_plant(company))

    with refused(NotYours):
        teams.register(
            contest=contest, unit=people[0].unit, name="x", members=[(one, "") for one in people], substitutes=[],
            by=company.worker, at=AT,
        )  # fmt: skip


def test_a_head_registers_a_team_without_being_in_it(company: Company, contest: Contest) -> None:
    people = make_people(company, "甲", "乙")

    row = teams.register(
        contest=contest, unit=company.shop, name="甲班", members=[(one, "") for one in people], substitutes=[],
        by=company.shop_head, at=AT,
    )  # fmt: skip

    assert row.employee == people[0]


def test_nobody_stands_in_two_teams_of_a_contest(company: Company, contest: Contest) -> None:
    a, b, c, d = make_people(company, "甲", "乙", "丙", "丁")
    first = register(contest, company.team, [a, b], [c])

    for people in ([d, a], [d, b], [d, c]):
        with refused(AlreadyRegistered):
            register(contest, company.team, people)
    registration.withdraw(registration_id=first.pk, by=a, at=AT)

    assert register(contest, company.team, [d, a]).state == "confirmed"
    assert register(contest, company.team, [b, c], name="二队").state == "confirmed"


def test_nobody_registers_for_themselves_in_a_contest_of_teams_or_as_a_team_in_another(company: Company) -> None:
    contest = make_team_contest(company)
    single = make_team_contest(company, code="single", team_size=1)
    a, b = make_people(company, "甲", "乙")

    with refused(NotEligible):
        registration.apply(contest=contest, employee=a, by=a, at=AT)
    with refused(NotATeam, code="no-team-contest"):
        register(single, company.team, [a, b])


def test_substitutions_that_cannot_be_leave_everything_as_it_was(company: Company, contest: Contest) -> None:
    captain, mate, reserve, other = make_people(company, "队长", "队员", "替补", "第二替补")
    row = register(contest, company.team, [captain, mate], [reserve, other])
    substitute(row, mate, reserve, captain)

    with refused(NoPlace, code="left"):
        substitute(row, mate, other, captain)
    with refused(NoPlace, code="not-waiting"):
        substitute(row, captain, reserve, captain)
    with refused(NoPlace, code="left"):
        substitute(row, other, other, captain)
    with refused(Exception):
        substitute(row, captain, other, captain, reason=" ")
    begin(contest, company)
    with refused(WrongState):
        substitute(row, captain, other, captain)

    assert [one.state for one in mates_of(row)] == ["present", "present", "waiting", "left"]


def test_a_substitute_who_became_a_judge_does_not_step_in(company: Company, contest: Contest) -> None:
    captain, mate, reserve = make_people(company, "队长", "队员", "替补")
    row = register(contest, company.team, [captain, mate], [reserve])
    contest.panel.create(employee=reserve, code="J9", name="x", position=9)

    with refused(NotEligible):
        substitute(row, mate, reserve, captain)


def test_conflicts_of_interest_look_at_everybody_in_a_team(company: Company, contest: Contest) -> None:
    captain, mate, reserve = make_people(company, "队长", "队员", "替补")
    judge = make_employee(other_plant(company))
    register(contest, company.team, [captain, mate], [reserve])
    Tie.objects.create(employee=judge, other=reserve, kind=Tie.Kind.RELATIVE, declared_by=company.hr, declared_at=AT)

    assert [(found.kind, found.is_refused) for found in conflicts_of(judge, contest)] == [("tie", True)]
    assert conflicts_of(mate, contest)[0].kind == "contestant"
    with refused(panels.ConflictOfInterest):
        panels.assign(contest=contest, employee=judge, by=company.organiser, at=AT)


def final(contest: Contest, company: Company) -> Contest:
    mark(contest, company, {row.code: str(90 - 10 * place) for place, row in enumerate(contest.entries.all())})
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=AT)
    return results.publish(contest=contest, by=company.chief_judge, at=UNTIL)


@pytest.mark.parametrize(("sharing", "points"), [("each", [301, 301, 10, 10]), ("split", [151, 150, 5, 5])])
def test_points_go_to_each_member_or_are_shared(company: Company, sharing: str, points: list[int]) -> None:
    table = {"rows": [{"rank_from": 1, "rank_to": 1, "points": 301}], "participation_points": 10, "team": sharing}
    contest = make_team_contest(company, award_table=table)
    people = make_people(company, "甲", "乙", "丙", "丁", "替补")
    register(contest, company.team, people[:2], people[4:])
    register(contest, company.team, people[2:4], name="二队")
    begin(contest, company)

    contest = final(contest, company)

    assert [award.points for award in results.awards_of(contest)] == points
    assert {award.employee for award in results.awards_of(contest)} == set(people[:4])


def test_each_member_gets_a_certificate_and_pages_name_them(company: Company) -> None:
    contest = make_team_contest(company)
    people = make_people(company, "甲某", "乙某", "替补")
    register(contest, company.team, people[:2], people[2:], name="转炉一队")
    begin(contest, company)
    contest = final(contest, company)

    template = certificates.ensure_template(by=company.organiser, at=AT)
    issued = certificates.check(contest=contest, template=template)

    assert [(one.facts["name"], one.facts["unit"]) for one in issued] == [
        ("甲某", "炼钢厂 · 转炉一队"), ("乙某", "炼钢厂 · 转炉一队"),
    ]  # fmt: skip
    (line,) = lines.published(contest)
    assert line.full_name == "转炉一队（甲某、乙某）"
    assert "转炉一队" in bundles.export_bundle(contest=contest)["results.csv"].decode()


def test_under_seal_no_table_tells_which_team_has_which_code_and_each_member_finds_it(company: Company) -> None:
    contest = make_team_contest(company, is_sealed=True)
    captain, mate, reserve = make_people(company, "队长", "队员", "替补")
    row = register(contest, company.team, [captain, mate], [reserve])
    begin(contest, company)

    entry = contest.entries.get()
    assert (entry.name, entry.unit, entry.employee) == (entry.code, "", None)
    assert not Teammate.objects.exclude(entry=None).exists()
    assert [owners.own_entry(one, contest) for one in (captain, mate)] == [entry, entry]
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    for layer in ("code", "order"):
        seals.ask_opening(contest=contest, layer=layer, by=company.secrecy_officer, at=AT)
        seals.confirm_opening(contest=contest, layer=layer, by=company.auditor, at=AT)
    entry.refresh_from_db()
    assert (entry.name, entry.unit, entry.employee) == (row.team_name, "炼钢厂", captain)
    assert entry.team.count() == 3


def test_withdrawn_after_a_sealed_draw_the_entry_takes_part_no_more(company: Company) -> None:
    contest = make_team_contest(company, is_sealed=True)
    rows = [register(contest, company.team, make_people(company, *pair), name=pair) for pair in ("甲乙", "丙丁")]
    begin(contest, company, until="draw")

    registration.withdraw(registration_id=rows[0].pk, by=rows[0].employee, at=AT)

    assert sorted(Entry.objects.values_list("status", flat=True)) == ["", "wd"]


def test_the_next_round_takes_the_teams_over(company: Company) -> None:
    contest = make_team_contest(company)
    people = make_people(company, "队长", "队员", "替补")
    row = register(contest, company.team, people[:2], people[2:], name="转炉一队")
    substitute(row, people[1], people[2], people[0])
    begin(contest, company)
    final(contest, company)
    last = rounds.make_next(
        contest=contest, code="last", title="决赛", round_title="决赛", rule={"top": 1, "per_unit": None, "ties": "all"},
        by=company.organiser, at=AT,
    )  # fmt: skip
    Contest.objects.filter(pk=last.pk).update(state="published", published_at=AT)

    (brought,) = rounds.bring_up(contest=last, by=company.organiser, at=AT)

    assert (brought.team_name, brought.unit) == ("转炉一队", company.team)
    assert [(mate.name, mate.state) for mate in mates_of(brought)] == [("队长", "present"), ("替补", "present")]
