"""The database engine does exactly what the pure core does: the same random runs, compared after every act.

`AGREEMENT_RUNS=2000` before the tests plays more. On whichever database the tests run.
"""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from engine.approvals import clock, core
from engine.approvals.directory import CompanyDirectory
from engine.approvals.domain import approvals, policies
from engine.approvals.models import Approval, Ballot, Panel, Waiting
from engine.approvals.pure import decide as pure
from engine.approvals.pure.policy import read
from engine.approvals.pure.replay import directory_of, show
from engine.approvals.pure.state import to_json
from people.models import Substitute
from people.pure.calendar import WorkingCalendar
from tests.engine.approvals.pure import random_runs as runs
from tests.factories.people import give_role, make_employee, make_unit

pytestmark = pytest.mark.django_db
RUNS = int(os.environ.get("AGREEMENT_RUNS", "120"))
BEGAN = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)  # half past eight on a Monday in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar()


class Office:
    """A random company as rows, one approval in it, and the pure state beside it."""

    def __init__(self, rnd: Random) -> None:
        self.document = runs.document(rnd)
        for members in self.document["roles"].values():
            members.sort()  # the company finds people by number
        self.policy = read(self.document["policy"])
        self.pure_directory = directory_of(self.document)
        self.make_rows()
        self.state = pure.start(self.policy, self.document["applicant"])
        self.approval: Approval | None = None

    def make_rows(self) -> None:
        self.units = {}
        for name in reversed(runs.UNITS):
            parent = self.document["units"][name].get("parent")
            self.units[name] = make_unit(name, name, parent=self.units.get(parent))
        self.people = {
            name: make_employee(self.units[given["unit"]] if given else self.units["plant"], number=name)
            for name, given in self.document["people"].items()
        }
        for name, unit in self.units.items():
            if head := self.document["units"][name].get("head"):
                unit.head = self.people[head]
                unit.save()
        for role, members in self.document["roles"].items():
            for member in members:
                give_role(self.people[member], role, self.people[member].unit)
        for name, members in self.document["panels"].items():
            Panel.objects.create(name=name, title=name, members=members, seed="1", drawn_at=BEGAN)
        policies.publish("random", self.document["policy"], by=None, at=BEGAN)

    def moment(self, minute: int) -> datetime:
        return BEGAN if not minute else clock.after(BEGAN, minute, CALENDAR, ZONE)

    def act(self, given: dict) -> tuple[str, str]:
        """Do it in both; returns what each refused, '' where it was done."""
        state_error = self.act_purely(given)
        try:
            with transaction.atomic():
                self.act_in_rows(given)
        except ValidationError as refusal:
            return state_error, str(refusal)
        return state_error, ""

    def act_purely(self, given: dict) -> str:
        try:
            self.state = pure.decide(self.state, given, self.policy, self.pure_directory)
        except pure.Refused as refusal:
            return str(refusal)
        return ""

    def act_in_rows(self, given: dict) -> None:
        now = self.moment(self.state.minute)
        if given["do"] == "submit" and self.approval is None:
            person = self.people[given["by"]]
            if given["by"] != self.document["applicant"]:
                raise approvals.NotYours
            self.approval = approvals.ask("random", subject="x:1", title="x", applicant=person, by=person, at=BEGAN,
                                          picks=given.get("picks"))  # fmt: skip
        elif given["do"] == "tick":
            if self.approval is not None:
                approvals.wake(self.approval.pk, at=now)
        elif self.approval is None:
            raise approvals.NotYours
        else:
            person = self.people[given["by"]]
            whole = {name: value for name, value in given.items() if name != "by"}
            approvals.act(self.approval.pk, ballot=uuid.uuid4(), person=person, action=whole, at=now)

    def substitute(self, given: dict) -> None:
        """Name a substitute in both, endless or until a minute, from now on."""
        self.act_purely(given)
        now = self.moment(self.state.minute)
        Substitute.objects.filter(person=self.people[given["by"]]).delete()
        if given["to"]:
            Substitute.objects.create(person=self.people[given["by"]], to=self.people[given["to"]], from_at=now)
        if self.approval is not None:
            approvals.refresh(self.approval.pk, at=now)

    def shown(self) -> tuple[dict, dict]:
        """What both say of it now."""
        mine = show(self.state, self.policy, self.pure_directory)
        row = Approval.objects.get(pk=self.approval.pk)
        step = core.resume(row, at=self.moment(self.state.minute)).on_time()
        theirs = show(step.state, step.policy, step.directory)
        if row.status != "draft":
            waiting = Waiting.objects.filter(approval=row).values_list("person__number", flat=True)
            assert sorted(waiting) == theirs["waiting"]
            assert (row.status, row.round) == (theirs["status"], theirs["round"])
        return mine, theirs


@pytest.fixture(autouse=True)
def _one_clock(monkeypatch):
    """Every hour counts for urging, as in a replay; the calendar of the tests has no holidays."""

    def working_minutes(self, _minute):
        return clock.minutes_between(BEGAN, self._at, CALENDAR, ZONE)

    monkeypatch.setattr(CompanyDirectory, "hour_clock", working_minutes)
    monkeypatch.setattr(core, "calendar_of", lambda _applicant: CALENDAR)


@pytest.mark.parametrize("part", range(4))
def test_rows_and_core_agree_after_every_act(part):
    for seed in range(part, RUNS, 4):
        with transaction.atomic():
            play(seed)
            transaction.set_rollback(True)


def play(seed: int) -> None:
    rnd = Random(seed)
    office = Office(rnd)
    first = {"by": office.document["applicant"], "do": "submit"} | runs.picks(rnd, office.policy)
    refused = office.act(first)
    if refused[0]:
        assert office.approval is None or office.approval.status == "draft"
        return
    done = [first]
    for _number in range(22):
        given = runs.action(rnd, office.state, office.policy, office.pure_directory)
        if given["do"] == "tick":
            given.pop("round", None)
        if given["do"] == "substitute":
            given = {"by": given["by"], "do": "substitute", "to": given["to"]}
            if given["to"] != given["by"] and not office.state.is_terminal:
                office.substitute(given)
        else:
            errors = office.act(given)
            assert bool(errors[0]) == bool(errors[1]), (seed, given, errors)
        done.append(given)
        mine, theirs = office.shown()
        assert mine == theirs, (seed, given)
    check_history(office)


def check_history(office: Office) -> None:
    """Every act of the state is a row, with its round, in its order; replaying the rows gives the stored state."""
    rows = list(Ballot.objects.filter(approval=office.approval).select_related("person").order_by("position"))
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    kept = {row.seq: row for row in rows if row.seq}
    for act in office.state.acts:
        row = kept[act.seq]
        person = row.person.number if row.person else "system"
        assert (row.verb, row.step, row.round, person) == (act.verb, act.step, act.round, act.person)
    stored = Approval.objects.get(pk=office.approval.pk).state
    mine = to_json(office.state)
    for name in ("status", "round", "acts", "picks", "recused", "asked", "copied"):
        assert stored[name] == mine[name], name


def test_a_moment_of_the_clock_is_one_of_the_core():
    office = Office(Random(1))

    assert office.moment(60) == BEGAN + timedelta(hours=1)
