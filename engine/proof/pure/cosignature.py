"""Cosignatures of C2SP tlog-cosignature, cosignature/v1: a witness saw this tree at a moment and signed it with Ed25519."""

from __future__ import annotations

KIND = 0x04  # signature type of a timestamped Ed25519 cosignature
STAMP_BYTES = 8
SIGNATURE_BYTES = 64
LATEST = 2**63 - 1


def message(text: str, timestamp: int) -> bytes:
    """Return what a witness signs: a header line, the time (seconds since 1970), the checkpoint's whole text."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def joined(timestamp: int, signature: bytes) -> bytes:
    """Return the value of a signature line: the time in eight bytes, big-endian, and the 64 bytes of Ed25519.

    Raises:
        ValueError: the time is not in 1 … 2^63 − 1 (a witness must not omit it), or the signature has another length.
    """
    if not 0 < timestamp <= LATEST or len(signature) != SIGNATURE_BYTES:
        raise ValueError("a cosignature is a time after 1970 and 64 bytes")
    return timestamp.to_bytes(STAMP_BYTES, "big") + signature


def parted(value: bytes) -> tuple[int, bytes] | None:
    """Return time and signature of a line's value; None when it is no cosignature/v1."""
    timestamp = int.from_bytes(value[:STAMP_BYTES], "big")
    if len(value) != STAMP_BYTES + SIGNATURE_BYTES or not 0 < timestamp <= LATEST:
        return None
    return timestamp, value[STAMP_BYTES:]
