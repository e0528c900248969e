"""The same points for many thousand people: agreed to once, paid unit by unit, resumed where it stopped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from engine.events.domain import record
from people.models import Employee, Unit
from rewards.domain import budgets, funds, keys, ledger
from rewards.domain.awards import budget_code
from rewards.models import BulkAward, BulkPart
from rewards.pure import codes
from rewards.pure.transfers import DEFAULT_FUND, Transfer, in_fund

MOST_POINTS = 10_000
PARTS = 50


class Nobody(ValidationError):
    """The unit has no active employees."""

    def __init__(self) -> None:
        super().__init__({"unit": ValidationError(_("Nobody works in this unit. Choose another one."), code="nobody")})


@transaction.atomic(savepoint=False)
def ask(
    *,
    key: UUID,
    unit: Unit,
    points: int,
    reason: str,
    expires_on: date | None,
    by: Employee,
    at: datetime,
    fund: str = DEFAULT_FUND,
) -> tuple[BulkAward, bool]:
    """Keep what is asked for; returns it and whether it is new (the same key again is the same).

    Raises:
        Nobody: there is nobody to pay. funds.NoSuchFund, keys.Reused: see there.
        budgets.WrongAmount: fewer than 1 or more than 10,000 points each.
    """
    reason = reason.strip()[:200]
    known = keys.known(BulkAward, key, by=by, unit=unit, points=points, reason=reason, fund=fund, asked_by=by)
    if known is not None:
        if known.expires_on != expires_on and (expires_on or known.state == BulkAward.State.ASKED):
            raise keys.Reused  # once it is agreed to, the fund may have said how long the points live
        return known, False
    if not 1 <= points <= MOST_POINTS:
        raise budgets.WrongAmount
    funds.demand(fund)
    people = Employee.objects.filter(unit__path__startswith=unit.path, is_active=True).count()
    if not people:
        raise Nobody
    row = BulkAward.objects.create(
        id=key, unit=unit, points=points, reason=reason, expires_on=expires_on, asked_by=by, asked_at=at,
        people=people, fund=fund,
    )  # fmt: skip
    record(row.subject, "points.proposed", by=by, at=at, points=points * people, people=people)
    return row, True


@transaction.atomic(savepoint=False)
def begin(*, award: BulkAward, at: datetime) -> None:
    """Freeze who is paid, a part for each unit: active now, under the unit. The worker pays them; begun twice is once."""
    award = BulkAward.objects.select_for_update(no_key=True).get(pk=award.pk)
    if award.state != BulkAward.State.ASKED:
        return
    numbers: dict[int, list[str]] = defaultdict(list)
    people = Employee.objects.filter(unit__path__startswith=award.unit.path, is_active=True).order_by(
        "unit_id", "number"
    )
    for unit_id, number in people.values_list("unit_id", "number"):
        numbers[unit_id].append(number)
    BulkPart.objects.bulk_create(
        [BulkPart(award=award, unit_id=unit, numbers=found) for unit, found in numbers.items()]
    )
    award.people = sum(map(len, numbers.values()))
    award.state, award.decided_at = BulkAward.State.PAYING, at
    award.expires_on = award.expires_on or funds.last_day(award.fund, at=at)
    award.save(update_fields=["people", "state", "decided_at", "expires_on"])


@transaction.atomic(savepoint=False)
def settle(*, award: BulkAward, state: str, at: datetime) -> None:
    """Keep that it was refused or withdrawn."""
    BulkAward.objects.filter(pk=award.pk).update(state=state, decided_at=at)


@transaction.atomic(savepoint=False)
def resume(*, award: BulkAward, by: Employee, at: datetime) -> None:
    """Go on after a stop, when the budget has points again; what is paid stays paid."""
    if BulkAward.objects.filter(pk=award.pk, state=BulkAward.State.STOPPED).update(state=BulkAward.State.PAYING):
        record(award.subject, "points.resumed", by=by, at=at)


def pay_due(*, at: datetime) -> int:
    """Pay parts that wait, each in its own transaction, at most 50; return how many. Safe beside other workers."""
    payers: dict[tuple[int, str], str] = {}
    for done in range(PARTS):
        try:
            if not _pay_next(payers, at=at):
                return done
        except _Empty as stopped:  # what was tried is undone, so that no id is spent
            _stop(stopped.award, stopped.payer, at=at)
    return PARTS


class _Empty(Exception):
    """A budget cannot pay a part."""

    def __init__(self, award: BulkAward, payer: str) -> None:
        super().__init__(payer)
        self.award, self.payer = award, payer


@transaction.atomic(durable=True)
def _pay_next(payers: dict[tuple[int, str], str], *, at: datetime) -> bool:
    waiting = BulkPart.objects.filter(paid_at=None, award__state=BulkAward.State.PAYING)
    locked = waiting.select_for_update(
        no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked, of=("self",)
    )
    part = locked.select_related("award", "unit").order_by("id").first()
    if part is None:
        return False
    award = part.award
    payer = payers.get((part.unit_id, award.fund)) or budget_code(budgets.payer_of(part.unit, award.fund), award.fund)
    payers[part.unit_id, award.fund] = payer
    BulkPart.objects.filter(pk=part.pk).update(
        paid_at=at
    )  # before the points, which lock a budget others pay from, too
    try:
        ledger.demand(chain(part, payer), at=at)
    except ledger.BudgetEmpty:
        raise _Empty(award, payer) from None
    BulkAward.objects.filter(pk=award.pk).update(people_paid=F("people_paid") + len(part.numbers))
    if not BulkPart.objects.filter(
        award=award, paid_at=None
    ).exists():  # after the award's row is locked: it sees the others
        _finish(award, at=at)
    return True


def chain(part: BulkPart, payer: str) -> list[Transfer]:
    """Return one unit's awards, linked: whole or not at all."""
    award, last = part.award, len(part.numbers)
    subject, linked = award.subject, frozenset({codes.LINKED})
    return [
        Transfer(
            id=transfer_id(award.id, part.unit_id, number), flags=linked if place < last else frozenset(), debit=payer,
            credit=in_fund(f"wallet:{number}", award.fund), kind=codes.AWARD, amount=award.points, expires_on=award.expires_on,
            reference=subject, reason=award.reason,
        )
        for place, number in enumerate(part.numbers, 1)
    ]  # fmt: skip


def transfer_id(award: UUID, unit_id: int, number: str) -> str:
    """Return the id of a person's award: a UUID of version 8 (RFC 9562), the same whenever it is asked for.

    The ids of one unit begin alike: they lie together in every index that holds them, so that a unit of 500 people touches a
    few pages of each index instead of 500.
    """
    digest = bytearray(sha256(b"%b:%b" % (award.bytes, number.encode())).digest()[:16])
    digest[:4], digest[4:6] = award.bytes[:4], (unit_id & 0xFFFF).to_bytes(2, "big")
    digest[6], digest[8] = digest[6] & 0x0F | 0x80, digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@transaction.atomic(durable=True)
def _stop(award: BulkAward, payer: str, *, at: datetime) -> None:
    """Stop where a budget is empty: the parts that are paid stay, the others wait."""
    BulkAward.objects.filter(pk=award.pk).update(state=BulkAward.State.STOPPED)
    record(award.subject, "points.stopped", by=None, at=at, budget=payer)


def _finish(award: BulkAward, *, at: datetime) -> None:
    """Say once that all is paid."""
    if BulkAward.objects.filter(pk=award.pk, state=BulkAward.State.PAYING).update(state=BulkAward.State.PAID):
        record(award.subject, "points.awarded", by=None, at=at, points=award.points * award.people, people=award.people)


def progress(award: BulkAward) -> Mapping[str, int]:
    """Return {done, total, percent} in people."""
    return {
        "done": award.people_paid,
        "total": award.people,
        "percent": 100 * award.people_paid // max(1, award.people),
    }
