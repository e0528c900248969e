"""Operations for other systems: granted leave for HR's (read, acknowledge, say what was taken), events for the award rules."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import AwareDatetime, StrictInt, StringConstraints

from frontend.kit.apidoors import Bearer, api_door, signed_in
from people.models import Employee
from rewards.domain import leave, reported
from rewards.domain.handover import feed, marks
from rewards.domain.handover.content import facts_of
from rewards.models import HandOver, LeaveGrant

router = Router(tags=["leave"])
points = Router(tags=["points"])
READ, WRITE = "leave:read", "leave:write"
Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
Whole = Annotated[StrictInt, Field(ge=0, le=2**53 - 1)]


class HandOverOut(Schema):
    """One thing to book: leave was granted (`grant`), or is returned (`reverse`) and must be taken back there.

    `number` is the cursor. `key` is the same for ever: book it once. `status`: `waiting` until it is acknowledged;
    `dropped` was returned before anybody booked it.
    """

    number: int
    key: UUID
    verb: str
    status: str
    redemption: UUID
    employee: str
    name: str
    unit: str
    unit_name: str
    leave: str
    half_days: int
    wanted_on: date | None
    is_afternoon: bool
    last_on: date
    granted_on: date
    points: int


class HandOversOut(Schema):
    """Rows after a cursor; `next` is the cursor for the next request."""

    rows: list[HandOverOut]
    next: int


class AfterIn(Schema):
    """Where to go on."""

    after: int = Field(0, ge=0, le=2**62)
    most: int = Field(100, ge=1, le=500)


class AcknowledgementIn(Schema):
    """It is booked: under which number, and how many half days."""

    external_id: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00]*$")
    half_days: int = Field(ge=0, le=1000)


class RefusalIn(Schema):
    """It cannot be booked, such as a return of days that are taken."""

    reason: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")


class StatusOut(Schema):
    """Where one row stands."""

    number: int
    status: str
    external_id: str


class TakenIn(Schema):
    """How many half days of a grant have been taken in all."""

    half_days: int = Field(ge=0, le=1000)


class GrantOut(Schema):
    """Where one grant stands."""

    redemption: UUID
    state: str
    half_days: int
    taken_half_days: int
    last_on: date


@router.get("/hand-overs", response=HandOversOut, auth=signed_in(READ))
@api_door("rewards.hand_over_leave", on_object=False)
def hand_overs(request: HttpRequest, asked: Query[AfterIn]) -> dict[str, Any]:
    """Read what is to be booked after a cursor; what waits gets its number now. 6 SQL statements, 4 more for each new row."""
    feed.publish(at=timezone.now())
    rows = feed.after(asked.after, most=asked.most)
    shown = [facts_of(row) | {"number": row.number, "status": row.status} for row in rows]
    return {"rows": shown, "next": shown[-1]["number"] if shown else asked.after}


def _row(number: int) -> HandOver:
    row = HandOver.objects.filter(number=number).first()
    if row is None:
        raise Http404
    return row


@router.post("/hand-overs/{int:number}/acknowledgement", response=StatusOut, auth=signed_in(WRITE))
@api_door("rewards.hand_over_leave", on_object=False)
def acknowledge(request: HttpRequest, number: int, body: AcknowledgementIn) -> HandOver:
    """Say that a row is booked; the same again changes nothing, another number is refused (409)."""
    return marks.acknowledge(
        pk=_row(number).pk, external_id=body.external_id, half_days=body.half_days,
        by=cast("Employee", request.user), at=timezone.now(),
    )  # fmt: skip


@router.post("/hand-overs/{int:number}/refusal", response=StatusOut, auth=signed_in(WRITE))
@api_door("rewards.hand_over_leave", on_object=False)
def refuse(request: HttpRequest, number: int, body: RefusalIn) -> HandOver:
    """Say that a row will never be booked; a refused return leaves the leave as it was."""
    return marks.refuse(pk=_row(number).pk, reason=body.reason, by=cast("Employee", request.user), at=timezone.now())


@router.post("/grants/{uuid:redemption}/taken", response=GrantOut, auth=signed_in(WRITE))
@api_door("rewards.hand_over_leave", on_object=False)
def taken(request: HttpRequest, redemption: UUID, body: TakenIn) -> dict[str, Any]:
    """Say how many half days of a grant have been taken in all; the same again changes nothing."""
    key = LeaveGrant.objects.filter(redemption=redemption).values_list("pk", flat=True).first()
    if key is None:
        raise Http404
    row = leave.report_taken(pk=key, half_days=body.half_days, by=cast("Employee", request.user), at=timezone.now())
    return {
        "redemption": redemption, "state": row.state, "half_days": row.half_days,
        "taken_half_days": row.taken_half_days, "last_on": row.valid_until_on,
    }  # fmt: skip


class EventIn(Schema):
    """Something that happened to one person, as award rules read it. `key` says which, such as the number of a suggestion:
    the same event, key and person again change nothing and never pay twice. `at` is when it happened; left out: now."""

    event: Text
    key: Text
    employee: Text
    facts: dict[Text, Whole | Text] = Field(min_length=1, max_length=20)
    at: AwareDatetime | None = None


class EventsIn(Schema):
    """At most 500 events, taken whole or not at all."""

    events: list[EventIn] = Field(min_length=1, max_length=reported.MOST)


class EventsOut(Schema):
    """How many were new, how many were known."""

    noted: int
    known: int


@points.post("/events", response=EventsOut, auth=[Bearer("rewards:write")])
@api_door("rewards.report_events", on_object=False)
def report_events(request: HttpRequest, body: EventsIn) -> dict[str, int]:
    """Report what another program knows, such as suggestion.adopted and mentoring.completed; the rules decide within seconds."""
    reports = [reported.Report(row.event, row.key, row.employee, dict(row.facts), row.at) for row in body.events]
    noted = reported.report(reports=reports, by=cast("Employee", request.user), at=timezone.now())
    return {"noted": noted, "known": len(reports) - noted}
