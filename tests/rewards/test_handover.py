"""The outbox to HR's system: each row arrives once, whatever dies in between; every ending is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from rewards.domain.handover import marks, outbox
from rewards.domain.handover.channels import wecom as channel
from rewards.models import HandOver, Lane, LeaveGrant
from rewards.pure import signing
from rewards.queries import balance
from tests.factories.people import Company
from tests.factories.rewards import AT, give_points, grant_leave
from tests.rewards.other_side import Answer, WeCom, serving
from tests.support import refused

SECRET = "a-secret-of-hr-and-us"
OK: Answer = (200, {"id": "HR-1", "half_days": 1}, {})


@pytest.fixture
def granted(company: Company) -> LeaveGrant:
    give_points(company.worker, 3000)
    return grant_leave(company, company.worker)


def use_webhook(settings: Any, url: str) -> None:
    settings.LEAVE_WEBHOOK_URL, settings.LEAVE_WEBHOOK_SECRET = f"{url}/leave", SECRET


def use_wecom(settings: Any, url: str) -> None:
    settings.WECOM_API_URL, settings.WECOM_CORP_ID, settings.WECOM_LEAVE_SECRET = url, "ww1", "secret"
    settings.WECOM_VACATION_ID = "7"


def rows() -> list[tuple[str, str, str]]:
    return list(HandOver.objects.order_by("pk").values_list("verb", "status", "external_id"))


def test_nothing_is_sent_until_a_system_is_named(granted: LeaveGrant) -> None:
    assert outbox.send_due(at=AT) == 0
    assert rows() == [("grant", "waiting", "")]


def test_webhook_is_signed_and_acknowledged(granted: LeaveGrant, settings: Any) -> None:
    with serving(lambda _asked: OK) as (url, asked):
        use_webhook(settings, url)
        counts = [outbox.send_due(at=AT), outbox.send_due(at=AT)]

    one = asked[0]
    stamp = one.headers["X-Jinbang-Timestamp"]
    given = {"timestamp": stamp, "body": one.body, "given": one.headers["X-Jinbang-Signature"]}
    assert (counts, len(asked), rows()) == ([1, 0], 1, [("grant", "done", "HR-1")])
    assert (one.json["employee"], one.json["half_days"], one.json["verb"]) == ("1301", 1, "grant")
    assert one.headers["Idempotency-Key"] == one.json["key"]
    assert signing.is_genuine(SECRET.encode(), now=int(stamp) + 299, **given)
    assert not signing.is_genuine(SECRET.encode(), now=int(stamp) + 301, **given)
    assert not signing.is_genuine(b"another", now=int(stamp), **given)
    assert not signing.is_genuine(SECRET.encode(), now=int(stamp), **(given | {"body": one.body + b" "}))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((503, {}, {}), ("waiting", "HTTP 503")),
        ((302, {}, {"Location": "http://127.0.0.1:9/"}), ("waiting", "HTTP 302")),
        ((429, {}, {}), ("waiting", "HTTP 429")),
        ((422, {"code": "nobody", "message": "查无此人"}, {}), ("refused", "查无此人")),
        ((200, {"id": "HR-1", "half_days": 9}, {}), ("given-up", "booked 9 half days instead of 1")),
        ((200, {}, {}), ("sent", "")),
    ],
)
def test_what_the_webhook_may_answer(granted: LeaveGrant, settings: Any, answer: Answer, expected: tuple[str, str]) -> None:  # fmt: skip
    with serving(lambda _asked: answer) as (url, _asked):
        use_webhook(settings, url)
        outbox.send_due(at=AT)

    row = HandOver.objects.get()
    assert (row.status, row.last_error) == expected


def test_retries_wait_longer_and_end_with_a_look(granted: LeaveGrant, settings: Any) -> None:
    moment, keys, pauses = AT, set(), []
    with serving(lambda _asked: (500, {}, {})) as (url, asked):
        use_webhook(settings, url)
        while (row := HandOver.objects.get()).status == "waiting":
            pauses.append(int((row.due_at - moment).total_seconds() // 60))
            moment = max(moment, row.due_at)
            outbox.send_due(at=moment)
        keys = {one.headers["Idempotency-Key"] for one in asked}

    assert pauses[1:] == [1, 5, 30, 120, 480]
    assert (len(asked), len(keys), HandOver.objects.get().status) == (6, 1, "given-up")


def test_somebody_may_send_it_again_after_a_look(company: Company, granted: LeaveGrant) -> None:
    row = HandOver.objects.get()
    with refused(marks.AlreadySettled):
        marks.try_again(pk=row.pk, by=company.hr, at=AT)
    HandOver.objects.update(status="given-up", attempts=6, plan={"before": 1})

    again = marks.try_again(pk=row.pk, by=company.hr, at=AT)

    assert (again.status, again.attempts, again.plan) == ("waiting", 0, {})


def test_a_held_lane_is_left_alone_until_its_lease_ends(granted: LeaveGrant, settings: Any) -> None:
    Lane.objects.create(employee=granted.employee, lease_until=AT + timedelta(minutes=2))
    with serving(lambda _asked: OK) as (url, _asked):
        use_webhook(settings, url)

        assert [outbox.send_due(at=AT), outbox.send_due(at=AT + timedelta(minutes=2))] == [0, 1]


def test_wecom_adds_to_what_is_left_and_reads_it_back(company: Company, granted: LeaveGrant, settings: Any) -> None:
    grant_leave(company, company.worker, half_days=2)
    wecom = WeCom(left={"1301": 8640 * 3})
    with serving(wecom) as (url, asked):
        use_wecom(settings, url)
        sent = outbox.send_due(at=AT)

    assert (sent, wecom.left, wecom.tokens) == (2, {"1301": 8640 * 3 + 43_200 * 3}, 1)
    assert rows() == [("grant", "done", "wecom:7:25920>69120"), ("grant", "done", "wecom:7:69120>155520")]
    assert list(HandOver.objects.values_list("read_half_days", flat=True)) == [1, 2]
    assert len([one for one in asked if one.path.endswith("setoneuserquota")]) == 2


def test_wecom_by_hours_uses_the_length_of_its_day(granted: LeaveGrant, settings: Any) -> None:
    wecom = WeCom(left={"1301": 0}, time_attr=1, perday=28_800)
    with serving(wecom) as (url, _asked):
        use_wecom(settings, url)
        outbox.send_due(at=AT)

    assert wecom.left == {"1301": 14_400}


def test_an_answer_lost_after_writing_adds_nothing_twice(granted: LeaveGrant, settings: Any) -> None:
    wecom = WeCom(left={"1301": 0}, dies_after_writing=True)
    with serving(wecom) as (url, _asked):
        use_wecom(settings, url)
        first = outbox.send_due(at=AT)
        second = outbox.send_due(at=AT + timedelta(minutes=5))

    assert (first, second, wecom.left) == (0, 1, {"1301": 43_200})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"faults": [45009]}, ("waiting", 0, "45009 as recorded")),
        ({"faults": [301062]}, ("refused", 0, "301062 as recorded")),
        ({"faults": [301064]}, ("waiting", 1, "301064 as recorded")),
        ({"forgets": True}, ("given-up", 0, "0 seconds read back instead of 43200")),
        ({"left": {}}, ("refused", 0, "60111 userid not found")),
        ({"left": {"1301": 86_400_000}}, ("refused", 0, "more than 1000 days would be left")),
    ],
)
def test_errors_of_wecom(granted: LeaveGrant, settings: Any, change: dict[str, object], expected: tuple[str, int, str]) -> None:  # fmt: skip
    wecom = WeCom(**({"left": {"1301": 0}} | change))
    with serving(wecom) as (url, _asked):
        use_wecom(settings, url)
        outbox.send_due(at=AT)

    row = HandOver.objects.get()
    assert (row.status, row.attempts, row.last_error) == expected


def test_a_token_that_is_over_is_renewed_once(granted: LeaveGrant, settings: Any) -> None:
    wecom = WeCom(left={"1301": 0})
    with serving(wecom) as (url, _asked):
        use_wecom(settings, url)
        cache.set(channel._kept(channel.TOKEN), "an-old-one", 600)
        outbox.send_due(at=AT)

    assert (wecom.tokens, wecom.left) == (1, {"1301": 43_200})


def test_a_quota_changed_between_two_attempts_stops_for_a_look(granted: LeaveGrant, settings: Any) -> None:
    wecom = WeCom(left={"1301": 0}, faults=[301064])
    with serving(wecom) as (url, _asked):
        use_wecom(settings, url)
        outbox.send_due(at=AT)
        wecom.left["1301"] = 86_400
        outbox.send_due(at=AT + timedelta(minutes=5))

    assert (HandOver.objects.get().status, wecom.left) == ("given-up", {"1301": 86_400})


@pytest.mark.parametrize(("left", "state", "points"), [(43_200, "reversed", 3000), (0, "granted", 2700)])
def test_wecom_takes_back_only_what_is_left(company: Company, granted: LeaveGrant, settings: Any, left: int, state: str, points: int) -> None:  # fmt: skip
    wecom = WeCom(left={"1301": 0})
    with serving(wecom) as (url, _asked):
        use_wecom(settings, url)
        outbox.send_due(at=AT)
        wecom.left["1301"] = left
        marks.ask_return(grant=granted, by=company.worker, at=AT)
        outbox.send_due(at=AT)

    granted.refresh_from_db()
    assert (granted.state, balance(company.worker).available, wecom.left) == (state, points, {"1301": 0})


def test_a_return_waits_until_the_grant_has_arrived(company: Company, granted: LeaveGrant, settings: Any) -> None:
    wecom = WeCom(left={"1301": 0}, faults=[301064])
    with serving(wecom) as (url, _asked):
        use_wecom(settings, url)
        outbox.send_due(at=AT)
        marks.ask_return(grant=granted, by=company.worker, at=AT)
        early = outbox.send_due(at=AT + timedelta(seconds=1))
        late = outbox.send_due(at=AT + timedelta(minutes=5))

    assert (early, late, wecom.left, balance(company.worker).available) == (0, 2, {"1301": 0}, 3000)


def test_another_number_for_what_is_booked_is_refused(granted: LeaveGrant) -> None:
    row = HandOver.objects.get()
    marks.acknowledge(pk=row.pk, external_id="HR-1", half_days=1, by=None, at=AT)

    with refused(marks.AlreadySettled):
        marks.acknowledge(pk=row.pk, external_id="HR-2", half_days=1, by=None, at=AT)

    assert rows() == [("grant", "done", "HR-1")]


def test_a_return_never_overtakes_its_grant(company: Company, granted: LeaveGrant, settings: Any) -> None:
    with serving(lambda _asked: (500, {}, {})) as (url, asked):
        use_webhook(settings, url)
        outbox.send_due(at=AT)
        marks.ask_return(grant=granted, by=company.worker, at=AT)
        outbox.send_due(at=AT + timedelta(minutes=1))
        HandOver.objects.filter(verb="grant").update(status="given-up")
        outbox.send_due(at=AT + timedelta(hours=1))

    assert [one.json["verb"] for one in asked] == ["grant", "grant"]
    assert rows() == [("grant", "given-up", ""), ("reverse", "waiting", "")]
