"""Doors of API operations: a session (with CSRF) or another system's bearer token, then scope, then permission.

    @router.get("/sheets/{int:pk}", response=SheetOut, auth=signed_in("marks:write"))
    @api_door("contests.mark_sheet")
    def sheet(request, pk: int): ...
        enter(request, sheet)          # the permission, asked about the object

`api_door` refuses an operation that answered without having entered with an object, so that none forgets.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from frontend.kit.doors import PUBLIC, SIGNED_IN, Door, demand

FindToken = Callable[[str], Any]
_find_token: list[FindToken] = []


def tokens_from(find: FindToken) -> None:
    """Register how a bearer secret becomes a token row (with `employee` and `scopes`); people does this when ready."""
    _find_token[:] = [find]


class Session(SessionAuth):
    """A signed-in, still active person; writes carry the CSRF token."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user if request.user.is_authenticated and request.user.is_active else None


class Bearer(HttpBearer):
    """Another system's token; the request acts as the token's employee within its scopes."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        row = _find_token[0](token) if _find_token else None
        if row is None:
            return None
        if self.scope not in row.scopes:
            raise PermissionDenied
        request.user = row.employee
        return row.employee


def signed_in(scope: str) -> list[Any]:
    """Return the ways to sign in to an operation; `scope` is what a token needs for it."""
    return [Bearer(scope), Session()]


def api_door(permission: str, *, on_object: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Name the permission of an operation. Without an object (`on_object=False`) it is asked before the operation runs."""

    def guard(operation: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(operation)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            request.api_permission = permission  # type: ignore[attr-defined]
            if not on_object and permission not in {PUBLIC, SIGNED_IN}:
                demand(request.user, permission)
            answer = operation(request, *args, **kwargs)
            if on_object and not getattr(request, "has_entered", False):
                raise AssertionError(f"{operation.__name__} answered without entering its door")
            return answer

        entered.door = Door(permission, ())  # type: ignore[attr-defined]
        # Postponed annotations are names of the operation's module, where ninja would not look.
        entered.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
        return entered

    return guard


def enter(request: HttpRequest, subject: Any, *, see: str = "") -> Any:
    """Ask the operation's permission about the object and return it; 404 or 403 otherwise."""
    demand(request.user, request.api_permission, subject, see=see)  # type: ignore[attr-defined]
    request.has_entered = True  # type: ignore[attr-defined]
    return subject
