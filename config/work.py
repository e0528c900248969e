"""Everything that runs by itself, and how often: the urls.py of the background.

A sweep looks for rows that are due and carries them out in bounded batches, each in its own transaction. It is called as
`function(at=now)`, returns how many rows it carried out, and is safe beside other workers: who comes second finds
nothing to do. Nobody calls a sweep; verbs leave rows that are due.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Sweep:
    """One line of the list."""

    name: str
    path: str  # dotted path of the function
    every_seconds: float

    @property
    def function(self) -> Callable[..., int]:
        """Return the function behind the path."""
        found: Callable[..., int] = import_string(self.path)
        return found

    def run(self, *, at: datetime) -> int:
        """Carry out what is due at a moment; returns how many rows."""
        return self.function(at=at)


SWEEPS: tuple[Sweep, ...] = (
    Sweep("timers of flows", "engine.flows.tasks.fire_due", 5),
    Sweep("deadlines of approvals", "engine.approvals.tasks.run_deadlines", 30),
    Sweep("substitutes whose time begins or ends", "engine.approvals.tasks.refresh_substitutes", 60),
    Sweep("news of approvals", "engine.approvals.tasks.tell_news", 3),
    Sweep("deadlines that come near", "engine.approvals.tasks.remind_soon", 60),
    Sweep("notices to be sent", "engine.notices.tasks.send_due", 5),
    Sweep("notices of long ago", "engine.notices.tasks.forget_old", 3600),
    Sweep("records that wait for their place in the log", "engine.proof.sequencer.run", 1),
    Sweep("registrations that close", "contests.flows.sweeps.close_registrations", 10),
    Sweep("reservations whose time is over", "rewards.tasks.release_due", 30),
    Sweep("points past their day", "rewards.tasks.expire_lots", 600),
    Sweep("deltas nobody asks for", "engine.live.domain.prune", 300),
)
