"""HR's filled-in file is shown line by line, recorded whole or not at all, and says the same twice."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override
from openpyxl import Workbook, load_workbook

from engine.events.models import Event
from people.models import Employee
from rewards.domain.handover import answers, batches, feed, marks
from rewards.models import HandOver, HandOverAnswer, HandOverBatch, LeaveGrant
from rewards.queries import balance
from tests.factories.people import Company, make_employee
from tests.factories.rewards import AT, give_points, grant_leave, make_leave
from tests.rewards.views.test_leave_pages import enter
from tests.support import refused

NUMBER, STATE, WHY = 9, 10, 11  # columns of the default layout


@pytest.fixture
def batch(company: Company) -> HandOverBatch:
    """A file of five grants of five people."""
    item = make_leave(company, asks_approval=False)
    for _ in range(5):
        person = make_employee(company.team)
        give_points(person, 3000)
        grant_leave(company, person, item=item)
    return batches.make(by=company.hr, at=AT)


def filled(batch: HandOverBatch, fill: Callable[[list[list[Any]]], None]) -> bytes:
    """Return the file with something written into its rows, the first row its titles."""
    book = load_workbook(io.BytesIO(bytes(batch.content)))
    rows = [[cell.value for cell in row] for row in book.active]
    fill(rows)
    made = Workbook()
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def booked(rows: list[list[Any]]) -> None:
    for place, row in enumerate(rows[1:], 1):
        row[NUMBER] = f"HR-{place}"


def send(client: Client, batch: HandOverBatch, content: bytes, name: str = "回填.xlsx") -> Any:
    address = f"/mall/leave/hand-overs/files/{batch.pk}/answers/"
    return client.post(address, {"file": SimpleUploadedFile(name, content)})


def keep(client: Client, batch: HandOverBatch, page: Any) -> Any:
    address = f"/mall/leave/hand-overs/files/{batch.pk}/answers/recording/"
    return client.post(address, {"signed": page.context["signed"]})


def states() -> list[tuple[str, str, str]]:
    return list(HandOver.objects.order_by("pk").values_list("status", "external_id", "last_error"))


@pytest.mark.django_db(transaction=True)
def test_shown_first_then_recorded_once(company: Company, client: Client, batch: HandOverBatch) -> None:
    def fill(rows: list[list[Any]]) -> None:
        rows[1][NUMBER], rows[2][NUMBER], rows[2][STATE] = "HR-1", 20260002, "已登记"
        rows[3][STATE], rows[3][WHY] = "拒绝", "查无此人"

    enter(client, company.hr)
    page = send(client, batch, filled(batch, fill))
    before = states()
    answers_ = [keep(client, batch, page).status_code for _ in range(2)]

    assert (page.status_code, page.context["counts"]) == (200, {"booked": 2, "refused": 1, "same": 0, "open": 2})
    assert before == [("sent", "", "")] * 5
    assert answers_ == [302, 302]
    assert states() == [
        ("done", "HR-1", ""), ("done", "20260002", ""), ("refused", "", "查无此人"), ("sent", "", ""), ("sent", "", ""),
    ]  # fmt: skip
    row = HandOverAnswer.objects.get()
    assert (row.booked, row.refused, row.by, row.file_name) == (2, 1, company.hr, "回填.xlsx")
    assert Event.objects.filter(action="leave.file-answered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_file_again_says_nothing_new_and_the_rest_may_come_later(company: Company, client: Client, batch: HandOverBatch) -> None:  # fmt: skip
    enter(client, company.hr)
    part = filled(batch, lambda rows: booked(rows[:3]))
    keep(client, batch, send(client, batch, part))

    again = send(client, batch, part)
    keep(client, batch, send(client, batch, filled(batch, booked)))

    assert again.context["counts"] == {"booked": 0, "refused": 0, "same": 2, "open": 3}
    assert "signed" not in again.context
    assert [row[:2] for row in states()] == [("done", f"HR-{place}") for place in range(1, 6)]
    batch.refresh_from_db()
    assert batch.entered_at is not None
    assert "已回填" in client.get("/mall/leave/hand-overs/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_every_wrong_line_is_named_and_nothing_is_stored(company: Company, client: Client, batch: HandOverBatch) -> None:  # fmt: skip
    def fill(rows: list[list[Any]]) -> None:
        booked(rows)
        rows[1][NUMBER] = "=1+1"
        rows[2][5] = 9  # days
        rows[3][STATE], rows[3][NUMBER] = "已登记", None
        rows[4][8] = "6f0b3a52-5d0f-4c7e-9a51-0d1f5c1f2a10"
        rows[5][STATE], rows[5][WHY] = "拒绝", "部门已撤销"
        rows.append([*rows[5]])

    page = send(enter(client, company.hr), batch, filled(batch, fill))

    assert page.status_code == 422
    assert [(fault.line, fault.header) for fault in page.context["faults"]] == [
        (2, "人事单号 (J2)"), (3, "天数"), (4, "人事单号"), (5, "单号"), (6, "人事单号"), (7, "单号"),
    ]  # fmt: skip
    assert "signed" not in page.context
    assert (states(), HandOverAnswer.objects.count()) == ([("sent", "", "")] * 5, 0)


@pytest.mark.django_db(transaction=True)
def test_booked_elsewhere_is_contradictory(company: Company, client: Client, batch: HandOverBatch) -> None:
    first, second = HandOver.objects.order_by("pk")[:2]
    marks.acknowledge(pk=first.pk, external_id="OA-9", half_days=None, by=company.hr, at=AT)
    marks.refuse(pk=second.pk, reason="不在册", by=company.hr, at=AT)

    with override("zh-hans"):
        page = send(enter(client, company.hr), batch, filled(batch, booked))

    assert [(fault.line, fault.header) for fault in page.context["faults"]] == [(2, "人事单号"), (3, "处理结果")]


@pytest.mark.django_db(transaction=True)
def test_what_changed_since_the_preview_undoes_all_of_it(company: Company, client: Client, batch: HandOverBatch) -> None:  # fmt: skip
    enter(client, company.hr)
    page = send(client, batch, filled(batch, booked))
    last = HandOver.objects.order_by("pk").last()
    assert last is not None
    marks.acknowledge(pk=last.pk, external_id="OA-9", half_days=None, by=company.hr, at=AT)

    keep(client, batch, page)

    assert [row[0] for row in states()] == ["sent"] * 4 + ["done"]
    assert HandOverAnswer.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_booked_return_gives_the_points_back(company: Company, client: Client) -> None:
    give_points(company.worker, 300)
    granted = grant_leave(company, company.worker)
    batches.entered(batch=batches.make(by=company.hr, at=AT), number="1", by=company.hr, at=AT)
    marks.ask_return(grant=granted, by=company.worker, at=AT)
    back = batches.make(by=company.hr, at=AT)
    enter(client, company.hr)

    for _ in range(2):
        page = send(client, back, filled(back, booked))
        if "signed" in page.context:
            keep(client, back, page)

    granted.refresh_from_db()
    assert (granted.state, balance(company.worker).available) == (LeaveGrant.State.REVERSED, 300)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["csv", "csv-gb"])
def test_a_csv_as_excel_saves_it_is_the_same_file(company: Company, client: Client, form: str) -> None:
    give_points(company.worker, 300)
    grant_leave(company, company.worker)
    layout = batches.default_layout(at=AT)
    batches.save_layout(row=layout, by=company.hr, at=AT, format=form)
    batch = batches.make(by=company.hr, at=AT)
    rows = list(csv.reader(io.StringIO(bytes(batch.content).decode("gb18030" if form == "csv-gb" else "utf-8-sig"))))
    rows[1][6], rows[1][NUMBER] = rows[1][6].replace("-", "/"), "单-7"
    out = io.StringIO()
    csv.writer(out, delimiter="\t").writerows(rows)
    enter(client, company.hr)

    keep(client, batch, send(client, batch, out.getvalue().encode("gb18030"), "回填.csv"))

    assert states() == [("done", "单-7", "")]


@pytest.mark.django_db(transaction=True)
def test_a_refused_row_handed_over_again_is_in_the_next_file(company: Company, batch: HandOverBatch) -> None:
    row = HandOver.objects.order_by("pk").first()
    assert row is not None
    marks.refuse(pk=row.pk, reason="查无此人", by=company.hr, at=AT)
    marks.try_again(pk=row.pk, by=company.hr, at=AT)

    newer = batches.make(by=company.hr, at=AT)
    reading = answers.look(batch=batch, content=filled(batch, booked), file_name="a.xlsx", at=AT)

    assert (newer.lines, newer.keys) == (1, [row.pk])
    assert [(fault.line, fault.header) for fault in reading.faults] == [(2, "")]


def test_a_row_listed_by_the_api_is_listed_again_after_a_refusal(company: Company) -> None:
    give_points(company.worker, 300)
    grant_leave(company, company.worker)
    feed.publish(at=AT)
    row = feed.after(0, most=1)[0]
    marks.refuse(pk=row.pk, reason="查无此人", by=None, at=AT)

    marks.try_again(pk=row.pk, by=company.hr, at=AT)
    feed.publish(at=AT)

    assert [again.pk for again in feed.after(row.number or 0, most=9)] == [row.pk]


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "a.xlsx"), (b"PK\x03\x04 broken", "a.xlsx"), (b"\xd0\xcf\x11\xe0", "a.xls"), (b"\0\1\2", "a.csv"),
     (b"\x89PNG\r\n\x1a\n\0\0", "a.xlsx"), ("工号,单号\n".encode(), "a.csv"), (b"\xff\xfeab\0", "a.csv")],
)  # fmt: skip
def test_what_is_no_table_is_refused(company: Company, client: Client, batch: HandOverBatch, content: bytes, name: str) -> None:  # fmt: skip
    page = send(enter(client, company.hr), batch, content, name)

    assert page.status_code == 422
    assert "file" in page.context["form"].errors or page.context["faults"]


def test_a_file_of_another_kind_names_the_missing_columns(company: Company, client: Client, batch: HandOverBatch) -> None:  # fmt: skip
    page = send(enter(client, company.hr), batch, "工号,积分\n1301,5\n".encode(), "a.csv")

    assert [fault.line for fault in page.context["faults"]] == [1, 1, 1, 1]


def test_too_many_lines_are_refused(company: Company, batch: HandOverBatch) -> None:
    content = "工号,单号\n" + "1,2\n" * (batches.MOST_LINES + 1)

    with refused(answers.NotReadable, code="too-many"):
        answers.look(batch=batch, content=content.encode(), file_name="a.csv", at=AT)


def test_a_preview_of_another_file_records_nothing(company: Company, client: Client, batch: HandOverBatch) -> None:
    enter(client, company.hr)
    page = send(client, batch, filled(batch, booked))
    give_points(company.worker, 300)
    grant_leave(company, company.worker)
    other = batches.make(by=company.hr, at=AT)

    answers_ = [
        keep(client, other, page).status_code,
        client.post(f"/mall/leave/hand-overs/files/{batch.pk}/answers/recording/", {"signed": "x:y"}).status_code,
        client.post(f"/mall/leave/hand-overs/files/{batch.pk}/answers/recording/").status_code,
    ]

    assert answers_ == [302, 302, 302]
    assert {row[0] for row in states()} == {"sent"}


@pytest.mark.parametrize(
    "persona", ["worker", "stranger", "leader", "union_chair", "organiser", "judge", "secrecy_officer", "auditor"]
)
def test_only_hr_and_administrators_answer(
    company: Company, client: Client, batch: HandOverBatch, persona: str
) -> None:
    person: Employee = company.personas[persona]
    enter(client, person)
    address = f"/mall/leave/hand-overs/files/{batch.pk}/answers/"

    assert client.get(address).status_code == 403
    assert send(client, batch, filled(batch, booked)).status_code == 403
    assert client.post(f"{address}recording/", {"signed": "x"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_statements_for_any_number_of_lines(company: Company, client: Client, count: int, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    give_points(company.worker, 3000)
    item = make_leave(company, asks_approval=False)
    for _ in range(count):
        grant_leave(company, company.worker, item=item)
    batch = batches.make(by=company.hr, at=AT)
    content = filled(batch, booked)
    enter(client, company.hr)
    send(client, batch, content)

    with django_assert_max_num_queries(10):
        page = send(client, batch, content)

    assert len(page.context["lines"]) == count
