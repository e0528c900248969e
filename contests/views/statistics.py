"""How judges mark and how firm the result is; and the verifier anybody may use."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from contests.models import Contest
from contests.queries import statistics as figures
from contests.queries import verification
from contests.views.wizard import CONTEST
from contests.views.words import verifier_words
from frontend.kit.doors import door
from people.models import Employee


@door("contests.view_statistics", see="contests.view_contest", contest=CONTEST)
def statistics(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show severity, spread, agreement and outliers of the judges, and what would change the podium. 12 SQL statements."""
    if request.GET.get("format") == "json":
        return _as_file(figures.report_of(contest), f"{contest.code}-statistics.json")
    context = {
        "contest": contest, "found": figures.page_of(contest), "now": timezone.now(), "steps": (), "step": "statistics",
        "versions": contest.result_versions.only("number", "kind", "at", "contest").order_by("-number"),
    }  # fmt: skip
    return render(request, "contests/statistics.html", context)


@door("contests.view_statistics", see="contests.view_contest", contest=CONTEST)
def report(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """Show the statistics as they were kept with one version of the result. At most 9 SQL statements."""
    version = contest.result_versions.filter(number=pk).first()
    if version is None:
        raise Http404
    if request.GET.get("format") == "json":
        return _as_file(version.report, f"{contest.code}-statistics-{version.number}.json")
    context = {
        "contest": contest, "found": figures.kept_page(version), "kept": version, "now": version.at, "steps": (),
        "step": "statistics",
    }  # fmt: skip
    return render(request, "contests/statistics.html", context)


def _as_file(data: dict[str, Any], name: str) -> HttpResponse:
    """Hand data out as JSON people can read; nobody on the way keeps a copy."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    answer = JsonResponse(data, headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 1})
    patch_cache_control(answer, private=True, no_store=True)
    return answer


@door("contests.view_results", see="contests.view_contest", contest=CONTEST)
def verify(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Carry rules and marks to the browser, which computes every total again. At most 12 SQL statements."""
    data = verification.data_for(cast("Employee", request.user), contest)
    if request.GET.get("format") == "json":
        return _as_file(data or {}, f"{contest.code}.json")
    words = verifier_words(is_public=data is not None and data["is_public"])
    context = {"contest": contest, "data": data, "words": words}
    return render(request, "contests/verify.html", context)
