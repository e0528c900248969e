"""Rules in force decide about events, once each, and pay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from engine.approvals.models import Approval
from engine.events.domain import record
from engine.events.models import Event
from people.models import Employee
from rewards import flows
from rewards.domain import award_rules, ledger, recorded, rehearsals, rule_book, rule_revisions, seasons
from rewards.models import Fund, Happening, Rehearsal, RuleDecision, Transfer
from rewards.queries import balance
from rewards.queries.rules import describe_decision, standing_of
from tests.factories.approvals import act
from tests.factories.people import Company, make_employee
from tests.factories.rewards import AT
from tests.factories.rules import FIXED, attend, fill, make_rule, make_season
from tests.support import refused

pytestmark = pytest.mark.django_db


def points_of(*people: Employee) -> list[int]:
    return [balance(person).available for person in people]


def test_event_pays_once_and_the_decision_says_why(company: Company) -> None:
    version = make_rule()
    fill(1000)

    first, again = attend(company.worker), attend(company.worker)

    (row,) = first
    assert (row.version, row.points, row.outcome, row.sentence) == (version, 30, "granted", "granted")
    assert row.inputs["facts"] == {"hours": 8}
    assert row.inputs["units"] == ["group", "steel", "steel-1", "steel-1-1"]
    assert [one.pk for one in again] == [row.pk]
    assert points_of(company.worker) == [30]


def test_wallet_and_ledger_name_rule_and_event(company: Company) -> None:
    make_rule()
    fill(1000)
    attend(company.worker)

    paid = Transfer.objects.order_by("number").last()

    assert (paid.reason, paid.reference) == ("规则 courses", "award-rule:courses:v1/course.attended/course:1")
    assert Event.objects.filter(action="points.awarded-by-rule").get().data["points"] == 30


def test_two_events_of_one_person_stay_under_the_cap(company: Company) -> None:
    make_rule(definition={**FIXED, "caps": {"month": 50}})
    fill(1000)

    sentences = [attend(company.worker, f"course:{number}")[0].sentence for number in range(3)]

    assert sentences == ["granted", "capped 20 of 30", "capped 0 of 30"]
    assert points_of(company.worker) == [50]


def test_new_version_keeps_the_history_of_the_rule(company: Company) -> None:
    version = make_rule(definition={**FIXED, "caps": {"rule": 50}})
    fill(1000)
    attend(company.worker, "course:1")
    draft = rule_book.save_draft(
        rule=version.rule, title="新", definition={**FIXED, "caps": {"rule": 40}}, by=None, at=AT
    )
    rule_book.publish(version=draft, by=None, at=AT)

    (second,) = attend(company.worker, "course:2")
    attend(company.worker, "course:1")

    assert (second.version.number, second.sentence) == (2, "capped 10 of 30")
    assert points_of(company.worker) == [40]


def test_noted_events_are_decided_by_the_worker_in_batches(company: Company) -> None:
    make_rule()
    fill(1000)
    people = [make_employee(company.team) for _ in range(5)]
    occurrences = [award_rules.Occurrence("course:9", person, {"hours": 8}) for person in people]

    for _twice in range(2):
        award_rules.note(event="course.attended", occurrences=occurrences, at=AT)
    done = [award_rules.decide_due(at=AT, most=3) for _ in range(4)]

    assert done == [3, 2, 0, 0]
    assert points_of(*people) == [30] * 5


def test_empty_budget_waits_and_is_paid_when_there_are_points_again(company: Company) -> None:
    make_rule(definition={**FIXED, "caps": {"rule": 30}})

    (row,) = attend(company.worker)
    assert (row.outcome, row.points, points_of(company.worker)) == ("budget-empty", 0, [0])
    assert award_rules.retry_empty(at=AT) == 0
    attend(company.worker, "course:2")
    fill(1000)
    paid = award_rules.retry_empty(at=AT)

    assert (paid, award_rules.retry_empty(at=AT), points_of(company.worker)) == (1, 0, [30])
    assert sorted(RuleDecision.objects.values_list("sentence", flat=True)) == ["capped 0 of 30", "granted"]


def test_budget_emptied_between_reading_and_paying_is_an_outcome(company: Company, monkeypatch) -> None:
    make_rule()
    fill(30)
    monkeypatch.setattr(award_rules.queries, "available", lambda codes: dict.fromkeys(codes, 1000))

    outcomes = [attend(person)[0].outcome for person in (company.worker, company.stranger)]
    monkeypatch.undo()
    fill(100)
    award_rules.retry_empty(at=AT)

    assert outcomes == ["granted", "budget-empty"]
    assert points_of(company.worker, company.stranger) == [30, 30]


def test_plant_pays_for_its_people_and_the_company_for_its_staff(company: Company) -> None:
    make_rule(budget="plant")
    fill(100, "budget:steel")
    fill(100)

    rows = [attend(person)[0] for person in (company.worker, company.hr)]

    assert [row.budget for row in rows] == ["budget:steel", "budget:group"]


def test_fund_and_expiry_go_into_the_wallet(company: Company) -> None:
    Fund.objects.create(code="union", name="工会经费")
    make_rule(fund="union", expiry_months=3)
    fill(100, "budget:group@union")

    attend(company.worker)

    from rewards.models.ledger import Lot

    lot = Lot.objects.get(wallet="wallet:1301@union")
    assert (lot.left, lot.expires_on.isoformat()) == (30, "2027-02-20")


def test_large_award_waits_for_somebody_else(company: Company) -> None:
    make_rule(definition={**FIXED, "approval_from": 30})
    fill(1000)
    (row,) = attend(company.worker)
    (own,) = attend(company.union_chair)

    described = describe_decision(str(row.pk))
    assert described is not None
    assert [fact[1] for fact in described[0]][:4] == ["焊工赵磊", "甲班", "30", "规则 courses v1"]
    begun = [flows.ask_for_awards(at=AT) for _ in range(2)]
    approval = Approval.objects.get(subject=row.subject)
    act(approval, company.union_chair, at=AT)

    row.refresh_from_db()
    assert (begun, row.outcome, points_of(company.worker)) == ([2, 0], "granted", [30])
    waiting = {one.person for one in Approval.objects.get(subject=own.subject).waiting.all()}
    assert company.union_chair not in waiting


def test_refused_award_pays_nothing(company: Company) -> None:
    make_rule(definition={**FIXED, "approval_from": 30})
    fill(1000)
    (row,) = attend(company.worker)
    flows.ask_for_awards(at=AT)

    act(Approval.objects.get(subject=row.subject), company.union_chair, "refuse", note="没有依据", at=AT)

    row.refresh_from_db()
    assert (row.outcome, row.sentence, points_of(company.worker)) == ("refused", "refused", [0])


def test_recorded_event_of_that_name_is_read_once(company: Company) -> None:
    make_rule("suggestions", definition={"event": "suggestion.adopted", "points": {"fact": "benefit", "each": 1}})
    fill(1000)
    facts = {"employee": "1301", "benefit": 70, "grade": "A", "secret": "not a fact"}
    record("suggestion:7", "suggestion.adopted", by=None, at=AT - timedelta(hours=1), **facts)
    record("suggestion:8", "suggestion.adopted", by=None, at=AT, employee="4711", benefit=5)

    read = [recorded.read(at=AT) for _ in range(2)]
    award_rules.decide_due(at=AT)

    assert (read, points_of(company.worker)) == ([1, 0], [70])
    assert Happening.objects.get().facts == {"benefit": 70, "grade": "A"}


def test_published_version_never_changes(company: Company) -> None:
    version = make_rule()

    with refused(rule_book.IsPublished, code="is-published"):
        rule_book.publish(version=version, by=None, at=AT)
    version.definition = {**FIXED, "points": {"fixed": 9999}}
    with pytest.raises(DatabaseError), transaction.atomic():
        version.save()


def test_rule_with_an_error_is_not_published(company: Company) -> None:
    draft = rule_book.create(
        code="bad", title="坏", by=None, at=AT, definition={**FIXED, "conditions": [
            {"fact": "unit", "operator": "in", "values": ["atlantis"], "of": "person"}]},
        badge="no-such",
    )  # fmt: skip

    with refused(rule_book.NotPublishable, code="not-publishable"):
        rule_book.publish(version=draft, by=None, at=AT)
    assert [row.code for row in rule_book.findings(draft)] == ["no-such-unit", "no-such-badge"]


def test_ended_rule_listens_no_more(company: Company) -> None:
    version = make_rule()
    fill(1000)
    rule_book.end(rule=version.rule, by=company.union_chair, at=AT)

    assert attend(company.worker) == []


def test_rehearsal_says_what_the_season_would_have_paid_and_pays_nothing(company: Company) -> None:
    season = make_season()
    for number in range(4):
        award_rules.note(
            event="course.attended", at=AT + timedelta(days=number),
            occurrences=[award_rules.Occurrence(f"course:{number}", person, {"hours": 8})
                         for person in (company.worker, company.stranger, company.hr)[: 3 if number < 2 else 1]],
        )  # fmt: skip
    draft = rule_book.create(
        code="tried", title="试", by=None, at=AT, definition={**FIXED, "caps": {"season": 100}}, budget="plant"
    )
    rehearsals.ask(version=draft, season=season, by=company.organiser, at=AT)

    ran = [rehearsals.run_next(at=AT) for _ in range(2)]

    report = Rehearsal.objects.get().report
    assert ran == [1, 0]
    assert (report["points"], report["people"], report["capped_people"], report["cut_points"]) == (220, 3, 1, 20)
    assert report["units"] == [["炼钢厂", 160, 2], ["", 60, 1]]
    assert report["top"][0] == ["1301", "焊工赵磊", "甲班", 100]
    assert report["outcomes"] == {"granted": 7, "capped": 1}
    assert points_of(company.worker) == [0]


def test_seasons_do_not_overlap_and_levels_rise(company: Company) -> None:
    season = make_season()

    with refused(seasons.Overlaps, code="overlaps"):
        make_season("other", first=season.until_on)
    with refused(seasons.BadLevels, code="levels"):
        seasons.set_levels(levels=[("青铜", 100), ("白银", 100)], by=None, at=AT)


def test_standing_counts_what_is_earned_not_what_is_left(company: Company) -> None:
    make_season()
    make_rule(definition={**FIXED, "streak": {"length": 3, "span": "day", "bonus": 10}})
    seasons.set_levels(levels=[("青铜", 10), ("白银", 90)], by=None, at=AT)
    fill(1000)
    attend(company.worker)
    from rewards.pure.transfers import Transfer

    spend = Transfer(
        id="6f0b3a52-5d0f-4c7e-9a51-0d1f5c1f2a10", debit="wallet:1301", credit="spent", kind="redeem", amount=20
    )
    ledger.demand([spend], at=AT)

    row = standing_of(company.worker, on=AT.date())

    assert (row.earned, row.level.name, row.next_level.name, row.to_next, row.percent) == (30, "青铜", "白银", 60, 25)
    assert (row.season_points, [(one.length, one.wanted) for one in row.streaks]) == (30, [(1, 3)])


def test_contest_tells_the_rules_and_keeps_what_its_table_paid(company: Company) -> None:
    from contests.domain import rewarding
    from tests.factories.results import make_final

    make_rule("podium", definition={"event": "contest.placed", "points": {"fixed": 40}, "conditions": [
        {"fact": "rank", "operator": "at-most", "values": [2], "of": "event"}]})  # fmt: skip
    fill(1000)
    contest = make_final(company)

    for _twice in range(2):
        rewarding.tell_rules(contest, at=AT)
    while award_rules.decide_due(at=AT):
        pass

    table = RuleDecision.objects.filter(version__rule__code="contest-award-table")
    assert sorted(table.values_list("points", flat=True)) == [10, 10, 300]
    podium = RuleDecision.objects.filter(version__rule__code="podium").values_list("outcome", flat=True)
    assert sorted(podium) == ["granted", "granted", "not-met"]


def test_corrected_result_takes_back_what_rules_paid_and_pays_anew(company: Company) -> None:
    """Entry 02 was first and is third after the correction: the podium's points follow, spent ones become a debt."""
    from contests.domain import changes, rewarding
    from contests.models import ResultRow
    from tests.factories.results import draft, make_final, penalty

    make_rule(
        "podium", definition={"event": "contest.placed", "points": {"fact": "rank", "bands": [[1, 1, 40], [2, 2, 20]]}}
    )
    fill(1000)
    contest = make_final(company)
    rewarding.tell_rules(contest, at=AT)
    award_rules.decide_due(at=AT)
    first = ResultRow.objects.get(contest=contest, rank=1).entry.employee
    before = points_of(first)

    change = draft(contest, company, penalty("02", "70"))
    changes.apply(change_id=change.pk, shown="", by=company.chief_judge, at=AT)
    revised = [rule_revisions.revise_due(at=AT) for _ in range(2)]
    award_rules.decide_due(at=AT)

    decisions = RuleDecision.objects.filter(version__rule__code="podium").order_by("-points")
    assert sorted(decisions.values_list("points", flat=True)) == [0, 20, 40]
    assert revised[1] == 0
    assert before == [340]
    assert points_of(first) == [10]
    assert decisions.get(employee=first).sentence == "no points for this value"


def test_event_taken_back_takes_its_points_back_once(company: Company) -> None:
    make_rule()
    fill(1000)
    attend(company.worker)

    for _twice in range(2):
        rule_revisions.revise(event="course.attended", key="course:1", facts={}, people=[], at=AT)
        rule_revisions.revise_due(at=AT)
    taken = RuleDecision.objects.get()
    assert (taken.outcome, taken.points, points_of(company.worker)) == ("refused", 0, [0])

    facts = {company.worker.pk: {"hours": 4}}
    rule_revisions.revise(event="course.attended", key="course:1", facts=facts, people=[company.worker], at=AT)
    rule_revisions.revise_due(at=AT)

    taken.refresh_from_db()
    assert (taken.outcome, taken.points, points_of(company.worker)) == ("granted", 30, [30])


def test_taken_back_before_any_rule_looked_pays_nothing(company: Company) -> None:
    make_rule()
    fill(1000)
    award_rules.note(
        event="course.attended", occurrences=[award_rules.Occurrence("course:1", company.worker, {"hours": 8})], at=AT
    )
    rule_revisions.revise(event="course.attended", key="course:1", facts={}, people=[], at=AT)

    for _twice in range(2):
        rule_revisions.revise_due(at=AT)
        award_rules.decide_due(at=AT)

    assert (points_of(company.worker), RuleDecision.objects.count()) == ([0], 0)


def test_event_taken_back_and_reported_again_meanwhile_pays_nothing(company: Company) -> None:
    make_rule()
    make_rule("any", definition={"event": "course.attended", "points": {"fixed": 5}})
    fill(1000)
    one = award_rules.Occurrence("course:1", company.worker, {"hours": 8})
    award_rules.note(event="course.attended", occurrences=[one], at=AT)
    rule_revisions.revise(event="course.attended", key="course:1", facts={}, people=[], at=AT)

    decisions = attend(company.worker)
    rule_revisions.revise_due(at=AT)
    award_rules.decide_due(at=AT)

    assert (decisions, points_of(company.worker), RuleDecision.objects.count()) == ([], [0], 0)


def test_two_corrections_between_two_looks_both_count(company: Company) -> None:
    make_rule()
    fill(1000)
    attend(company.worker)

    for facts in ({}, {company.worker.pk: {"hours": 4}}, {}):
        rule_revisions.revise(event="course.attended", key="course:1", facts=facts, people=[], at=AT)
        rule_revisions.revise_due(at=AT)

    assert points_of(company.worker) == [0]


def test_signing_in_is_an_event_once_a_day_while_a_rule_listens(company: Company) -> None:
    Employee.objects.filter(pk=company.worker.pk).update(last_login=AT)
    nobody_listens = recorded.read_sign_ins(at=AT)
    make_rule("daily", definition={"event": "login.daily", "points": {"fixed": 1}})
    fill(1000)

    read = [recorded.read_sign_ins(at=AT + timedelta(minutes=n)) for n in range(2)]
    award_rules.decide_due(at=AT)

    assert (nobody_listens, read, points_of(company.worker)) == (0, [1, 0], [1])
