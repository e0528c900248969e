"""Real contests marked again through the pad's API by simulated judges, all at once, with retries and disorder."""

from __future__ import annotations

import json
import random
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from contests.domain import bundles
from contests.models import Contest, Mark, Operation, PanelMember, Sheet
from contests.pure import decimals
from tests.factories.contests import AT
from tests.factories.people import make_company, make_employee
from tests.races.together import at_once
from tests.spec.test_official_results import FOLDERS, SKATING, computed, files_of, official

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not FOLDERS, reason=f"THE OFFICIAL RESULTS ARE NOT CHECKED: no bundles under {SKATING}"),
]
Cell = tuple[str, str]
BATCH = 25


class Tablet:
    """A judge's pad: sends operations, takes answers, settles what disorder left as the judge wants it."""

    def __init__(self, sheet: Sheet, wanted: dict[Cell, str], seed: int) -> None:
        self.random = random.Random(seed)
        self.sheet, self.wanted = sheet, wanted
        self.grids = {row.code: row for row in sheet.contest.marking_scheme.aspects}
        self.client = Client()
        self.client.force_login(sheet.member.employee, backend="django.contrib.auth.backends.ModelBackend")

    def op(self, cell: Cell, value: str, base: int) -> dict[str, Any]:
        key = str(UUID(int=self.random.getrandbits(128), version=4))
        return {
            "op_id": key,
            "entry": cell[0],
            "aspect": cell[1],
            "value": value,
            "base_version": base,
            "device": "sim",
        }

    def first_pass(self) -> list[dict[str, Any]]:
        """Every mark, a third after a slip of the finger; 5 % change places with the next, 10 % are sent twice."""
        ops = []
        for cell, value in self.wanted.items():
            slip = decimals.text(self.grids[cell[1]].mark_minimum)
            if self.random.random() < 0.33 and decimals.parse(value) != decimals.parse(slip):
                ops += [self.op(cell, slip, 0), self.op(cell, value, 1)]
            else:
                ops.append(self.op(cell, value, 0))
        for place in range(len(ops) - 1):
            if self.random.random() < 0.05:
                ops[place], ops[place + 1] = ops[place + 1], ops[place]
        return ops + [op for op in ops if self.random.random() < 0.10]

    def send(self, ops: list[dict[str, Any]]) -> None:
        for start in range(0, len(ops), BATCH):
            body = json.dumps({"ops": ops[start : start + BATCH]})
            address = f"/api/v1/contests/sheets/{self.sheet.pk}/ops"
            answer = self.client.post(address, body, content_type="application/json")
            assert answer.status_code == 200, answer.content

    def mark(self) -> None:
        self.send(self.first_pass())
        held = self.client.get(f"/api/v1/contests/sheets/{self.sheet.pk}").json()
        now = {(mark["entry"], mark["aspect"]): mark for mark in held["marks"]}
        self.send(
            [
                self.op(cell, value, now[cell]["version"] if cell in now else 0)
                for cell, value in self.wanted.items()
                if cell not in now or decimals.parse(now[cell]["value"] or "") != decimals.parse(value)
            ]
        )


def reopened(folder: Path) -> tuple[Contest, list[Tablet]]:
    """The contest as it stood before its first mark, with an account for each judge."""
    contest = bundles.import_bundle(files=files_of(folder), by=None, at=AT)
    wanted: dict[int, dict[Cell, str]] = {}
    for sheet, entry, aspect, value in Mark.objects.values_list("sheet", "entry__code", "aspect", "value"):
        wanted.setdefault(sheet, {})[entry, aspect] = decimals.text(value)
    Mark.objects.all().delete()
    for member in PanelMember.objects.filter(contest=contest):
        member.employee = make_employee()
        member.save()
    Sheet.objects.filter(contest=contest).update(state="open", version=0)
    Contest.objects.filter(pk=contest.pk).update(state="judging")
    sheets = Sheet.objects.select_related("contest", "member__employee").filter(contest=contest)
    return contest, [Tablet(sheet, wanted[sheet.pk], sheet.pk) for sheet in sheets if sheet.pk in wanted]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name.removeprefix("grand-prix-final-2017-"))
def test_marks_sent_at_once_with_retries_and_disorder_give_the_official_results(folder: Path) -> None:
    make_company()
    contest, tablets = reopened(folder)

    at_once(*(partial(tablet.mark) for tablet in tablets))

    contest.refresh_from_db()
    assert computed(contest) == official(folder)
    wanted = sum(len(tablet.wanted) for tablet in tablets)
    assert Mark.objects.filter(value__isnull=False).count() == wanted
    assert Operation.objects.count() > wanted
