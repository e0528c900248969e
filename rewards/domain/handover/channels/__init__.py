"""Systems the worker hands leave over to by itself: a module each, with `is_configured` and `send`.

All are off until the environment names them, and at most one is on: two systems would both be right about one person's
days. `send(row, keep=…)` carries one row (its grant, redemption, item and employee loaded) and returns an `Answer`, or raises
`NotSent` (tried again later), `TooFast` (nothing is wrong, only later), `Refused` (the other side will never take it) or
`Unsure` (somebody must look). `keep(plan)` stores, and commits, what was found before anything is written.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from rewards.domain.handover.channels import webhook, wecom
from rewards.domain.handover.channels.answers import Answer, NotSent, Refused, TooFast, Unsure

__all__ = ["CHANNELS", "Answer", "Keep", "NotSent", "Refused", "TooFast", "Unsure", "configured"]
CHANNELS: dict[str, ModuleType] = {"webhook": webhook, "wecom": wecom}
Keep = Callable[[dict[str, Any]], None]


def configured() -> str:
    """Return the channel that is on, '' when HR takes files or its system reads by itself."""
    return next((name for name, channel in CHANNELS.items() if channel.is_configured()), "")
