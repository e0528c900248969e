"""Private keys in files, the log's own among them, and Ed25519 itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from engine.proof.pure import note as notes
from frontend.kit.keyfiles import secret_bytes

SEED_BYTES = 32


@cache
def private(path: str | Path) -> Ed25519PrivateKey:
    """Return the private key whose seed a file holds; made once when there is none. Raises ValueError when it was cut."""
    return Ed25519PrivateKey.from_private_bytes(secret_bytes(path, size=SEED_BYTES))


def public(key: Ed25519PrivateKey) -> bytes:
    """Return the 32 bytes of a public key."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def origin() -> str:
    """Return the log's name: LOG_ORIGIN, else the site's host."""
    name = settings.LOG_ORIGIN or f"{urlsplit(settings.SITE_URL).hostname or 'jinbang.local'}/log"
    if not notes.is_key_name(name):
        raise ImproperlyConfigured(f"LOG_ORIGIN={name!r}: write a name like jinbang.lan/log, without spaces or plus.")
    return name


def verifier_key(name: str = "") -> notes.VerifierKey:
    """Return the key others verify this log with; under another name when the log was called so before."""
    return notes.VerifierKey(name or origin(), notes.ED25519, public(private(settings.LOG_KEY_FILE)))


def signed(text: str) -> notes.Note:
    """Return a text as a note signed by this log."""
    return notes.Note(text, (notes.signed(text, verifier_key(), private(settings.LOG_KEY_FILE).sign),))


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether an Ed25519 signature holds."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
