r"""A DingTalk group robot 钉钉群机器人.

Contract (open.dingtalk.com, custom robot): POST `{"msgtype": "markdown", "markdown": {"title", "text"}, "at": {"atMobiles": […]}}`,
at most 20,000 bytes; with a secret the address carries `timestamp` in milliseconds and `sign`, the base64 of
HMAC-SHA256(secret, "timestamp\\nsecret"), url-quoted; the answer is `{"errcode": 0, "errmsg": "ok"}`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from urllib.parse import quote_plus

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from engine.notices.channels.robot import markdown, post
from engine.notices.models import Notice
from people.models import Employee

MOST_BYTES = 18_000


def is_configured() -> bool:
    """Whether DINGTALK_WEBHOOK_URL is set."""
    return bool(settings.DINGTALK_WEBHOOK_URL)


def reaches(person: Employee) -> bool:
    """A group hears everything; the message names the person, and mentions their phone where it is known."""
    return True


def send(person: Employee, notices: Sequence[Notice], *, key: str) -> None:
    """Post one message into the group."""
    text = markdown(person, notices, most_bytes=MOST_BYTES)
    phones = [person.phone] if person.phone else []
    content = {
        "msgtype": "markdown",
        "markdown": {"title": gettext("Jinbang"), "text": text + "".join(f" @{phone}" for phone in phones)},
        "at": {"atMobiles": phones, "isAtAll": False},
    }
    post(
        signed(settings.DINGTALK_WEBHOOK_URL, settings.DINGTALK_SECRET, int(timezone.now().timestamp() * 1000)), content
    )


def signed(url: str, secret: str, milliseconds: int) -> str:
    """Return the address with its signature; as it is without a secret."""
    if not secret:
        return url
    digest = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256).digest()
    return f"{url}&timestamp={milliseconds}&sign={quote_plus(base64.b64encode(digest))}"
