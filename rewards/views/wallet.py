"""My points: what came from where, what ends when, statements by month."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar, cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from engine.proof import domain as proof
from frontend.kit import sheets
from frontend.kit.doors import door
from people.models import Employee
from rewards.queries import Balance, balance
from rewards.queries import wallet as queries
from rewards.queries.movements import read_month
from rewards.queries.rules import standing_of
from rewards.queries.statement_pdf import as_pdf

ROWS = 24
MOST_LINES = 5000
Row = TypeVar("Row", queries.Line, queries.LotLine)
KINDS = {
    "award": gettext_lazy("awarded"), "redeem": gettext_lazy("redeemed"), "reserved": gettext_lazy("reserved"),
    "refund": gettext_lazy("refunded"), "expire": gettext_lazy("expired"), "adjust": gettext_lazy("adjusted"),
    "reverse": gettext_lazy("taken back"),
}  # fmt: skip


@door("rewards.view_wallet")
def wallet(request: HttpRequest) -> HttpResponse:
    """Show what came from where and went where, with filters and receipts; level and streaks; what ends when. At most 20 SQL statements."""
    person, today = cast("Employee", request.user), timezone.localdate()
    kind, month = request.GET.get("kind", ""), read_month(request.GET.get("month", ""))
    kind = kind if kind in queries.KINDS else ""
    mine = balance(person)
    funds = _funds(mine)
    fund = request.GET.get("fund", "")
    fund = fund if fund in funds else ""
    rows = queries.lines(person, kind=kind, month=month, fund=fund)
    form = request.GET.get("format", "")
    if form in {"csv", "xlsx"}:
        return _export(form, _named(queries.shown(rows[:MOST_LINES], person), funds), has_funds=bool(funds))
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    lots = queries.lots(person, on=today)
    ends = queries.ends(lots)
    months, lines = queries.months(person), _named(queries.shown(page.object_list, person), funds)
    context = {
        "wallet": mine,
        "funds": funds,
        "fund": fund,
        "page": page,
        "lines": lines,
        "standing": standing_of(person),
        "receipts": proof.known(kind="transfer", keys=[line.id for line in lines]),
        "kinds": [(name, KINDS[name]) for name in queries.KINDS],
        "kind": kind,
        "months": months,
        "month": f"{month:%Y-%m}" if month else "",
        "lots": _named(lots, funds),
        "ends": ends,
        "most": max((points for _month, points in ends), default=1),
    }
    return render(request, "rewards/wallet.html", context)


def _funds(mine: Balance) -> dict[str, str]:
    """Return code → name of the funds somebody has points in; nothing when it is only the default one."""
    return {row.fund: row.name for row in (mine, *mine.others)} if mine.others else {}


def _named(rows: list[Row], funds: dict[str, str]) -> list[Row]:
    """Return lines with the name of their fund in place of its code; no name where there is only one."""
    return [replace(row, fund=funds.get(row.fund, "")) for row in rows]


def _export(form: str, lines: list[queries.Line], *, has_funds: bool) -> HttpResponse:
    header = [
        _("Time"),
        _("Points"),
        _("Kind"),
        _("What for"),
        _("From"),
        pgettext("wallet", "By"),
        _("Valid until"),
        *([_("Fund")] if has_funds else []),
    ]
    body = [
        [f"{timezone.localtime(line.at):%Y-%m-%d %H:%M}", line.points, str(KINDS.get(line.kind, line.kind)), line.text,
         line.source, line.by, line.expires_on, *([line.fund] if has_funds else [])]
        for line in lines
    ]  # fmt: skip
    write = sheets.csv_response if form == "csv" else sheets.xlsx_response
    return write(f"points.{form}", header, body)


@door("rewards.view_wallet")
def statements(request: HttpRequest) -> HttpResponse:
    """List the months with a statement, for each fund where there are several. At most 9 SQL statements."""
    person = cast("Employee", request.user)
    years: dict[str, list[str]] = {}
    for month in queries.months(person):
        years.setdefault(month[:4], []).append(month)
    return render(request, "rewards/statements.html", {"years": list(years.items()), "funds": _funds(balance(person))})


@door("rewards.view_wallet")
def statement(request: HttpRequest, month: str) -> HttpResponse:
    """Send one month of my points as PDF, in one fund or over all. At most 9 SQL statements, 12 in one fund."""
    first = read_month(month)
    if first is None or first > timezone.localdate():
        raise Http404
    person, now = cast("Employee", request.user), timezone.now()
    is_over = queries.is_over(first, at=now)
    fund = request.GET.get("fund", "")
    funds = _funds(balance(person)) if fund else {}
    if fund and fund not in funds:
        raise Http404
    lots = [] if is_over else queries.lots(person, on=timezone.localdate())
    content = as_pdf(
        queries.statement(person, first, fund=fund), kinds={name: str(word) for name, word in KINDS.items()},
        lots=[lot for lot in lots if fund in {"", lot.fund}], at=now, is_over=is_over, fund=funds.get(fund, ""),
    )  # fmt: skip
    headers = {
        "Content-Disposition": f'attachment; filename="points-{person.number}-{month}{"-" + fund if fund.isascii() and fund else ""}.pdf"'
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
