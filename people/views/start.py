"""The first page of an installation: name the company and its administrator."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit.doors import PUBLIC, door
from people.domain import start as beginning
from people.forms.units import StartForm


@door(PUBLIC, methods=("GET", "POST"))
def start(request: HttpRequest) -> HttpResponse:
    """Ask for the set-up code, the company and the first administrator; afterwards lead to the sign-in. 1 SQL statement."""
    if not beginning.is_waiting():
        return redirect("people:sign-in")
    form = StartForm(request.POST or None, initial={"code": request.GET.get("code", "")[:20]})
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name not in {"new_password", "repeated"}}
        try:
            person = beginning.begin(password=form.cleaned_data["new_password"], on=timezone.localdate(), **given)
        except beginning.AlreadyBegun as late:
            messages.error(request, " ".join(late.messages))
            return redirect("people:sign-in")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            login(request, person, backend="django.contrib.auth.backends.ModelBackend")
            messages.success(
                request, _("The company is set up and you are its administrator. These are the next steps.")
            )
            return redirect("frontend:setup")
    return render(request, "people/start.html", {"form": form}, status=422 if form.errors else 200)
