"""Pages of boards: list, phone, wall, frame, desk, pairing; and the snapshot."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie

from engine.live import domain, frames, queries, screens, sockets
from engine.live.models import Board, Screen
from frontend.kit.doors import PUBLIC, demand, door, one, sign_in_first

ROWS = 24
SCRIPT_LINES = 3
BOARD = one(Board.objects, code="code")


@door("live.list_boards")
def boards(request: HttpRequest) -> HttpResponse:
    """List the boards one may watch, the one that moved last first; by words, kind and state. 3 SQL statements for any number."""
    rows = queries.visible_to(request.user)
    words, kind, state = (request.GET.get(name, "").strip()[:60] for name in ("q", "kind", "state"))
    if words:
        rows = rows.filter(title__icontains=words)
    if kind in domain.KINDS:
        rows = rows.filter(kind=kind)
    if state in Board.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "q": words,
        "kind": kind,
        "state": state,
        "kinds": domain.KINDS,
        "states": Board.State.choices,
    }
    return render(request, "live/boards.html", context | {"is_filtered": bool(words or kind or state)})


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
        demand(request.user, "live.view_held", board)
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


def _own(request: HttpRequest, board: Board) -> str:
    return domain.own_row(board, request.user) if request.user.is_authenticated else ""


@door(PUBLIC, board=BOARD)
def phone(request: HttpRequest, board: Board) -> HttpResponse:
    """Show a board on a phone, one's own line pinned."""
    may_control = request.user.is_authenticated and request.user.has_perm("live.control_board", board)
    address = request.build_absolute_uri(reverse("live:embed", args=[board.code]))
    context = {"mine": _own(request, board), "may_control": may_control, "embed": address, "origins": _origins(board)}
    if (whole := domain.whole(board)) and request.user.is_authenticated:
        context |= {"whole": whole, "own_line": frames.encode({"row": domain.own_line(board, request.user)})}
    return _page(request, board, "live/board.html", **context)


@door("live.view_board", board=BOARD)
def own(request: HttpRequest, board: Board) -> HttpResponse:
    """Answer one's own line of a board that shows only the first ones: `{"row": …}`, null without one."""
    return JsonResponse({"row": domain.own_line(board, request.user)}, headers={"Cache-Control": "private, no-store"})


@door(PUBLIC, board=BOARD)
def wall(request: HttpRequest, board: Board) -> HttpResponse:
    """Show a board on a wall; a paired screen also says how far it has come."""
    is_screen = screens.shows(request.COOKIES.get(screens.TOKEN_COOKIE, ""), board)
    return _page(request, board, "live/wall.html", is_screen=is_screen)


def _origins(board: Board) -> list[str]:
    """Return who may show this board in a frame: the origins of the setting, without one anybody where the board is public."""
    return settings.EMBED_ORIGINS or (["*"] if board.is_public else ["'self'"])


@door(PUBLIC, board=BOARD)
def embed(request: HttpRequest, board: Board) -> HttpResponse:
    """Show a board inside another site's page: the only page of the product that may be framed."""
    answer = _page(request, board, "live/embed.html", mine=_own(request, board))
    if answer.status_code == 200:
        answer._csp_replace = {"frame-ancestors": _origins(board)}  # type: ignore[attr-defined]
        answer.xframe_options_exempt = True  # type: ignore[attr-defined]
    return answer


@door("live.control_board", see="live.view_board", board=BOARD)
def desk(request: HttpRequest, board: Board) -> HttpResponse:
    """Show the control desk: what the hall sees, what is held back, what to read out, the screens."""
    may_see_held = request.user.has_perm("live.view_held", board)
    held = board.held or board.rows
    is_show = board.state == Board.State.REVEALING
    left = max(0, len(held) - board.revealed) if is_show else len(held)
    script = [held[place] for place in range(left - 1, max(-1, left - 1 - SCRIPT_LINES), -1)] if is_show else []
    sharers = sum(row["rank"] == script[0]["rank"] for row in held) if script else 0
    context = {
        "board": board, "full": held if may_see_held else board.rows, "may_see_held": may_see_held, "left": left,
        "script": script, "sharers": sharers, "is_overtaken": domain.is_overtaken(board),
    }  # fmt: skip
    return render(request, "live/desk.html", context | _screens_of(request, board))


def _screens_of(request: HttpRequest, board: Board) -> dict[str, Any]:
    shown = screens.of_board(board, at=timezone.now())
    return {"board": board, "screens": shown, "may_pair": request.user.has_perm("live.pair_screen")}


@door("live.control_board", see="live.view_board", board=BOARD)
def desk_screens(request: HttpRequest, board: Board) -> HttpResponse:
    """Show only the screens of the desk, asked for again and again. 2 SQL statements for any number of screens."""
    return render(request, "live/screens.html", _screens_of(request, board))


ACTS = {
    "freeze": lambda board, by: domain.freeze(board.code, by=by),
    "unfreeze": lambda board, by: domain.unfreeze(board.code, by=by),
    "begin-reveal": lambda board, by: domain.reveal(board.code, by=by, count=0),
    "begin-again": lambda board, by: domain.reveal(board.code, by=by, count=-board.revealed),
    "reveal-next": lambda board, by: domain.step_on(board.code, by=by),
    "reveal-back": lambda board, by: domain.step_back(board.code, by=by),
}


@door("live.control_board", methods=("POST",), see="live.view_board", board=BOARD)
def act(request: HttpRequest, board: Board, verb: str) -> HttpResponse:
    """Carry out one act of the control desk."""
    if verb in ACTS:
        ACTS[verb](board, request.user)
    return redirect("live:desk", board.code)


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
        return _back(request, found)
    context = {"boards": Board.objects.only("code", "title")[:200], "chosen": found, "screens": _screens()}
    return render(request, "live/pair.html", context)


def _screens() -> Any:
    return Screen.objects.filter(ended_at=None, paired_at__isnull=False).select_related("board", "paired_by")[:100]


def _back(request: HttpRequest, board: Board | None) -> HttpResponse:
    """Go back to the desk one came from, else to the page of all screens."""
    if board is not None and request.POST.get("from") == "desk":
        return redirect("live:desk", board.code)
    return redirect("live:pair")


SCREEN = one(Screen.objects.select_related("board"), pk="pk")


@door("live.pair_screen", methods=("POST",), screen=SCREEN)
def unpair(request: HttpRequest, screen: Screen) -> HttpResponse:
    """End a screen's right to show anything; its socket is closed at once."""
    screens.unpair(screen=screen, by=request.user, at=timezone.now())
    sockets.recheck()
    messages.success(request, _("The screen is unpaired."))
    return _back(request, screen.board)


@door("live.pair_screen", methods=("POST",), screen=SCREEN)
def rename(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Say anew where a screen hangs."""
    screens.rename(screen=screen, name=request.POST.get("name", ""), by=request.user, at=timezone.now())
    return _back(request, screen.board)


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
