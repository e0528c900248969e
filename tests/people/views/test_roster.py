import io
from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from people.domain import sign_in
from people.models import Employee, RosterImport
from people.tasks import PATIENCE, apply_roster, check_roster, stop_dead_imports
from tests.factories.people import Company

HEADER = ["工号", "姓名", "单位", "工种", "技能等级", "入职日期"]


def workbook(*rows: list[object], header: list[str] = HEADER) -> Workbook:
    book = Workbook()
    book.active.append(header)
    for row in rows:
        book.active.append(row)
    return book


def content(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture
def hr(company: Company, client: Client) -> Client:
    client.force_login(company.hr, backend="django.contrib.auth.backends.ModelBackend")
    return client


def upload(client: Client, data: bytes, name: str = "花名册.xlsx", **fields: object) -> RosterImport | None:
    client.post("/people/roster/", {"file": SimpleUploadedFile(name, data), **fields})
    row = RosterImport.objects.first()
    if row is not None:
        check_roster.call(str(row.pk))
        row.refresh_from_db()
    return row


def test_import_dry_run_then_all(hr: Client, company: Company) -> None:
    rows = [
        ["8001", "王龑", "甲班", "焊工", "高级工", date(2019, 7, 1)],
        ["1301", "焊工赵磊", "乙班", "焊工", "技师", None],
    ]
    before = Employee.objects.count()

    row = upload(hr, content(workbook(*rows)))

    assert row is not None
    assert (row.state, row.report["new"], row.report["changed"], row.report["gone"]) == ("checked", 1, 1, before - 1)
    assert Employee.objects.count() == before
    hr.post(f"/people/roster/{row.pk}/confirmation/")
    apply_roster.call(str(row.pk))
    fresh = Employee.objects.get(number="8001")
    assert (fresh.name, fresh.unit, fresh.skill_level, fresh.joined_on) == ("王龑", company.team, 3, date(2019, 7, 1))
    assert Employee.objects.get(number="1301").unit == company.other_team
    assert Employee.objects.filter(left_on__isnull=False).count() == 0
    assert len(sign_in.activation_code(fresh)) == 10


def test_import_marks_leavers_only_when_asked(hr: Client, company: Company) -> None:
    row = upload(hr, content(workbook(["1301", "焊工赵磊", "甲班", "焊工", "高级工", None])), ends_gone="on")

    assert row is not None
    hr.post(f"/people/roster/{row.pk}/confirmation/")
    apply_roster.call(str(row.pk))

    assert list(Employee.objects.filter(left_on__isnull=True).values_list("number", flat=True)) == ["1301"]
    assert Employee.objects.get(number="1302").is_active is False


@pytest.mark.django_db(transaction=True)
def test_import_confirmed_twice_runs_once(hr: Client, company: Company) -> None:
    row = upload(hr, content(workbook(["8001", "王龑", "甲班", "焊工", "高级工", None])))
    assert row is not None

    first = hr.post(f"/people/roster/{row.pk}/confirmation/")
    second = hr.post(f"/people/roster/{row.pk}/confirmation/", follow=True)
    apply_roster.call(str(row.pk))
    apply_roster.call(str(row.pk))

    assert first.status_code == 302
    assert "导入状态已变化" in second.content.decode()
    assert Employee.objects.filter(number="8001").count() == 1


@pytest.mark.django_db(transaction=True)
def test_import_faulty_file_names_every_cell_and_changes_nothing(hr: Client, company: Company) -> None:
    book = workbook(
        ["8001", "王龑", "没有的班", "飞行员", "大师", "昨天"],
        ["8002", "=1+1", "甲班", "焊工", "高级工", None],
        ["8003", "李四", "甲班", "焊工", "高级工", None],
        ["8003", "王五", "甲班", "焊工", "高级工", None],
        ["8004", "合并", "甲班", "焊工", "高级工", None],
    )
    book.active.merge_cells("B6:C6")
    before = Employee.objects.count()

    row = upload(hr, content(book))

    assert row is not None
    assert row.state == "faulty"
    assert {(fault["address"], fault["code"]) for fault in row.report["faults"]} == {
        ("C2", "unknown-unit"), ("D2", "unknown-trade"), ("E2", "unknown-level"), ("F2", "not-a-day"),
        ("B3", "formula"), ("B3", "missing"), ("A5", "duplicate"), ("B6:C6", "merged"), ("C6", "missing"),
    }  # fmt: skip
    page = hr.get(f"/people/roster/{row.pk}/").content.decode()
    assert "是公式，请粘贴为数值" in page
    hr.post(f"/people/roster/{row.pk}/confirmation/")
    assert Employee.objects.count() == before
    assert hr.get(f"/people/roster/{row.pk}/faults/")["Content-Type"].endswith("sheet")


def test_import_dates_of_1904_are_explained_cell_by_cell(hr: Client, company: Company) -> None:
    book = workbook(["8001", "王龑", "甲班", "焊工", "高级工", datetime(2019, 7, 1)])
    book.epoch = CALENDAR_MAC_1904

    row = upload(hr, content(book))

    assert row is not None
    assert [(fault["address"], fault["code"]) for fault in row.report["faults"]] == [("F2", "date-1904")]


def test_import_csv_of_chinese_excel(hr: Client, company: Company) -> None:
    data = "工号,姓名,单位\r\n8001,王龑,甲班\r\n".encode("gb18030")

    row = upload(hr, data, "名册.csv")

    assert row is not None
    assert (row.state, row.report["new"]) == ("checked", 1)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("photo.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
        ("old.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 100),
        ("zip.xlsx", b"PK\x03\x04 broken"),
        ("empty.csv", b""),
        ("large.csv", b"a" * (8 * 1024 * 1024 + 1)),
    ],
)
def test_upload_is_refused_by_content(hr: Client, company: Company, name: str, data: bytes) -> None:
    answer = hr.post("/people/roster/", {"file": SimpleUploadedFile(name, data)})

    assert answer.status_code == 422
    assert RosterImport.objects.count() == 0


def test_import_ten_thousand_rows(hr: Client, company: Company) -> None:
    lines = ["工号,姓名,单位,工种,技能等级", *(f"{20000 + n},职工{n},甲班,焊工,中级工" for n in range(10_000))]

    row = upload(hr, "\n".join(lines).encode(), "名册.csv")
    assert row is not None
    hr.post(f"/people/roster/{row.pk}/confirmation/")
    apply_roster.call(str(row.pk))

    row.refresh_from_db()
    assert row.state == "done"
    assert Employee.objects.filter(number__gte="20000").count() == 10_000


@pytest.mark.parametrize("persona", ["worker", "leader", "organiser", "judge", "auditor"])
def test_roster_is_closed_to_others(company: Company, client: Client, persona: str) -> None:
    client.force_login(company.personas[persona], backend="django.contrib.auth.backends.ModelBackend")

    answer = client.post("/people/roster/", {"file": SimpleUploadedFile("x.csv", b"a,b")})

    assert answer.status_code == 403
    assert RosterImport.objects.count() == 0


def test_import_whose_worker_died_is_run_again(hr: Client, company: Company) -> None:
    row = upload(hr, content(workbook(["8001", "王龑", "甲班", "焊工", "高级工", None])))
    assert row is not None
    hr.post(f"/people/roster/{row.pk}/confirmation/")  # and the worker that took it dies
    now = timezone.now()

    assert stop_dead_imports(at=now + PATIENCE - timedelta(seconds=5)) == 0
    assert stop_dead_imports(at=now + PATIENCE + timedelta(minutes=1)) == 1
    assert stop_dead_imports(at=now + PATIENCE + timedelta(minutes=2)) == 0
    row.refresh_from_db()
    assert row.state == "stopped"
    assert not Employee.objects.filter(number="8001").exists()
    assert "/confirmation/" in hr.get(f"/people/roster/{row.pk}/").content.decode()

    hr.post(f"/people/roster/{row.pk}/confirmation/")
    apply_roster.call(str(row.pk))
    row.refresh_from_db()
    assert row.state == "done"
    assert Employee.objects.filter(number="8001").exists()


def test_import_that_shows_progress_is_left_alone(hr: Client, company: Company) -> None:
    row = upload(hr, content(workbook(["8001", "王龑", "甲班", "焊工", "高级工", None])))
    assert row is not None
    hr.post(f"/people/roster/{row.pk}/confirmation/")
    cache.set(f"roster-import:{row.pk}", (500, 9000), 600)

    assert stop_dead_imports(at=timezone.now() + PATIENCE * 2) == 0


def test_check_whose_worker_died_is_checked_again(hr: Client, company: Company) -> None:
    data = content(workbook(["8001", "王龑", "甲班", "焊工", "高级工", None]))
    hr.post("/people/roster/", {"file": SimpleUploadedFile("x.xlsx", data)})
    row = RosterImport.objects.get()
    RosterImport.objects.update(state="stopped", report={})

    hr.post(f"/people/roster/{row.pk}/confirmation/")
    check_roster.call(str(row.pk))

    row.refresh_from_db()
    assert row.state == "checked"
