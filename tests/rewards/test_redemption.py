"""From asking to the day off: what is reserved, posted, granted, given back."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from rewards import flows
from rewards.domain import awards, ledger, redemption
from rewards.models import LeaveGrant, Redemption, Seat
from rewards.queries import balance, redemptions_visible_to
from tests.factories.people import Company, make_employee
from tests.factories.rewards import AT, ask, give_points, make_course, make_leave, seats_left
from tests.support import refused


def decide(company: Company, row: Redemption, *verbs: tuple[str, str]) -> None:
    """Let named personas act on the redemption's approval, one after the other."""
    approval = Approval.objects.get(subject=row.subject)
    for persona, verb in verbs:
        approvals.decide(
            approval.pk, ballot=uuid.uuid4(), person=company.personas[persona], verb=verb, at=AT, note="意见"
        )


def test_leave_is_granted_and_points_posted_together(company: Company) -> None:
    give_points(company.worker, 500)
    row = ask(make_leave(company), company.worker, wanted_on=date(2026, 12, 1), is_afternoon=True)

    asked = balance(company.worker)
    decide(company, row, ("leader", "approve"), ("hr", "approve"))

    row.refresh_from_db()
    grant = LeaveGrant.objects.get(redemption=row)
    assert (asked.available, asked.reserved) == (200, 300)
    assert row.state == Redemption.State.FULFILLED
    assert (grant.half_days, grant.wanted_on, grant.is_afternoon, grant.valid_until_on) == (
        1, date(2026, 12, 1), True, date(2027, 11, 20),
    )  # fmt: skip
    assert (balance(company.worker).available, balance(company.worker).reserved) == (200, 0)
    assert ledger.verify() is None


@pytest.mark.parametrize("verbs", [(("leader", "refuse"),), (("leader", "approve"), ("hr", "refuse"))])
def test_refusal_gives_everything_back(company: Company, verbs: tuple[tuple[str, str], ...]) -> None:
    give_points(company.worker, 500)
    row = ask(make_leave(company), company.worker)

    decide(company, row, *verbs)

    row.refresh_from_db()
    assert (row.state, row.reason) == (Redemption.State.REFUSED, "意见")
    assert (balance(company.worker).available, balance(company.worker).reserved) == (500, 0)
    assert LeaveGrant.objects.count() == 0
    assert ledger.verify() is None


def test_refused_course_frees_its_seat(company: Company) -> None:
    item, session = make_course(company)
    give_points(company.worker, 100)
    row = ask(item, company.worker, session=session)

    left = seats_left(session)
    decide(company, row, ("leader", "refuse"))

    assert (left, seats_left(session)) == (1, 2)


def test_approved_course_grants_the_seat(company: Company) -> None:
    item, session = make_course(company)
    give_points(company.worker, 100)
    row = ask(item, company.worker, session=session)

    decide(company, row, ("leader", "approve"), ("hr", "approve"))

    assert Seat.objects.get().employee == company.worker
    assert balance(company.worker).available == 0


def test_cancelled_before_the_decision(company: Company) -> None:
    give_points(company.worker, 300)
    row = ask(make_leave(company), company.worker)

    flows.cancel(redemption=row, ballot=uuid.uuid4(), by=company.worker, at=AT)

    row.refresh_from_db()
    assert (row.state, balance(company.worker).available) == (Redemption.State.CANCELLED, 300)
    with refused(redemption.AlreadyDecided):
        flows.cancel(redemption=row, ballot=uuid.uuid4(), by=company.worker, at=AT)


def test_same_hold_again_is_the_same_request(company: Company) -> None:
    give_points(company.worker, 1000)
    item, hold = make_leave(company), uuid.uuid4()

    rows = [ask(item, company.worker, hold=hold) for _ in range(3)]

    assert {row.pk for row in rows} == {hold}
    assert balance(company.worker).reserved == 300
    assert Approval.objects.filter(subject=rows[0].subject).count() == 1


def test_hold_of_somebody_else_is_refused(company: Company) -> None:
    give_points(company.worker, 300)
    give_points(company.stranger, 300)
    item, hold = make_leave(company), uuid.uuid4()
    ask(item, company.worker, hold=hold)

    with refused(redemption.Reused):
        ask(item, company.stranger, hold=hold)


@pytest.mark.parametrize(
    "change",
    [{"cover": ""}, {"cover": "1302"}, {"is_afternoon": True}, {"note": "别的"}],
    ids=lambda row: next(iter(row)),
)
def test_same_hold_with_another_content_is_refused(company: Company, change: dict[str, object]) -> None:
    give_points(company.worker, 1000)
    item, hold = make_leave(company), uuid.uuid4()
    first: dict[str, object] = {
        "wanted_on": AT.date() + timedelta(days=13),
        "cover": company.leader.number,
        "note": "孩子家长会",
    }
    rows = [ask(item, company.worker, hold=hold, **first) for _twice in range(2)]

    with refused(redemption.Reused):
        ask(item, company.worker, hold=hold, **(first | change))

    assert {row.pk for row in rows} == {hold}
    assert balance(company.worker).reserved == 300


def test_refusals_leave_nothing_behind(company: Company) -> None:
    give_points(company.worker, 300)
    item = make_leave(company, yearly_cap=1)

    with refused(redemption.PriceChanged):
        flows.request(hold=uuid.uuid4(), item=item, employee=company.worker, points=1, at=AT)
    with refused(redemption.CannotTake):
        ask(item, company.worker, wanted_on=AT.date() - timedelta(days=1))
    with refused(ledger.ExceedsCredits):
        ask(item, company.stranger)
    ask(item, company.worker)
    with refused(redemption.CapReached):
        ask(item, company.worker)

    assert Redemption.objects.count() == 1
    assert balance(company.worker).reserved == 300


def test_award_pays_each_event_once_and_all_or_nothing(company: Company) -> None:
    from rewards.domain import budgets

    budgets.grant(unit=company.plant, points=1000, by=None, at=AT, id=uuid.uuid4())
    lines = [awards.AwardLine(company.worker, 600, "第一名"), awards.AwardLine(company.stranger, 300, "第二名")]

    paid = [awards.award(event="contest:x", lines=lines, budget_unit=company.plant, by=None, at=AT) for _ in range(3)]
    with refused(ledger.BudgetEmpty):
        awards.award(event="contest:y", lines=lines, budget_unit=company.plant, by=None, at=AT)

    assert paid == [900, 0, 0]
    assert (balance(company.worker).available, balance(company.stranger).available) == (600, 300)


@pytest.mark.parametrize("persona", ["worker", "stranger", "leader", "hr", "auditor", "administrator", "organiser"])
def test_who_sees_which_redemption_agrees_with_the_permission(company: Company, persona: str) -> None:
    other = make_employee(company.team)
    for employee in (company.worker, other):
        give_points(employee, 300)
        ask(make_leave(company), employee)
    person = company.personas[persona]

    listed = set(redemptions_visible_to(person))

    assert listed == {row for row in Redemption.objects.all() if person.has_perm("rewards.view_redemption", row)}
