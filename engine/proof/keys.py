"""The log's own key, and Ed25519 itself."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from engine.proof.pure.note import ED25519, Note, Signature, VerifierKey
from frontend.kit.keyfiles import secret_bytes

SEED_BYTES = 32


@cache
def _private(path: str) -> Ed25519PrivateKey:
    """Read the key's seed; made once when there is none."""
    return Ed25519PrivateKey.from_private_bytes(secret_bytes(path, size=SEED_BYTES))


def origin() -> str:
    """Return the log's name: LOG_ORIGIN, else the site's host."""
    return settings.LOG_ORIGIN or f"{urlsplit(settings.SITE_URL).hostname or 'jinbang.local'}/log"


def verifier_key() -> VerifierKey:
    """Return the key others verify this log with."""
    public = _private(str(settings.LOG_KEY_FILE)).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return VerifierKey(origin(), ED25519, public)


def signed(text: str) -> Note:
    """Return a text as a note signed by this log."""
    key = verifier_key()
    value = _private(str(settings.LOG_KEY_FILE)).sign(text.encode())
    return Note(text, (Signature(key.name, key.key_hash, value),))


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether an Ed25519 signature holds."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
