"""The result to take away: PDF and Excel, each as much of it as the person may see; my own sheet in full."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from contests.models import Contest
from contests.queries import result_sheets, results
from contests.views.wizard import CONTEST
from frontend.kit import sheets as tables
from frontend.kit.doors import door
from people.models import Employee


@door("contests.view_results", see="contests.view_contest", contest=CONTEST)
def as_pdf(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Hand the result out as PDF."""
    sheet = result_sheets.sheet_for(cast("Employee", request.user), contest)
    if not sheet.lines:
        raise Http404
    return _pdf(result_sheets.as_pdf(sheet), f"{contest.code}-result.pdf")


@door("contests.view_results", see="contests.view_contest", contest=CONTEST)
def as_xlsx(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Hand the result out as a workbook: no text in it runs as a formula."""
    sheet = result_sheets.sheet_for(cast("Employee", request.user), contest)
    if not sheet.lines:
        raise Http404
    answer = tables.workbook_response(f"{contest.code}-result.xlsx", result_sheets.workbook(sheet))
    patch_cache_control(answer, private=True, no_store=True)
    return answer


@door("contests.view_results", see="contests.view_contest", contest=CONTEST)
def mine(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Hand a contestant their own sheet in full, once the result is public; 404 for everybody else."""
    line = results.mine(cast("Employee", request.user), contest)
    if line is None:
        raise Http404
    return _pdf(result_sheets.own_pdf(contest, line), f"{contest.code}-{line.entry}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    answer = HttpResponse(content, content_type="application/pdf", headers=headers)
    patch_cache_control(answer, private=True, no_store=True)
    return answer
