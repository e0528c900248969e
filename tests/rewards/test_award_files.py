"""A table of many awards: nothing until every line is right, then one agreement pays all of it at once."""

from __future__ import annotations

import io
import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from engine.approvals.models import Approval
from people.models import Employee
from rewards import flows
from rewards.domain.manual_awards import OwnAward, SeasonClosed
from rewards.models import ManualAward
from rewards.queries import balance
from tests.factories.approvals import act
from tests.factories.people import encoded_password, give_role, make_employee
from tests.factories.rewards import AT
from tests.factories.rules import fill, make_season
from tests.rewards.test_manual_awards import as_, propose
from tests.support import refused

pytestmark = pytest.mark.django_db
ADDRESS = "/mall/awards/file/"


def book(rows, header=("工号", "姓名", "积分", "理由")) -> bytes:
    made = Workbook()
    for row in [header, *rows]:
        made.active.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def send(client: Client, company, content: bytes, *, name="awards.xlsx", **fields):
    given = {"key": str(uuid.uuid4()), "reason": "全员劳动竞赛", "budget_unit": company.root.pk, "season": ""} | fields
    return client.post(ADDRESS, given | {"file": SimpleUploadedFile(name, content)})


@pytest.fixture
def many(company) -> list[Employee]:
    """Five thousand people."""
    password = encoded_password()
    rows = [Employee(number=f"w{n:05}", name=f"职工{n}", unit=company.team, password=password) for n in range(5000)]
    return Employee.objects.bulk_create(rows, batch_size=1000)


def test_five_thousand_lines_with_three_wrong_ones_then_right(company, many):
    fill(1_000_000, "budget:group")
    client = as_(company.organiser)
    rows = [[row.number, row.name, 20 + place % 3, ""] for place, row in enumerate(many)]
    wrong = [list(row) for row in rows]
    wrong[17][0], wrong[2499][2], wrong[4999][1] = "nobody", "2.5", "别人"

    bad = send(client, company, book(wrong))

    assert bad.status_code == 422
    assert [(fault.line, fault.field) for fault in bad.context["faults"]] == [
        (19, "number"),
        (2501, "points"),
        (5001, "name"),
    ]
    text = bad.content.decode()
    assert all(part in text for part in ("Line 19", "Line 2501", "Line 5001"))
    assert ManualAward.objects.count() == 0

    good = send(client, company, book(rows))
    row = ManualAward.objects.get()
    assert (row.state, len(row.lines), Approval.objects.count()) == ("draft", 5000, 0)
    for _twice in range(2):
        client.post(f"{good['Location']}proposal/", {"act": "propose"})
    act(Approval.objects.get(subject=row.subject), company.union_chair, at=AT)

    row.refresh_from_db()
    assert (row.state, row.points) == ("paid", sum(line[2] for line in rows))
    assert [balance(many[place]).available for place in (0, 1, 4999)] == [20, 21, 20 + 4999 % 3]


def test_formulas_merged_cells_and_wrong_columns_are_named(company):
    client = as_(company.organiser)

    formula = send(client, company, book([["1301", "", "=1+1", ""], ["1001", "", 5, ""]]))
    columns = send(client, company, book([["1301", 5]], header=("工号", "数量")))
    twice = send(client, company, book([["1301", "", 5, ""], ["1301", "", 5, ""]]))

    assert [fault.text for fault in formula.context["faults"]] == [
        "Line 2, cell C2: a formula; paste its value instead."
    ]
    assert [fault.field for fault in columns.context["faults"]] == ["points"]
    assert [fault.text for fault in twice.context["faults"]] == ["Line 3: 1301 stands twice."]
    assert ManualAward.objects.count() == 0


@pytest.mark.parametrize("points", ["0", "-5", "10001", "1.5", "9" * 30, "", "1e3", "五十"])
def test_amounts_that_are_no_points_are_refused(company, points):
    bad = send(as_(company.organiser), company, f"工号,积分\n1301,{points}\n".encode(), name="a.csv")

    assert [(fault.line, fault.field) for fault in bad.context["faults"]] == [(2, "points")]


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "a.xlsx"), (b"PK\x03\x04 broken", "a.xlsx"), (b"\xd0\xcf\x11\xe0 old", "a.xls"), (b"\0\1\2", "a.csv"),
     ("工号,积分\n".encode() + b"1301,5\n" * 400_000, "big.csv")],
)  # fmt: skip
def test_files_that_are_no_tables_or_too_large_are_refused(company, content, name):
    bad = send(as_(company.organiser), company, content, name=name)

    assert bad.status_code == 422
    assert "file" in bad.context["form"].errors


def test_too_many_lines_are_refused_whole(company):
    content = "工号,积分\n" + "".join(f"w{n},5\n" for n in range(5001))

    bad = send(as_(company.organiser), company, content.encode(), name="a.csv")

    assert [fault.text for fault in bad.context["faults"]] == ["At most 5000 lines at once."]


def test_empty_table_is_what_is_read_again(company):
    answer = as_(company.organiser).get(f"{ADDRESS}template/")

    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[1]] == ["工号", "姓名", "积分", "理由"]


def test_line_has_its_own_reason_and_a_discarded_draft_is_gone(company):
    client = as_(company.organiser)
    first = send(client, company, book([["1301", "焊工赵磊", 50, "抢修"]]))
    assert ManualAward.objects.get().lines == [["1301", 50, "抢修"]]

    assert as_(company.union_chair).post(f"{first['Location']}proposal/", {"act": "propose"}).status_code == 403
    client.post(f"{first['Location']}proposal/", {"act": "discard"})

    assert ManualAward.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_nobody_agrees_to_points_for_themselves(transactional_db, company):
    fill(1000)
    row = propose(company, [(company.union_chair.number, 50), ("1301", 50)])
    approval = Approval.objects.get(subject=row.subject)
    other = make_employee(company.root)
    give_role(other, "union_chair")

    with refused(OwnAward, code="own-award"):
        act(approval, company.union_chair, at=AT)

    assert Approval.objects.get(pk=approval.pk).status == "running"
    assert balance(company.worker).available == 0


@pytest.mark.django_db(transaction=True)
def test_a_season_that_ended_yesterday_is_refused(transactional_db, company):
    season = make_season("last", first=date(2026, 1, 1), last=date(2026, 11, 19))
    old = make_season("old", first=date(2024, 1, 1), last=date(2024, 12, 31))

    with refused(SeasonClosed, code="season-closed"):
        flows.propose_award(key=uuid.uuid4(), by=company.organiser, at=AT, lines=[("1301", 5)], reason="迟到的奖励",
                            budget_unit=None, season=season)  # fmt: skip
    closed = send(as_(company.organiser), company, book([["1301", "", 5, ""]]), season=str(old.pk))

    assert closed.status_code == 422
    assert "is closed" in closed.content.decode()
    assert ManualAward.objects.count() == 0
