"""The outbox when the other side, the clock or a message misbehaves: nobody's message waits for another's trouble."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.error import HTTPError

import pytest
from django.core import mail

from engine.notices import domain, tasks
from engine.notices.channels import dingtalk, robot, wecom
from engine.notices.channels.robot import NotSent, TooFast
from engine.notices.models import Delivery

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # noon in Shanghai
LATER = NOON + timedelta(minutes=2)


def tell(*people, cause="x:1", at=NOON, title="x", **more):
    return domain.tell(people, kind="test", title=title, cause=cause, at=at, **more)


@pytest.fixture
def by_wecom(settings):
    settings.WECOM_WEBHOOK_URL = "http://127.0.0.1:9/"


@pytest.fixture
def heard(monkeypatch, by_wecom):
    """What WeCom's robot was given: (number of the person, causes, key)."""
    found: list[tuple[str, list[str], str]] = []
    monkeypatch.setattr(
        wecom, "send", lambda person, notices, *, key: found.append((person.number, [n.cause for n in notices], key))
    )
    return found


def test_a_message_that_breaks_holds_up_nobody(company, by_wecom, monkeypatch):
    heard = []

    def send(person, _notices, *, key):
        if person == company.worker:
            raise AttributeError(key)
        heard.append(person)

    monkeypatch.setattr(wecom, "send", send)
    tell(company.worker)
    tell(company.leader, cause="x:2")

    assert tasks.send_due(at=LATER) == 1
    assert heard == [company.leader]
    broken = Delivery.objects.get(notice__person=company.worker)
    assert (broken.attempts, broken.last_error, broken.lease_until) == (1, "AttributeError", None)


def test_a_title_over_two_lines_is_mailed(company, settings):
    settings.EMAIL_HOST = "mail.invalid"
    company.worker.email = "zhao@jb.example"
    company.worker.save()
    tell(company.worker, title="Waits for you: %(title)s", params={"title": "一\r\nBcc: x@y.example"})

    assert tasks.send_due(at=LATER) == 1
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].recipients() == ["zhao@jb.example"]


def test_who_is_past_the_limit_waits_a_minute_and_loses_no_attempt(company, by_wecom, monkeypatch):
    asked = []

    def send(person, _notices, *, key):
        asked.append(person)
        raise TooFast(f"45009 {key}")

    monkeypatch.setattr(wecom, "send", send)
    tell(company.worker)
    tell(company.leader, cause="x:2")

    assert tasks.send_due(at=LATER) == 0

    assert len(asked) == 1  # the others are not tried in vain
    assert set(Delivery.objects.values_list("attempts", "due_at", "lease_until")) == {
        (0, LATER + timedelta(minutes=1), None)
    }


def test_a_slow_other_side_ends_the_round_before_the_leases_end(company, heard, monkeypatch):
    clock = count(0, tasks.ROUND_SECONDS // 2 + 1)
    monkeypatch.setattr(tasks, "monotonic", lambda: next(clock))
    tell(company.worker)
    tell(company.leader, cause="x:2")
    tell(company.hr, cause="x:3")

    assert tasks.send_due(at=LATER) == 1
    assert Delivery.objects.filter(status="waiting", lease_until=None, attempts=0).count() == 2


def test_whose_lease_has_gone_to_another_marks_nothing(company, by_wecom, monkeypatch):
    def send(_person, _notices, *, key):
        Delivery.objects.update(status="sent", lease_until=None)  # the other was faster
        raise NotSent(key)

    monkeypatch.setattr(wecom, "send", send)
    tell(company.worker)
    tasks.send_due(at=LATER)

    assert Delivery.objects.get().status == "sent"


def test_a_repetition_has_the_same_key_and_contents(company, by_wecom, monkeypatch):
    keys = []

    def die(_person, notices, *, key):
        keys.append((key, [n.cause for n in notices]))
        raise KeyboardInterrupt

    tell(company.worker)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(wecom, "send", die)
        tasks.send_due(at=LATER)
    tell(company.worker, cause="x:2", at=NOON + timedelta(minutes=2))

    def fail(_person, notices, *, key):
        keys.append((key, [n.cause for n in notices]))
        raise NotSent("timeout")

    with monkeypatch.context() as patch:
        patch.setattr(wecom, "send", fail)
        tasks.send_due(at=LATER + timedelta(minutes=3))

    assert keys[1] == keys[0]
    assert keys[2][1] == ["x:2"]


def test_what_failed_is_repeated_as_it_was(company, by_wecom, monkeypatch):
    keys = []

    def fail(_person, notices, *, key):
        keys.append((key, [n.cause for n in notices]))
        raise NotSent("timeout")

    monkeypatch.setattr(wecom, "send", fail)
    tell(company.worker)
    tasks.send_due(at=LATER)
    tell(company.worker, cause="x:2", at=NOON + timedelta(minutes=2))
    tasks.send_due(at=LATER + timedelta(minutes=2))

    assert keys[1] == keys[0]
    assert keys[2][1] == ["x:2"]


class Answer:
    """An answer of the other side."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __enter__(self):
        return self

    def __exit__(self, *_more: object) -> None:
        pass

    def read(self, _most: int) -> bytes:
        return self.body


@pytest.mark.parametrize("body", [b"[]", b"null", b"0", b"<html>", b"\xff", b"", b'{"errmsg": "ok"}'])
def test_an_answer_that_says_nothing_is_no_success(monkeypatch, body):
    monkeypatch.setattr(robot.urllib.request, "urlopen", lambda *_a, **_k: Answer(body))

    with pytest.raises(NotSent):
        robot.post("https://x.example/", {})


@pytest.mark.parametrize("body", [b'{"errcode": 45009}', b'{"errcode": 130101}'])
def test_the_limits_of_both_robots_are_known(monkeypatch, body):
    monkeypatch.setattr(robot.urllib.request, "urlopen", lambda *_a, **_k: Answer(body))

    with pytest.raises(TooFast):
        robot.post("https://x.example/", {})


@pytest.mark.parametrize(("status", "kind"), [(429, TooFast), (500, NotSent)])
def test_a_refusal_by_http_names_its_status_not_its_address(monkeypatch, status, kind):
    def refuse(*_args, **_more):
        raise HTTPError("https://x.example/?key=secret", status, "no", {}, None)

    monkeypatch.setattr(robot.urllib.request, "urlopen", refuse)

    with pytest.raises(kind, match=f"^HTTP {status}$"):
        robot.post("https://x.example/?key=secret", {})


def test_the_signature_is_the_one_openssl_makes():
    # printf '1577262236757\nthis is secret' | openssl dgst -sha256 -hmac 'this is secret' -binary | base64
    signed = dingtalk.signed("https://x/?access_token=1", "this is secret", 1_577_262_236_757)

    assert signed.endswith("&timestamp=1577262236757&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D")


def test_a_long_list_fits_and_says_how_many_are_missing(company, by_wecom, monkeypatch):
    said = []
    monkeypatch.setattr(wecom, "post", lambda _url, content: said.append(content["markdown"]["content"]))
    for number in range(80):
        tell(company.worker, cause=str(number), title="通知" * 30)

    assert tasks.send_due(at=LATER) == 80

    lines = said[0].splitlines()
    assert len(said[0].encode()) <= wecom.MOST_BYTES
    assert lines[-1] == f"- … {80 - (len(lines) - 2)}"
