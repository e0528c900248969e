"""Pages of leave: the desk, one request, hand-over, rules, reconciliation; who may, and how many statements."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar
from openpyxl import load_workbook

from engine.approvals.models import Approval
from people.models import Employee
from rewards.domain import leave, reconciliation
from rewards.domain.handover import batches, marks
from rewards.models import (
    BlackOut,
    ColumnLayout,
    CoverQuota,
    HandOver,
    HandOverBatch,
    LeaveGrant,
    LeaveRequest,
    Reconciliation,
)
from tests.factories.people import Company, make_employee
from tests.factories.rewards import AT, ask, give_points, grant_leave, make_goods, make_leave

ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands where the tests' does: leave must be taken within a year of being granted."""
    monkeypatch.setattr(timezone, "now", lambda: AT)


def enter(client: Client, person: Employee) -> Client:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def wait(company: Company, count: int) -> list[LeaveRequest]:
    """Let so many people of the team ask for half a day three weeks from now."""
    item = make_leave(company)
    day = timezone.localdate() + timedelta(days=21)
    rows = []
    for _ in range(count):
        person = make_employee(company.team)
        give_points(person, 500)
        rows.append(LeaveRequest.objects.get(pk=ask(item, person, wanted_on=day).pk))
    return rows


@pytest.fixture
def granted(company: Company) -> LeaveGrant:
    give_points(company.worker, 3000)
    return grant_leave(company, company.worker)


@pytest.mark.parametrize("count", [1, 3])
def test_desk_takes_eight_statements_for_any_number(company: Company, client: Client, count: int, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    CoverQuota.objects.create(unit=company.shop, most_away=count)
    wait(company, count)
    enter(client, company.leader)
    client.get("/mall/leave/desk/")

    with django_assert_max_num_queries(8):
        answer = client.get("/mall/leave/desk/")

    rows = answer.context["rows"]
    assert (len(rows), rows[0].absent, rows[0].is_full, rows[0].balance) == (count, f"{count - 1}/{count}", False, 200)
    assert json.loads(rows[0].numbers)[0][1] == 1


def test_desk_shows_what_a_later_rule_makes_of_a_request(company: Company, client: Client) -> None:
    request = wait(company, 2)[0]
    CoverQuota.objects.create(unit=company.shop, most_away=1)
    BlackOut.objects.create(
        unit=company.plant, from_on=request.wanted_on, until_on=request.wanted_on, reason="年度检修"
    )

    row = enter(client, company.leader).get("/mall/leave/desk/").context["rows"][0]

    assert (row.absent, row.is_full, row.black_out) == ("1/1", True, "年度检修")


def test_many_are_approved_at_once_with_their_sum(company: Company, client: Client) -> None:
    wait(company, 3)
    enter(client, company.leader)
    picks = [row.pk for row in client.get("/mall/leave/desk/").context["rows"]]

    summary = client.get("/approvals/bulk/", {"pick": picks, "next": "/mall/leave/desk/"})
    lines = [line for _row, line, _briefs in summary.context["rows"]]
    done = client.post("/approvals/bulk/", {"line": lines, "note": ""})

    assert sorted(total for _label, total in summary.context["sums"]) == [3, 900]
    assert (done.context["done"], done.context["failed"]) == (3, 0)
    assert client.get("/mall/leave/desk/").context["rows"] == []


def test_sixty_before_lunch_are_one_selection(company: Company, client: Client, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    """One list, one summary with its sums, one press; then HR has the sixty, with who decided before."""
    wait(company, 60)
    enter(client, company.leader)
    rows = client.get("/mall/leave/desk/").context["rows"]
    with django_assert_max_num_queries(8):
        summary = client.get("/approvals/bulk/", {"pick": [row.pk for row in rows]})

    done = client.post(
        "/approvals/bulk/", {"line": [line for _row, line, _briefs in summary.context["rows"]], "note": ""}
    )
    at_hr = enter(client, company.hr).get("/mall/leave/desk/").context["rows"]

    assert (len(rows), sorted(total for _label, total in summary.context["sums"])) == (60, [60, 18_000])
    assert all(briefs for _row, _line, briefs in summary.context["rows"])
    assert (done.context["done"], done.context["failed"], len(at_hr)) == (60, 0, 60)


@pytest.mark.parametrize("count", [1, 3])
def test_summary_of_many_names_days_cover_and_quota(company: Company, client: Client, count: int, django_assert_num_queries: Any) -> None:  # fmt: skip
    CoverQuota.objects.create(unit=company.shop, most_away=count)
    covered, *others = wait(company, count)
    leave.save_rule(item=covered.redemption.item, person_cap_half_days=None, needs_cover=True, by=company.hr, at=AT)
    leave.name_cover(request=covered, number=company.stranger.number, by=company.leader, at=timezone.now())
    picks = list(Approval.objects.filter(subject__startswith="redemption:").values_list("pk", flat=True))
    enter(client, company.leader)
    client.get("/approvals/bulk/", {"pick": picks})

    with django_assert_num_queries(8):
        page = client.get("/approvals/bulk/", {"pick": picks}, headers=ENGLISH)

    found = {row.number: [(brief.label, brief.value, brief.is_warning) for brief in briefs]
             for row, _line, briefs in page.context["rows"]}  # fmt: skip
    day = f"{covered.wanted_on:%m-%d} morning"
    quota = ("Cover quota", f"{company.shop.name}: {count - 1} of at most {count} are away", False)
    assert found[covered.redemption.employee.number] == [
        ("Wanted on", day, False), ("Who covers", company.stranger.name, False), quota,
    ]  # fmt: skip
    for other in others:
        assert found[other.redemption.employee.number] == [
            ("Wanted on", day, False), ("Who covers", "nobody named", True), quota,
        ]  # fmt: skip


def test_summary_warns_of_black_out_days_a_full_quota_and_an_open_suggestion(company: Company, client: Client) -> None:
    request = wait(company, 2)[0]
    CoverQuota.objects.create(unit=company.shop, most_away=1)
    BlackOut.objects.create(
        unit=company.plant, from_on=request.wanted_on, until_on=request.wanted_on, reason="年度检修"
    )
    LeaveRequest.objects.filter(pk=request.pk).update(suggested=company.stranger)
    pick = Approval.objects.get(subject=request.redemption.subject).pk

    page = enter(client, company.leader).get("/approvals/bulk/", {"pick": pick}, headers=ENGLISH)

    ((_row, _line, briefs),) = page.context["rows"]
    assert [(brief.label, brief.value, brief.is_warning) for brief in briefs[1:]] == [
        ("Black-out days", "年度检修", True),
        ("Who covers", f"suggested: {company.stranger.name}", False),
        ("Cover quota", f"{company.shop.name}: 1 of at most 1 are away", True),
    ]


def test_summary_says_nothing_more_of_what_is_no_leave(company: Company, client: Client) -> None:
    give_points(company.worker, 100)
    row = ask(make_goods(company, asks_approval=True), company.worker)
    pick = Approval.objects.get(subject=row.subject).pk

    page = enter(client, company.leader).get("/approvals/bulk/", {"pick": pick})

    assert [briefs for _row, _line, briefs in page.context["rows"]] == [()]


@pytest.mark.django_db(transaction=True)
def test_unit_head_names_cover_on_the_page_and_agrees(company: Company, client: Client, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    request = wait(company, 1)[0]
    leave.save_rule(item=request.redemption.item, person_cap_half_days=None, needs_cover=True, by=company.hr, at=AT)
    approval = Approval.objects.get(subject=request.redemption.subject)
    enter(client, company.leader)
    address = f"/mall/leave/requests/{request.pk}/"

    with django_assert_max_num_queries(16):
        page = client.get(address)
    wrong = client.post(f"{address}cover/", {"cover": request.redemption.employee.number})
    right = client.post(f"{address}cover/", {"cover": company.stranger.number})

    assert (page.status_code, wrong.status_code, right.status_code) == (200, 422, 302)
    assert client.get(address).context["wish"].cover == company.stranger
    assert client.get(f"/approvals/{approval.pk}/").status_code == 200


@pytest.mark.parametrize("persona", ["stranger", "organiser", "judge"])
def test_a_request_is_not_shown_to_others(company: Company, client: Client, persona: str) -> None:
    request = wait(company, 1)[0]
    enter(client, company.personas[persona])

    assert client.get(f"/mall/leave/requests/{request.pk}/").status_code == 404
    assert client.post(f"/mall/leave/requests/{request.pk}/cover/", {"cover": "1301"}).status_code == 404


def test_return_is_for_its_owner_and_hr(company: Company, client: Client, granted: LeaveGrant) -> None:
    answers = {}
    for persona in ("stranger", "leader", "auditor", "worker"):
        answers[persona] = (
            enter(client, company.personas[persona]).post(f"/mall/leave/{granted.pk}/return/").status_code
        )

    granted.refresh_from_db()
    assert answers == {"stranger": 404, "leader": 404, "auditor": 404, "worker": 302}
    assert granted.state == "reversed"


@pytest.mark.django_db(transaction=True)
def test_file_in_hr_columns_is_the_same_bytes_again(company: Company, client: Client, granted: LeaveGrant) -> None:
    enter(client, company.hr)

    made = client.post("/mall/leave/hand-overs/files/")
    first, second = (client.get(made["Location"]).content for _ in range(2))

    table = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(first)).active]
    assert first == second
    assert hashlib.sha256(first).hexdigest() == HandOverBatch.objects.get().sha256
    assert table[0] == [
        "工号",
        "姓名",
        "部门",
        "假期类型",
        "操作",
        "天数",
        "有效期至",
        "意向日期",
        "单号",
        "人事单号",
        "处理结果",
        "原因",
    ]
    assert table[1][:6] == ["1301", "焊工赵磊", "甲班", "积分带薪休假", "发放", 0.5]
    assert list(HandOver.objects.values_list("status", "channel")) == [("sent", "file")]
    assert client.post("/mall/leave/hand-overs/files/")["Location"] == "/"
    assert HandOverBatch.objects.count() == 1


def test_entering_a_file_acknowledges_every_line(company: Company, client: Client, granted: LeaveGrant) -> None:
    enter(client, company.hr)
    batch = batches.make(by=company.hr, at=AT)

    answers = [
        client.post(f"/mall/leave/hand-overs/files/{batch.pk}/entered/", {"external_id": "OA-77"}) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert list(HandOver.objects.values_list("status", "external_id")) == [("done", "OA-77-1")]


def test_returned_leave_is_taken_back_through_the_next_file(company: Company, granted: LeaveGrant) -> None:
    batches.entered(batch=batches.make(by=company.hr, at=AT), number="1", by=company.hr, at=AT)
    marks.ask_return(grant=granted, by=company.worker, at=AT)
    layout = ColumnLayout.objects.get()
    batches.save_layout(row=layout, by=company.hr, at=AT, format="csv-gb", date_format="%Y%m%d")

    batch = batches.make(by=company.hr, at=AT)
    text = bytes(batch.content).decode("gb18030")
    batches.entered(batch=batch, number="2", by=company.hr, at=AT)

    granted.refresh_from_db()
    assert text.splitlines()[1].split(",")[4:7] == ["撤销", "0.5", f"{granted.valid_until_on:%Y%m%d}"]
    assert (granted.state, granted.redemption.state) == ("reversed", "refunded")


@pytest.mark.django_db(transaction=True)
def test_columns_are_edited_and_faults_are_named(company: Company, client: Client) -> None:
    enter(client, company.hr)
    fields = {"name": "HR", "format": "csv", "date_format": "%Y/%m/%d"}

    wrong = client.post("/mall/leave/hand-overs/columns/", fields | {"lines": "工号 = number\n天数 = colour"})
    right = client.post("/mall/leave/hand-overs/columns/", fields | {"lines": '工号 = number\n类型 = "年假"\n操作 = verb\n天数 = days'})  # fmt: skip

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert len(wrong.context["form"].errors["lines"]) == 3
    assert ColumnLayout.objects.get().columns[1] == {"header": "类型", "constant": "年假"}


@pytest.mark.parametrize("count", [1, 3])
def test_outbox_and_reconciliation_statements(company: Company, client: Client, count: int, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    give_points(company.worker, 3000)
    item = make_leave(company, asks_approval=False)
    for _ in range(count):
        grant_leave(company, company.worker, item=item)
    HandOver.objects.update(status="given-up", last_error="boom")
    reconciliation.run(at=AT + timedelta(days=2))
    enter(client, company.hr)
    client.get("/mall/leave/hand-overs/")

    with django_assert_max_num_queries(8):
        outbox = client.get("/mall/leave/hand-overs/")
    with django_assert_max_num_queries(8):
        page = client.get("/mall/leave/reconciliation/")
    with django_assert_max_num_queries(12):
        limits = client.get("/mall/leave/limits/")

    assert (len(outbox.context["page"].object_list), len(page.context["lines"]), limits.status_code) == (
        count,
        count,
        200,
    )
    assert client.get("/mall/leave/reconciliation/?format=csv").content.decode("utf-8-sig").count("\r\n") == count + 1


@pytest.mark.django_db(transaction=True)
def test_hr_settles_what_needs_a_look(company: Company, client: Client, granted: LeaveGrant) -> None:
    row = HandOver.objects.get()
    HandOver.objects.update(status="given-up")
    enter(client, company.hr)

    again = client.post(f"/mall/leave/hand-overs/{row.pk}/again/").status_code
    HandOver.objects.update(status="given-up")
    without = client.post(f"/mall/leave/hand-overs/{row.pk}/acknowledgement/", {}).status_code
    booked = client.post(f"/mall/leave/hand-overs/{row.pk}/acknowledgement/", {"external_id": "9"}).status_code
    late = client.post(f"/mall/leave/hand-overs/{row.pk}/refusal/", {"reason": "x"}).status_code

    row.refresh_from_db()
    assert (again, without, booked, late, row.status, row.external_id) == (302, 302, 302, 302, "done", "9")


@pytest.mark.parametrize("persona", ["worker", "leader", "auditor", "organiser", "union_chair"])
def test_only_hr_hands_over_and_sets_rules(company: Company, client: Client, granted: LeaveGrant, persona: str) -> None:
    enter(client, company.personas[persona])
    row = HandOver.objects.get().pk
    addresses = (
        "hand-overs/files/", f"hand-overs/{row}/again/", "black-outs/", "limits/unit/", "limits/rule/",
        "reconciliation/now/", f"{granted.pk}/taken/",
    )  # fmt: skip

    assert {client.post(f"/mall/leave/{address}").status_code for address in addresses} == {403}
    assert (HandOver.objects.get().status, Reconciliation.objects.count()) == ("waiting", 0)


@pytest.mark.django_db(transaction=True)
def test_rules_are_set_on_the_page(company: Company, client: Client) -> None:
    item = make_leave(company)
    enter(client, company.hr)
    day = timezone.localdate()
    closed = {"black-out-unit": company.plant.pk, "black-out-from_on": day, "black-out-reason": "检修"}

    wrong = client.post("/mall/leave/black-outs/", closed | {"black-out-until_on": day - timedelta(days=1)}).status_code
    right = client.post("/mall/leave/black-outs/", closed | {"black-out-until_on": day}).status_code
    client.post(
        "/mall/leave/limits/unit/", {"limit-unit": company.shop.pk, "limit-most_away": 2, "limit-half_days": ""}
    )
    client.post(
        "/mall/leave/limits/rule/", {"rule-item": item.pk, "rule-person_cap_half_days": 6, "rule-needs_cover": "on"}
    )
    gone = client.post(f"/mall/leave/black-outs/{BlackOut.objects.get().pk}/removal/").status_code

    item.refresh_from_db()
    assert (wrong, right, gone, BlackOut.objects.count()) == (422, 302, 302, 0)
    assert (CoverQuota.objects.get().most_away, item.leave_rule.person_cap_half_days, item.leave_rule.needs_cover) == (
        2,
        6,
        True,
    )


def test_calendar_counts_changes_and_cancels(company: Company, client: Client, granted: LeaveGrant) -> None:
    enter(client, company.worker)
    before = Calendar.from_ical(client.get(f"/mall/leave/{granted.pk}.ics").content)
    marks.ask_return(grant=granted, by=company.worker, at=AT)
    after = Calendar.from_ical(client.get(f"/mall/leave/{granted.pk}.ics").content)

    first, second = (file.walk("VEVENT")[0] for file in (before, after))
    assert (before["METHOD"], after["METHOD"]) == ("PUBLISH", "CANCEL")
    assert first["UID"] == second["UID"] == f"leave-{granted.redemption_id}@jinbang"
    assert (first["STATUS"], second["STATUS"], int(first["SEQUENCE"]) < int(second["SEQUENCE"])) == (
        "CONFIRMED",
        "CANCELLED",
        True,
    )
    assert (first["DTEND"].dt - first["DTSTART"].dt) == timedelta(days=1)


def test_calendar_of_days_over_a_weekend_ends_the_day_after(company: Company, client: Client) -> None:
    give_points(company.worker, 3000)
    friday = timezone.localdate() + timedelta(days=(4 - timezone.localdate().weekday()) % 7 + 70)
    grant = grant_leave(company, company.worker, half_days=4, wanted_on=friday)

    event = Calendar.from_ical(enter(client, company.worker).get(f"/mall/leave/{grant.pk}.ics").content).walk("VEVENT")[
        0
    ]

    request = LeaveRequest.objects.get()
    assert event["DTSTART"].dt == friday
    assert event["DTEND"].dt == request.ends_on + timedelta(days=1)
