"""What people see and change of their own account."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit.doors import door
from people.domain import privacy, sign_in
from people.forms.account import PasswordForm
from people.models import Employee
from people.queries import grants_on


@door("people.change_own_account")
def account(request: HttpRequest) -> HttpResponse:
    """Show who I am here: number, unit, trade, roles; language, appearance, text size. 3 SQL statements."""
    mine = cast("Employee", request.user)
    person = Employee.objects.select_related("unit__parent__parent", "trade").get(pk=mine.pk)
    grants = grants_on(timezone.localdate()).filter(employee=person).select_related("unit")
    return render(request, "people/account.html", {"person": person, "grants": grants})


@door("people.change_own_account", methods=("GET", "POST"))
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; every other session of the person ends."""
    person = cast("Employee", request.user)
    form = PasswordForm(request.POST or None, has_password=person.has_usable_password())
    if request.method == "POST" and form.is_valid():
        try:
            sign_in.change_password(
                employee=person,
                old_password=form.cleaned_data.get("old_password", ""),
                new_password=form.cleaned_data["new_password"],
                keep_session=request.session.session_key,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            update_session_auth_hash(request, person)
            messages.success(request, _("Your password is changed. All your other devices are signed out."))
            return redirect("frontend:home")
    return render(request, "people/password.html", {"form": form}, status=422 if form.errors else 200)


@door("people.change_own_account", methods=("POST",))
def name_on_boards(request: HttpRequest) -> HttpResponse:
    """Hide or show my name on boards of points."""
    is_hidden = request.POST.get("is_hidden") == "1"
    privacy.hide_name(employee=cast("Employee", request.user), is_hidden=is_hidden)
    done = _("Boards of points no longer show your name.") if is_hidden else _("Boards of points show your name again.")
    messages.success(request, done)
    return redirect("people:account")
