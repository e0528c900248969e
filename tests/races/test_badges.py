"""The same badge given by several at once is one award; taken back by several at once it is taken back once; one signature is kept."""

from __future__ import annotations

from functools import partial

import pytest

from engine.events.models import Event
from engine.notices.models import Notice
from rewards.domain import badges, credentials
from rewards.models import BadgeAward
from tests.factories.people import make_company
from tests.factories.rewards import AT, make_badge
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_badge_given_by_eight_at_once_is_one_award() -> None:
    company = make_company()
    make_badge(company)

    give = partial(badges.give, badge="steady", employee=company.stranger, at=AT, cause="rule:7", reason="x")
    made = at_once(*[give] * 8)

    assert len({row.key for row in made}) == 1
    award = BadgeAward.objects.get(employee=company.stranger)
    assert Event.objects.filter(subject=award.subject, action="badge.given").count() == 1
    assert Notice.objects.filter(person=company.stranger, kind="badge.given").count() == 1


def test_badge_taken_back_by_eight_at_once_is_taken_back_once() -> None:
    company = make_company()
    award = make_badge(company)

    answers = at_once(
        *[partial(badges.revoke, award=award, reason=f"r{turn}", by=company.organiser, at=AT) for turn in range(8)]
    )

    assert sum(isinstance(answer, badges.AlreadyRevoked) for answer in answers) == 7
    assert Event.objects.filter(subject=award.subject, action="badge.revoked").count() == 1


def test_badge_signed_by_eight_at_once_keeps_one_credential() -> None:
    award = make_badge(make_company())

    def sign() -> str:
        row = BadgeAward.objects.select_related("badge", "employee").get(pk=award.pk)
        return credentials.credential_of(row)

    assert len(set(at_once(*[sign] * 8))) == 1
