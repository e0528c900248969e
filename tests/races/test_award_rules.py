"""Two workers and two events at once: nothing pays twice, no cap is broken."""

from __future__ import annotations

import pytest

from rewards.domain import award_rules
from rewards.models import RuleDecision
from rewards.queries import balance
from tests.factories.people import make_company
from tests.factories.rewards import AT
from tests.factories.rules import FIXED, fill, make_rule
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS = 8


def attend(person, key):
    return award_rules.award_event(event="course.attended", key=key, employee=person, facts={"hours": 8}, at=AT)


def test_the_same_event_from_eight_sides_pays_once():
    company = make_company()
    make_rule()
    fill(1000)

    at_once(*[lambda: attend(company.worker, "course:1") for _ in range(EVENTS)])

    assert balance(company.worker).available == 30
    assert RuleDecision.objects.count() == 1


def test_eight_events_of_one_person_at_once_stay_under_the_cap():
    company = make_company()
    make_rule(definition={**FIXED, "caps": {"day": 100}})
    fill(1000)

    at_once(*[lambda key=key: attend(company.worker, f"course:{key}") for key in range(EVENTS)])

    assert balance(company.worker).available == 100
    assert sorted(RuleDecision.objects.values_list("points", flat=True)) == [0, 0, 0, 0, 10, 30, 30, 30]


def test_two_workers_decide_the_same_batch_once():
    company = make_company()
    make_rule()
    fill(1000)
    people = [company.worker, company.stranger, company.leader]
    award_rules.note(
        event="course.attended", at=AT, occurrences=[award_rules.Occurrence("c", one, {"hours": 1}) for one in people]
    )

    at_once(*[lambda: award_rules.decide_due(at=AT) for _ in range(4)])

    assert [balance(one).available for one in people] == [30, 30, 30]
    assert RuleDecision.objects.count() == 3
