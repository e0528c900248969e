"""The log's own key, and Ed25519 itself."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings

from engine.proof.pure.note import ED25519, Note, Signature, VerifierKey

SEED_BYTES = 32


@cache
def _private(path: str) -> Ed25519PrivateKey:
    """Read the key's seed; made once, for its owner's eyes only, when there is none."""
    place = Path(path)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        seed = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        try:
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was first
            return Ed25519PrivateKey.from_private_bytes(place.read_bytes()[:SEED_BYTES])
        with os.fdopen(handle, "wb") as file:
            file.write(seed)
    return Ed25519PrivateKey.from_private_bytes(place.read_bytes()[:SEED_BYTES])


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
