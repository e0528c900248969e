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
    Sweep("roster imports whose worker died", "people.tasks.stop_dead_imports", 60),
    Sweep("timers of flows", "engine.flows.tasks.fire_due", 5),
    Sweep("deadlines of approvals", "engine.approvals.tasks.run_deadlines", 30),
    Sweep("deadlines by an edited calendar", "engine.approvals.tasks.recount_deadlines", 30),
    Sweep("substitutes whose time begins or ends", "engine.approvals.tasks.refresh_substitutes", 60),
    Sweep("news of approvals", "engine.approvals.tasks.tell_news", 3),
    Sweep("deadlines that come near", "engine.approvals.tasks.remind_soon", 60),
    Sweep("notices to be sent", "engine.notices.tasks.send_due", 5),
    Sweep("notices of long ago", "engine.notices.tasks.forget_old", 3600),
    Sweep("records that wait for their place in the log", "engine.proof.sequencer.run", 0.05),
    Sweep("checkpoints that witnesses have not signed", "engine.proof.witnesses.submit", 5),
    Sweep("registrations that close", "contests.flows.sweeps.close_registrations", 10),
    Sweep("rounds that changed since they were signed", "contests.flows.sweeps.ask_rounds_again", 5),
    Sweep("reservations whose time is over", "rewards.tasks.release_due", 30),
    Sweep("things nobody collected", "rewards.flows.give_back_uncollected", 600),
    Sweep("seats for those who wait in line", "rewards.flows.move_up_waiting", 5),
    Sweep("events award rules decide about", "rewards.tasks.decide_rules", 3),
    Sweep("people who signed in today", "rewards.tasks.note_sign_ins", 300),
    Sweep("awards whose budget was empty", "rewards.tasks.retry_empty_budgets", 60),
    Sweep("awards by rule that wait for approval", "rewards.flows.ask_for_awards", 5),
    Sweep("rehearsals of award rules", "rewards.tasks.rehearse", 1),
    Sweep("boards of points", "rewards.tasks.stir_boards", 2),
    Sweep("bulk awards that are being paid", "rewards.tasks.pay_bulk_awards", 1),
    Sweep("points past their day", "rewards.tasks.expire_lots", 600),
    Sweep("leave to be handed over to HR's system", "rewards.tasks.hand_over_leave", 10),
    Sweep("leave past its last day", "rewards.tasks.lapse_leave", 600),
    Sweep("points and leave that end soon", "rewards.tasks.remind_of_ends", 600),
    Sweep("points burnt against days granted, once a night", "rewards.tasks.reconcile_leave", 600),
    Sweep("badges to be signed", "rewards.tasks.sign_badges", 5),
    Sweep("deltas nobody asks for", "engine.live.domain.prune", 300),
)
