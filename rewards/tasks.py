"""What the worker runs for points: reservations whose time is over, lots past their day, leave on its way to HR."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from rewards.domain import (
    award_rules,
    bulk_awards,
    credentials,
    leaderboards,
    leave,
    ledger,
    pickups,
    reconciliation,
    recorded,
    rehearsals,
    reminders,
    rule_revisions,
)
from rewards.domain.handover import outbox
from rewards.models import LeaveGrant

BATCH = 200


def release_due(*, at: datetime) -> int:
    """Give back reservations whose time is over."""
    return ledger.release_due(at=at)


def expire_lots(*, at: datetime) -> int:
    """Expire what is left of points past their day."""
    return ledger.expire_lots(at=at)


def decide_rules(*, at: datetime) -> int:
    """Let award rules decide about what happened, batch by batch, at most ten of them."""
    done = recorded.read(at=at) + rule_revisions.revise_due(at=at)
    for _batch in range(10):
        decided = award_rules.decide_due(at=at)
        done += decided
        if not decided:
            break
    return done


def retry_empty_budgets(*, at: datetime) -> int:
    """Pay what waited for a budget that has points again."""
    return award_rules.retry_empty(at=at)


def rehearse(*, at: datetime) -> int:
    """Try a rule on a past season, if somebody asked for it."""
    return rehearsals.run_next(at=at)


def stir_boards(*, at: datetime) -> int:
    """Have the boards of points looked at again when points have moved."""
    return leaderboards.stir(at=at)


def hand_over_leave(*, at: datetime) -> int:
    """Send granted and returned leave to HR's system, where one is named."""
    return outbox.send_due(at=at)


def lapse_leave(*, at: datetime) -> int:
    """Let leave past its last day lapse; returns how many."""
    states = (LeaveGrant.State.GRANTED, LeaveGrant.State.PART_TAKEN)
    due = LeaveGrant.objects.filter(state__in=states, valid_until_on__lt=timezone.localdate(at)).order_by("pk")
    return sum(leave.lapse(pk=pk, at=at) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


def remind_of_ends(*, at: datetime) -> int:
    """Tell people 30 and 7 days before points expire or leave lapses, 7 and 1 before something must be collected."""
    return reminders.remind(at=at) + pickups.remind(at=at)


def reconcile_leave(*, at: datetime) -> int:
    """Compare points burnt with days granted and handed over, once a night."""
    return reconciliation.run_nightly(at=at)


def sign_badges(*, at: datetime) -> int:
    """Sign badges given since the last time as credentials."""
    return credentials.sign_waiting()


def pay_bulk_awards(*, at: datetime) -> int:
    """Pay units of bulk awards that wait, one transaction each."""
    return bulk_awards.pay_due(at=at)


def note_sign_ins(*, at: datetime) -> int:
    """Note who signed in today, while a rule listens to it."""
    return recorded.read_sign_ins(at=at)
