"""What the books say about every redemption of leave, side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from rewards.models import HandOver, Item, LeaveGrant, Redemption
from rewards.models.ledger import Transfer
from rewards.pure import codes
from rewards.pure.reconcile import Side

PIECE = 500
Status, Verb = HandOver.Status, HandOver.Verb
ENDED = (Redemption.State.FULFILLED, Redemption.State.REFUNDED)


def sides(*, at: datetime) -> Iterator[Side]:
    """Yield what ledger, grants and outbox say, redemption by redemption. 4 SQL statements for each 500."""
    rows = Redemption.objects.filter(item__kind=Item.Kind.LEAVE, state__in=ENDED).order_by("asked_at", "pk")
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), PIECE):
        part = keys[start : start + PIECE]
        yield from _sides(list(rows.filter(pk__in=part).select_related("item", "leave_grant", "leave_request")), at)


def _sides(rows: Sequence[Redemption], at: datetime) -> Iterator[Side]:
    posted, given_back = _points(rows)
    outbox: dict[object, list[HandOver]] = defaultdict(list)
    for row in HandOver.objects.filter(grant__redemption__in=[row.pk for row in rows]).select_related("grant"):
        outbox[row.grant.redemption_id].append(row)
    for redemption in rows:
        grant: LeaveGrant | None = getattr(redemption, "leave_grant", None)
        request = getattr(redemption, "leave_request", None)
        mine = outbox[redemption.pk]
        is_returned = grant is not None and grant.state == LeaveGrant.State.REVERSED
        yield Side(
            redemption=str(redemption.pk),
            price=redemption.points,
            half_days=request.half_days if request else (grant.half_days if grant else 0),
            burnt=posted.get(str(redemption.pk), 0) - given_back.get(str(redemption.pk), 0),
            granted=None if grant is None else 0 if is_returned else grant.half_days,
            handed=_handed(mine, grant),
            waiting_hours=_longest(
                at, [row.created_at for row in mine if row.status in {Status.WAITING, Status.GIVEN_UP}]
            ),
            unanswered_hours=_longest(at, [row.sent_at for row in mine if row.status == Status.SENT]),
            is_returning=grant is not None and grant.state == LeaveGrant.State.RETURNING,
            is_granted=redemption.state == Redemption.State.FULFILLED,
            kept=redemption.points - redemption.refunded_points if is_returned else 0,
        )


def _handed(rows: Sequence[HandOver], grant: LeaveGrant | None) -> int:
    if grant is None:
        return 0
    given = any(row.verb == Verb.GRANT and row.status in {Status.SENT, Status.DONE} for row in rows)
    taken_back = any(row.verb == Verb.REVERSE and row.status == Status.DONE for row in rows)
    return grant.half_days * (given - (given and taken_back))


def _longest(at: datetime, since: Sequence[datetime | None]) -> float | None:
    first = min((moment for moment in since if moment is not None), default=None)
    return None if first is None else (at - first).total_seconds() / 3600


def _points(rows: Sequence[Redemption]) -> tuple[dict[str, int], dict[str, int]]:
    """Return redemption → points posted, and redemption → points given back. 2 SQL statements."""
    posted: dict[str, int] = {}
    posts: dict[str, str] = {}
    for row in Transfer.objects.filter(pending__in=[row.pk for row in rows]):
        if codes.POST in row.flags:
            posted[str(row.pending)] = row.amount
            posts[str(row.id)] = str(row.pending)
    back: dict[str, int] = defaultdict(int)
    for key, amount in Transfer.objects.filter(reference__in=list(posts), kind=codes.REFUND).values_list(
        "reference", "amount"
    ):
        back[posts[str(key)]] += amount
    return posted, dict(back)
