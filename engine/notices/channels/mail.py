"""E-mail: one message a person, listing what happened, with links."""

from __future__ import annotations

from collections.abc import Sequence
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext, ngettext

from engine.notices.channels.robot import NotSent
from engine.notices.models import Notice
from people.models import Employee


def is_configured() -> bool:
    """Whether EMAIL_URL is set."""
    return bool(settings.EMAIL_HOST)


def reaches(person: Employee) -> bool:
    """Whether the person has an address."""
    return bool(person.email)


def send(person: Employee, notices: Sequence[Notice], *, key: str) -> None:
    """Send one message; its Message-ID is the key, so that a mail server can drop a repetition."""
    count = len(notices)
    subject = notices[0].sentence if count == 1 else ngettext("%(n)s notice", "%(n)s notices", count) % {"n": count}
    lines = [f"{person.name},", ""]
    for notice in notices:
        lines += [f"· {notice.sentence}", *([f"  {notice.body}"] if notice.body else [])]
        lines += [f"  {settings.SITE_URL}{notice.link}"] if notice.link and settings.SITE_URL else []
    lines += ["", gettext("You can choose in Jinbang how you are told.")]
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    message = EmailMessage(
        " ".join(subject.split()), "\n".join(lines), settings.DEFAULT_FROM_EMAIL, [person.email],
        headers={"Message-ID": f"<{key}@{host}>", "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    try:
        message.send()
    except (OSError, SMTPException) as error:
        raise NotSent(type(error).__name__) from error
