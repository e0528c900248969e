"""One API for tablets and other systems; each app's operations are mounted here, each refusal has one shape."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as BadRequest

from frontend.kit import refusals
from frontend.kit.shell import VERSION


class Refusal(Schema):
    """Why something was not done: a code for programs, a sentence for people, fields when one is wrong."""

    code: str
    message: str
    fields: dict[str, Any] = {}


REFUSALS = {
    "400": "The body is no JSON.",
    "401": "Sign in, or send a living token.",
    "403": "Signed in, but this is not yours, or the token lacks the scope.",
    "404": "There is no such thing, or none you may know of.",
    "409": "Somebody else was quicker.",
    "413": "The body is too large.",
    "422": "It does not fit, or the rules refuse it: code, message, fields.",
}


class DocumentedAPI(NinjaAPI):
    """Adds to every operation the refusals that any of them may answer."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        document = super().get_openapi_schema(**kwargs)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Refusal"] = Refusal.model_json_schema()
        body = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
        for operations in document["paths"].values():
            for operation in operations.values():
                for status, text in REFUSALS.items():
                    known = {str(key) for key in operation["responses"]}
                    if status not in known:
                        operation["responses"][status] = {"description": text, "content": body}
        return document


api = DocumentedAPI(
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


@api.exception_handler(AuthenticationError)
def unknown_visitor(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Neither signed in nor a living token."""
    return _answer(request, 401, "sign-in", _("Sign in, or send a living token."))


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The body is no JSON, or the session came without its CSRF token."""
    return _answer(request, error.status_code, "malformed", str(error))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address nobody knows: in JSON under /api/, as a page elsewhere."""
    if request.path.startswith("/api/"):
        return _answer(request, 404, "not-found", _("There is no such thing here."))
    return defaults.page_not_found(request, exception)


api.add_router("/contests/", "contests.api.router")
api.add_router("/approvals", "engine.approvals.api.router")
api.add_router("/leave", "rewards.api.router")
api.add_router("/points", "rewards.api.points")
