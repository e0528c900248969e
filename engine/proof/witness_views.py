"""The page of the log's witnesses: who cosigned what when, whether anybody still watches, how to run one."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from engine.proof import domain, keys, standing
from frontend.kit.doors import door

ROWS = 30


@door("proof.audit")
def witnesses(request: HttpRequest) -> HttpResponse:
    """Show the witnesses, the checkpoints they cosigned and the command to run one. At most 11 SQL statements for any number."""
    now = timezone.now()
    rows = standing.standings(at=now)
    fresh = sum(row.is_fresh for row in rows)
    page = Paginator(standing.cosigned(), ROWS).get_page(request.GET.get("page"))
    log = f"{(settings.SITE_URL or request.build_absolute_uri('/')).rstrip('/')}{reverse('proof:overview')}"
    context = {
        "rows": rows,
        "fresh": fresh,
        "newest": domain.latest(),
        "page": page,
        "key": str(keys.verifier_key()),
        "log": log,
    }
    return render(request, "proof/witnesses.html", context)
