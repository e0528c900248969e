"""rewards/domain/awards.py: what was paid is made equal to what is due, by reversal and by new awards."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from engine.events.models import Event
from people.models import Employee
from rewards.domain import awards, budgets, ledger
from rewards.domain.awards import AwardLine, Correction
from rewards.models.ledger import Account, Transfer
from rewards.pure.transfers import Transfer as Plain
from rewards.queries import balance
from tests.factories.people import Company
from tests.factories.rewards import AT
from tests.support import refused

EVENT = "contest:x"


def pay(company: Company, *lines: tuple[Employee, int], **more: object) -> int:
    budgets.grant(unit=company.plant, points=1000, by=None, at=AT, id=uuid.uuid4())
    told = [AwardLine(person, points, "名次") for person, points in lines]
    return awards.award(event=EVENT, lines=told, budget_unit=company.plant, by=None, at=AT, **more)


def correct(company: Company, *lines: tuple[Employee, int], number: int = 2, **more: object) -> Correction:
    told = [AwardLine(person, points, "更正名次") for person, points in lines]
    given = {"at": AT, **more}
    return awards.correct(
        event=f"{EVENT}:r{number}", earlier=[EVENT, *(f"{EVENT}:r{n}" for n in range(2, number))], lines=told,
        reason="成绩更正", budget_unit=company.plant, by=company.organiser, **given,
    )  # fmt: skip


def points(person: Employee) -> int:
    return balance(person).available


def budget(company: Company) -> int:
    account = Account.objects.get(pk=f"budget:{company.plant.code}")
    return account.credits_posted - account.debits_posted


def test_points_move_from_who_lost_them_to_who_won_them(company: Company) -> None:
    pay(company, (company.worker, 300), (company.stranger, 100))

    done = correct(company, (company.worker, 100), (company.stranger, 300))

    assert (done, points(company.worker), points(company.stranger), budget(company)) == (
        Correction(200, 200),
        100,
        300,
        600,
    )
    taken = Transfer.objects.get(kind="reverse")
    assert (taken.reference, taken.reason) == (awards.transfer_id(EVENT, "1301"), "成绩更正")
    assert Event.objects.get(action="points.corrected").data == {"event": "contest:x:r2", "paid": 200, "taken": 200}
    assert ledger.verify() is None


def test_who_is_not_named_any_more_gives_everything_back(company: Company) -> None:
    pay(company, (company.worker, 300))

    correct(company, (company.stranger, 300))

    assert (points(company.worker), points(company.stranger), budget(company)) == (0, 300, 700)


def test_what_was_spent_becomes_a_debt_the_next_award_repays(company: Company) -> None:
    pay(company, (company.worker, 300))
    spend = Plain(id=str(uuid.uuid4()), debit="wallet:1301", credit="spent", kind="redeem", amount=250)
    ledger.demand([spend], at=AT)

    correct(company, (company.worker, 100))

    debt = Account.objects.get(pk="debt:1301")
    assert (points(company.worker), debt.debits_posted - debt.credits_posted) == (0, 150)
    assert ledger.verify() is None


def test_the_same_correction_again_moves_nothing(company: Company) -> None:
    pay(company, (company.worker, 300))
    correct(company, (company.worker, 120), (company.stranger, 50))

    assert correct(company, (company.worker, 120), (company.stranger, 50)) == Correction()
    assert (points(company.worker), points(company.stranger)) == (120, 50)


def test_a_later_correction_takes_from_the_latest_award_first(company: Company) -> None:
    pay(company, (company.worker, 100))
    correct(company, (company.worker, 300))

    correct(company, (company.worker, 50), number=3)

    taken = Transfer.objects.filter(kind="reverse").order_by("number").values_list("reference", "amount")
    assert list(taken) == [(awards.transfer_id(f"{EVENT}:r2", "1301"), 200), (awards.transfer_id(EVENT, "1301"), 50)]
    assert points(company.worker) == 50
    correct(company, (company.worker, 300), number=4)
    assert (points(company.worker), ledger.verify()) == (300, None)


def test_what_has_expired_counts_as_taken_back(company: Company) -> None:
    pay(company, (company.worker, 300), expires_on=AT.date())
    later = AT + timedelta(days=2)
    ledger.expire_lots(at=later)

    assert correct(company, at=later) == Correction()
    assert not Account.objects.filter(pk="debt:1301", debits_posted__gt=0).exists()


def test_what_awaits_the_expiry_run_is_not_taken_back_either(company: Company) -> None:
    pay(company, (company.worker, 300), expires_on=AT.date())

    assert correct(company, at=AT + timedelta(days=2)) == Correction()


def test_an_empty_budget_moves_nothing(company: Company) -> None:
    pay(company, (company.worker, 300))

    with refused(ledger.BudgetEmpty, code="budget_empty"):
        correct(company, (company.worker, 100), (company.stranger, 1000))

    assert (points(company.worker), points(company.stranger)) == (300, 0)


def test_what_is_taken_back_pays_for_what_is_missing(company: Company) -> None:
    pay(company, (company.worker, 1000))

    done = correct(company, (company.stranger, 1000))

    assert (done, budget(company)) == (Correction(1000, 1000), 0)


def test_nothing_to_correct_says_nothing(company: Company) -> None:
    pay(company, (company.worker, 300))

    assert correct(company, (company.worker, 300)) == Correction()
    assert not Event.objects.filter(action="points.corrected").exists()


@pytest.mark.parametrize("field", ["paid", "taken"])
def test_a_correction_under_a_used_event_with_other_points_is_refused(company: Company, field: str) -> None:
    pay(company, (company.worker, 300))
    wanted = (company.worker, 400) if field == "paid" else (company.worker, 200)
    correct(company, wanted)

    with refused(awards.PaidMeanwhile, code="stale"):
        correct(company, (company.worker, 500 if field == "paid" else 100))

    assert points(company.worker) == wanted[1]
