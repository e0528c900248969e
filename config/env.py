"""The only reader of the environment: names, meanings, and what to write when one is wrong."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def text(name: str, default: str = "") -> str:
    """Return the variable, trimmed; the default when unset or empty."""
    return os.environ.get(name, "").strip() or default


def boolean(name: str, *, default: bool = False) -> bool:
    """Return whether the variable says 1, true, yes or on; refuse anything unclear."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r}: write 1 or 0.")


def integer(name: str, default: int) -> int:
    """Return the variable as a whole number."""
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r}: write a whole number.") from None


def data_dir() -> Path:
    """Return the folder of everything this installation stores, made on first use."""
    path = Path(text("DATA_DIR", str(BASE_DIR / "var"))).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret_key() -> str:
    """Return SECRET_KEY, the content of SECRET_KEY_FILE, or a key made once under DATA_DIR (mode 600)."""
    if key := text("SECRET_KEY"):
        return key
    path = Path(text("SECRET_KEY_FILE", str(data_dir() / "secret_key")))
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(48))
    key = path.read_text().strip()
    if len(key) < 40:
        raise ImproperlyConfigured(f"SECRET_KEY_FILE={path}: the key needs at least 40 characters.")
    return key


def _write_once(path: Path, key: str) -> None:
    """Create the file exclusively, so that two processes starting at once agree on one key."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.touch(mode=0o600)
    temporary.write_text(key)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def site_url() -> str:
    """Return SITE_URL without a trailing slash, or '' when the installation is embedded."""
    value = text("SITE_URL").rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path):
        raise ImproperlyConfigured(f"SITE_URL={value!r}: write https://name or http://name:port.")
    return value


def database() -> dict[str, object]:
    """Return Django's settings of the database that DATABASE_URL names; SQLite under DATA_DIR without one."""
    value = text("DATABASE_URL")
    if not value:
        return _sqlite(data_dir() / "jinbang.sqlite3")
    parts = urlsplit(value)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL={value.split('@')[-1]!r}: write postgres://user:password@host:5432/name."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "jinbang",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {
            **dict(parse_qsl(parts.query)),
            "prepare_threshold": 2,  # only engine.approvals.prepared binds on the server and is prepared
            "pool": {
                "min_size": 1,
                "max_size": integer("DATABASE_POOL_SIZE", 10),
                "timeout": integer("DATABASE_POOL_TIMEOUT", 15),
            },
        },
    }


def _sqlite(path: Path) -> dict[str, object]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": integer("DATABASE_LOCK_TIMEOUT", 30),
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;"
            ),
        },
        # Django's default in-memory test database is shared-cache: every race dies with
        # "table is locked". A file behaves like production.
        "TEST": {"NAME": str(path.with_name(f"test-{os.getpid()}.sqlite3"))},
    }


@dataclass(frozen=True)
class Mail:
    """Where mail is handed in; no host: nowhere."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    uses_starttls: bool = False
    uses_tls: bool = False


def mail() -> Mail:
    """Return the mail server of EMAIL_URL: smtp:// plain, smtp+starttls:// or smtps:// encrypted."""
    value = text("EMAIL_URL")
    if not value:
        return Mail()
    parts = urlsplit(value)
    ports = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL: write smtps://user:password@host:465, smtp+starttls://… or smtp://host.")
    return Mail(
        host=parts.hostname, port=parts.port or ports[parts.scheme], user=unquote(parts.username or ""),
        password=unquote(parts.password or ""), uses_starttls=parts.scheme == "smtp+starttls",
        uses_tls=parts.scheme == "smtps",
    )  # fmt: skip


@dataclass(frozen=True)
class LeaveChannel:
    """Where leave is handed over by itself: HR's webhook, or WeCom's quotas; all empty: HR takes files."""

    webhook_url: str = ""
    webhook_secret: str = ""
    wecom_corp: str = ""
    wecom_secret: str = ""
    wecom_vacation: str = ""
    wecom_api: str = ""


def leave_channel() -> LeaveChannel:
    """Return the system that hears of leave; refuse two at once, and one that is named only by half."""
    url, secret = text("LEAVE_WEBHOOK_URL"), text("LEAVE_WEBHOOK_SECRET")
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ImproperlyConfigured("LEAVE_WEBHOOK_URL: write https://host/path.")
    if url and len(secret) < 16:
        raise ImproperlyConfigured("LEAVE_WEBHOOK_SECRET: write at least 16 characters, the same as the receiver's.")
    corp, wecom_secret = text("WECOM_CORP_ID"), text("WECOM_LEAVE_SECRET")
    vacation = text("WECOM_VACATION_ID")
    if vacation and not (vacation.isdigit() and corp and wecom_secret):
        raise ImproperlyConfigured(
            "WECOM_VACATION_ID: write the leave's number, and set WECOM_CORP_ID and WECOM_LEAVE_SECRET beside it."
        )
    if vacation and url:
        raise ImproperlyConfigured("LEAVE_WEBHOOK_URL and WECOM_VACATION_ID: set one of them, not both.")
    api = text("WECOM_API_URL", "https://qyapi.weixin.qq.com").rstrip("/")
    return LeaveChannel(url, secret, corp, wecom_secret, vacation, api)


def redis_url() -> str:
    """Return REDIS_URL, or '' for in-process live boards."""
    value = text("REDIS_URL")
    if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(f"REDIS_URL={value!r}: write redis://host:6379/0.")
    return value


def is_test() -> bool:
    """Return whether pytest is running this process."""
    return "pytest" in sys.modules
