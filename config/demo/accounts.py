"""Who a visitor of the demo signs in as; kept under DATA_DIR, never in the repository."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from django.conf import settings


def path() -> Path:
    """Return the file of the demo's accounts."""
    return Path(settings.DATA_DIR) / "demo-accounts.json"


def new_password() -> str:
    """Return a password made for this installation, easy to type on a tablet."""
    return f"jinbang-{secrets.randbelow(9000) + 1000}-{secrets.token_hex(2)}"


def save(accounts: dict[str, dict[str, str]]) -> None:
    """Write role → {number, name, password}, readable by this user only."""
    path().touch(mode=0o600)
    path().write_text(json.dumps(accounts, ensure_ascii=False, indent=2), encoding="utf-8")


def load() -> dict[str, dict[str, str]]:
    """Return role → {number, name, password}; empty when no demo company was loaded here."""
    return json.loads(path().read_text(encoding="utf-8")) if path().exists() else {}
