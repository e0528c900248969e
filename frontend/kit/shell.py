"""What every page's frame needs to know."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates the frame's facts; costs no SQL statement."""
    return {"source_url": settings.SOURCE_URL}
