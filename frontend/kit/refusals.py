"""A refusal is a ValidationError of a verb: pages show it, the API answers 422 (409 when somebody was quicker)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

CONFLICTS: set[str] = {"already-decided", "not-yours", "task-done", "stale"}


def sentences(refusal: ValidationError) -> str:
    """Return the refusal's messages as one text."""
    return " ".join(str(message) for message in refusal.messages)


def as_json(refusal: ValidationError) -> dict[str, Any]:
    """Return {code, message, fields} of a refusal."""
    has_fields = hasattr(refusal, "error_dict")
    return {
        "code": getattr(refusal, "code", None) or "invalid",
        "message": sentences(refusal),
        "fields": refusal.message_dict if has_fields else {},
    }


def status_of(refusal: ValidationError) -> int:
    """Return the refusal's own `status`, 409 when somebody else was quicker, else 422."""
    return getattr(refusal, "status", None) or (409 if getattr(refusal, "code", None) in CONFLICTS else 422)


class RefusalMiddleware:
    """Turn a refusal no view caught into an answer: htmx gets the sentence as a toast, a page goes back with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ValidationError):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse(as_json(exception), status=status_of(exception))
        if request.headers.get("HX-Request"):
            answer = render(request, "parts/refusal.html", {"text": sentences(exception)}, status=status_of(exception))
            answer["HX-Retarget"], answer["HX-Reswap"] = "#toasts", "beforeend"
            return answer
        messages.error(request, sentences(exception))
        return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Return the page the visitor came from, on this site only."""
    origin = f"{request.scheme}://{request.get_host()}"
    referrer = request.headers.get("Referer", "")
    return referrer.removeprefix(origin) if referrer.startswith(f"{origin}/") else "/"
