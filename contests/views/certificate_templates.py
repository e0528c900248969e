"""Certificate templates: list, editor with a picture that follows what is typed."""

from __future__ import annotations

import base64
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from contests.domain import certificates
from contests.forms import certificates as forms
from contests.models import CertificateTemplate
from contests.pure import certificate as layouts
from contests.pure.certificate import BadLayout
from contests.queries import certificate_pictures as pictures
from contests.queries import certificates as found
from contests.views.certificates import address
from frontend.kit.doors import door, one
from people.models import Employee

TEMPLATE = one(CertificateTemplate.objects, pk="pk")
SMALL, MEDIUM = 1.3, 3.0  # dots per millimetre


@door("contests.manage_certificate_templates")
def listing(request: HttpRequest) -> HttpResponse:
    """List the templates in use. 4 SQL statements."""
    return render(request, "contests/certificates/templates.html", {"rows": found.templates()})


@door("contests.manage_certificate_templates", methods=("GET", "POST"))
def create(request: HttpRequest) -> HttpResponse:
    """Make a template, starting from our own design."""
    return _edit(request, None)


@door("contests.manage_certificate_templates", methods=("GET", "POST"), template=TEMPLATE)
def edit(request: HttpRequest, template: CertificateTemplate) -> HttpResponse:
    """Change a template; one that was issued with is archived and a new one takes its place."""
    return _edit(request, template)


def _edit(request: HttpRequest, template: CertificateTemplate | None) -> HttpResponse:
    head, texts, awards = _forms(request, template)
    if request.method == "POST" and head.is_valid() and texts.is_valid() and awards.is_valid():
        try:
            certificates.save_template(
                title=head.cleaned_data["title"],
                layout=forms.layout_of(head.cleaned_data, texts, awards),
                background=head.cleaned_data["background"],
                drops_background=head.cleaned_data["drops_background"],
                template=template,
                by=cast("Employee", request.user),
                at=timezone.now(),
            )
        except ValidationError as refusal:
            head.add_error(None, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("contests:certificate-templates")
    context = {
        "form": head, "texts": texts, "awards": awards, "template": template,
        "placeholders": layouts.PLACEHOLDERS, "is_used": bool(template and template.certificates.exists()),
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "contests/certificates/template.html", context, status=status)


def _forms(request: HttpRequest, template: CertificateTemplate | None) -> tuple[Any, Any, Any]:
    stored = template.layout if template else layouts.default_layout()
    head, texts, awards = forms.initial_of(stored)
    head["title"] = template.title if template else _("Certificate of honour")
    data = request.POST or None
    return (
        forms.TemplateForm(data, request.FILES or None, initial=head),
        forms.TextRows(data, initial=texts, prefix="text"),
        forms.AwardTitleRows(data, initial=awards, prefix="award"),
    )


@door("contests.manage_certificate_templates", methods=("POST",))
def preview(request: HttpRequest) -> HttpResponse:
    """Draw what is typed in the editor, unsaved, or name its faults; for htmx."""
    head, texts, awards = _forms(request, None)
    wrong: list[str] = []
    if not (head.is_valid() and texts.is_valid() and awards.is_valid()):
        wrong = _errors(head, texts, awards)
        return render(request, "contests/certificates/preview.html", {"wrong": wrong}, status=422)
    try:
        layout = layouts.read_layout(forms.layout_of(head.cleaned_data, texts, awards))
    except BadLayout as broken:
        wrong = [found.fault_text(fault) for fault in broken.faults]
        return render(request, "contests/certificates/preview.html", {"wrong": wrong}, status=422)
    background = head.cleaned_data["background"]
    shown = request.POST.get("template", "")
    if background is None and shown.isdecimal() and not head.cleaned_data["drops_background"]:
        kept = CertificateTemplate.objects.filter(pk=int(shown[:9])).values_list("background", flat=True).first()
        background = bytes(kept) if kept else None
    facts = found.sample_facts()
    page = pictures.Page(layout, facts, address(request, "preview"), background)
    picture = base64.b64encode(pictures.as_png(page, dots=MEDIUM)).decode()
    context = {"picture": picture, "missing": found.missing_glyphs(layout, [facts])}
    return render(request, "contests/certificates/preview.html", context)


def _errors(head: Any, texts: Any, awards: Any) -> list[str]:
    """Return every form's errors as sentences that say where."""
    words = [
        f"{head.fields[name].label if name in head.fields else ''} {e}" for name, es in head.errors.items() for e in es
    ]
    for title, rows in ((_("Text"), texts), (_("Award"), awards)):
        for number, row in enumerate(rows, start=1):
            words += [f"{title} {number}, {row.fields[name].label}: {e}" for name, es in row.errors.items() for e in es]
    return words


@door("contests.manage_certificate_templates", template=TEMPLATE)
def picture(request: HttpRequest, template: CertificateTemplate) -> HttpResponse:
    """Draw a template small, for the list; browsers keep it while the template stays as it is."""
    background = bytes(template.background) if template.background else None
    layout = layouts.read_layout(template.layout)
    page = pictures.Page(layout, found.sample_facts(), address(request, "preview"), background)
    answer = HttpResponse(pictures.as_png(page, dots=SMALL), content_type="image/png")
    patch_cache_control(answer, private=True, max_age=3600)
    return answer


@door("contests.manage_certificate_templates", methods=("POST",), template=TEMPLATE)
def archive(request: HttpRequest, template: CertificateTemplate) -> HttpResponse:
    """Take a template out of use."""
    certificates.archive_template(template=template, by=cast("Employee", request.user), at=timezone.now())
    messages.success(request, _("The template is out of use; certificates issued with it stay valid."))
    return redirect("contests:certificate-templates")
