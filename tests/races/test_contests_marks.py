"""Judges' tablets at once: no mark twice, none lost, none overwritten unseen."""

from __future__ import annotations

import threading
from collections import Counter
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from contests.domain import judging, marking, panels, setup, signing
from contests.models import Mark, Operation, Sheet, Unveiling
from contests.pure.marks import Op
from contests.pure.scheme import Scheme
from tests.factories.contests import AT, make_contest, make_judging, make_scheme, sheet_of
from tests.factories.people import make_company, make_employee
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20


@pytest.fixture
def sheet() -> Sheet:
    company = make_company()
    return sheet_of(make_judging(company, contestants=2), company.judge)


def send(sheet: Sheet, *ops: Op) -> list[marking.Answer]:
    return marking.record(sheet_id=sheet.pk, ops=ops, by=sheet.member.employee, at=AT)


def op(value: str = "8", base: int = 0, entry: str = "01") -> Op:
    return Op(str(uuid4()), entry, "seam", value, base)


def test_the_same_request_twice_at_once_has_one_effect(sheet: Sheet) -> None:
    for version in range(ROUNDS):
        same = op(str(version % 9), version)

        first, second = at_once(partial(send, sheet, same), partial(send, sheet, same))

        assert first == second
        assert (first[0].answer, first[0].version) == ("ok", version + 1)
    assert Operation.objects.count() == ROUNDS
    assert Sheet.objects.get(pk=sheet.pk).version == ROUNDS


def test_two_tablets_of_a_judge_get_one_ok_and_one_conflict(sheet: Sheet) -> None:
    for version in range(ROUNDS):
        values = [str(version % 4), str(version % 4 + 5)]

        answers = at_once(*(partial(send, sheet, op(value, version)) for value in values))

        told = {answer[0].answer: answer[0] for answer in answers}
        assert sorted(told) == ["conflict", "ok"]
        assert told["conflict"].value == told["ok"].value == str(Mark.objects.get().value)
        assert told["conflict"].version == told["ok"].version == version + 1
    assert Counter(Operation.objects.values_list("answer", flat=True)) == {"ok": ROUNDS, "conflict": ROUNDS}


def test_eight_tablets_marking_different_cells_lose_nothing(sheet: Sheet) -> None:
    cells = [(entry, aspect) for entry in ("01", "02") for aspect in ("seam", "safety", "paper")]

    answers = at_once(*(partial(send, sheet, Op(str(uuid4()), *cell, "5", 0)) for cell in cells))

    assert {answer[0].answer for answer in answers} == {"ok"}
    assert (Mark.objects.count(), Sheet.objects.get(pk=sheet.pk).version) == (6, 6)


def test_a_mark_and_the_end_of_judging_have_one_order(sheet: Sheet) -> None:
    close = partial(judging.close, contest=sheet.contest, by=sheet.contest.chief_judge, at=AT, reason="时间到")

    answers, closed = at_once(partial(send, sheet, op()), close)

    assert closed.state == "review"
    assert {"ok": 1, "locked": 0}[answers[0].answer] == Mark.objects.count()


def test_a_mark_and_a_signature_never_cross(sheet: Sheet) -> None:
    cells = [(entry, aspect) for entry in ("01", "02") for aspect in ("seam", "safety", "paper")]
    send(sheet, *(Op(str(uuid4()), *cell, "5", 0) for cell in cells))
    sign = partial(signing.sign_off, sheet_id=sheet.pk, version=6, by=sheet.member.employee, at=AT)

    answers, signed = at_once(partial(send, sheet, op("6", 1)), sign)

    if answers[0].answer == "ok":
        assert isinstance(signed, signing.OtherVersion)
    else:
        assert (answers[0].answer, signed.state, signed.version) == ("locked", "signed", 6)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer, with or without row locks")
def test_without_the_lock_a_mark_would_be_overwritten_unseen(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the test of two tablets fails when the sheet is not locked."""
    together = threading.Barrier(2)
    judge = marking._judge

    def judge_together(*args: Any, **options: Any) -> Any:
        together.wait(10)
        return judge(*args, **options)

    monkeypatch.setattr(marking.hot, "LOCK", "")
    monkeypatch.setattr(marking, "_judge", judge_together)

    answers = at_once(*(partial(send, sheet, op(value)) for value in ("3", "7")))

    assert [answer[0].answer for answer in answers] == ["ok", "ok"]


def test_three_judges_committing_at_once_are_shown_exactly_once() -> None:
    company = make_company()
    judges = [company.judge, *(make_employee(company.other_team) for _ in range(2))]
    draft = make_contest(company, quota=None)
    setup.set_scheme(contest=draft, scheme=worldskills_scheme(), by=company.organiser, at=AT)
    for judge in judges[1:]:
        panels.assign(contest=draft, employee=judge, by=company.organiser, at=AT)
    contest = make_judging(company, contestants=ROUNDS, contest=draft)
    sheets = [sheet_of(contest, judge) for judge in judges]

    for number in range(1, ROUNDS + 1):
        at_once(
            *(
                partial(send, row, Op(str(uuid4()), f"{number:02}", "seam", str(mark), 0))
                for mark, row in enumerate(sheets)
            )
        )

    assert list(Unveiling.objects.order_by("entry__code").values_list("entry__code", "turn", "marks", "spread")) == [
        (f"{number:02}", 1, {"J1": 0, "J2": 1, "J3": 2}, 2) for number in range(1, ROUNDS + 1)
    ]


def worldskills_scheme() -> Scheme:
    return make_scheme(
        group=[{"code": "practical", "title": "实操"}],
        aspect=[{"code": "seam", "group": "practical", "title": "焊缝外观", "kind": "judgement",
                 "min": 0, "max": 10, "step": 1, "combine": "worldskills"}],
        ranking={"order": ["total"]},
    )  # fmt: skip
