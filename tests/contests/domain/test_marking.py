"""contests/domain/marking.py: every operation answered, none applied twice, none lost."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contests.domain import judging, marking, signing
from contests.models import Contest, Mark, Operation, Sheet
from contests.pure.marks import Op
from tests.factories.contests import AT, make_judging, sheet_of
from tests.factories.people import Company
from tests.support import refused


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_judging(company)


@pytest.fixture
def sheet(contest: Contest, company: Company) -> Sheet:
    return sheet_of(contest, company.judge)


def op(entry: str = "01", aspect: str = "seam", value: Any = "8.5", base: Any = 0, **more: Any) -> Op:
    return Op(op_id=more.pop("op_id", str(uuid4())), entry=entry, aspect=aspect, value=value, base_version=base, **more)


def send(sheet: Sheet, *ops: Op) -> list[marking.Answer]:
    assert sheet.member.employee is not None
    return marking.record(sheet_id=sheet.pk, ops=ops, by=sheet.member.employee, at=AT)


def held(sheet: Sheet) -> dict[tuple[str, str], str | None]:
    rows = Mark.objects.filter(sheet=sheet).values_list("entry__code", "aspect", "value")
    return {(entry, aspect): None if value is None else format(value, "f") for entry, aspect, value in rows}


def test_three_marks_cost_seven_statements(sheet: Sheet) -> None:
    with CaptureQueriesContext(connection) as queries:
        answers = send(sheet, op("01"), op("02", value="7"), op("03", value="9.5"))

    assert [answer.answer for answer in answers] == ["ok", "ok", "ok"]
    assert held(sheet) == {("01", "seam"): "8.5", ("02", "seam"): "7", ("03", "seam"): "9.5"}
    assert len(queries) == 7


def test_fifty_marks_cost_no_more_than_three(sheet: Sheet) -> None:
    few = [op("01", "paper", str(number), number) for number in range(3)]
    many = [op("02", "paper", str(number), number) for number in range(50)]

    with CaptureQueriesContext(connection) as first:
        send(sheet, *few)
    with CaptureQueriesContext(connection) as second:
        answers = send(sheet, *many)

    assert {answer.answer for answer in answers} == {"ok"}
    assert len(second) == len(first)
    assert held(sheet) == {("01", "paper"): "2", ("02", "paper"): "49"}


def test_a_repeated_request_gives_the_same_answers_and_changes_nothing(sheet: Sheet) -> None:
    ops = [op("01"), op("01", value="99"), op("02", value="7", base=4)]
    first = send(sheet, *ops)
    before = (held(sheet), Sheet.objects.get(pk=sheet.pk).version, Operation.objects.count())

    again = send(sheet, *ops)

    assert again == first
    assert (held(sheet), Sheet.objects.get(pk=sheet.pk).version, Operation.objects.count()) == before


def test_a_later_change_of_a_mark_needs_its_version(sheet: Sheet) -> None:
    answers = send(sheet, op(value="8"), op(value="8.5", base=1), op(value="9", base=1))

    assert [(answer.answer, answer.value, answer.version) for answer in answers] == [
        ("ok", "8", 1),
        ("ok", "8.5", 2),
        ("conflict", "8.5", 2),
    ]
    assert answers[2].reason
    assert Sheet.objects.get(pk=sheet.pk).version == 2


def test_a_cleared_mark_is_no_mark_but_keeps_its_version(sheet: Sheet) -> None:
    answers = send(sheet, op(value="8"), op(value=None, base=1))

    assert [(answer.value, answer.version) for answer in answers] == [("8", 1), (None, 2)]
    assert held(sheet) == {("01", "seam"): None}


def test_one_id_twice_in_a_request_is_applied_once(sheet: Sheet) -> None:
    same = op(value="8")

    answers = send(sheet, same, same)

    assert answers[0] == answers[1]
    assert Operation.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (op(value="10.5"), "out_of_range"),
        (op(value="-1"), "out_of_range"),
        (op(value="8.3"), "off_grid"),
        (op(value="NaN"), "not_a_number"),
        (op(value="Infinity"), "not_a_number"),
        (op(value="1e1"), "not_a_number"),
        (op(value="=1+1"), "not_a_number"),
        (op(value="八"), "not_a_number"),
        (op(value="👍"), "not_a_number"),
        (op(value=""), "not_a_number"),
        (op(value="9" * 100_000), "not_a_number"),
        (op(value=8.5), "not_a_number"),
        (op(value={"a": 1}), "not_a_number"),
        (op(value="8\x00"), "not_a_number"),
        (op(value="\ud800"), "not_a_number"),
        (op(base=-1), "bad_base_version"),
        (op(base="1"), "bad_base_version"),
        (op(base=True), "bad_base_version"),
        (op(aspect="beauty"), "unknown_aspect"),
        (op(aspect="x" * 1000), "unknown_aspect"),
        (op(entry="99"), "unknown_entry"),
        (op(entry="01\x00"), "unknown_entry"),
        (op(entry="\ud800"), "unknown_entry"),
    ],
)
def test_what_can_be_no_mark_is_refused_with_its_reason_and_kept(sheet: Sheet, sent: Op, code: str) -> None:
    answers = send(sheet, sent)

    assert [(answer.answer, answer.code) for answer in answers] == [("invalid", code)]
    assert answers[0].reason
    assert held(sheet) == {}
    assert Operation.objects.get().refusal == code


def test_a_huge_base_version_is_a_conflict_and_stored(sheet: Sheet) -> None:
    answers = send(sheet, op(base=10**30))

    assert answers[0].answer == "conflict"
    assert Operation.objects.count() == 1


def test_an_id_that_is_none_is_refused(sheet: Sheet) -> None:
    answers = send(sheet, op(op_id="not-an-id"), op(op_id=""), op("02"))

    assert [answer.code for answer in answers] == ["bad_op_id", "bad_op_id", ""]
    assert held(sheet) == {("02", "seam"): "8.5"}


def test_an_id_of_another_sheet_tells_nothing_of_it(sheet: Sheet, contest: Contest, company: Company) -> None:
    mine = op(value="8")
    send(sheet, mine)
    other = sheet_of(contest, company.chief_judge)

    answers = marking.record(sheet_id=other.pk, ops=[mine], by=company.chief_judge, at=AT)

    assert [(answer.answer, answer.code, answer.value) for answer in answers] == [("invalid", "foreign_op_id", None)]


def test_an_aspect_of_another_member_is_unknown(contest: Contest, company: Company) -> None:
    chief = sheet_of(contest, company.chief_judge)

    answers = marking.record(sheet_id=chief.pk, ops=[op()], by=company.chief_judge, at=AT)

    assert answers[0].code == "unknown_aspect"


def test_a_mark_after_the_end_is_locked_and_kept(sheet: Sheet, contest: Contest, company: Company) -> None:
    send(sheet, op(value="8"))
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")

    answers = send(sheet, op(value="9", base=1), op("02"))

    assert [(answer.answer, answer.value) for answer in answers] == [("locked", "8"), ("locked", None)]
    assert answers[0].reason
    assert Operation.objects.filter(answer="locked").count() == 2


def test_a_mark_after_sign_off_is_locked(sheet: Sheet) -> None:
    cells = [(entry, aspect) for entry in ("01", "02", "03") for aspect in ("paper", "seam", "safety")]
    send(sheet, *(op(entry, aspect, "5") for entry, aspect in cells))
    assert sheet.member.employee is not None
    signing.sign_off(sheet_id=sheet.pk, version=9, by=sheet.member.employee, at=AT)

    answers = send(sheet, op(value="6", base=1))

    assert answers[0].answer == "locked"
    assert held(sheet)["01", "seam"] == "5"


def test_more_than_fifty_are_refused_whole(sheet: Sheet) -> None:
    with refused(marking.TooMany, code="too-many"):
        send(sheet, *(op() for _ in range(51)))

    assert Operation.objects.count() == 0


def test_the_clock_of_the_tablet_is_kept_when_it_is_one(sheet: Sheet) -> None:
    send(
        sheet,
        op("01", at="2026-11-20T16:00:00+08:00", device="pad-1"),
        op("02", at="yesterday"),
        op("03", at="2026-99-99T00:00:00Z"),
    )

    rows = Operation.objects.order_by("entry").values_list("at", "received_at", "device")
    assert list(rows) == [(AT, AT, "pad-1"), (None, AT, ""), (None, AT, "")]


def test_an_operation_never_changes(sheet: Sheet) -> None:
    send(sheet, op())

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Operation.objects.update(answer="invalid")

    assert Operation.objects.get().answer == "ok"
