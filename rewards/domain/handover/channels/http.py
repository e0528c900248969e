"""One request to one configured host: no redirect is followed, the answer is read up to a bound."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from rewards.domain.handover.channels.answers import NotSent, TooFast

SECONDS = 8
MOST_BYTES = 262_144


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry signed content to somebody nobody configured."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


# No proxy of the environment either: the host that is configured, and nobody else.
_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


class Status(NotSent):
    """The other side answered with an error; `status` and the JSON it gave, {} without."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        super().__init__(f"HTTP {status} {str(answer.get('code', ''))[:60]}".strip())
        self.status, self.answer = status, answer


def ask(url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Send bytes (GET without) and return the JSON object of the answer, {} for an empty one.

    Raises:
        Status: an answer of 300 or more, redirects included.
        TooFast: 429.
        NotSent: no answer, or no JSON object.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise NotSent("the address is no http address")
    request = urllib.request.Request(url, data=body, headers=dict(headers or {}))  # noqa: S310 checked above
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            return _object(answer.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        if error.code == 429:
            raise TooFast("HTTP 429") from error
        raise Status(error.code, _lenient(error)) from error
    except (OSError, HTTPException) as error:
        raise NotSent(type(error).__name__) from error  # its text may hold the address, which may hold a secret


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content or b"{}")
    except ValueError:
        raise NotSent("the answer is no JSON") from None
    if not isinstance(found, dict):
        raise NotSent("the answer is no JSON object")
    return found


def _lenient(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        return _object(error.read(MOST_BYTES))
    except (NotSent, OSError):
        return {}
