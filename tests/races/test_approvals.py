"""Two people, or one person twice, at once: exactly one effect, and the loser hears why.

Each race has a twin with the locks off, in which both are let in together: the clear outcome must break there, or the
race proves nothing.
"""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, connections, transaction

from engine.approvals import hot
from engine.approvals.domain import approvals, records
from engine.approvals.models import Approval, Ballot, Waiting
from engine.events.models import Event
from engine.flows import tasks
from engine.flows.effects import once
from engine.flows.lock import BlockingRowLock
from tests.engine.flows.samples import CALLS, MEETING, NoticeFlow, PressFlow, RequestFlow
from tests.factories.approvals import NOW, act, make_policy
from tests.factories.people import give_role, make_company, make_employee

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 50


@pytest.fixture(autouse=True)
def _forget():
    CALLS.clear()
    yield
    MEETING.clear()


def at_once(*acts: Callable[[], object], mode: str | None = None) -> Counter[str]:
    """Run the acts in threads that start together; count the outcomes: refusals by code, other errors by class, else done.

    mode: how SQLite's transactions begin in these threads, instead of IMMEDIATE.
    """
    barrier = threading.Barrier(len(acts))
    outcomes: list[str] = []

    def run(do: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            if mode is not None and connection.vendor == "sqlite":
                connection.transaction_mode = mode
            barrier.wait(60)
            do()
            outcomes.append("done")
        except ValidationError as refusal:
            outcomes.append(refusal.code)
        except DatabaseError as error:
            outcomes.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(do,)) for do in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def lock_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the row locks away (PostgreSQL); on SQLite `mode="DEFERRED"` does it."""
    monkeypatch.setattr(connection.features.__class__, "has_select_for_update", False)


def press(number: int) -> tuple[Callable[[], object], str]:
    subject = f"button:{number}"
    process = PressFlow.start.run(subject=subject, by=None, at=NOW)
    return lambda: PressFlow.press.run_in(process, by=None, at=NOW), subject


def test_same_task_run_twice_at_once_has_one_effect():
    seen: Counter[str] = Counter()
    pressed = []

    for number in range(ROUNDS):
        do, subject = press(number)
        seen += at_once(do, do)
        pressed.append(Event.objects.filter(subject=subject).count())

    assert seen == {"done": ROUNDS, "task-done": ROUNDS}
    assert pressed == [1] * ROUNDS


def test_same_task_run_twice_breaks_without_the_lock(monkeypatch):
    lock_off(monkeypatch)
    MEETING.append(threading.Barrier(2))
    do, _subject = press(0)

    seen = at_once(do, do, mode="DEFERRED")

    assert seen in ({"done": 2}, {"done": 1, "OperationalError": 1})


def ask(company) -> Approval:
    process = RequestFlow.start.run(subject=f"request:{uuid.uuid4()}", by=company.worker, at=NOW)
    return Approval.objects.get(task__process=process)


def test_two_approvers_at_once_are_one_decision():
    company = make_company()
    make_policy(("any", "user:1001 user:1002"))
    seen: Counter[str] = Counter()

    for _ in range(ROUNDS):
        approval = ask(company)
        seen += at_once(lambda: act(approval, company.leader), lambda: act(approval, company.shop_head, "refuse"))  # noqa: B023

    assert seen == {"done": ROUNDS, "already-decided": ROUNDS}
    assert Ballot.objects.exclude(verb="submit").count() == ROUNDS
    approved = Approval.objects.filter(status="approved").count()
    assert approved + Approval.objects.filter(status="refused").count() == ROUNDS
    assert len(CALLS) == approved
    assert Waiting.objects.count() == 0


def test_two_approvers_at_once_break_without_the_lock(monkeypatch):
    company = make_company()
    make_policy(("any", "user:1001 user:1002"))
    approval = ask(company)
    lock_off(monkeypatch)
    monkeypatch.setattr(hot, "_locking_sql", lambda: (hot._reading_sql(),))
    both_have_read, store = threading.Barrier(2), records.store

    def store_together(*args, **kwargs):
        both_have_read.wait(10)
        store(*args, **kwargs)

    monkeypatch.setattr(records, "store", store_together)

    seen = at_once(
        lambda: act(approval, company.leader), lambda: act(approval, company.shop_head, "refuse"), mode="DEFERRED"
    )

    assert seen in ({"done": 1, "IntegrityError": 1}, {"done": 1, "OperationalError": 1})


def test_eight_clicks_of_hr_approve_once():
    company = make_company()
    people = [company.hr, *(make_employee(company.root) for _ in range(7))]
    for person in people[1:]:
        give_role(person, "hr")
    make_policy(("any", "role:hr"))
    approval = ask(company)

    seen = at_once(*[lambda person=person: act(approval, person) for person in people])

    assert seen == {"done": 1, "already-decided": 7}
    assert len(CALLS) == 1
    assert Ballot.objects.filter(approval=approval, verb="approve").count() == 1


def test_eight_clicks_of_one_person_in_a_step_of_two_are_one_ballot():
    company = make_company()
    make_policy(("all", "user:1001 user:1002"))
    approval = ask(company)

    seen = at_once(*[lambda: act(approval, company.leader)] * 8)

    assert seen == {"done": 1, "not-yours": 7}
    assert Approval.objects.get(pk=approval.pk).status == "running"


def test_eight_retries_of_one_ballot_are_one_ballot_and_one_answer():
    company = make_company()
    make_policy(("any", "role:hr"))
    approval = ask(company)
    ballot = uuid.uuid4()

    seen = at_once(*[lambda: act(approval, company.hr, ballot=ballot)] * 8)

    assert seen == {"done": 8}
    assert len(CALLS) == 1
    assert Approval.objects.get(pk=approval.pk).version == 2


def test_eight_retries_outside_a_flow_are_one_ballot():
    company = make_company()
    make_policy(("any", "role:hr"))
    approval = approvals.ask("request", subject="x:1", title="x", applicant=company.worker, by=company.worker, at=NOW)
    ballot = uuid.uuid4()

    seen = at_once(*[lambda: act(approval, company.hr, ballot=ballot)] * 8)

    assert seen == {"done": 8}
    assert Approval.objects.get(pk=approval.pk).version == 2


def test_two_workers_fire_a_timer_once():
    fired = []
    due = NOW + timedelta(days=2)

    for number in range(10):
        NoticeFlow.start.run(subject=f"notice:{number}", by=None, at=NOW)
        at_once(*[lambda: fired.append(tasks.fire_due(at=due))] * 2)

    assert sum(fired) == 10
    assert CALLS == ["published None"] * 10


def test_lock_waits_instead_of_failing():
    """viewflow's own lock gives up with `nowait`; ours is held until the other transaction ends."""
    process = PressFlow.start.run(subject="button:wait", by=None, at=NOW)
    order, inside = [], threading.Event()

    def first():
        with BlockingRowLock()(PressFlow, process.pk):
            inside.set()
            threading.Event().wait(0.3)
            order.append("first")

    def second():
        inside.wait(10)
        with BlockingRowLock()(PressFlow, process.pk):
            order.append("second")

    assert at_once(first, second) == {"done": 2}
    assert order == ["first", "second"]


def test_one_effect_is_claimed_once_by_eight_at_once():
    def claim():
        with transaction.atomic():
            once("award:contest:welding-2026", at=NOW)
            Event.objects.create(subject="contest:welding-2026", action="points.awarded", at=NOW)

    seen = at_once(*[claim] * 8)

    assert seen == {"done": 1, "already-done": 7}
    assert Event.objects.filter(action="points.awarded").count() == 1


def test_withdrawing_and_approving_at_once_is_one_of_the_two():
    company = make_company()
    make_policy(("any", "user:1001"))
    seen: Counter[str] = Counter()

    for _ in range(10):
        approval = ask(company)
        seen += at_once(lambda: act(approval, company.leader), lambda: act(approval, company.worker, "withdraw"))  # noqa: B023

    assert seen == {"done": 10, "already-decided": 10}
    assert len(CALLS) == Approval.objects.filter(status="approved").count()
