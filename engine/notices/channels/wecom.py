"""A WeCom group robot 企业微信群机器人.

Contract (developer.work.weixin.qq.com, group robot): POST `{"msgtype": "markdown", "markdown": {"content": …}}`, the content at
most 4,096 bytes of UTF-8; the answer is `{"errcode": 0, "errmsg": "ok"}`; more than 20 messages a minute answer 45009.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from engine.notices.channels.robot import markdown, post
from engine.notices.models import Notice
from people.models import Employee

MOST_BYTES = 4096


def is_configured() -> bool:
    """Whether WECOM_WEBHOOK_URL is set."""
    return bool(settings.WECOM_WEBHOOK_URL)


def reaches(person: Employee) -> bool:
    """A group hears everything; the message names the person."""
    return True


def send(person: Employee, notices: Sequence[Notice], *, key: str) -> None:
    """Post one message into the group."""
    content = markdown(person, notices, most_bytes=MOST_BYTES)
    post(settings.WECOM_WEBHOOK_URL, {"msgtype": "markdown", "markdown": {"content": content}})
