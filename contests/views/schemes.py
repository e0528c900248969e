"""The marking scheme: its editor, its Excel, its pictures; frozen rules and their amendments."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.domain import amendments, setup
from contests.forms import scheme as forms
from contests.models import AspectPicture, Contest
from contests.queries import contests, rules_versions
from contests.views.wizard import CONTEST, STEPS
from contests.views.words import combined_by, scheme_words
from frontend.kit import sheets, uploads
from frontend.kit.doors import door
from people.models import Employee

MOST_EXCEL_BYTES = 2 * 2**20
MOST_PICTURE_BYTES = 12 * 2**20
PICTURE_SIDE = 1200
COPIES = 40


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": cast("Employee", request.user), "at": timezone.now()}


def _stored(contest: Contest) -> dict[str, Any]:
    return forms.data_of(contest.marking_scheme, contest.guides) if contest.has_scheme else forms.blank(contest)


def _may_amend(request: HttpRequest, contest: Contest) -> bool:
    is_frozen = contest.rules_frozen_at is not None and contest.state in amendments.AMENDABLE
    return is_frozen and request.user.has_perm("contests.chair_contest", contest)


@door("contests.edit_scheme", methods=("GET", "POST"), see="contests.view_contest", contest=CONTEST)
def edit(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Write the marking scheme of a draft; amend frozen rules, what it would do shown first. 12 SQL statements."""
    read = forms.Read(_stored(contest))
    shifts: list[rules_versions.Shift] | None = None
    if request.method == "POST":
        read = forms.read(request.POST.get("data", ""), contest)
        try:
            if read.scheme is not None and contest.state == Contest.State.DRAFT:
                setup.set_scheme(contest=contest, scheme=read.scheme, guides=read.guides, **_by(request))
                messages.success(request, _("Saved."))
                return redirect("contests:panel", contest.code)
            if read.scheme is not None and "preview" in request.POST:
                shifts = [shift for shift in rules_versions.compare(contest, read.scheme) if shift.is_change]
            elif read.scheme is not None and _may_amend(request, contest):
                reason = request.POST.get("reason", "")
                amendments.amend(contest=contest, scheme=read.scheme, reason=reason, **_by(request))
                messages.success(request, _("The rules are amended; everybody can read both versions."))
                return redirect("contests:rules", contest.code)
        except ValidationError as refusal:
            read = forms.Read(read.data, faults=tuple(("", text) for text in refusal.messages))
    elif source := request.GET.get("from", ""):
        read = forms.Read(_copied(request, contest, source))
    return _show(request, contest, read, shifts=shifts)


def _copied(request: HttpRequest, contest: Contest, source: str) -> dict[str, Any]:
    """Return another contest's scheme, not stored yet."""
    other = contests.visible_to(cast("Employee", request.user)).filter(code=source).first()
    if other is None or not other.has_scheme:
        raise Http404
    return forms.data_of(other.marking_scheme, other.guides)


def _show(
    request: HttpRequest, contest: Contest, read: forms.Read, *, shifts: list[rules_versions.Shift] | None = None
) -> HttpResponse:
    sources = contests.visible_to(cast("Employee", request.user)).exclude(scheme={}).exclude(pk=contest.pk)
    context = {
        "contest": contest,
        "steps": STEPS,
        "step": "scheme",
        "data": read.data,
        "faults": read.faults,
        "words": scheme_words(),
        "is_draft": contest.state == Contest.State.DRAFT,
        "may_amend": _may_amend(request, contest),
        "shifts": shifts,
        "reason": request.POST.get("reason", ""),
        "sources": sources.order_by("-pk").values_list("code", "title")[:COPIES],
        "pictures": contest.aspect_pictures.defer("content"),
    }
    return render(request, "contests/wizard/scheme.html", context, status=422 if read.faults else 200)


@door("contests.edit_scheme", see="contests.view_contest", contest=CONTEST)
def export(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Hand the scheme out as an Excel table, one row an aspect."""
    if not contest.has_scheme:
        raise Http404
    header, lines = forms.lines_of(contest.marking_scheme, contest.guides)
    return sheets.xlsx_response(f"{contest.code}-scheme.xlsx", header, lines)


@door("contests.manage_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def upload(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show a scheme from an Excel table in the editor; nothing is stored until it is saved there."""
    file = request.FILES.get("file")
    head = _stored(contest)["contest"]
    try:
        if file is None:
            raise ValidationError(_("Choose a file first."), code="no-file")
        content = uploads.sheet(file, most_bytes=MOST_EXCEL_BYTES).read()
        read = forms.read_table(sheets.read(content, file_name=file.name or ""), contest, head)
    except ValidationError as refusal:
        read = forms.Read(_stored(contest), faults=tuple(("", text) for text in refusal.messages))
    return _show(request, contest, read)


@door("contests.manage_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def picture(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Take a photo of a good or a bad piece for one aspect; without a file the photo is removed."""
    aspect, kind = request.POST.get("aspect", ""), request.POST.get("kind", "")
    known = {row.code for row in contest.marking_scheme.aspects} if contest.has_scheme else set()
    if aspect not in known or kind not in {"good", "bad"}:
        messages.error(request, _("Save the marking scheme first, then choose one of its aspects."))
        return redirect("contests:scheme", contest.code)
    file = request.FILES.get("file")
    try:
        content = uploads.picture(file, most_bytes=MOST_PICTURE_BYTES, side=PICTURE_SIDE) if file else None
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("contests:scheme", contest.code)
    setup.set_picture(contest=contest, aspect=aspect, kind=kind, content=content, **_by(request))
    messages.success(request, _("Saved."))
    return redirect("contests:scheme", contest.code)


@door("contests.view_contest", see="contests.view_contest", contest=CONTEST)
def show_picture(request: HttpRequest, contest: Contest, digest: str) -> HttpResponse:
    """Serve one photo; its address is its content's hash, so it may be kept for ever."""
    row = AspectPicture.objects.filter(contest=contest, digest=digest).first()
    if row is None:
        raise Http404
    content = bytes(row.content)
    if hashlib.sha256(content).hexdigest() != row.digest:
        raise Http404
    headers = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=row.content_type, headers=headers)


@door("contests.view_contest", see="contests.view_contest", contest=CONTEST)
def rules(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show the frozen rules, worked examples and every amendment, to who may see results both of them. 6 SQL statements, with
    an amendment 11."""
    may_see_results = request.user.has_perm("contests.view_results", contest)
    context = {
        "contest": contest,
        "versions": rules_versions.versions_of(contest, may_see_results=may_see_results),
        "groups": [(group, scheme_aspects(contest, group.code)) for group in contest.marking_scheme.groups]
        if contest.has_scheme
        else [],
        "may_freeze": contest.state in amendments.FREEZABLE
        and contest.rules_frozen_at is None
        and request.user.has_perm("contests.chair_contest", contest),
    }
    return render(request, "contests/rules.html", context)


def scheme_aspects(contest: Contest, group: str) -> tuple[Any, ...]:
    """Return the aspects of one group of the contest's scheme, each with how its marks become one."""
    return tuple((aspect, combined_by(aspect)) for aspect in contest.marking_scheme.aspects_of(group))


@door("contests.chair_contest", methods=("POST",), see="contests.view_contest", contest=CONTEST)
def freeze(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Freeze the rules: the chief judge signs by doing it."""
    try:
        amendments.freeze(contest=contest, **_by(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The rules are frozen; their digest is published."))
    return redirect("contests:rules", contest.code)
