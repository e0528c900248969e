import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.domain import ledger
from rewards.models import ledger as tables
from rewards.pure.ledger import Ledger
from rewards.pure.transfers import Transfer

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def transfer(**fields: object) -> Transfer:
    flags = frozenset(fields.pop("flags", ()))
    return Transfer(id=str(fields.pop("id", uuid.uuid4())), flags=flags, **fields)


def fund(number: str, amount: int = 100) -> None:
    ledger.demand(
        [
            transfer(debit="mint", credit="budget:plant", kind="grant", amount=amount),
            transfer(debit="budget:plant", credit=f"wallet:{number}", kind="award", amount=amount),
        ],
        at=NOW,
    )


def integers(code: str) -> tuple[int, int, int, int]:
    row = tables.Account.objects.get(pk=code)
    return row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted


def test_post_award_moves_points_and_makes_a_lot() -> None:
    fund("1", 30)

    assert integers("wallet:1") == (0, 0, 0, 30)
    assert integers("budget:plant") == (0, 30, 0, 30)
    assert list(tables.Lot.objects.values_list("wallet", "left", "held")) == [("wallet:1", 30, 0)]


def test_post_reserve_then_post_spends() -> None:
    fund("1")
    hold = transfer(flags={"pending"}, debit="wallet:1", credit="spent", kind="redeem", amount=40)

    first = ledger.post([hold], at=NOW)
    held = integers("wallet:1")
    second = ledger.post([transfer(flags={"post"}, pending_id=hold.id)], at=NOW)

    assert (first, second) == (("created",), ("created",))
    assert held == (40, 0, 0, 100)
    assert integers("wallet:1") == (0, 40, 0, 100)
    assert ledger.verify() is None


def test_post_reserve_then_void_gives_everything_back() -> None:
    fund("1")
    hold = transfer(flags={"pending"}, debit="wallet:1", credit="spent", kind="redeem", amount=40)
    ledger.post([hold], at=NOW)

    ledger.post([transfer(flags={"void"}, pending_id=hold.id)], at=NOW)
    again = ledger.post([transfer(flags={"void"}, pending_id=hold.id)], at=NOW)

    assert integers("wallet:1") == (0, 0, 0, 100)
    assert again == ("pending_transfer_already_voided",)
    assert ledger.verify() is None


def test_post_same_id_twice_is_one_effect() -> None:
    grant = transfer(debit="mint", credit="budget:plant", kind="grant", amount=5)

    results = [ledger.post([grant], at=NOW) for _ in range(3)]

    assert results == [("created",), ("exists",), ("exists",)]
    assert integers("budget:plant") == (0, 0, 0, 5)


def test_post_more_than_there_is_spends_the_id() -> None:
    fund("1", 10)
    greedy = transfer(debit="wallet:1", credit="spent", kind="redeem", amount=11)

    first = ledger.post([greedy], at=NOW)
    fund("1", 10)

    assert first == ("exceeds_credits",)
    assert ledger.post([greedy], at=NOW) == ("id_already_failed",)


def test_demand_empty_budget_is_told_apart_from_an_empty_wallet() -> None:
    with pytest.raises(ledger.BudgetEmpty):
        ledger.demand([transfer(debit="budget:x", credit="wallet:1", kind="award", amount=1)], at=NOW)
    with pytest.raises(ledger.ExceedsCredits):
        ledger.demand([transfer(debit="wallet:1", credit="spent", kind="redeem", amount=1)], at=NOW)


def test_timeout_releases_before_anything_new_is_decided() -> None:
    fund("1", 10)
    hold = transfer(flags={"pending"}, debit="wallet:1", credit="spent", kind="redeem", amount=10, timeout_minutes=5)
    ledger.post([hold], at=NOW)

    early = ledger.post([transfer(debit="wallet:1", credit="spent", kind="redeem", amount=10)], at=NOW)
    late = ledger.post(
        [transfer(debit="wallet:1", credit="spent", kind="redeem", amount=10)], at=NOW + timedelta(minutes=5)
    )

    assert (early, late) == (("exceeds_credits",), ("created",))
    assert ledger.verify() is None


def test_expire_lots_twice_ends_the_same() -> None:
    award = transfer(
        debit="budget:plant", credit="wallet:1", kind="award", amount=30, expires_on=datetime(2026, 12, 31).date()
    )
    ledger.demand([transfer(debit="mint", credit="budget:plant", kind="grant", amount=30), award], at=NOW)

    counts = [ledger.expire_lots(at=NOW + timedelta(days=60)) for _ in range(2)]

    assert counts == [1, 0]
    assert integers("expired")[3] == 30
    assert ledger.verify() is None


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE rewards_account SET credits_posted = credits_posted + 1 WHERE code = 'wallet:1'",
        'UPDATE rewards_lot SET "left" = "left" - 1',
        "UPDATE rewards_reservation SET status = 'voided'",
    ],
)
def test_verify_finds_a_tampered_row(tamper: str) -> None:
    fund("1")
    ledger.post([transfer(flags={"pending"}, debit="wallet:1", credit="spent", kind="redeem", amount=4)], at=NOW)

    with connection.cursor() as cursor:
        cursor.execute(tamper)

    assert ledger.verify() is not None


def test_sql_statements_of_one_award(django_assert_num_queries: object) -> None:
    fund("1")
    award = transfer(debit="budget:plant", credit="wallet:1", kind="award", amount=1)
    ledger.demand([transfer(debit="mint", credit="budget:plant", kind="grant", amount=10)], at=NOW)

    with django_assert_num_queries(10):
        ledger.post([award], at=NOW)


def test_command_verify_and_export(capsys: pytest.CaptureFixture[str]) -> None:
    fund("1", 7)

    call_command("ledger", "verify")
    call_command("ledger", "export")

    first, *records = capsys.readouterr().out.strip().splitlines()
    assert first == "ok"
    assert [json.loads(line)["kind"] for line in records] == ["grant", "award"]


CODES = ["mint", "budget:p", "wallet:1", "wallet:2", "spent"]
KEYS = [str(uuid.UUID(int=number, version=4)) for number in range(1, 9)]


@st.composite
def any_transfer(draw: st.DrawFn) -> Transfer:
    flags = draw(st.sampled_from([(), (), ("pending",), ("post",), ("void",), ("linked",), ("balancing_debit",)]))
    key = draw(st.sampled_from(KEYS))
    if set(flags) & {"post", "void"}:
        return transfer(id=key, flags=flags, pending_id=draw(st.sampled_from(KEYS)))
    return transfer(
        id=key, flags=flags, debit=draw(st.sampled_from(CODES)), credit=draw(st.sampled_from(CODES)),
        kind=draw(st.sampled_from(["grant", "award", "redeem", "adjust"])), amount=draw(st.integers(0, 30)),
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(any_transfer(), min_size=1, max_size=4), max_size=8))
def test_database_agrees_with_the_model_in_memory(batches: list[list[Transfer]]) -> None:
    for model in (tables.Taking, tables.Lot, tables.Reservation, tables.FailedTransfer, tables.Account):
        model.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rewards_transfer" if connection.vendor == "sqlite" else "TRUNCATE rewards_transfer")
    oracle = Ledger(datetime(2026, 11, 20).date())

    for batch in batches:
        assert ledger.post(batch, at=NOW) == oracle.post(batch)

    stored = {row.code: integers(row.code) for row in tables.Account.objects.all() if any(integers(row.code))}
    expected = {
        code: (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted)
        for code, a in oracle.store.rows.accounts.items()
    }
    assert stored == {code: four for code, four in expected.items() if any(four)}
    assert ledger.verify() is None
