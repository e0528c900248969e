"""Tell people something: in the app at once, through the channels that are configured a little later, grouped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from engine.notices import channels
from engine.notices.models import Delivery, Notice, Preference
from engine.notices.quiet import USUAL, earliest
from people.models import Employee

GROUPING = timedelta(seconds=60)  # so that what happens together arrives as one message


@transaction.atomic(savepoint=False)
def tell(
    people: Iterable[Employee],
    *,
    kind: str,
    title: str,
    cause: str,
    at: datetime,
    params: Mapping[str, Any] | None = None,
    body: str = "",
    link: str = "",
    is_urgent: bool = False,
) -> int:
    """Tell people; who was told of this cause before hears nothing. Returns how many were told.

    Args:
        kind: what sort of news, such as `approval.asked`.
        title: a message id, with `params`.
        cause: what happened, such as `approval:7:3`; with the person and the kind it is unique.
        link: address of the page it is about.
        is_urgent: sent in quiet hours as well.
    """
    wanted = {person.pk: person for person in people if person.is_active}
    told = set(Notice.objects.filter(kind=kind, cause=cause, person__in=wanted).values_list("person", flat=True))
    new = [
        Notice(person=person, kind=kind, title=title, params=dict(params or {}), body=body, link=link, cause=cause[:120], created_at=at)
        for pk, person in wanted.items()
        if pk not in told
    ]  # fmt: skip
    if not new:
        return 0
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    kept = set(Notice.objects.filter(pk__in=[row.pk for row in new]).values_list("pk", flat=True))
    rows = [row for row in new if row.pk in kept]  # another process may have told somebody in this moment
    if names := channels.configured():
        Delivery.objects.bulk_create(_deliveries(rows, names, at=at, is_urgent=is_urgent))
    return len(rows)


def _deliveries(rows: list[Notice], names: list[str], *, at: datetime, is_urgent: bool) -> list[Delivery]:
    preferences = {row.person_id: row for row in Preference.objects.filter(person__in=[row.person_id for row in rows])}
    found = []
    for notice in rows:
        wish = preferences.get(notice.person_id) or Preference(person_id=notice.person_id)
        due = at if is_urgent else not_quiet(wish, at + GROUPING)
        found += [
            Delivery(notice=notice, channel=name, due_at=due, is_urgent=is_urgent)
            for name in names
            if getattr(wish, name) and channels.reaches(name, notice.person)
        ]
    return found


def not_quiet(wish: Preference, at: datetime) -> datetime:
    """Return the first moment from `at` on at which a person may be sent something."""
    zone = timezone.get_default_timezone()
    return earliest(at, wish.quiet_from or USUAL[0], wish.quiet_until or USUAL[1], zone)


def mark_read(*, person: Employee, at: datetime, pk: Any = None) -> int:
    """Mark one notice, or all, of a person as read; returns how many were unread."""
    rows = Notice.objects.filter(person=person, read_at=None)
    return (rows if pk is None else rows.filter(pk=pk)).update(read_at=at)


def save_preference(
    *, person: Employee, mail: bool, wecom: bool, dingtalk: bool, quiet_from: time | None, quiet_until: time | None
) -> Preference:
    """Keep how a person wants to be told."""
    wishes = {"mail": mail, "wecom": wecom, "dingtalk": dingtalk, "quiet_from": quiet_from, "quiet_until": quiet_until}
    return Preference.objects.update_or_create(person=person, defaults=wishes)[0]
