"""The key of sealed codes: outside the database, so that whoever reads the tables reads no name."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from frontend.kit.keyfiles import secret_bytes

KEY_BYTES, NONCE_BYTES = 32, 12


class CannotOpen(Exception):
    """The key is another one, or what was sealed has been changed."""


@cache
def _key(path: str) -> bytes:
    return secret_bytes(path, size=KEY_BYTES)


def encrypt(content: bytes, *, context: str) -> str:
    """Return content under AES-256-GCM as base64; it opens only with the same context (contest and layer)."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(_key(str(settings.SEAL_KEY_FILE))).encrypt(nonce, content, context.encode())
    return base64.b64encode(nonce + sealed).decode()


def decrypt(text: str, *, context: str) -> bytes:
    """Return what was sealed. Raises CannotOpen."""
    try:
        data = base64.b64decode(text, validate=True)
        return AESGCM(_key(str(settings.SEAL_KEY_FILE))).decrypt(
            data[:NONCE_BYTES], data[NONCE_BYTES:], context.encode()
        )
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error


def tag_of(contest_code: str, employee_id: int) -> str:
    """Return what marks a person's own entry of a sealed contest: a keyed hash only this installation can compute."""
    message = f"owner\n{contest_code}\n{employee_id}".encode()
    return hmac.new(_key(str(settings.SEAL_KEY_FILE)), message, hashlib.sha256).hexdigest()
