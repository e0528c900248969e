"""Publish approval policies; a published version never changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engine.approvals import core, hot, subjects
from engine.approvals.models import Panel, Policy
from engine.approvals.pure.check import FaultyPolicy as Unreadable
from engine.approvals.pure.check import Finding, check
from engine.events import domain as events
from people.models import Employee
from people.queries import holders


class NoSuchPolicy(ValidationError):
    """Nothing of that name is published."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("There is no approval policy “%(name)s”. Ask the administrator to publish one."),
            code="no-such-policy",
            params={"name": name},
        )


class FaultyPolicy(ValidationError):
    """The definition cannot be walked; one message for each fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__([ValidationError(fault, code="faulty-policy") for fault in faults])
        self.code = "faulty-policy"


def latest(name: str, *, at: datetime | None = None, keys_of: tuple[type[Model], ...] = ()) -> Policy:
    """Return the version in force; `has_substitutes` says whether anybody stands for anybody at a moment. One statement.

    Args:
        keys_of: tables to have a new key of by the same statement, as `keys`; none on SQLite.

    Raises:
        NoSuchPolicy: there is none.
    """
    policy = hot.latest_policy(name, at=at or timezone.now(), keys_of=keys_of)
    if policy is None:
        raise NoSuchPolicy(name)
    return policy


@transaction.atomic(savepoint=False)
def publish(
    name: str, definition: Mapping[str, Any], *, by: Employee | None, at: datetime | None = None, title: str = ""
) -> Policy:
    """Publish the next version; approvals that run keep the version they began with.

    Args:
        name: such as `contest-result`.
        definition: `{"steps": [...]}` as in the specification of approvals; `name` is filled in.
        title: what people read, a message id of the programme.
        by: who publishes; None for the default a programme declares, whose sources may be filled later.

    Raises:
        FaultyPolicy: one message for each fault, and for each error of `findings`.
    """
    whole = {**definition, "name": name}
    if by is None and (faults := core.faults(whole)):
        raise FaultyPolicy(faults)
    if by is not None and (errors := [row for row in findings(whole, at=at or timezone.now()) if row.is_error]):
        raise FaultyPolicy([f"{row.step}: {gettext(row.template) % row.params} {row.example}" for row in errors])
    before = Policy.objects.select_for_update(no_key=True).filter(name=name).order_by("version").last()
    policy = Policy.objects.create(
        name=name,
        version=before.version + 1 if before else 1,
        title=title or (before.title if before else ""),
        definition=whole,
        published_at=at or timezone.now(),
        by=by,
    )
    events.record(f"policy:{name}", "policy.published", by=by, at=policy.published_at, version=policy.version)
    return policy


def findings(definition: Mapping[str, Any], *, at: datetime) -> list[Finding]:
    """Return what is to be known about a policy before it is published, errors first; faults of reading raise.

    Raises:
        FaultyPolicy: one message for each fault.
    """
    day = timezone.localdate(at)

    def why_unknown(source: str) -> str:
        kind, _colon, name = source.partition(":")
        if kind == "user" and not Employee.objects.filter(number=name, is_active=True, left_on=None).exists():
            return gettext("nobody employed has this number")
        if kind in {"role", "pool", "managers"} and not holders(name.removesuffix("@unit"), day).exists():
            return gettext("nobody holds this role")
        if kind == "panel" and not Panel.objects.filter(name=name.rpartition(":")[0]).exists():
            return gettext("there is no such panel")
        if kind == "subject" and not subjects.is_known_name(name):
            return gettext("no programme calls people by this name")
        return ""

    try:
        return check(definition, why_unknown)
    except Unreadable as faulty:
        raise FaultyPolicy(list(faulty.faults)) from None


@transaction.atomic(savepoint=False)
def ensure(name: str, definition: Mapping[str, Any], *, title: str = "", at: datetime | None = None) -> Policy:
    """Publish the default a programme declares, unless some version exists: what an administrator published stays."""
    policy = Policy.objects.filter(name=name).order_by("version").last()
    return policy or publish(name, definition, by=None, at=at, title=title)
