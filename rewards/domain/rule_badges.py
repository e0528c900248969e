"""The badge of a rule follows its decision: given with the points, revoked when a correction takes them back, given anew.

A revoked credential never becomes valid again (Bitstring Status List, purpose "revocation"): who earns the badge once more
gets another one. A badge somebody took back by hand is theirs to decide about; no rule gives it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from rewards.domain import badges
from rewards.models import BadgeAward, RuleDecision
from rewards.pure.award_rules import BUDGET_EMPTY, CAPPED, GRANTED, WAITING

PAYING = (GRANTED, CAPPED)
UNDECIDED = (WAITING, BUDGET_EMPTY)


def follow(decisions: Sequence[RuleDecision], *, at: datetime) -> None:
    """Give or revoke the badge each decision stands for; while one waits for people or points, its badge stays as it is.

    A badge that is given no longer takes no points away. Inside the caller's transaction.
    """
    for row in decisions:
        if not row.version.badge or row.outcome in UNDECIDED:
            continue
        if row.outcome in PAYING and row.points:
            _give(row, at=at)
        else:
            _revoke(row, at=at)


def cause_of(decision: RuleDecision) -> str:
    """Return what makes a badge that of a rule and an event."""
    return f"award-rule:{decision.version.rule.code}:{decision.event}:{decision.key}"[:200]


def given_by(decision: RuleDecision) -> list[BadgeAward]:
    """Return the badges the rule gave for this event, the newest first. 1 SQL statement."""
    cause = cause_of(decision)
    rows = BadgeAward.objects.filter(badge__code=decision.version.badge, employee=decision.employee)
    return list(rows.filter(Q(cause=cause) | Q(cause__startswith=_again(cause))).order_by("-id"))


def _again(cause: str) -> str:
    return f"{cause[:190]}§"


def _give(decision: RuleDecision, *, at: datetime) -> None:
    before = given_by(decision)
    if before and (before[0].revoked_at is None or before[0].revoked_by_id is not None):
        return
    cause = cause_of(decision)
    with suppress(badges.NoSuchBadge):
        badges.give(
            badge=decision.version.badge, employee=decision.employee, at=at, reason=decision.version.rule.title,
            cause=f"{_again(cause)}{len(before) + 1}" if before else cause,
        )  # fmt: skip


def _revoke(decision: RuleDecision, *, at: datetime) -> None:
    with override(settings.LANGUAGE_CODE):  # verifiers read one language, whoever's correction it was
        reason = _("What it was given for was corrected: %(rule)s") % {"rule": decision.version.rule.title}
    for award in given_by(decision):
        if award.revoked_at is None:
            badges.revoke(award=award, reason=reason, by=None, at=at)
