"""Honours: lunch with the chairman, a photograph on the wall of honour."""

from __future__ import annotations

from typing import ClassVar

from rewards.domain.kinds.base import Kind


class Honour(Kind):
    """Honours 荣誉: granted, then shown on the wall of honour."""

    name: ClassVar[str] = "honour"
    icon: ClassVar[str] = "award"
    policy: ClassVar[str] = "honour-redemption"
    fields: ClassVar[tuple[str, ...]] = ("is_limited",)
