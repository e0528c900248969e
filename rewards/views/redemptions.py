"""My redemptions: where each is, its code, taking it back, giving it up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import segno
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.kit.doors import door, one
from people.models import Employee
from rewards import flows
from rewards.domain.kinds import kind_of
from rewards.domain.redemption import refundable
from rewards.models import Item, Redemption
from rewards.queries import mall as queries

ROWS = 24
State = Redemption.State
REDEMPTION = one(
    Redemption.objects.select_related("item", "session", "employee__unit", "handed_by", "process"), pk="pk"
)
CHIPS = (("", gettext_lazy("All")), ("open", gettext_lazy("Not decided yet")), ("collect", gettext_lazy("To be collected")),
         ("done", gettext_lazy("Received")), ("over", gettext_lazy("Ended")))  # fmt: skip


def _person(request: HttpRequest) -> Employee:
    return cast("Employee", request.user)


@door("rewards.use_mall")
def redemptions(request: HttpRequest) -> HttpResponse:
    """List what I asked for, filtered by state and kind. 6 SQL statements for any number."""
    state, kind = request.GET.get("state", "")[:20], request.GET.get("kind", "")[:20]
    rows = queries.my_redemptions(_person(request), state=state, kind=kind)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "chips": CHIPS, "state": state, "kinds": Item.Kind.choices, "kind": kind}
    return render(request, "rewards/redemptions.html", context)


@dataclass(frozen=True)
class Step:
    """A stop of the rail: done, now, failed or later."""

    label: str | Promise
    state: str = ""
    at: datetime | None = None


FAILED: dict[str, Any] = {
    State.REFUSED: gettext_lazy("Refused"),
    State.CANCELLED: gettext_lazy("Cancelled"),
    State.REFUNDED: gettext_lazy("Refunded"),
}
COLLECTING: dict[str, str] = {State.READY: "now", State.FULFILLED: "done"}


def rail(row: Redemption) -> list[Step]:
    """Return where a redemption is, from asking to having."""
    kind = kind_of(row.item)
    failed = FAILED.get(row.state)
    steps = [Step(_("Asked"), "done", row.asked_at)]
    if row.state == State.WAITLISTED:
        steps.append(Step(_("Waiting list"), "now"))
    if row.item.asks_approval:
        is_agreed = row.state in {State.READY, State.FULFILLED, State.REFUNDED}
        state = "done" if is_agreed else "now" if row.state == State.RESERVED else "failed" if failed else ""
        steps.append(Step(_("Approval"), state, row.decided_at if is_agreed and not failed else None))
    if failed:
        return [*steps, Step(failed, "failed", row.decided_at)]
    if kind.is_collected:
        steps.append(Step(_("Collect"), COLLECTING.get(row.state, "")))
        return [*steps, Step(_("Handed out"), "done" if row.handed_at else "", row.handed_at)]
    is_granted = row.state == State.FULFILLED
    return [*steps, Step(_("Received"), "done" if is_granted else "", row.decided_at if is_granted else None)]


def code_picture(request: HttpRequest, code: str) -> SafeString:
    """Return the QR code that opens a code's page at the desk."""
    address = request.build_absolute_uri(reverse("rewards:code", args=[code]))
    picture = segno.make_qr(address, error="m").svg_inline(omitsize=True, light="#fff", svgclass="qr", border=3)
    return mark_safe(picture)  # noqa: S308  # nosec


@door("rewards.view_redemption", see="rewards.view_redemption", redemption=REDEMPTION)
def redemption(request: HttpRequest, redemption: Redemption) -> HttpResponse:
    """Show one request: where it is, its code, what was granted, what comes back. At most 9 SQL statements."""
    now, is_mine = timezone.now(), redemption.employee_id == request.user.pk
    kind = kind_of(redemption.item)
    shows_code = bool(is_mine and redemption.pickup_code and redemption.state in {State.READY, State.FULFILLED})
    shows_code = (
        shows_code and redemption.handed_at is None and not (redemption.session and redemption.session.ends_at < now)
    )
    is_granted = redemption.state in {State.READY, State.FULFILLED} and redemption.handed_at is None
    context = {
        "row": redemption, "kind": kind, "rail": rail(redemption), "is_mine": is_mine,
        "kind_part": f"rewards/kinds/{redemption.item.kind}.html",
        "qr": code_picture(request, redemption.pickup_code) if shows_code and redemption.pickup_code else "",
        "line": queries.place_in_line(redemption) if redemption.state == State.WAITLISTED else 0,
        "may_cancel": is_mine and redemption.state in {State.RESERVED, State.WAITLISTED},
        "may_refund": is_mine and is_granted and kind.may_be_given_up(redemption, at=now),
        "refund": refundable(redemption, at=now) if is_granted else 0,
    }  # fmt: skip
    return render(request, "rewards/redemption.html", context)


@door("rewards.cancel_redemption", methods=("POST",), see="rewards.view_redemption", redemption=REDEMPTION)
def cancel(request: HttpRequest, redemption: Redemption) -> HttpResponse:
    """Take a request back before it is decided, or leave the waiting list."""
    flows.cancel(redemption=redemption, ballot=uuid.uuid4(), by=_person(request), at=timezone.now())
    messages.success(request, _("Taken back. The points are yours again."))
    return redirect("rewards:redemption", redemption.pk)


@door("rewards.cancel_redemption", methods=("POST",), see="rewards.view_redemption", redemption=REDEMPTION)
def refund(request: HttpRequest, redemption: Redemption) -> HttpResponse:
    """Give up what was granted; what comes back is the item's rule."""
    now = timezone.now()
    if request.POST.get("points") != str(refundable(redemption, at=now)):
        messages.error(request, _("What comes back has changed since the page was shown. Look again, then decide."))
        return redirect("rewards:redemption", redemption.pk)
    row = flows.refund(redemption=redemption, reason="", by=_person(request), at=now)
    messages.success(request, _("Given up; %(n)s points are yours again.") % {"n": f"{row.refunded_points:,}"})
    return redirect("rewards:redemption", redemption.pk)
