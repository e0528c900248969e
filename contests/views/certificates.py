"""Certificates of a contest: check, issue, list, print; mine; and the page that says whether one is genuine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from contests.domain import certificates
from contests.models import Certificate, CertificateTemplate, Contest
from contests.pure import certificate as layouts
from contests.queries import certificate_pictures as pictures
from contests.queries import certificates as found
from contests.tasks import REMEMBERED_SECONDS, issue_certificates, progress_key
from contests.views.wizard import CONTEST
from frontend.kit.doors import PUBLIC, SIGNED_IN, door, one
from people.models import Employee

ROWS = 50
PAGES_A_FILE = 200  # one PDF: about five seconds and six megabytes
CERTIFICATE = one(Certificate.objects.select_related("contest", "template", "employee"), pk="pk")
STATES = Certificate.State
WITHOUT_WORKER = timedelta(seconds=20)


def address(request: HttpRequest, token: str) -> str:
    """Return the address a QR code holds: SITE_URL's, or the one this page was reached under."""
    path = reverse("verify", args=[token])
    return settings.SITE_URL + path if settings.SITE_URL else request.build_absolute_uri(path)


def _template(request: HttpRequest, contest: Contest) -> CertificateTemplate | None:
    """Return the template asked for, else the one last used here, else the first; None while there is none."""
    rows = found.templates().order_by("title", "id")
    wanted = (request.POST or request.GET).get("template", "")
    if wanted.isdecimal():
        return rows.filter(pk=int(wanted[:9])).first()
    last = Certificate.objects.filter(contest=contest, template__is_archived=False).order_by("-id").first()
    return rows.filter(pk=last.template_id).first() if last else rows.first()


def _readiness(request: HttpRequest, contest: Contest) -> dict[str, Any]:
    """Return what the box above the list shows: template, how many, what is missing, samples."""
    template = _template(request, contest)
    layout = layouts.read_layout(template.layout if template else layouts.default_layout())
    everybody = found.recipients(contest, layout)
    facts = [recipient.facts for recipient in everybody]
    return {
        "contest": contest,
        "template": template,
        "templates": list(found.templates()),
        "total": len(everybody),
        "waiting": len(found.without_one(contest, everybody)),
        "missing": found.missing_glyphs(layout, facts),
        "font_problem": found.font_problem(),
        "samples": [row["name"] for row in layouts.hardest(facts)],
        "site_url": settings.SITE_URL,
        "host": request.get_host(),
    }


@door("contests.manage_certificates", see="contests.view_contest", contest=CONTEST)
def listing(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show what would be issued and list what was. At most 14 SQL statements for any number."""
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()[:60]
    page = Paginator(found.of_contest(contest, state=state, words=words), ROWS).get_page(request.GET.get("page"))
    valid = Certificate.objects.filter(contest=contest, state=STATES.VALID).count()
    context = {
        "page": page, "q": words, "state": state, "states": STATES.choices, "valid": valid,
        "files": [(part, part * PAGES_A_FILE + 1, min(valid, (part + 1) * PAGES_A_FILE))
                  for part in range(-(-valid // PAGES_A_FILE))],
        **_readiness(request, contest), **_progress(contest),
    }  # fmt: skip
    return render(request, "contests/certificates/list.html", context)


@door("contests.manage_certificates", see="contests.view_contest", contest=CONTEST)
def ready(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Check another template: the box alone, for htmx."""
    return render(request, "contests/certificates/ready.html", _readiness(request, contest))


@door("contests.manage_certificates", see="contests.view_contest", contest=CONTEST)
def preview(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Draw the certificate of the longest (0) or the rarest (1) name with a template."""
    template = _template(request, contest)
    layout = layouts.read_layout(template.layout if template else layouts.default_layout())
    samples = found.samples(contest, layout, day=timezone.localdate()) or [found.sample_facts(contest)]
    facts = samples[-1 if request.GET.get("sample") == "1" else 0]
    background = bytes(template.background) if template and template.background else None
    page = pictures.Page(layout, facts, address(request, "preview"), background)
    return _file(pictures.as_png(page), "image/png", "")


@door("contests.manage_certificates", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def issue(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Check everything, then let the worker issue; pressed twice, nobody gets two."""
    by, now = cast("Employee", request.user), timezone.now()
    template = _template(request, contest) or certificates.ensure_template(by=by, at=now)
    certificates.check(contest=contest, template=template)
    waiting = {"state": "waiting", "done": 0, "total": 0, "refusal": [], "since": now}
    cache.set(progress_key(contest.pk), waiting, REMEMBERED_SECONDS)
    issue_certificates.enqueue(contest.pk, template.pk, by.pk)
    return redirect("contests:certificates", contest.code)


def _progress(contest: Contest) -> dict[str, Any]:
    """Return how far the worker is; {} of it when nothing was started of late."""
    progress = cache.get(progress_key(contest.pk))
    if not progress:
        return {"progress": None}
    percent = round(100 * progress["done"] / progress["total"]) if progress["total"] else 0
    is_busy = progress["state"] in {"waiting", "running"}
    is_late = is_busy and timezone.now() - progress["since"] > WITHOUT_WORKER
    return {"progress": progress, "percent": percent, "is_busy": is_busy, "is_late": is_late, "contest": contest}


@door("contests.manage_certificates", see="contests.view_contest", contest=CONTEST)
def progress(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show how far the worker is, for htmx; when it has ended the whole page is read again."""
    context = _progress(contest)
    answer = render(request, "contests/certificates/progress.html", context)
    if not context.get("is_busy"):
        answer["HX-Refresh"] = "true"
    return answer


@door("contests.manage_certificates", see="contests.view_contest", contest=CONTEST)
def print_all(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Hand out the valid certificates as one PDF, by number; `part` counts files of 200 pages from 0."""
    part = request.GET.get("part", "0")
    start = int(part[:4]) * PAGES_A_FILE if part.isdecimal() else 0
    rows = found.of_contest(contest, state=STATES.VALID).prefetch_related("template")[start : start + PAGES_A_FILE]
    pages = [found.page_of(row, address(request, row.token)) for row in rows]
    if not pages:
        raise Http404
    name = f"{contest.code}-certificates-{start // PAGES_A_FILE + 1}.pdf"
    return _file(pictures.as_pdf(pages, title=contest.title), "application/pdf", name)


@door("contests.manage_certificates", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def revoke(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """Declare one certificate void, with the reason."""
    _demand_of(contest, pk)
    reason = request.POST.get("reason", "").strip()[:300]
    certificates.revoke(certificate_id=pk, reason=reason, by=cast("Employee", request.user), at=timezone.now())
    messages.success(request, _("The certificate is void; whoever scans it reads so."))
    return redirect("contests:certificates", contest.code)


@door("contests.manage_certificates", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def reissue(request: HttpRequest, contest: Contest, pk: int) -> HttpResponse:
    """Issue another certificate in place of a revoked one."""
    _demand_of(contest, pk)
    new = certificates.reissue(certificate_id=pk, by=cast("Employee", request.user), at=timezone.now())
    messages.success(request, _("Issued again as number %(number)s.") % {"number": new.number})
    return redirect("contests:certificates", contest.code)


def _demand_of(contest: Contest, pk: int) -> None:
    if not Certificate.objects.filter(contest=contest, pk=pk).exists():
        raise Http404


@door(SIGNED_IN)
def mine(request: HttpRequest) -> HttpResponse:
    """List my certificates. 3 SQL statements."""
    return render(request, "contests/certificates/mine.html", {"rows": found.mine(cast("Employee", request.user))})


@door("contests.view_certificate", certificate=CERTIFICATE)
def as_pdf(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """Hand one valid certificate out as PDF."""
    _demand_valid(certificate)
    page = found.page_of(certificate, address(request, certificate.token))
    title = f"{certificate.number} {certificate.facts['name']}"
    return _file(pictures.as_pdf([page], title=title), "application/pdf", f"{certificate.number}.pdf")


@door("contests.view_certificate", certificate=CERTIFICATE)
def share(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """Hand out the picture to be shared; `?download` saves it."""
    _demand_valid(certificate)
    picture = pictures.share(certificate.facts, address(request, certificate.token))
    return _file(picture, "image/png", f"{certificate.number}.png" if "download" in request.GET else "")


def _demand_valid(certificate: Certificate) -> None:
    """Refuse to print what is no longer true."""
    if certificate.state != STATES.VALID:
        raise ValidationError(_("This certificate is not valid any more."), code="not-valid")


@door(PUBLIC, certificate=one(Certificate.objects.select_related(None), token="token"))  # noqa: S106
def verify(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """Say whether a certificate is genuine: number, name, contest, award, state and nothing else. 1 SQL statement."""
    shown = {name: certificate.facts[name] for name in ("number", "name", "contest", "award")}
    context = {"facts": shown, "state": certificate.state, "is_replaced": certificate.superseded_by_id is not None}
    answer = render(request, "contests/certificates/verify.html", context)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(answer, private=True, max_age=60)
    return answer


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    """Return a file; with a name it is saved, without one it is shown."""
    answer = HttpResponse(content, content_type=content_type)
    answer["X-Content-Type-Options"] = "nosniff"
    if name:
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(answer, private=True, no_store=True)
    return answer
