"""The rules are frozen before anybody is known; a later change is an amendment everybody can see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contests.domain import round_signing
from contests.domain.setup import demand_state
from contests.models import Contest, RulesVersion, Sheet
from contests.pure import scheme as schemes
from contests.pure import versions, worked_examples
from contests.pure.worked_examples import Example
from engine.events.domain import record
from engine.live import domain as live
from people.models import Employee

State = Contest.State
FREEZABLE = (State.PUBLISHED,)
AMENDABLE = (State.PUBLISHED, State.CLOSED, State.DRAWN, State.JUDGING, State.REVIEW)


class NotFreezable(ValidationError):
    """The rules are frozen already, or there are none."""


class MarksWouldNotStand(ValidationError):
    """Marks were given on aspects or grids the amendment changes."""


class NoReason(ValidationError):
    """Nobody would understand it later."""


@transaction.atomic(savepoint=False)
def freeze(*, contest: Contest, by: Employee | None, at: datetime, examples: Sequence[Example] = ()) -> RulesVersion:
    """Freeze the rules with worked examples and publish their digest; the chief judge signs by doing it.

    Without examples the usual ones are worked. When registration closes it happens by itself (`by` None).

    Raises:
        NotFreezable: frozen already, or no marking scheme; setup.WrongState: not while registration is open.
    """
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, *FREEZABLE)
    if contest.rules_frozen_at is not None or not contest.has_scheme:
        raise NotFreezable(_("The rules are frozen already: change them by an amendment."), code="frozen")
    return _store(contest, contest.marking_scheme, examples, "", by=by, at=at)


@transaction.atomic(savepoint=False)
def amend(*, contest: Contest, scheme: schemes.Scheme, reason: str, by: Employee, at: datetime) -> RulesVersion:
    """Change frozen rules, with the reason everybody reads; the earlier version stays beside it.

    While there are sheets, aspects and grids stay: factors, weights, combining, rounding and ranking may change.

    Raises:
        NoReason, MarksWouldNotStand; NotFreezable: the rules are not frozen yet; setup.WrongState.
    """
    if not reason.strip():
        raise NoReason(_("Write the reason: everybody reads it beside the amendment."), code="reason")
    list(Sheet.objects.select_for_update(no_key=True).filter(contest=contest).order_by("pk").values_list("pk"))
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, *AMENDABLE)
    if contest.rules_frozen_at is None:
        raise NotFreezable(_("The rules are not frozen yet: freeze them first."), code="not-frozen")
    if contest.sheets.exists() and not worked_examples.same_cells(contest.marking_scheme, scheme):
        raise MarksWouldNotStand(
            _("Judging has begun: aspects, their kind and the steps of their marks must stay as they are."),
            code="marks-would-not-stand",
        )
    return _store(contest, scheme, (), reason.strip()[:300], by=by, at=at)


def digest_of(contest: Contest, scheme: Mapping[str, Any], examples: Sequence[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of the rules in canonical form: `{"contest": code, "rules": …, "examples": […]}`; where the contest has
    a rule about minutes over time, with `"time_rule"`."""
    told = {"contest": contest.code, "rules": dict(scheme), "examples": [dict(row) for row in examples]}
    return versions.digest(told | ({"time_rule": contest.time_rule} if contest.time_rule else {}))


def _store(
    contest: Contest,
    scheme: schemes.Scheme,
    examples: Sequence[Example],
    reason: str,
    *,
    by: Employee | None,
    at: datetime,
) -> RulesVersion:
    """Write the next version of a locked contest's rules."""
    number = contest.rules_versions.count() + 1
    worked = worked_examples.work(scheme, examples or worked_examples.usual(scheme))
    rules = schemes.to_json(scheme)
    version = RulesVersion.objects.create(
        contest=contest, number=number, scheme=rules, examples=worked, digest=digest_of(contest, rules, worked),
        reason=reason, by=by, at=at,
    )  # fmt: skip
    contest.scheme, contest.scheme_version, contest.rules_digest = rules, number, version.digest
    contest.rules_frozen_at = contest.rules_frozen_at or at
    contest.save(update_fields=["scheme", "scheme_version", "rules_digest", "rules_frozen_at"])
    action = "rules.frozen" if number == 1 else "rules.amended"
    record(contest.subject, action, by=by, at=at, version=number, digest=version.digest, reason=reason)
    if number > 1:
        round_signing.void(contest, reason, by=by, at=at)
        live.stir(contest.code)
    return version
