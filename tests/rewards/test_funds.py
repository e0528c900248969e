"""Funds: a small list; every award, budget and item has one; points of one never pay for what belongs to another."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from engine.approvals.models import Approval
from engine.events.models import Event
from people.models import Employee
from rewards import flows, tasks
from rewards.domain import budgets, funds, ledger, mall
from rewards.models import Fund, Item, ManualAward, TopUp
from rewards.models.ledger import Lot, Transfer
from rewards.queries import balance
from rewards.queries.budgets import budget_tree
from rewards.queries.funds import choices
from tests.factories.approvals import act
from tests.factories.people import Company
from tests.factories.rewards import AT, ask, give_points, make_fund, make_goods
from tests.rewards.test_books import attached
from tests.support import refused

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def enter(client: Client, person: Employee) -> Client:
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fill(company: Company, unit: Any, points: int = 1000, fund: str = "union") -> None:
    budgets.grant(unit=unit, points=points, by=company.union_chair, at=AT, id=uuid.uuid4(), fund=fund)


def wallets() -> dict[str, tuple[int, str]]:
    return {row.wallet: (row.left, str(row.expires_on)) for row in Lot.objects.all()}


@committed
def test_one_press_makes_one_fund_and_another_content_is_refused(company: Company, client: Client) -> None:
    enter(client, company.union_chair)
    sent = {"code": "union", "name": "工会经费", "name_en": "Union fund", "kinds": ["goods"], "expiry_months": "12", "is_open": "on"}  # fmt: skip

    answers = [client.post(reverse("rewards:create-fund"), sent).status_code for _ in range(2)]
    other = client.post(reverse("rewards:create-fund"), {**sent, "name": "行政经费"})

    assert (answers, other.status_code) == ([302, 302], 422)
    row = Fund.objects.get()
    assert (row.name, row.kinds, row.expiry_months, row.is_open) == ("工会经费", ["goods"], 12, True)
    assert Event.objects.filter(action="fund.created").count() == 1


@committed
@pytest.mark.parametrize("code", ["", "stock", "default", "Union", "9a", "a@b", "a b", "工会", "a\n"])
def test_code_that_is_none_is_refused(company: Company, client: Client, code: str) -> None:
    enter(client, company.union_chair)

    answer = client.post(reverse("rewards:create-fund"), {"code": code, "name": "工会经费", "is_open": "on"})

    assert Fund.objects.filter(code=code).exists() is False
    assert answer.status_code == (302 if code == "a\n" else 422)  # a form strips its fields: `a` is a code


def test_list_names_each_fund_with_what_people_have(company: Company, client: Client, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    for code in ("union", "admin", "safety"):
        make_fund(company, code)
    give_points(company.worker, 30, fund="union")
    give_points(company.worker, 7)
    ask(make_goods(company, points=20, fund="union", asks_approval=True), company.worker)
    enter(client, company.union_chair)

    with django_assert_max_num_queries(7):
        page = client.get(reverse("rewards:funds"))

    assert {row.code: held for row, _kinds, held in page.context["rows"]} == {"default": 7, "union": 30, "admin": 0, "safety": 0}  # fmt: skip


def test_default_fund_is_named_but_never_closed(company: Company, client: Client) -> None:
    enter(client, company.union_chair)

    answer = client.post(reverse("rewards:fund", args=["default"]), {"name": "职工积分", "name_en": "Workers' points"})

    assert answer.status_code == 302
    assert (Fund.objects.get().is_open, choices()) == (True, [("default", "职工积分")])


def test_who_may_not_manage_reads_only(company: Company, client: Client) -> None:
    make_fund(company)

    for name, may_read in (("worker", False), ("hr", False), ("organiser", True), ("auditor", True)):
        enter(client, company.personas[name])
        seen = client.get(reverse("rewards:funds")).status_code
        changed = [client.post(reverse("rewards:create-fund"), {"code": "x", "name": "x"}).status_code,
                   client.post(reverse("rewards:fund", args=["union"]), {"name": "x"}).status_code]  # fmt: skip
        assert (name, seen, changed) == (name, 200 if may_read else 403, [403, 403])
    assert Fund.objects.get().name == "工会经费"


def test_item_of_a_kind_the_fund_may_not_buy_is_refused(company: Company) -> None:
    make_fund(company, kinds=["leave"])

    with refused(funds.MayNotBuy):
        make_goods(company, fund="union")
    with refused(funds.NoSuchFund):
        make_goods(company, fund="nowhere")

    assert Item.objects.count() == 0


def test_fund_keeps_buying_what_the_catalogue_has(company: Company) -> None:
    make_fund(company)
    item = make_goods(company, fund="union")

    with refused(funds.BuysThem):
        funds.save(code="union", is_new=False, by=company.union_chair, at=AT, kinds=["leave"])
    mall.publish(item=item, is_published=False, by=company.hr, at=AT)
    funds.save(code="union", is_new=False, by=company.union_chair, at=AT, kinds=["leave"])

    assert Fund.objects.get().kinds == ["leave"]
    with refused(funds.MayNotBuy):
        mall.publish(item=item, is_published=True, by=company.hr, at=AT)


def test_item_somebody_asked_for_stays_in_its_fund_and_is_refunded_into_it(company: Company) -> None:
    make_fund(company)
    item = make_goods(company, points=50, fund="union")
    give_points(company.worker, 80, fund="union")
    row = ask(item, company.worker)

    with refused(mall.FundStays):
        mall.save_item(item=item, by=company.hr, at=AT, fund="")
    flows.refund(redemption=row, reason="", by=company.worker, at=AT)

    assert wallets() == {"wallet:1301@union": (80, "None")}
    assert ledger.verify() is None


def test_manual_award_is_paid_from_its_fund_and_lives_as_long_as_it_says(company: Company, client: Client) -> None:
    make_fund(company, expiry_months=6)
    fill(company, company.plant)
    enter(client, company.organiser)
    fields = {
        "key": uuid.uuid4(),
        "lines": "1301 50",
        "reason": "抢修",
        "budget_unit": company.shop.pk,
        "fund": "union",
    }

    answer = client.post(reverse("rewards:propose-award"), fields)

    row = ManualAward.objects.get()
    assert (answer.status_code, row.fund) == (302, "union")
    assert "工会经费" in client.get(reverse("rewards:award", args=[row.pk])).content.decode()
    act(Approval.objects.get(subject=row.subject), company.union_chair, at=AT)
    assert wallets() == {"wallet:1301@union": (50, "2027-05-20")}
    assert Transfer.objects.get(kind="award").debit == f"budget:{company.plant.code}@union"


def test_award_finds_no_points_of_another_fund(company: Company) -> None:
    make_fund(company)
    fill(company, company.plant, fund="default")
    row = flows.propose_award(key=uuid.uuid4(), by=company.organiser, at=AT, lines=[("1301", 5)], reason="抢修",
                              budget_unit=company.plant, fund="union")  # fmt: skip

    with refused(ledger.BudgetEmpty):
        act(Approval.objects.get(subject=row.subject), company.union_chair, at=AT)

    assert balance(company.worker).available == 0


def test_closed_fund_is_neither_offered_nor_taken(company: Company, client: Client) -> None:
    make_fund(company)
    make_fund(company, "admin", is_open=False)
    enter(client, company.organiser)

    fields = {
        "key": uuid.uuid4(),
        "lines": "1301 50",
        "reason": "抢修",
        "budget_unit": company.plant.pk,
        "fund": "admin",
    }
    sent = client.post(reverse("rewards:propose-award"), fields)

    assert ([code for code, _name in choices()], sent.status_code) == (["default", "union"], 422)
    with refused(funds.NoSuchFund):
        fill(company, company.plant, fund="admin")


def test_table_of_awards_draft_keeps_its_fund(company: Company, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    make_fund(company)
    enter(client, company.organiser)
    file = SimpleUploadedFile("a.csv", "工号,积分\n1301,50\n".encode())

    client.post(reverse("rewards:upload-awards"), {"key": uuid.uuid4(), "reason": "抢修", "budget_unit": company.plant.pk, "fund": "union", "file": file})  # fmt: skip

    assert ManualAward.objects.get().fund == "union"


def test_bulk_award_pays_a_fund_and_its_expiry(company: Company, client: Client) -> None:
    make_fund(company, expiry_months=12)
    fill(company, company.plant)
    enter(client, company.organiser)
    fields = {"id": uuid.uuid4(), "unit": company.shop.pk, "points": 10, "reason": "安全生产月", "fund": "union"}
    client.post(reverse("rewards:propose-bulk-award"), fields)

    act(Approval.objects.get(), company.union_chair, at=AT)
    while tasks.pay_bulk_awards(at=AT):
        pass

    assert set(wallets().values()) == {(10, "2027-11-20")}
    assert all(code.endswith("@union") for code in wallets())
    assert ledger.verify() is None


def test_top_up_draws_on_the_budget_above_in_its_fund(company: Company, client: Client) -> None:
    make_fund(company)
    fill(company, company.plant, 100)
    fill(company, company.plant, 500, fund="default")
    enter(client, company.organiser)
    fields = {"top-up-id": uuid.uuid4(), "top-up-unit": company.shop.pk, "top-up-points": 40, "top-up-reason": "x", "top-up-fund": "union"}  # fmt: skip
    client.post(reverse("rewards:top-up"), fields)

    approval = Approval.objects.get()
    for _ in range(3):
        approval.refresh_from_db()
        if TopUp.objects.get().state == "asked":
            act(approval, company.union_chair, at=AT)

    rows = {(row.unit, row.fund): (row.given, row.handed_on, row.left, row.depth) for row in budget_tree(at=AT)}
    assert rows == {
        ("炼钢厂", "通用积分"): (500, 0, 500, 0), ("炼钢厂", "工会经费"): (100, 40, 60, 0), ("转炉车间", "工会经费"): (40, 0, 40, 1),
    }  # fmt: skip
    assert [row.fund for row in budget_tree(at=AT, fund="union")] == ["工会经费", "工会经费"]


def test_wallet_and_cards_show_each_fund(company: Company, client: Client) -> None:
    make_fund(company)
    give_points(company.worker, 500)
    give_points(company.worker, 80, fund="union")
    give_points(company.stranger, 10)
    ask(make_goods(company, points=30, fund="union", asks_approval=True), company.worker)
    enter(client, company.worker)

    mine = balance(company.worker)
    addresses = ("/", reverse("rewards:wallet"), reverse("rewards:mall"))
    pages = {address: client.get(address).content.decode() for address in addresses}
    of_fund = client.get(reverse("rewards:wallet") + "?fund=union").context["lines"]

    assert (mine.available, [(row.name, row.available, row.reserved) for row in mine.others]) == (
        500,
        [("工会经费", 50, 30)],
    )
    assert all("工会经费" in page for page in pages.values())
    assert {line.points for line in of_fund} == {80, -30}
    assert "工会经费" not in enter(client, company.stranger).get(reverse("rewards:wallet")).content.decode()


def test_item_page_tells_the_balance_after_in_its_own_fund(company: Company, client: Client) -> None:
    make_fund(company)
    item = make_goods(company, points=30, fund="union")
    give_points(company.worker, 500)
    give_points(company.worker, 80, fund="union")
    enter(client, company.worker)

    page = client.get(reverse("rewards:redeem", args=[item.pk]))

    assert (page.context["available"], page.context["after"], page.context["fund"]) == (80, 50, "工会经费")
    client.post(reverse("rewards:redeem", args=[item.pk]), {"hold": uuid.uuid4(), "points": 30})
    assert (balance(company.worker).available, balance(company.worker).others[0].available) == (500, 50)


def test_statement_of_one_fund_ties_to_it(company: Company, client: Client) -> None:
    make_fund(company)
    give_points(company.worker, 500)
    give_points(company.worker, 80, fund="union")
    enter(client, company.worker)

    bodies = {}
    for fund in ("", "union", "default"):
        pdf = client.get("/mall/wallet/statements/2026-11.pdf", {"fund": fund} if fund else {}).content
        facts = json.loads(attached(pdf))
        bodies[fund] = (facts["closing"], facts.get("fund"))

    assert bodies == {"": (580, None), "union": (80, "union"), "default": (500, "default")}
    assert client.get("/mall/wallet/statements/2026-11.pdf?fund=admin").status_code == 404


def test_sums_by_fund_tie_to_the_whole(company: Company, client: Client) -> None:
    make_fund(company)
    give_points(company.worker, 500)
    give_points(company.worker, 80, fund="union")
    enter(client, company.worker)

    whole = client.get("/mall/transparency/?period=2026").context
    one = client.get("/mall/transparency/?period=2026&fund=union").context["report"]

    assert {line.label: line.sums.earned for line in whole["by_fund"]} == {"通用积分": 500, "工会经费": 80}
    assert (whole["report"].total.earned, one.total.earned, one.total.granted) == (580, 80, 80)
    assert one.reasons[0].sums.earned == 80


def test_points_of_a_fund_expire_within_it(company: Company) -> None:
    make_fund(company, expiry_months=1)
    fill(company, company.plant)
    row = flows.propose_award(key=uuid.uuid4(), by=company.organiser, at=AT, lines=[("1301", 5)], reason="抢修",
                              budget_unit=company.plant, fund="union")  # fmt: skip
    act(Approval.objects.get(subject=row.subject), company.union_chair, at=AT)

    tasks.expire_lots(at=AT + timedelta(days=31))

    gone = Transfer.objects.get(kind="expire")
    assert (gone.debit, gone.credit, gone.amount) == ("wallet:1301@union", "expired@union", 5)


@pytest.mark.parametrize(("fields", "name"), [({"expiry_months": 121}, "expiry_months"), ({"kinds": ["x"]}, "kinds"), ({"name": ""}, "name")])  # fmt: skip
def test_nonsense_is_named_by_its_field(company: Company, fields: dict[str, Any], name: str) -> None:
    with refused(ValidationError) as caught:
        make_fund(company, **fields)

    assert list(caught.value.message_dict) == [name]
