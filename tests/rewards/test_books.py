"""What people and auditors read of points: the nightly comparison, reminders, statements, where points go."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
import zlib
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from engine.notices.models import Notice
from people.models import Employee
from rewards import tasks
from rewards.domain import awards, budgets, ledger, reconciliation
from rewards.domain.handover import marks
from rewards.models import HandOver, LeaveGrant, Reconciliation
from rewards.models.ledger import Account, Transfer
from rewards.queries import balance, transparency, wallet
from tests.factories.people import Company
from tests.factories.rewards import AT, ask, give_points, grant_leave, make_goods, make_leave


def enter(client: Client, person: Employee) -> Client:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def pay(company: Company, person: Employee, points: int, *, at: datetime = AT, event: str = "", until: date | None = None) -> None:  # fmt: skip
    awards.award(
        event=event or f"drill:{uuid.uuid4()}", budget_unit=company.plant, by=None, at=at, expires_on=until,
        lines=[awards.AwardLine(person, points, "岗位练兵达标")],
    )  # fmt: skip


@pytest.fixture
def funded(company: Company) -> Company:
    budgets.grant(
        unit=company.plant, points=100_000, by=company.union_chair, at=AT - timedelta(days=200), id=uuid.uuid4()
    )
    return company


def test_a_year_of_leave_has_no_difference(funded: Company) -> None:
    for person in (funded.worker, funded.leader, funded.stranger):
        pay(funded, person, 2000)
    kept = grant_leave(funded, funded.worker, half_days=2)
    returned = grant_leave(funded, funded.leader)
    marks.ask_return(grant=returned, by=funded.leader, at=AT)
    ask(make_leave(funded), funded.stranger)
    for row in HandOver.objects.filter(grant=kept):
        marks.acknowledge(pk=row.pk, external_id="1", half_days=2, by=None, at=AT)

    row = reconciliation.run(at=AT + timedelta(days=5))

    assert (row.differences, row.redemptions) == ([], 2)
    assert (row.points_burnt, row.points_granted, row.half_days_granted, row.half_days_handed_over) == (300, 300, 2, 2)


def test_each_break_is_named_by_its_redemption(funded: Company) -> None:
    pay(funded, funded.worker, 3000)
    grants = [grant_leave(funded, funded.worker) for _ in range(3)]
    HandOver.objects.update(status="done")
    LeaveGrant.objects.filter(pk=grants[0].pk).update(half_days=2)
    HandOver.objects.filter(grant=grants[1]).update(status="refused")

    found = reconciliation.run(at=AT).differences

    assert sorted((row["redemption"], row["code"]) for row in found) == sorted(
        [(str(grants[0].redemption_id), "wrong-days"), (str(grants[1].redemption_id), "not-handed-over")]
    )


def test_the_comparison_runs_once_a_night(funded: Company) -> None:
    night = timezone.make_aware(datetime(2026, 11, 21, 1, 59))
    before = tasks.reconcile_leave(at=night + timedelta(hours=3))
    pay(funded, funded.worker, 300)
    grant_leave(funded, funded.worker)

    counts = [tasks.reconcile_leave(at=night + timedelta(minutes=minutes)) for minutes in (0, 1, 2, 600, 24 * 60 + 1)]

    assert (before, counts) == (0, [0, 1, 0, 0, 1])
    assert Reconciliation.objects.count() == 2


def test_reminders_come_once_30_and_once_7_days_before(funded: Company) -> None:
    today = timezone.localdate(AT)
    pay(funded, funded.worker, 30, until=today + timedelta(days=40))
    pay(funded, funded.worker, 20, until=today + timedelta(days=40))
    pay(funded, funded.stranger, 10)

    counts = [tasks.remind_of_ends(at=AT + timedelta(days=day)) for day in (0, 10, 10, 25, 33, 34, 41)]

    assert counts == [0, 1, 0, 0, 1, 0, 0]
    assert [row.params["points"] for row in Notice.objects.filter(kind="points.expire")] == [50, 50]
    assert {row.person for row in Notice.objects.all()} == {funded.worker}


def test_leave_that_lapses_is_reminded_too(funded: Company) -> None:
    pay(funded, funded.worker, 3000)
    grant = grant_leave(funded, funded.worker, half_days=2)

    counts = [tasks.remind_of_ends(at=AT + timedelta(days=day)) for day in (330, 336, 359, 360)]

    assert (counts, grant.state) == ([0, 1, 1, 0], "granted")
    assert Notice.objects.filter(kind="leave.lapses").first().params == {"days": "1", "day": grant.valid_until_on.isoformat()}  # type: ignore[union-attr]  # fmt: skip


def test_wallet_shows_where_points_came_from_and_when_they_end(funded: Company, client: Client) -> None:
    pay(funded, funded.worker, 700, event="contest:welding-2026", until=timezone.localdate() + timedelta(days=5))
    grant_leave(funded, funded.worker)
    ask(make_leave(funded), funded.worker)
    enter(client, funded.worker)

    page = client.get("/mall/wallet/").context
    kinds = {kind: len(client.get(f"/mall/wallet/?kind={kind}").context["lines"]) for kind in ("award", "redeem", "reserved", "refund")}  # fmt: skip
    other = client.get("/mall/wallet/?month=2020-01").context["lines"]

    assert [(line.points, line.kind) for line in page["lines"]] == [
        (-300, "reserved"),
        (-300, "redeem"),
        (700, "award"),
    ]
    assert (page["lines"][-1].source, page["lots"][0].left, page["lots"][0].held, page["lots"][0].days_left) == (
        "竞赛",
        100,
        300,
        5,
    )
    assert (kinds, other) == ({"award": 1, "redeem": 1, "reserved": 1, "refund": 0}, [])
    assert client.get("/mall/wallet/?format=csv").content.decode("utf-8-sig").count("\r\n") == 4


def attached(content: bytes) -> bytes:
    """Return what is attached to a PDF."""
    for stream in re.findall(rb"(?<!end)stream\r?\n(.*?)\r?\nendstream", content, flags=re.DOTALL):
        text: bytes = zlib.decompress(stream) if stream.startswith(b"x\x9c") else stream
        if text.startswith(b'{"closing"'):
            return text
    raise AssertionError("nothing is attached")


def test_statement_pdf_holds_its_facts_and_their_hash(funded: Company, client: Client, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    pay(funded, funded.worker, 1000, at=AT - timedelta(days=31))
    pay(funded, funded.worker, 50)
    grant_leave(funded, funded.worker)
    enter(client, funded.worker)

    with django_assert_max_num_queries(9):
        content = client.get("/mall/wallet/statements/2026-11.pdf").content

    inside = attached(content)
    facts = json.loads(inside)
    assert (facts["opening"], facts["closing"], [line["points"] for line in facts["lines"]]) == (1000, 750, [50, -300])
    assert hashlib.sha256(inside).hexdigest().encode() in content
    assert {
        client.get(f"/mall/wallet/statements/{month}.pdf").status_code for month in ("2999-01", "x", "2026-13")
    } == {404}


def test_wallet_of_somebody_else_is_reached_by_no_parameter(funded: Company, client: Client) -> None:
    pay(funded, funded.worker, 41)
    pay(funded, funded.stranger, 777)
    mug = make_goods(funded, points=40)
    asked = dict.fromkeys(("employee", "number", "person", "wallet", "of"), funded.stranger.number)
    enter(client, funded.worker)

    pages = [
        client.get(path, asked).content.decode() for path in ("/mall/wallet/", "/mall/wallet/statements/", "/mall/")
    ]
    facts = json.loads(attached(client.get("/mall/wallet/statements/2026-11.pdf", asked).content))
    client.post(f"/mall/items/{mug.pk}/", asked | {"hold": str(uuid.uuid4()), "points": "40"})

    # Tokens in attributes may hold any digits: numbers are looked for in what a reader sees.
    said = [set(re.findall(r"\d+", re.sub(r"<[^>]*>", " ", page))) & {"41", "777"} for page in pages]
    assert said == [{"41"}, set(), {"41"}]  # statements are listed by month, without points
    assert (facts["closing"], funded.stranger.number in json.dumps(facts)) == (41, False)
    assert (balance(funded.worker).available, balance(funded.stranger).available) == (1, 777)


def test_statements_follow_each_other_and_end_in_the_wallet(funded: Company) -> None:
    for back in (95, 64, 33, 2):
        pay(funded, funded.worker, 100 + back, at=AT - timedelta(days=back))
    grant = grant_leave(funded, funded.worker)
    marks.ask_return(grant=grant, by=funded.worker, at=AT)

    rows = [wallet.statement(funded.worker, date(2026, month, 1)) for month in (8, 9, 10, 11)]

    assert rows[0].opening == 0
    assert [row.closing for row in rows[:-1]] == [row.opening for row in rows[1:]]
    account = Account.objects.get(pk="wallet:1301")
    assert rows[-1].closing == account.credits_posted - account.debits_posted == 594


def move(company: Company) -> None:
    """Everything that may happen to points: awards, spending, returns, take-back, expiry, reservations."""
    for person in (company.worker, company.stranger, company.hr):
        pay(company, person, 1000)
    pay(company, company.judge, 70, until=timezone.localdate(AT))
    pay(company, company.leader, 500, event="contest:x")
    grant_leave(company, company.worker)
    marks.ask_return(grant=grant_leave(company, company.stranger), by=company.stranger, at=AT)
    ask(make_leave(company), company.hr)
    line = [awards.AwardLine(company.leader, 200, "更正")]
    awards.correct(
        event="contest:x:r2", earlier=["contest:x"], lines=line, reason="", by=None, at=AT, budget_unit=company.plant
    )
    tasks.expire_lots(at=AT + timedelta(days=1))


def test_sums_tie_to_the_ledger(funded: Company) -> None:
    move(funded)

    found = transparency.report(date(2026, 1, 1), date(2026, 12, 31), unit=None, units=[funded.root, funded.plant, funded.shop, funded.team, funded.other_team])  # fmt: skip

    total = found.total
    account = {row.code: row for row in Account.objects.all()}
    wallets = Account.objects.filter(code__startswith="wallet:").aggregate(
        c=Sum("credits_posted"), d=Sum("debits_posted")
    )
    paying = [row for code, row in account.items() if code.startswith("budget:")]
    assert ledger.verify() is None
    assert total.granted == account["mint"].debits_posted
    assert total.spent - total.refunded == account["spent"].credits_posted - account["spent"].debits_posted == 300
    assert total.expired == account["expired"].credits_posted == 70
    assert total.earned == sum(row.debits_posted for row in paying)
    assert total.taken_back == sum(row.credits_posted for row in paying) - total.granted == 300
    assert total.earned - total.taken_back - total.spent + total.refunded - total.expired == wallets["c"] - wallets["d"]
    for lines in (found.units, found.months):
        assert [sum(line.sums.values[place] for line in lines) for place in range(6)] == total.values
    assert [sum(line.sums.values[place] for line in found.reasons) for place in range(1, 6)] == total.values[1:]


def test_a_unit_shows_what_is_below_it(funded: Company) -> None:
    move(funded)
    units = [funded.root, funded.plant, funded.shop, funded.team, funded.other_team]

    top = transparency.report(date(2026, 1, 1), date(2026, 12, 31), unit=None, units=units)
    shop = transparency.report(date(2026, 1, 1), date(2026, 12, 31), unit=funded.shop, units=units)

    assert {line.key: line.sums.earned for line in top.units} == {"group": 1000, "steel": 2570}
    assert {line.key: (line.sums.earned, line.sums.spent) for line in shop.units} == {
        "steel-1-1": (1500, 300),
        "steel-1-2": (1070, 300),
    }


@pytest.mark.parametrize(
    ("persona", "unit", "sees"),
    [("worker", "steel-1-1", False), ("leader", "steel-1-1", True), ("leader", "steel-1-2", False), ("shop_head", "steel-1-2", True),
     ("hr", "group", True), ("auditor", "steel-1", True), ("union_chair", "steel-1", False), ("administrator", "steel-1", False)],
)  # fmt: skip
def test_people_are_shown_to_those_who_answer_for_them(funded: Company, client: Client, persona: str, unit: str, sees: bool) -> None:  # fmt: skip
    move(funded)
    enter(client, funded.personas[persona])

    page = client.get(f"/mall/transparency/?period=2026&unit={unit}")
    lines = client.get(f"/mall/transparency/?period=2026&unit={unit}&format=lines")

    assert ("page" in page.context, lines.status_code) == (sees, 200 if sees else 403)
    if persona != "worker":  # whose own number is in the frame
        assert (funded.worker.number in page.content.decode()) == (sees and unit != "steel-1-2")


def test_who_hides_a_name_keeps_it_from_the_unit_head(funded: Company, client: Client) -> None:
    move(funded)
    Employee.objects.filter(pk=funded.worker.pk).update(is_name_hidden=True)
    address = "/mall/transparency/?period=2026&unit=steel-1-1"

    head, auditor = (enter(client, person).get(address).context["lines"] for person in (funded.leader, funded.auditor))

    assert {line.name for line, _title in head} == {"", "班长王建国"}
    assert {line.name for line, _title in auditor} == {"焊工赵磊", "班长王建国"}


@pytest.mark.parametrize("times", [1, 3])
def test_transparency_statements(funded: Company, client: Client, times: int, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    for _ in range(times):
        pay(funded, funded.worker, 10)
    enter(client, funded.leader)
    client.get("/mall/transparency/")

    with django_assert_max_num_queries(16):
        page = client.get("/mall/transparency/?period=2026&unit=steel-1-1")

    assert len(page.context["lines"]) == times
    assert client.get("/mall/transparency/?period=2026&format=csv").content.decode("utf-8-sig").startswith("按,")
    assert Transfer.objects.filter(kind="award").count() == times


def test_nobody_has_points_yet(company: Company, client: Client) -> None:
    give_points(company.stranger, 1)
    enter(client, company.worker)

    for address in (
        "/mall/wallet/",
        "/mall/wallet/statements/",
        "/mall/transparency/?period=1999",
        "/mall/transparency/?period=2001-02",
    ):
        assert client.get(address).status_code == 200
