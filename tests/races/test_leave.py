"""The last half day of a year, the last place of a quota, one row of the outbox, one return: wanted by many at once."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from rewards.domain import leave, ledger
from rewards.domain.handover import batches, feed, marks, outbox
from rewards.models import CoverQuota, HandOver, HandOverBatch, LeaveGrant, LeaveRequest, Redemption, UnitCap
from rewards.queries import balance
from tests.factories.people import Company, make_company, make_employee
from tests.factories.rewards import AT, ask, give_points, grant_leave, make_leave
from tests.races.together import at_once
from tests.rewards.other_side import Answer, Asked, WeCom, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return make_company()


def people(company: Company, count: int) -> list[Any]:
    rows = [make_employee(company.team if place % 2 else company.other_team) for place in range(count)]
    for person in rows:
        give_points(person, 900)
    return rows


def test_last_half_days_of_a_units_year_go_to_three_of_ten(company: Company) -> None:
    UnitCap.objects.create(unit=company.shop, half_days=3)
    item = make_leave(company)

    answers = at_once(*(partial(ask, item, person) for person in people(company, 10)))

    assert Counter(type(answer) for answer in answers) == {Redemption: 3, leave.CannotTake: 7}
    assert LeaveRequest.objects.count() == 3
    assert ledger.verify() is None


def test_last_half_day_of_a_persons_year_goes_to_one_of_eight(company: Company) -> None:
    item = make_leave(company)
    leave.save_rule(item=item, person_cap_half_days=1, needs_cover=False, by=company.hr, at=AT)
    give_points(company.worker, 9000)

    answers = at_once(*[partial(ask, item, company.worker)] * 8)

    assert Counter(type(answer) for answer in answers) == {Redemption: 1, leave.CannotTake: 7}
    assert balance(company.worker).reserved == 300


def test_only_as_many_are_away_as_the_quota_says(company: Company) -> None:
    CoverQuota.objects.create(unit=company.shop, most_away=2)
    item, day = make_leave(company), timezone.localdate(AT) + timedelta(days=12)

    answers = at_once(*(partial(ask, item, person, wanted_on=day) for person in people(company, 8)))

    assert Counter(type(answer) for answer in answers) == {Redemption: 2, leave.CannotTake: 6}


def test_two_workers_send_one_row_once(company: Company, settings: Any) -> None:
    give_points(company.worker, 900)
    grant_leave(company, company.worker)
    both = threading.Barrier(2, timeout=0.5)

    def slowly(_asked: Asked) -> Answer:
        with suppress(threading.BrokenBarrierError):
            both.wait()  # a second request would come through together with the first
        return 200, {"id": "HR-1", "half_days": 1}, {}

    with serving(slowly) as (url, asked):
        settings.LEAVE_WEBHOOK_URL, settings.LEAVE_WEBHOOK_SECRET = url, "a-secret-of-hr-and-us"
        answers = at_once(*[partial(outbox.send_due, at=AT)] * 4)

    assert (sorted(answers), len(asked)) == ([0, 0, 0, 1], 1)
    assert HandOver.objects.get().status == "done"


def test_one_persons_quota_is_raised_one_after_the_other(company: Company, settings: Any) -> None:
    give_points(company.worker, 3000)
    for _ in range(4):
        grant_leave(company, company.worker)
    wecom = WeCom(left={"1301": 0})
    settings.WECOM_CORP_ID, settings.WECOM_LEAVE_SECRET, settings.WECOM_VACATION_ID = "ww1", "secret", "7"

    with serving(wecom) as (url, _asked):
        settings.WECOM_API_URL = url
        sent = at_once(*[partial(outbox.send_due, at=AT)] * 4)

    assert (sum(sent), wecom.left) == (4, {"1301": 4 * 43_200})


def test_two_files_at_once_share_no_line(company: Company) -> None:
    give_points(company.worker, 3000)
    for _ in range(5):
        grant_leave(company, company.worker)
    batches.default_layout(at=AT)

    answers = at_once(*[partial(batches.make, by=company.hr, at=AT)] * 3)

    made = [answer for answer in answers if isinstance(answer, HandOverBatch)]
    assert [row.lines for row in made] == [5]
    assert all(isinstance(answer, HandOverBatch | ValidationError) for answer in answers)


def test_numbers_of_the_feed_have_no_gap_and_no_twin(company: Company) -> None:
    give_points(company.worker, 3000)
    for _ in range(6):
        grant_leave(company, company.worker)

    at_once(*[partial(feed.publish, at=AT)] * 4)

    assert list(HandOver.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_a_return_asked_and_acknowledged_by_many_pays_back_once(company: Company) -> None:
    give_points(company.worker, 900)
    grant = grant_leave(company, company.worker)
    HandOver.objects.update(status="done")

    asked = at_once(*[partial(marks.ask_return, grant=grant, by=company.worker, at=AT)] * 6)
    back = HandOver.objects.get(verb="reverse").pk
    done = at_once(
        *[partial(marks.acknowledge, pk=back, external_id="B", half_days=1, by=None, at=AT)] * 4,
        *[partial(marks.refuse, pk=back, reason="已休", by=None, at=AT)] * 4,
    )

    grant.refresh_from_db()
    assert sum(isinstance(answer, LeaveGrant) for answer in asked) == 1
    assert len([answer for answer in done if isinstance(answer, HandOver)]) == 4
    assert (grant.state, balance(company.worker).available) in {("reversed", 900), ("granted", 600)}
    assert ledger.verify() is None


def test_a_return_and_the_worker_at_once_never_lose_the_days(company: Company, settings: Any) -> None:
    give_points(company.worker, 900)
    grant = grant_leave(company, company.worker)
    booked: dict[str, int] = {}

    def book(asked: Asked) -> Answer:
        body = asked.json
        booked[body["key"]] = body["half_days"] * (1 if body["verb"] == "grant" else -1)
        return 200, {"id": str(uuid.uuid4()), "half_days": body["half_days"]}, {}

    with serving(book) as (url, _asked):
        settings.LEAVE_WEBHOOK_URL, settings.LEAVE_WEBHOOK_SECRET = url, "a-secret-of-hr-and-us"
        at_once(partial(outbox.send_due, at=AT), partial(marks.ask_return, grant=grant, by=company.worker, at=AT))
        outbox.send_due(at=AT + timedelta(minutes=3))

    grant.refresh_from_db()
    assert (grant.state, sum(booked.values()), balance(company.worker).available) == ("reversed", 0, 900)
