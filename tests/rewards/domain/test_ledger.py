import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from rewards.domain import ledger
from rewards.models import ledger as tables
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

    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 11):
        ledger.post([award], at=NOW)


def test_command_verify_and_export(capsys: pytest.CaptureFixture[str]) -> None:
    fund("1", 7)

    call_command("ledger", "verify")
    call_command("ledger", "export")

    first, *records = capsys.readouterr().out.strip().splitlines()
    assert first == "ok"
    assert [json.loads(line)["kind"] for line in records] == ["grant", "award"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": -1}, {"amount": 2**53}, {"amount": 1.5}, {"amount": True}, {"timeout_minutes": -1},
        {"reason": "x" * 501}, {"reason": "\0"}, {"by": "\ud800"}, {"debit": "budget:" + "x" * 120},
    ],
)  # fmt: skip
def test_what_no_ledger_can_be_asked_is_a_mistake_of_the_caller(wrong: dict[str, object]) -> None:
    fields = {"debit": "mint", "credit": "budget:plant", "kind": "grant", "amount": 1} | wrong

    with pytest.raises(ValueError, match=r"whole number|text"):
        ledger.post([transfer(**fields)], at=NOW)

    assert not tables.Transfer.objects.exists()


def test_reference_that_is_no_id_is_not_found() -> None:
    fund("1")

    answer = ledger.post(
        [transfer(debit="wallet:1", credit="budget:plant", kind="refund", amount=1, reference="x")], at=NOW
    )

    assert answer == ("reference_not_found",)


def test_reservation_of_a_budget_ends_before_anything_new_is_decided() -> None:
    fund("1", 10)
    refill = transfer(debit="mint", credit="budget:plant", kind="grant", amount=10)
    hold = transfer(
        flags={"pending"}, debit="budget:plant", credit="stock:mug", kind="adjust", amount=10, timeout_minutes=5
    )
    ledger.open_account("stock:mug", at=NOW)
    ledger.demand([refill, hold], at=NOW)

    late = ledger.post(
        [transfer(debit="budget:plant", credit="wallet:1", kind="award", amount=10)], at=NOW + timedelta(minutes=5)
    )

    assert late == ("created",)
    assert ledger.verify() is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[]",
        "[" * 100_000,
        '{"today": "2026-11-20", "steps": [{"advance_minutes": 1.0}]}',
        '{"today": "2026-11-20"}',
        "\ufeff{}",
    ],
)
def test_replay_of_a_malformed_file_gives_a_reason_and_no_results(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "steps.json"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(SystemExit) as ended:
        call_command("ledger", "replay", str(file))

    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert said.err.startswith(f"{file}: ")


def test_replay_of_a_file_with_a_name_twice_is_malformed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "steps.json"
    file.write_text(
        '{"today": "2026-11-20", "steps": [{"advance_minutes": 5, "advance_minutes": 9}]}', encoding="utf-8"
    )

    with pytest.raises(SystemExit) as ended:
        call_command("ledger", "replay", str(file))

    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert said.err.strip() == f"{file}: 'advance_minutes' stands twice in one object"


def test_replay_of_a_file_with_a_byte_order_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "steps.json"
    file.write_text('\ufeff{"today": "2026-11-20", "steps": []}', encoding="utf-8")

    call_command("ledger", "replay", str(file))

    assert json.loads(capsys.readouterr().out) == {"results": [], "accounts": {}, "lots": {}}
