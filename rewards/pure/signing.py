"""Signatures of webhooks: HMAC-SHA256 over the time and the exact bytes, valid for a few minutes."""

from __future__ import annotations

import hashlib
import hmac

WINDOW_SECONDS = 300


def signature(secret: bytes, timestamp: int, body: bytes) -> str:
    """Return `v1=<hex>` for a body sent at a second."""
    return "v1=" + hmac.new(secret, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def is_genuine(secret: bytes, *, timestamp: str, body: bytes, given: str, now: int) -> bool:
    """Return whether a message was signed with the secret, within the window around now; what receivers check."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(now - int(timestamp)) > WINDOW_SECONDS:
        return False
    return hmac.compare_digest(signature(secret, int(timestamp), body).encode(), given.encode())
