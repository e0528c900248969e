"""Tell people 30 and 7 days before points expire or leave lapses: each once, what falls on one day together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from engine.notices.domain import tell
from engine.notices.models import Notice
from people.models import Employee
from rewards.models import LeaveGrant
from rewards.pure.expiry import DAYS_BEFORE, threshold
from rewards.queries.wallet import expiring

MOST = 300  # people told in one round; the next round goes on
POINTS, LEAVE = "points.expire", "leave.lapses"


def remind(*, at: datetime) -> int:
    """Tell who has points or leave that end soon; returns how many were told. Twice tells nobody twice."""
    today = timezone.localdate(at)
    until = today + timedelta(days=max(DAYS_BEFORE))
    points = [(number, day, {"points": left}) for number, day, left in expiring(after=today, until=until)]
    grants = LeaveGrant.objects.filter(
        state__in=(LeaveGrant.State.GRANTED, LeaveGrant.State.PART_TAKEN),
        valid_until_on__gte=today,
        valid_until_on__lte=until,
    ).values_list("employee__number", "valid_until_on", F("half_days") - F("taken_half_days"), "redemption")
    leave: dict[tuple[str, date], float] = {}
    for number, day, left, _redemption in grants:
        leave[number, day] = leave.get((number, day), 0) + left / 2
    lapses = [(number, day, {"days": f"{left:g}"}) for (number, day), left in sorted(leave.items())]
    told = _tell(POINTS, gettext_noop("%(points)s points expire on %(day)s. Use them in the mall before."), points,
                 link=reverse("rewards:wallet"), at=at, most=MOST)  # fmt: skip
    return told + _tell(LEAVE, gettext_noop("%(days)s days of leave must be taken by %(day)s."), lapses,
                        link=reverse("rewards:redemptions"), at=at, most=MOST - told)  # fmt: skip


def _tell(kind: str, title: str, rows: Iterable[tuple[str, date, dict[str, Any]]], *, link: str, at: datetime, most: int) -> int:  # fmt: skip
    today = timezone.localdate(at)
    wanted = {(number, f"{kind}:{day}:{threshold((day - today).days)}"): (day, given) for number, day, given in rows}
    causes = {cause for _number, cause in wanted}
    known = set(Notice.objects.filter(kind=kind, cause__in=causes).values_list("person__number", "cause"))
    new = [key for key in wanted if key not in known][: max(0, most)]
    people = {
        row.number: row
        for row in Employee.objects.filter(number__in=[number for number, _cause in new], is_active=True)
    }
    told = 0
    for number, cause in new:
        if number in people:
            day, given = wanted[number, cause]
            told += tell([people[number]], kind=kind, title=title, params={**given, "day": day.isoformat()}, link=link,
                         cause=cause, at=at)  # fmt: skip
    return told
