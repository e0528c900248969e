"""Keys in files: made once, whole or not at all, for their owner's eyes only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_bytes(path: str | Path, *, size: int) -> bytes:
    """Return the key in a file; made from chance when there is none. Processes that start at once agree on one key.

    Raises:
        ValueError: the file is shorter than the key: it is no key of ours, or was cut.
    """
    place = Path(path)
    if not place.exists():
        _make(place, size)
    found = place.read_bytes()
    if len(found) < size:
        raise ValueError(f"{place} holds {len(found)} bytes, not a key of {size}: restore it from the backup")
    return found[:size]


def _make(place: Path, size: int) -> None:
    """Write the key aside, then link it into its place: nobody ever reads half of it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(size))
    try:
        os.link(part, place)
    except FileExistsError:  # another process was first
        pass
    finally:
        part.unlink()
