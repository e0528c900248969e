"""The auditor's page: kept checkpoints against today's log, and the whole log computed again."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.proof import comparing, domain, tasks, verifying
from engine.proof.models import Leaf, Verification, Witness
from engine.proof.rules import label_of
from frontend.kit.doors import door
from people.models import Employee

MOST_BYTES = 200_000
SHOWN = 5


class ManyFiles(forms.ClearableFileInput):
    """A file field that takes several."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files, or none; what they contain is looked at by `texts`."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the uploads as they came."""
        return list(data) if isinstance(data, list | tuple) else [data] if data else []


class PapersForm(forms.Form):
    """Kept checkpoints or proofs: pasted, or as files."""

    text = forms.CharField(
        label=gettext_lazy("A checkpoint or .tlog-proof you kept"), required=False, max_length=MOST_BYTES, strip=False,
        widget=forms.Textarea(attrs={"rows": 7, "class": "input digest", "spellcheck": "false"}),
    )  # fmt: skip
    papers = ManyFilesField(
        label=gettext_lazy("or files of them, several at once"),
        required=False,
        widget=ManyFiles(attrs={"class": "input"}),
    )

    def texts(self) -> list[str]:
        """Return the pasted text and those of the files. Raises NotKept for a file that is no text or too large."""
        found = [self.cleaned_data["text"]]
        for upload in self.cleaned_data["papers"][: comparing.MOST]:
            if upload.size > MOST_BYTES:
                raise comparing.NotKept(_("A checkpoint is a few hundred bytes: this file is too large."), code="large")
            try:
                found.append(upload.read().decode())
            except UnicodeDecodeError:
                raise comparing.NotKept(_("This file is no text."), code="no-text") from None
        return found


@door("proof.audit", methods=("GET", "POST"))
def audit(request: HttpRequest) -> HttpResponse:
    """Compare what was kept with today's log; show the last computations of all of it. At most 12 SQL statements without papers."""
    form = PapersForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            found = comparing.compare(form.texts())
        except comparing.NotKept as refusal:
            form.add_error(None, cast("ValidationError", refusal))
        else:
            context |= _told(found)
    context |= _state()
    return render(request, "proof/audit.html", context, status=422 if form.errors else 200)


def _told(found: comparing.Comparison) -> dict[str, Any]:
    kinds = [(label_of(kind), count) for kind, count in found.kinds]
    context: dict[str, Any] = {"found": found, "kinds": kinds, "fresh": sum(count for _kind, count in kinds)}
    if found.difference is not None:
        first, last = found.difference
        context |= {"first": first, "last": last}
        if first == last:
            context["leaf"] = Leaf.objects.filter(index=first).first()
    return context


def _state() -> dict[str, Any]:
    rows = list(Verification.objects.select_related("asked_by")[:SHOWN])
    now = timezone.now()
    running = next((row for row in rows if row.ended_at is None and row.seen_at > now - verifying.SILENT), None)
    return {
        "newest": domain.latest(),
        "rows": rows,
        "running": running,
        "witnesses": Witness.objects.filter(is_active=True),
    }


@door("proof.audit", methods=("POST",))
def verify(request: HttpRequest) -> HttpResponse:
    """Have the whole log computed again by the worker."""
    try:
        row = verifying.ask(by=cast("Employee", request.user), at=timezone.now())
    except verifying.IsRunning as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        tasks.verify.enqueue(row.pk)
        messages.success(request, _("The worker computes the whole log again; this page shows how far it is."))
    return redirect("proof:audit")


@door("proof.audit")
def progress(request: HttpRequest) -> HttpResponse:
    """Show how far the worker is, for htmx; when it has ended the page is read again. At most 6 SQL statements."""
    context = _state()
    answer = render(request, "proof/progress.html", context)
    if context["running"] is None:
        answer["HX-Refresh"] = "true"
    return answer
