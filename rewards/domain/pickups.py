"""What lies at a desk and nobody collects: a reminder before its last day, and what is said when it is given back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from engine.notices.domain import tell
from engine.notices.models import Notice
from rewards.models import Redemption
from rewards.pure.expiry import PICKUP_DAYS_BEFORE, threshold

MOST = 200
REMINDED, GIVEN_BACK = "pickup.reminded", "pickup.given-back"


def overdue(*, at: datetime) -> list[Redemption]:
    """Return what waits at a desk past its last day, the longest first, at most 200. 1 SQL statement."""
    rows = Redemption.objects.filter(state=Redemption.State.READY, pickup_until_on__lt=timezone.localdate(at))
    return list(rows.select_related("item", "employee", "process").order_by("pickup_until_on", "pk")[:MOST])


def why(redemption: Redemption) -> str:
    """Return the reason kept with the redemption and in its history."""
    return _("Not collected by %(day)s.") % {"day": redemption.pickup_until_on}


def tell_given_back(*, redemption: Redemption, at: datetime) -> int:
    """Tell the person that it went back and how many points they have again; returns 1."""
    tell(
        [redemption.employee], kind=GIVEN_BACK, body=redemption.reason,
        title=gettext_noop("Not collected in time: %(title)s. %(points)s points are yours again."),
        params={"title": redemption.item.title, "points": redemption.refunded_points},
        link=reverse("rewards:redemption", args=[redemption.pk]), cause=redemption.subject, at=at,
    )  # fmt: skip
    return 1


def remind(*, at: datetime) -> int:
    """Tell who has something to collect 7 days and 1 day before it goes back; returns how many. Twice tells nobody twice."""
    today = timezone.localdate(at)
    until = today + timedelta(days=max(PICKUP_DAYS_BEFORE))
    rows = Redemption.objects.filter(
        state=Redemption.State.READY, pickup_until_on__gte=today, pickup_until_on__lte=until
    ).select_related("item", "employee")
    wanted = {}
    for row in rows:
        is_new = row.decided_at is not None and timezone.localdate(row.decided_at) == today
        if row.pickup_until_on is not None and not is_new:
            step = threshold((row.pickup_until_on - today).days, PICKUP_DAYS_BEFORE)
            wanted[f"{row.subject}:{step}"] = row
    known = set(Notice.objects.filter(kind=REMINDED, cause__in=wanted).values_list("cause", flat=True))
    told = 0
    for cause in [cause for cause in wanted if cause not in known][:MOST]:
        row = wanted[cause]
        told += tell(
            [row.employee], kind=REMINDED, title=gettext_noop("Collect %(title)s by %(day)s at %(place)s."),
            params={"title": row.item.title, "day": f"{row.pickup_until_on}", "place": row.item.pickup_place},
            link=reverse("rewards:redemption", args=[row.pk]), cause=cause, at=at,
        )  # fmt: skip
    return told
