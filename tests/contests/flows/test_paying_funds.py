"""Which fund a contest's points come from: the one chosen, else that of the budget of the unit that pays or the nearest above."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from contests import flows
from contests.domain import changes
from contests.models import Contest
from contests.queries.awards import fund_of
from contests.queries.checks import go_live_checks
from contests.queries.subjects import contest_facts
from rewards.domain import funds, ledger
from rewards.models import Fund, RuleDecision
from rewards.models.ledger import Lot, Transfer
from rewards.queries.budgets import fund_for
from tests.contests.flows.test_contest import noticed
from tests.factories.contests import AT, make_contest
from tests.factories.people import Company
from tests.factories.results import draft, penalty
from tests.factories.rewards import make_fund
from tests.rewards.test_funds import enter, fill, wallets
from tests.support import refused

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)
TABLE = {"rows": [{"rank_from": 1, "rank_to": 1, "points": 300}], "participation_points": 10}


def paid(company: Company, **fields: Any) -> Contest:
    """A contest with two contestants, published and paid."""
    contest = noticed(company)
    Contest.objects.update(**fields)
    return flows.end_notice(contest=contest, by=company.administrator, at=AT)


def payers() -> set[str]:
    return set(Transfer.objects.filter(kind="award").values_list("debit", flat=True))


def test_fund_of_a_unit_is_that_of_its_own_budget_else_of_the_nearest_above(company: Company, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    for code in ("safety", "union"):
        make_fund(company, code)
    found = [fund_for(company.team)]
    fill(company, None, fund="safety")
    found.append(fund_for(company.team))
    fill(company, company.root, fund="union")
    found.append(fund_for(company.team))
    fill(company, company.plant, fund="safety")
    fill(company, company.plant, fund="union")
    found.append(fund_for(company.team))
    fill(company, company.plant, fund="default")

    with django_assert_max_num_queries(2):
        found.append(fund_for(company.team))

    assert found == ["default", "safety", "union", "safety", "default"]
    assert (fund_for(company.root), fund_for(None)) == ("union", "safety")


def test_closed_fund_pays_no_contest(company: Company) -> None:
    make_fund(company)
    fill(company, company.plant)
    Fund.objects.update(is_open=False)

    assert fund_for(company.team) == "default"


@committed
def test_contest_is_paid_from_the_fund_of_the_unit_that_pays(transactional_db: None, company: Company) -> None:
    make_fund(company, expiry_months=6)
    fill(company, company.plant, fund="union")
    fill(company, company.root, fund="default")

    final = paid(company, budget_unit=company.plant)

    assert final.state == Contest.State.FINAL
    assert sorted(wallets().values()) == [(10, "2027-05-20"), (300, "2027-05-20")]
    assert all(code.endswith("@union") for code in wallets())
    assert payers() == {f"budget:{company.plant.code}@union"}
    assert set(RuleDecision.objects.filter(event="contest.result").values_list("budget", flat=True)) == payers()
    assert ledger.verify() is None


@committed
def test_shop_without_a_budget_is_paid_from_the_fund_of_the_nearest_above(transactional_db: None, company: Company) -> None:  # fmt: skip
    make_fund(company)
    fill(company, company.root, fund="union")

    paid(company, budget_unit=company.shop)

    assert payers() == {f"budget:{company.root.code}@union"}


@committed
def test_chosen_fund_pays_also_where_the_budget_has_another(transactional_db: None, company: Company) -> None:
    make_fund(company)
    for fund in ("default", "union"):
        fill(company, company.root, fund=fund)

    contest = paid(company, award_table=TABLE | {"fund": "union"})

    assert payers() == {f"budget:{company.root.code}@union"}
    facts = contest_facts(contest.code)
    assert facts is not None
    assert [value for _label, value in facts[0] if value == "工会经费"] == ["工会经费"]


@committed
def test_fund_closed_meanwhile_undoes_the_publication_until_it_is_open_again(transactional_db: None, company: Company) -> None:  # fmt: skip
    make_fund(company)
    fill(company, company.root)
    contest = noticed(company)
    Contest.objects.update(award_table=TABLE | {"fund": "union"})
    Fund.objects.update(is_open=False)

    with refused(funds.NoSuchFund):
        flows.end_notice(contest=contest, by=company.administrator, at=AT)
    contest.refresh_from_db()
    undone = (contest.state, payers())
    Fund.objects.update(is_open=True)
    final = flows.end_notice(contest=contest, by=company.administrator, at=AT)

    assert undone == (Contest.State.NOTICE, set())
    assert (final.state, payers()) == (Contest.State.FINAL, {f"budget:{company.root.code}@union"})


@committed
def test_correction_stays_in_the_fund_that_paid(transactional_db: None, company: Company) -> None:
    """The winner falls behind; meanwhile the unit has points in the default fund too, which pays none of it."""
    make_fund(company, expiry_months=6)
    fill(company, company.root, fund="union")
    contest = paid(company)
    before = {code: left for code, (left, _until) in wallets().items()}
    winner = contest.result_rows.get(rank=1).entry
    fill(company, company.root, fund="default")

    change = draft(contest, company, penalty(winner.code, "70"))
    changes.apply(change_id=change.pk, shown="", by=company.chief_judge, at=AT)

    swapped = {f"wallet:{winner.employee.number}@union": 10}
    other = next(code for code in before if code not in swapped)
    assert sums() == swapped | {other: 300}
    assert payers() == {f"budget:{company.root.code}@union"}
    assert fund_of(contest) == "default"
    assert ledger.verify() is None


def sums() -> dict[str, int]:
    """Wallet → points left in it."""
    found: dict[str, int] = {}
    for row in Lot.objects.all():
        found[row.wallet] = found.get(row.wallet, 0) + row.left
    return found


def test_wizard_offers_open_funds_and_keeps_the_choice(company: Company, client: Client) -> None:
    contest = make_contest(company)
    enter(client, company.organiser)
    address = f"/contests/{contest.code}/awards/"
    alone = client.get(address).context["form"]["fund"].is_hidden
    make_fund(company)
    make_fund(company, "old", name="旧经费", is_open=False)

    offered = client.get(address).context["form"].fields["fund"].choices
    sent = {
        "row-TOTAL_FORMS": "1", "row-INITIAL_FORMS": "0", "row-0-rank_from": "1", "row-0-rank_to": "3",
        "row-0-points": "500", "participation_points": "20", "budget_unit": company.plant.pk,
    }  # fmt: skip
    closed = client.post(address, sent | {"fund": "old"})
    kept = client.post(address, sent | {"fund": "union"})

    contest.refresh_from_db()
    assert alone
    assert [code for code, _label in offered] == ["", "default", "union"]
    assert (closed.status_code, "fund" in closed.context["form"].errors, kept.status_code) == (422, True, 302)
    assert contest.award_table["fund"] == "union"
    assert "工会经费" in client.get(f"/contests/{contest.code}/").content.decode()
    client.post(address, sent | {"fund": ""})
    contest.refresh_from_db()
    assert "fund" not in contest.award_table


def test_contest_with_a_closed_fund_is_not_submitted(company: Company) -> None:
    make_fund(company, is_open=False)
    contest = make_contest(company, award_table=TABLE | {"fund": "union"})

    failed = [check.name for check in go_live_checks(contest, at=AT) if check.problem]

    assert failed == ["awards"]
