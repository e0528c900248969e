"""Notices in the app: the list, opening one, how one wants to be told."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.notices import channels, domain, queries
from engine.notices.forms import PreferenceForm
from engine.notices.models import Notice, Preference
from frontend.kit.doors import door, one
from people.models import Employee

ROWS = 30


@door("notices.view_notice")
def notices(request: HttpRequest) -> HttpResponse:
    """List what somebody was told, unread first. At most 6 SQL statements."""
    page = Paginator(queries.notices_of(cast("Employee", request.user)), ROWS).get_page(request.GET.get("page"))
    return render(request, "notices/notices.html", {"page": page})


@door("notices.view_notice", methods=("POST",), see="notices.view_notice", notice=one(Notice.objects, pk="pk"))
def opened(request: HttpRequest, notice: Notice) -> HttpResponse:
    """Mark one as read and go where it leads."""
    domain.mark_read(person=cast("Employee", request.user), at=timezone.now(), pk=notice.pk)
    return redirect(notice.link if notice.link.startswith("/") and not notice.link.startswith("//") else "notices:list")


@door("notices.view_notice", methods=("POST",))
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    domain.mark_read(person=cast("Employee", request.user), at=timezone.now())
    return redirect("notices:list")


@door("notices.view_notice", methods=("GET", "POST"))
def preferences(request: HttpRequest) -> HttpResponse:
    """Choose channels and quiet hours. At most 7 SQL statements."""
    person = cast("Employee", request.user)
    kept = Preference.objects.filter(person=person).first() or Preference(person=person)
    form = PreferenceForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        domain.save_preference(person=person, **form.cleaned_data)
        messages.success(request, _("Kept."))
        return redirect("notices:preferences")
    context = {"form": form, "configured": channels.configured()}
    return render(request, "notices/preferences.html", context, status=422 if request.method == "POST" else 200)
