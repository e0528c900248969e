"""What the other side may say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """The other side took it. Without its number it is only handed over: the acknowledgement comes later.

    `half_days` is what was read back: the change as the other side has it now.
    """

    external_id: str = ""
    half_days: int | None = None


class NotSent(Exception):
    """The other side did not take it; the text says why. It is tried again later."""


class TooFast(NotSent):
    """The other side takes no more now; nothing is wrong with the row."""


class Refused(NotSent):
    """The other side will not take it, however often it is sent: the days are taken, nobody of that number works there."""


class Unsure(NotSent):
    """What was read fits neither before nor after: somebody must look before anything else is written."""
