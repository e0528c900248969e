"""Notices: told once, in one's own language, sent when it is not quiet, tried again, never lost."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client

from engine.notices import domain, tasks
from engine.notices.channels import dingtalk, robot, wecom
from engine.notices.channels.robot import NotSent
from engine.notices.models import Delivery, Notice
from engine.notices.quiet import earliest

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # noon in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")


def tell(person, *, cause="x:1", at=NOON, **more):
    given = {"kind": "test", "title": "Waits for you: %(title)s", "params": {"title": "请假"}, "link": "/approvals/1/"}
    return domain.tell([person], cause=cause, at=at, **(given | more))


@pytest.fixture
def by_mail(settings):
    settings.EMAIL_HOST, settings.SITE_URL = "mail.invalid", "https://jb.example"


def test_same_cause_tells_once(company):
    assert (tell(company.worker), tell(company.worker), tell(company.worker, cause="x:2")) == (1, 0, 1)
    assert Notice.objects.count() == 2
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize(
    ("at", "begins", "ends", "found"),
    [
        ("12:00", time(22), time(7), "20 12:00"), ("22:00", time(22), time(7), "21 07:00"),
        ("06:59", time(22), time(7), "20 07:00"), ("07:00", time(22), time(7), "20 07:00"),
        ("13:00", time(12), time(14), "20 14:00"), ("11:00", time(12), time(14), "20 11:00"),
        ("03:00", time(3), time(3), "20 03:00"),
    ],
)  # fmt: skip
def test_quiet_hours_also_over_midnight(at, begins, ends, found):
    moment = datetime.fromisoformat(f"2026-11-20 {at}").replace(tzinfo=ZONE)

    assert earliest(moment, begins, ends, ZONE).strftime("%d %H:%M") == found


def test_what_happens_together_is_one_message(company, by_mail):
    company.worker.email = "zhao@jb.example"
    company.worker.save()
    tell(company.worker)
    tell(company.worker, cause="x:2", at=NOON + timedelta(seconds=20))

    assert tasks.send_due(at=NOON + timedelta(seconds=59)) == 0
    assert tasks.send_due(at=NOON + timedelta(seconds=90)) == 2
    assert tasks.send_due(at=NOON + timedelta(hours=1)) == 0

    [message] = mail.outbox
    assert message.to == ["zhao@jb.example"]
    assert message.body.count("https://jb.example/approvals/1/") == 2
    assert message.extra_headers["Message-ID"].endswith("@localhost>")


def test_nobody_is_woken_at_night_unless_it_is_urgent(company, by_mail):
    company.worker.email = "zhao@jb.example"
    company.worker.save()
    night = datetime(2026, 11, 20, 15, tzinfo=UTC)
    tell(company.worker, at=night)
    tell(company.worker, cause="x:2", at=night, is_urgent=True)

    assert tasks.send_due(at=night + timedelta(hours=1)) == 1
    assert tasks.send_due(at=night + timedelta(hours=8, minutes=1)) == 1


def test_who_has_no_address_is_told_in_the_app_only(company, by_mail):
    tell(company.worker)

    assert (Notice.objects.count(), Delivery.objects.count()) == (1, 0)


class Robot:
    """What the other side of a webhook answers, as recorded."""

    def __init__(self, *answers):
        self.answers, self.heard = list(answers), []
        robot_self = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                robot_self.heard.append((self.path, json.loads(body)))
                status, answer = (
                    robot_self.answers.pop(0) if robot_self.answers else (200, {"errcode": 0, "errmsg": "ok"})
                )
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?key=k"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def other_side():
    side = Robot()
    yield side
    side.server.shutdown()
    side.server.server_close()


def test_wecom_contract(company, settings, other_side):
    settings.WECOM_WEBHOOK_URL = other_side.url
    tell(company.worker, params={"title": "[假](http://evil) @all"})

    assert tasks.send_due(at=NOON + timedelta(minutes=2)) == 1

    [(path, message)] = other_side.heard
    assert (path, message["msgtype"]) == ("/hook?key=k", "markdown")
    assert "焊工赵磊" in message["markdown"]["content"]
    assert "\\[假\\]\\(http://evil\\) ＠all" in message["markdown"]["content"]


def test_dingtalk_contract(company, settings, other_side):
    settings.DINGTALK_WEBHOOK_URL, settings.DINGTALK_SECRET = other_side.url, "SEC1"
    company.worker.phone = "13800000000"
    company.worker.save()
    tell(company.worker)

    assert tasks.send_due(at=NOON + timedelta(minutes=2)) == 1

    [(path, message)] = other_side.heard
    assert "&timestamp=" in path
    assert "&sign=" in path
    assert message["at"] == {"atMobiles": ["13800000000"], "isAtAll": False}


def test_dingtalk_signature_is_the_documented_one():
    signed = dingtalk.signed("https://x/?access_token=1", "this is secret", 1_577_262_236_757)

    assert signed == "https://x/?access_token=1&timestamp=1577262236757&sign=" + signed.rpartition("=")[2]
    assert len(signed.rpartition("&sign=")[2]) >= 44


def test_rate_limit_and_outage_are_tried_again_then_given_up(company, settings, other_side):
    settings.WECOM_WEBHOOK_URL = other_side.url
    other_side.answers = [
        (200, {"errcode": 45009, "errmsg": "api freq out of limit"}),
        (500, {}),
        (200, {"errcode": 0}),
    ]
    tell(company.worker)

    assert tasks.send_due(at=NOON + timedelta(minutes=2)) == 0
    assert "45009" in Delivery.objects.get().last_error
    assert tasks.send_due(at=NOON + timedelta(minutes=2, seconds=30)) == 0
    assert tasks.send_due(at=NOON + timedelta(minutes=4)) == 0
    assert tasks.send_due(at=NOON + timedelta(minutes=10)) == 1
    assert (len(other_side.heard), Delivery.objects.get().status) == (3, "sent")


def test_it_is_given_up_after_five_attempts(company, settings):
    settings.WECOM_WEBHOOK_URL = "http://127.0.0.1:9/closed"
    tell(company.worker)
    at = NOON
    for _ in range(6):
        at += timedelta(days=1)
        tasks.send_due(at=at)

    assert (Delivery.objects.get().status, Delivery.objects.get().attempts) == ("given-up", 5)


def test_a_process_that_dies_after_taking_loses_nothing(company, settings, other_side, monkeypatch):
    settings.WECOM_WEBHOOK_URL = other_side.url
    tell(company.worker)
    at = NOON + timedelta(minutes=2)

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(wecom, "send", die)
    with pytest.raises(KeyboardInterrupt):
        tasks.send_due(at=at)
    monkeypatch.undo()
    settings.WECOM_WEBHOOK_URL = other_side.url

    assert tasks.send_due(at=at + timedelta(minutes=1)) == 0  # the lease still holds
    assert tasks.send_due(at=at + timedelta(minutes=3)) == 1
    assert len(other_side.heard) == 1


def test_only_http_is_spoken():
    with pytest.raises(NotSent):
        robot.post("file:///etc/passwd", {})


def as_(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_list_opens_and_marks_as_read(company):
    tell(company.worker)
    notice = Notice.objects.get()
    client = as_(company.worker)
    assert "Waits for you: 请假" in client.get("/notices/").content.decode()

    response = client.post(f"/notices/{notice.pk}/")

    assert response["Location"] == "/approvals/1/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_nobody_opens_anothers(company):
    tell(company.worker)
    notice = Notice.objects.get()

    assert as_(company.leader).post(f"/notices/{notice.pk}/").status_code == 404
    assert as_(company.leader).post(f"/notices/{uuid.uuid4()}/").status_code == 404
    as_(company.leader).post("/notices/read/")
    notice.refresh_from_db()
    assert notice.read_at is None


def test_preferences(company):
    client = as_(company.worker)

    assert client.post("/notices/preferences/", {"mail": "on", "quiet_from": "20:00"}).status_code == 422
    assert (
        client.post("/notices/preferences/", {"mail": "on", "quiet_from": "20:00", "quiet_until": "08:00"}).status_code
        == 302
    )
    page = client.get("/notices/preferences/").content.decode()
    assert 'value="20:00"' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_six_statements(company, rows, django_assert_max_num_queries):
    for number in range(rows):
        tell(company.worker, cause=str(number))
    client = as_(company.worker)

    with django_assert_max_num_queries(6):
        client.get("/notices/")


def test_old_notices_go(company):
    tell(company.worker)

    assert tasks.forget_old(at=NOON + timedelta(days=181)) >= 1
    assert Notice.objects.count() == 0


def test_a_repetition_keeps_quiet_too(company, settings, other_side):
    settings.WECOM_WEBHOOK_URL = other_side.url
    other_side.answers = [(500, {})] * 3
    evening = datetime(2026, 11, 20, 13, 30, tzinfo=UTC)  # half past nine in Shanghai
    tell(company.worker, at=evening)
    for minutes in (2, 5, 15, 60, 120):
        tasks.send_due(at=evening + timedelta(minutes=minutes))

    assert len(other_side.heard) == 3
    assert tasks.send_due(at=datetime(2026, 11, 20, 23, 1, tzinfo=UTC)) == 1
