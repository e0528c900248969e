"""My badges; and the desk where badges are made, given by hand and taken back."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit.doors import SIGNED_IN, door
from people.models import Employee
from rewards.domain import badges
from rewards.forms.badges import BadgeForm, GiveForm
from rewards.models import BadgeAward, BadgeClass
from rewards.queries import badges as found
from rewards.views.badge_files import CLASS

ROWS = 30


@door(SIGNED_IN)
def mine(request: HttpRequest) -> HttpResponse:
    """List my badges. At most 6 SQL statements."""
    return render(request, "rewards/badges/mine.html", {"rows": found.mine(cast("Employee", request.user))})


@door("rewards.manage_badges")
def listing(request: HttpRequest) -> HttpResponse:
    """List the badges there are. At most 7 SQL statements."""
    page = Paginator(found.classes(), ROWS).get_page(request.GET.get("page"))
    return render(request, "rewards/badges/list.html", {"page": page})


def _edited(request: HttpRequest, badge: BadgeClass | None) -> HttpResponse:
    form = BadgeForm(request.POST or None, request.FILES or None, instance=badge, initial={"is_active": True})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        fields = {name: data[name] for name in ("code", "title", "description", "criteria", "is_active")}
        badge = BadgeClass.objects.get(pk=badge.pk) if badge else None
        row = badges.save_class(
            badge=badge, by=cast("Employee", request.user), at=timezone.now(), picture=data["upload"], **fields
        )
        messages.success(request, _("Saved. What was given before keeps the words it was given with."))
        return redirect("rewards:badge-edit", row.code)
    context = {"form": form, "badge": badge} | (_awards(request, badge) if badge else {})
    return render(request, "rewards/badges/edit.html", context, status=422 if form.errors else 200)


def _awards(request: HttpRequest, badge: BadgeClass) -> dict[str, object]:
    words = request.GET.get("q", "").strip()[:60]
    page = Paginator(found.awards_of(badge, words), ROWS).get_page(request.GET.get("page"))
    return {"page": page, "q": words, "give": GiveForm()}


@door("rewards.manage_badges", methods=("GET", "POST"))
def create(request: HttpRequest) -> HttpResponse:
    """Make a badge."""
    return _edited(request, None)


@door("rewards.manage_badges", methods=("GET", "POST"), badge=CLASS)
def edit(request: HttpRequest, badge: BadgeClass) -> HttpResponse:
    """Change a badge; see who has it. At most 10 SQL statements."""
    return _edited(request, badge)


@door("rewards.manage_badges", methods=("POST",), badge=CLASS)
def give(request: HttpRequest, badge: BadgeClass) -> HttpResponse:
    """Give a badge by hand, never to oneself; the same words on the same day are one award."""
    person, form = cast("Employee", request.user), GiveForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    elif form.cleaned_data["number"] == person:
        messages.error(request, _("Nobody gives themselves a badge."))
    else:
        now, reason = timezone.now(), form.cleaned_data["reason"]
        cause = f"by-hand:{person.number}:{timezone.localdate(now)}:{reason}"[:200]
        try:
            badges.give(
                badge=badge.code, employee=form.cleaned_data["number"], at=now, cause=cause, reason=reason, by=person
            )
        except badges.NoSuchBadge as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("Given. The owner has been told."))
    return redirect("rewards:badge-edit", badge.code)


@door("rewards.manage_badges", methods=("POST",), badge=CLASS)
def revoke(request: HttpRequest, badge: BadgeClass, pk: int) -> HttpResponse:
    """Take a badge back, with the reason."""
    award = BadgeAward.objects.filter(badge=badge, pk=pk).first()
    if award is None:
        raise Http404
    try:
        badges.revoke(
            award=award, reason=request.POST.get("reason", ""), by=cast("Employee", request.user), at=timezone.now()
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Taken back; whoever verifies it reads so, with the reason."))
    return redirect("rewards:badge-edit", badge.code)
