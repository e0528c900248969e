"""The proof that a result was not changed after it was published."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from contests.models import Contest
from contests.views.wizard import CONTEST
from engine.proof import domain
from engine.proof.models import Leaf
from frontend.kit.doors import door


@door("contests.view_results", see="contests.view_contest", contest=CONTEST)
def proof(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Hand out the newest version's `.tlog-proof`, which anybody checks offline. At most 20 SQL statements."""
    version = contest.result_versions.order_by("-number").values_list("number", flat=True).first()
    leaf = Leaf.objects.filter(kind="result", key=f"{contest.code}:{version}").first() if version else None
    if leaf is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{contest.code}-{version}.tlog-proof"'}
    return HttpResponse(str(domain.proof_of(leaf)), content_type="text/plain; charset=utf-8", headers=headers)
