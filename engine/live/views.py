"""Pages of boards: list, phone, wall, pairing, control; and the snapshot."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie

from engine.live import domain, frames, screens
from engine.live.models import Board, Screen
from frontend.kit.doors import PUBLIC, demand, door, one, sign_in_first

ROWS = 24
SCRIPT_LINES = 3
BOARD = one(Board.objects, code="code")


@door("live.list_boards")
def boards(request: HttpRequest) -> HttpResponse:
    """List the boards, the liveliest first. 3 SQL statements for any number."""
    rows = Board.objects.defer("rows", "held")
    words = request.GET.get("q", "").strip()[:60]
    if words:
        rows = rows.filter(title__icontains=words)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(request, "live/boards.html", {"page": page, "q": words})


def _may_see(request: HttpRequest, board: Board) -> HttpResponse | None:
    """Return None when this visitor or screen may see the board, else the way to sign in (or raise 403)."""
    if board.is_public or screens.shows(request.COOKIES.get(screens.TOKEN_COOKIE, ""), board):
        return None
    if not request.user.is_authenticated:
        return sign_in_first(request)
    demand(request.user, "live.view_board", board)
    return None


@door(PUBLIC, board=BOARD)
def snapshot(request: HttpRequest, board: Board) -> HttpResponse:
    """Answer the snapshot with its ETag, 304 when unchanged; `?full=1` shows the chief what is held back."""
    if (refusal := _may_see(request, board)) is not None:
        return refusal if refusal.status_code == 401 else JsonResponse({"code": "sign-in"}, status=401)
    if request.GET.get("full"):
        demand(request.user, "live.control_board", board)
        rows = board.held or board.rows
        return JsonResponse(frames.snapshot(board) | {"rows": rows}, headers={"Cache-Control": "private, no-store"})
    etag = f'"{board.epoch}-{board.seq}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache" if board.is_public else "private, no-cache"}
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(frames.encode(frames.snapshot(board)), content_type="application/json", headers=headers)


def _page(request: HttpRequest, board: Board, template: str, **context: Any) -> HttpResponse:
    if (refusal := _may_see(request, board)) is not None:
        return refusal
    context |= {"board": board, "snapshot": frames.snapshot(board)}
    return render(request, template, context)


@door(PUBLIC, board=BOARD)
def phone(request: HttpRequest, board: Board) -> HttpResponse:
    """Show a board on a phone, one's own line pinned."""
    mine = domain.own_row(board, request.user) if request.user.is_authenticated else ""
    may_control = request.user.is_authenticated and request.user.has_perm("live.control_board", board)
    return _page(request, board, "live/board.html", mine=mine, may_control=may_control)


@door(PUBLIC, board=BOARD)
def wall(request: HttpRequest, board: Board) -> HttpResponse:
    """Show a board on a wall."""
    return _page(request, board, "live/wall.html")


@door("live.control_board", see="live.view_board", board=BOARD)
def control(request: HttpRequest, board: Board) -> HttpResponse:
    """Show the control desk: what the hall sees, what is held back, the screens."""
    shown = board.screens.filter(ended_at=None)
    full = board.held or board.rows
    is_show = board.state == Board.State.REVEALING
    left = max(0, len(full) - board.revealed) if is_show else len(full)
    script = [full[place] for place in range(left - 1, max(-1, left - 1 - SCRIPT_LINES), -1)] if is_show else []
    context = {"board": board, "screens": shown, "full": full, "left": left, "script": script}
    return render(request, "live/control.html", context)


ACTS = {
    "freeze": lambda board, by: domain.freeze(board.code, by=by),
    "unfreeze": lambda board, by: domain.unfreeze(board.code, by=by),
    "begin-reveal": lambda board, by: domain.reveal(board.code, by=by, count=0),
    "reveal-next": lambda board, by: domain.step_on(board.code, by=by),
    "reveal-back": lambda board, by: domain.step_back(board.code, by=by),
}


@door("live.control_board", methods=("POST",), see="live.view_board", board=BOARD)
def act(request: HttpRequest, board: Board, verb: str) -> HttpResponse:
    """Carry out one act of the control desk."""
    if verb in ACTS:
        ACTS[verb](board, request.user)
    return redirect("live:control", board.code)


@door("live.pair_screen", methods=("GET", "POST"))
def pair(request: HttpRequest) -> HttpResponse:
    """Give a screen in the hall its board."""
    found = Board.objects.filter(code=request.POST.get("board", request.GET.get("board", ""))).first()
    if request.method == "POST" and found is not None:
        demand(request.user, "live.view_board", found)
        screens.pair(
            code=request.POST.get("code", ""), board=found, name=request.POST.get("name", ""), by=request.user,
            at=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("The screen shows the board within a few seconds."))
        return redirect("live:pair")
    context = {"boards": Board.objects.only("code", "title")[:200], "chosen": found, "screens": _screens()}
    return render(request, "live/pair.html", context)


def _screens() -> Any:
    return Screen.objects.filter(ended_at=None, paired_at__isnull=False).select_related("board", "paired_by")[:100]


@door("live.pair_screen", methods=("POST",), screen=one(Screen.objects.select_related("board"), pk="pk"))
def unpair(request: HttpRequest, screen: Screen) -> HttpResponse:
    """End a screen's right to show anything."""
    screens.unpair(screen=screen, by=request.user, at=timezone.now())
    messages.success(request, _("The screen is unpaired."))
    return redirect("live:pair")


@door(PUBLIC)
@ensure_csrf_cookie
def screen(request: HttpRequest) -> HttpResponse:
    """What a new screen opens: six digits, and the wall as soon as somebody has typed them."""
    token = request.COOKIES.get(screens.TOKEN_COOKIE, "")
    known = screens.of_token(token) if token else None
    if known is not None and known.board is not None:
        return redirect("live:wall", known.board.code)
    is_fresh = known is not None and timezone.now() - known.asked_at < screens.CODE_LIVES
    if is_fresh and known is not None:
        return render(request, "live/screen.html", {"code": known.code})
    made, token = screens.ask(at=timezone.now())
    answer = render(request, "live/screen.html", {"code": made.code})
    answer.set_cookie(
        screens.TOKEN_COOKIE, token, max_age=90 * 24 * 3600, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return answer
