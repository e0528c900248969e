"""Manifest, source offer, health."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _

from frontend.kit.doors import PUBLIC, door
from frontend.kit.shell import VERSION


@door(PUBLIC)
def manifest(request: HttpRequest) -> HttpResponse:
    """Let phones install the product like an app."""
    icons = [
        {"src": static(f"icons/seal-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)
    ]
    content = {"name": _("Jinbang"), "short_name": _("Jinbang"), "start_url": "/", "display": "standalone",
               "background_color": "#F4F4F2", "theme_color": "#C8161D", "icons": icons}  # fmt: skip
    return JsonResponse(content, content_type="application/manifest+json")


@door(PUBLIC)
def favicon(request: HttpRequest) -> HttpResponse:
    """Send whoever asks by habit (printers, chat previews, old browsers) to the seal."""
    return redirect(static("icons/seal-192.png"))


@door(PUBLIC)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker at the root, so that it may keep pages of the whole site."""
    found = (
        finders.find("build/sw.js") if settings.WHITENOISE_USE_FINDERS else str(settings.STATIC_ROOT / "build/sw.js")
    )
    path = Path(str(found))
    if not found or not path.exists():
        raise Http404
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return HttpResponse(path.read_bytes(), content_type="text/javascript; charset=utf-8", headers=headers)


@door(PUBLIC)
def source(request: HttpRequest) -> HttpResponse:
    """Offer the source of the running version to everybody who uses it (AGPL-3.0, section 13)."""
    return render(request, "frontend/source.html", {"source": settings.SOURCE_URL, "version": VERSION})


@door(PUBLIC)
def healthz(request: HttpRequest) -> HttpResponse:
    """Say whether pages and database answer; for load balancers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok", "version": VERSION})
