"""The badge of a rule follows its decision through corrections."""

from __future__ import annotations

import gzip
import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest

from engine.approvals.models import Approval
from engine.events.models import Event
from people.models import Employee
from rewards import flows
from rewards.domain import award_rules, badges, credentials, rule_revisions, seasons
from rewards.models import BadgeAward, BadgeClass, RuleDecision
from rewards.pure.award_rules import BUDGET_EMPTY
from rewards.queries.rules import standing_of
from tests.factories.approvals import act
from tests.factories.people import Company
from tests.factories.rewards import AT
from tests.factories.rules import FIXED, attend, fill, make_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def badge(db: None) -> BadgeClass:
    return BadgeClass.objects.create(code="steady", title="稳手", description="零返工", criteria="连续三个月零返工")


def correct(person: Employee, facts: dict[str, Any], *, key: str = "course:1") -> None:
    wanted = {person.pk: facts} if facts else {}
    rule_revisions.revise(event="course.attended", key=key, facts=wanted, people=[person], at=AT)
    rule_revisions.revise_due(at=AT)


def held() -> list[bool]:
    """Return of each badge given so far, the oldest first, whether it is valid."""
    return [row.revoked_at is None for row in BadgeAward.objects.order_by("pk")]


def is_revoked_for_verifiers(award: BadgeAward) -> bool:
    """Read the signed status list as a verifier does."""
    part = credentials.status_list(0, at=AT).split(".")[1]
    listed = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))["credentialSubject"]["encodedList"][1:]
    bits = gzip.decompress(urlsafe_b64decode(listed + "=" * (-len(listed) % 4)))
    return bool(bits[award.pk // 8] >> (7 - award.pk % 8) & 1)


def test_taken_back_with_the_points_and_given_anew(company: Company, badge: BadgeClass) -> None:
    make_rule(badge="steady")
    fill(1000)
    attend(company.worker)
    first = BadgeAward.objects.get()

    correct(company.worker, {})
    correct(company.worker, {})
    taken = (held(), is_revoked_for_verifiers(first))
    correct(company.worker, {"hours": 4})
    correct(company.worker, {"hours": 5})

    first.refresh_from_db()
    second = BadgeAward.objects.latest("pk")
    assert taken == ([False], True)
    assert (first.revoked_by, first.revocation_reason) == (None, "授予依据已更正：规则 courses")
    assert (held(), second.cause) == ([False, True], f"{first.cause}§2")
    assert (is_revoked_for_verifiers(first), is_revoked_for_verifiers(second)) == (True, False)
    assert list(Event.objects.filter(action="badge.revoked").values_list("subject", flat=True)) == [first.subject]


def test_again_and_again_each_time_another(company: Company, badge: BadgeClass) -> None:
    make_rule(badge="steady")
    fill(1000)
    attend(company.worker)

    for facts in ({}, {"hours": 1}, {}, {"hours": 2}):
        correct(company.worker, facts)

    assert held() == [False, False, True]
    assert len(set(BadgeAward.objects.values_list("cause", flat=True))) == 3


def test_other_points_for_the_same_event_leave_the_badge(company: Company, badge: BadgeClass) -> None:
    make_rule(definition={"event": "course.attended", "points": {"fact": "hours", "each": 5}}, badge="steady")
    fill(1000)
    attend(company.worker)

    correct(company.worker, {"hours": 4})

    assert (RuleDecision.objects.get().points, held()) == (20, [True])


def test_a_correction_that_pays_for_the_first_time_gives_it(company: Company, badge: BadgeClass) -> None:
    long = {"fact": "hours", "operator": "at-least", "values": [8], "of": "event"}
    make_rule(definition={**FIXED, "conditions": [long]}, badge="steady")
    fill(1000)
    attend(company.worker, hours=2)
    before = held()

    correct(company.worker, {"hours": 8})

    assert (before, held()) == ([], [True])


def test_other_events_and_people_keep_theirs(company: Company, badge: BadgeClass) -> None:
    make_rule(badge="steady")
    fill(1000)
    for person, key in ((company.worker, "course:1"), (company.worker, "course:10"), (company.stranger, "course:1")):
        attend(person, key)

    rule_revisions.revise(event="course.attended", key="course:1", facts={company.stranger.pk: {"hours": 8}}, people=[], at=AT)  # fmt: skip
    rule_revisions.revise_due(at=AT)

    assert held() == [False, True, True]


def test_what_a_person_took_back_no_rule_gives_again(company: Company, badge: BadgeClass) -> None:
    make_rule(badge="steady")
    fill(1000)
    attend(company.worker)
    badges.revoke(award=BadgeAward.objects.get(), reason="冒名", by=company.organiser, at=AT)

    correct(company.worker, {})
    correct(company.worker, {"hours": 3})

    assert held() == [False]
    assert BadgeAward.objects.get().revocation_reason == "冒名"


def test_waiting_for_approval_keeps_it_and_a_refusal_takes_it(company: Company, badge: BadgeClass) -> None:
    definition = {"event": "course.attended", "points": {"fact": "hours", "each": 10}, "approval_from": 100}
    make_rule(definition=definition, badge="steady")
    fill(1000)
    attend(company.worker, hours=2)

    correct(company.worker, {"hours": 50})
    flows.ask_for_awards(at=AT)
    waiting = (RuleDecision.objects.get().outcome, held())
    act(Approval.objects.get(subject=RuleDecision.objects.get().subject), company.union_chair, verb="refuse", at=AT)

    assert waiting == ("waiting", [True])
    assert (RuleDecision.objects.get().outcome, held()) == ("refused", [False])


def test_an_empty_budget_keeps_it_until_points_come(company: Company, badge: BadgeClass) -> None:
    make_rule(definition={"event": "course.attended", "points": {"fact": "hours", "each": 10}}, badge="steady")
    fill(100)
    attend(company.worker, hours=2)

    correct(company.worker, {"hours": 50})
    empty = (RuleDecision.objects.get().outcome, held())
    fill(1000)
    award_rules.retry_empty(at=AT)

    assert (empty, held()) == ((BUDGET_EMPTY, [True]), [True])


def test_the_level_falls_with_the_points_and_comes_back(company: Company) -> None:
    make_rule()
    seasons.set_levels(levels=[("青铜", 10), ("白银", 30)], by=None, at=AT)
    fill(1000)
    attend(company.worker)
    names = [standing_of(company.worker, on=AT.date()).level]

    for facts in ({}, {"hours": 8}):
        correct(company.worker, facts)
        names.append(standing_of(company.worker, on=AT.date()).level)

    assert [row.name if row else "" for row in names] == ["白银", "", "白银"]
