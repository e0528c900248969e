"""One API for tablets and other systems; each app's operations are mounted here, each refusal has one shape."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError as BadRequest

from frontend.kit import refusals
from frontend.kit.shell import VERSION


class Refusal(Schema):
    """Why something was not done: a code for programs, a sentence for people, fields when one is wrong."""

    code: str
    message: str
    fields: dict[str, Any] = {}


api = NinjaAPI(
    title="Jinbang", version=VERSION, urls_namespace="api", docs_url=None,
    description="Contests, marks, approvals and points for tablets and other systems. Session with CSRF, or bearer token.",
)  # fmt: skip


def _answer(request: HttpRequest, status: int, code: str, message: str, fields: Any = None) -> HttpResponse:
    return api.create_response(request, {"code": code, "message": message, "fields": fields or {}}, status=status)


@api.exception_handler(ValidationError)
def refused(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
    """A verb said no."""
    return api.create_response(request, refusals.as_json(refusal), status=refusals.status_of(refusal))


@api.exception_handler(BadRequest)
def malformed(request: HttpRequest, error: BadRequest) -> HttpResponse:
    """The request does not have the operation's shape."""
    fields = {".".join(str(part) for part in fault["loc"]): fault["msg"] for fault in error.errors}
    return _answer(request, 422, "malformed", _("The request does not fit the operation: see fields."), fields)


@api.exception_handler(PermissionDenied)
def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """Signed in, but this is not theirs."""
    return _answer(request, 403, "forbidden", _("You may not do this."))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """No such thing, or none this person may know of."""
    return _answer(request, 404, "not-found", _("There is no such thing here."))


api.add_router("/contests/", "contests.api.router")
api.add_router("/approvals", "engine.approvals.api.router")
