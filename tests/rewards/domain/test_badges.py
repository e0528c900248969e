"""A badge is given once for each cause."""

from __future__ import annotations

import pytest

from engine.events.models import Event
from rewards.domain import badges
from rewards.models import BadgeAward, BadgeClass
from tests.factories.rewards import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def badge(db):
    return BadgeClass.objects.create(
        code="steady-hands", title="稳手", description="连续三个月", criteria="三个月无返工"
    )


def give(company, **changes):
    wanted = {"badge": "steady-hands", "employee": company.worker, "at": AT, "cause": "rule:1", "reason": " 三个月 "}
    return badges.give(**(wanted | changes))


def test_badge_is_given_once_for_a_cause(company, badge, django_assert_num_queries):
    with django_assert_num_queries(8):
        first = give(company)
    with django_assert_num_queries(1):
        again = give(company, reason="another")

    assert again == first
    assert first.reason == "三个月"
    assert list(Event.objects.filter(subject=first.subject).values_list("action", flat=True)) == ["badge.given"]


def test_another_cause_or_person_has_its_own_badge(company, badge):
    made = {give(company).pk, give(company, cause="rule:2").pk, give(company, employee=company.stranger).pk}

    assert len(made) == BadgeAward.objects.count() == 3


@pytest.mark.parametrize("code", ["steady-hands", "no-such"])
def test_badge_that_is_not_given_is_refused_and_nothing_kept(company, badge, code):
    BadgeClass.objects.update(is_active=False)

    with pytest.raises(badges.NoSuchBadge):
        give(company, badge=code)

    assert BadgeAward.objects.count() == Event.objects.count() == 0


def test_badge_given_before_it_was_retired_stays(company, badge):
    first = give(company)
    BadgeClass.objects.update(is_active=False)

    assert give(company) == first
