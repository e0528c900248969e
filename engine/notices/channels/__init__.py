"""Ways to carry a notice out of the app: a module each, with `is_configured`, `reaches` and `send`.

All are off until the environment names them. `send(person, notices, key=)` carries several notices to one person as one message
and raises `NotSent` when the other side did not take it (`TooFast` when it takes no more this minute); `key` names the message, so
that a repetition can be recognised where the other side can: mail servers, not the group robots.
"""

from __future__ import annotations

from types import ModuleType

from engine.notices.channels import dingtalk, mail, wecom
from engine.notices.channels.robot import NotSent, TooFast
from people.models import Employee

__all__ = ["CHANNELS", "NotSent", "TooFast", "configured", "reaches"]
CHANNELS: dict[str, ModuleType] = {"mail": mail, "wecom": wecom, "dingtalk": dingtalk}


def configured() -> list[str]:
    """Return the channels the environment has switched on."""
    return [name for name, module in CHANNELS.items() if module.is_configured()]


def reaches(name: str, person: Employee) -> bool:
    """Return whether a channel can reach a person at all."""
    return bool(CHANNELS[name].reaches(person))
