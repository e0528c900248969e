"""Sign in, sign out, locked out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from frontend.kit.doors import PUBLIC, door
from people.domain import start
from people.forms.account import SignInForm


class SignIn(LoginView):
    """Ask for number and password; a person who must change the password is sent there first, everybody to the set-up while
    nobody is here yet."""

    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("people:start") if start.is_waiting() else super().get(request, *args, **kwargs)

    def get_success_url(self) -> str:
        person: Any = self.request.user
        if person.must_change_password or not person.has_usable_password():
            return reverse("people:password")
        return super().get_success_url()

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


sign_in = door(PUBLIC, methods=("GET", "POST"))(SignIn.as_view())  # type: ignore[arg-type]


@door(PUBLIC, methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    logout(request)
    return redirect("people:sign-in")


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Say that too many sign-ins failed (called by axes)."""
    return render(request, "people/locked_out.html", status=429)
