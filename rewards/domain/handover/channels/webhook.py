"""A signed webhook to HR's own system.

Contract: POST of JSON (`content.facts_of`) with

    X-Jinbang-Timestamp: seconds since 1970
    X-Jinbang-Signature: v1=<hex HMAC-SHA256 of "<timestamp>.<body>" under the shared secret>
    Idempotency-Key: the row's key, the same in every repetition

The receiver refuses what is older than five minutes (`rewards.pure.signing.is_genuine` is the check) and answers
`{"id": its number, "half_days": what it booked}`; without `id` it acknowledges later through the API. 409 and 422 with
`{"code": …}` mean it never will; anything else is tried again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from rewards.domain.handover.channels.answers import Answer, Refused, Unsure
from rewards.domain.handover.channels.http import Status, ask
from rewards.domain.handover.content import facts_of, key_of
from rewards.pure import signing

if TYPE_CHECKING:
    from rewards.domain.handover.channels import Keep
    from rewards.models import HandOver

NEVER = {409, 410, 422}


def is_configured() -> bool:
    """Whether LEAVE_WEBHOOK_URL is set."""
    return bool(settings.LEAVE_WEBHOOK_URL)


def send(row: HandOver, *, keep: Keep) -> Answer:
    """Post one row, signed."""
    body = json.dumps(facts_of(row), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    timestamp = int(timezone.now().timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Jinbang-Timestamp": str(timestamp),
        "X-Jinbang-Signature": signing.signature(settings.LEAVE_WEBHOOK_SECRET.encode(), timestamp, body),
        "Idempotency-Key": key_of(row),
    }
    try:
        answer: dict[str, Any] = ask(settings.LEAVE_WEBHOOK_URL, body=body, headers=headers)
    except Status as error:
        if error.status in NEVER:
            raise Refused(str(error.answer.get("message") or error)[:160]) from error
        raise
    booked = answer.get("half_days")
    if booked is not None and booked != row.grant.half_days:
        raise Unsure(f"booked {booked} half days instead of {row.grant.half_days}")
    return Answer(str(answer.get("id") or "")[:80], booked)
