"""Two envelopes: who sealed, who asked, who opened; afterwards anybody may draw again."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.domain import seals as domain
from contests.models import Contest, Seal
from contests.pure import draw as lots
from contests.views.wizard import CONTEST
from frontend.kit.doors import door
from people.models import Employee


@door("contests.view_seals", see="contests.view_contest", contest=CONTEST)
def envelopes(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show the envelopes of a sealed contest; once opened, the draw made again from its seeds. 12 SQL statements."""
    rows = list(contest.seals.select_related("asked_by", "opened_by"))
    person = cast("Employee", request.user)
    turn = next((row.layer for row in reversed(rows) if row.opened_at is None), "")
    contents = {row.layer: domain.content_of(contest, row) for row in rows}
    context = {
        "contest": contest,
        "rows": [(row, contents[row.layer], row.layer == turn) for row in reversed(rows)],
        "may_ask": person.has_perm("contests.open_seal", contest) and contest.state in domain.OPENING,
        "may_confirm": person.has_perm("contests.confirm_seal", contest) and contest.state in domain.OPENING,
        "drawn_again": _drawn_again(contents),
        "steps": (),
        "step": "seals",
    }
    return render(request, "contests/seals.html", context)


def _drawn_again(contents: dict[str, dict[str, Any] | None]) -> bool | None:
    """Return whether both draws, made again from their seeds, give what was sealed; None while something is sealed."""
    first, second = contents.get(Seal.Layer.ORDER), contents.get(Seal.Layer.CODE)
    if not first or not second:
        return None
    numbers = lots.order_numbers(first["seed"], first["mapping"])
    codes = lots.blind_codes(second["seed"], second["mapping"])
    return numbers == first["mapping"] and codes == second["mapping"]


def _act(request: HttpRequest, contest: Contest, layer: str, verb: Any, done: str) -> HttpResponse:
    try:
        verb(contest=contest, layer=layer, by=cast("Employee", request.user), at=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, done)
    return redirect("contests:seals", contest.code)


@door("contests.open_seal", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def ask(request: HttpRequest, contest: Contest, layer: str) -> HttpResponse:
    """Ask for the opening of an envelope."""
    return _act(request, contest, layer, domain.ask_opening, _("A supervisor confirms the opening now."))


@door("contests.confirm_seal", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def confirm(request: HttpRequest, contest: Contest, layer: str) -> HttpResponse:
    """Open an envelope somebody else asked for."""
    return _act(request, contest, layer, domain.confirm_opening, _("The envelope is open."))
