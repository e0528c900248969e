"""What the group robots of WeCom and DingTalk have in common: one POST of JSON, one answer with `errcode`."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from engine.notices.models import Notice
from people.models import Employee

SECONDS = 5
# Both allow a robot 20 messages a minute: WeCom answers 45009 to more, DingTalk 130101.
TOO_FAST = {45009, 130101}


class NotSent(Exception):
    """The other side did not take a message; the text says why. It is tried again later."""


class TooFast(NotSent):
    """The other side takes no more this minute; nothing is wrong with the message."""


def post(url: str, content: dict[str, Any]) -> dict[str, Any]:
    """Send JSON and return the answer.

    Raises:
        NotSent: no answer, an answer that is no JSON object, or an `errcode` other than 0.
        TooFast: the limit of messages a minute is reached.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise NotSent("the webhook is no http address")
    body = json.dumps(content, ensure_ascii=False).encode()
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json; charset=utf-8"})  # noqa: S310 checked above
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            found: Any = json.loads(answer.read(65_536))
    except urllib.error.HTTPError as error:
        raise (TooFast if error.code == 429 else NotSent)(f"HTTP {error.code}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise NotSent(type(error).__name__) from error  # its text may hold the address, which is a secret
    if not isinstance(found, dict):
        raise NotSent("the answer is no JSON object")
    code = found.get("errcode")
    if code != 0:
        raise (TooFast if code in TOO_FAST else NotSent)(f"{code} {str(found.get('errmsg', ''))[:120]}")
    return found


def markdown(person: Employee, notices: Sequence[Notice], *, most_bytes: int) -> str:
    """Return the notices of one person as markdown, cut to whole lines that fit."""
    lines = [f"**{_plain(person.name)}** ({_plain(person.number)})"]
    for number, notice in enumerate(notices):
        words = _plain(notice.sentence)
        line = f"- [{words}]({settings.SITE_URL}{notice.link})" if notice.link and settings.SITE_URL else f"- {words}"
        rest = f"- … {len(notices) - number}"
        if len("\n".join([*lines, line, rest]).encode()) > most_bytes:
            lines.append(rest)
            break
        lines.append(line)
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return text in which nothing is markdown, a link or a mention."""
    return "".join(
        f"\\{char}" if char in "\\`*_[]()#>|<" else char for char in text.replace("\n", " ").replace("@", "＠")
    )
