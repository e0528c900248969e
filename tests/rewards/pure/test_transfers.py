from __future__ import annotations

import pytest

from rewards.pure.transfers import (
    Account,
    Transfer,
    accounts_to_lock,
    canonical,
    debt_of,
    fund_of,
    implied_account,
    in_fund_of,
    is_debt,
    is_wallet,
    wallet_of,
)

LIMITED = frozenset({"debits_must_not_exceed_credits"})
OWED = frozenset({"credits_must_not_exceed_debits"})


@pytest.mark.parametrize(
    ("code", "fund"), [("mint", "default"), ("wallet:1001", "default"), ("wallet:1001@union", "union"), ("x@a@b", "b")]
)
def test_fund_of(code: str, fund: str) -> None:
    assert fund_of(code) == fund


@pytest.mark.parametrize(
    ("code", "written"), [("mint@default", "mint"), ("mint", "mint"), ("mint@union", "mint@union")]
)
def test_canonical_does_not_write_the_default_fund(code: str, written: str) -> None:
    assert canonical(code) == written
    assert fund_of(code) == fund_of(written)


@pytest.mark.parametrize(
    ("code", "flags"),
    [
        ("mint", frozenset()),
        ("budget:works", LIMITED),
        ("wallet:1001", LIMITED),
        ("wallet:1001@union", LIMITED),
        ("debt:1001", OWED),
        ("spent", LIMITED),
        ("expired@union", LIMITED),
    ],
)
def test_implied_account_has_the_flags_of_its_kind(code: str, flags: frozenset[str]) -> None:
    assert implied_account(code) == Account(code=code, flags=flags)


@pytest.mark.parametrize(
    "code", ["", "stock:mug", "wallet:", "wallet", "mint:1", "Mint", "mint@", "wallet:@union", "budgets:a"]
)
def test_implied_account_of_any_other_code_is_none(code: str) -> None:
    assert implied_account(code) is None


def test_wallet_and_debt_of_one_person_in_one_fund() -> None:
    assert debt_of("wallet:1001@union") == "debt:1001@union"
    assert wallet_of("debt:1001@union") == "wallet:1001@union"
    assert (is_wallet("wallet:1001"), is_wallet("debt:1001"), is_debt("debt:1001"), is_debt("mint")) == (
        True,
        False,
        True,
        False,
    )


def test_shared_account_in_the_fund_of_a_wallet() -> None:
    assert in_fund_of("expired", "wallet:1001") == "expired"
    assert in_fund_of("expired", "wallet:1001@union") == "expired@union"


def test_four_integers_make_two_balances() -> None:
    account = Account(code="x", debits_pending=1, debits_posted=20, credits_pending=300, credits_posted=4000)

    assert account.balance_points == 3979
    assert account.owed_points == 20 - 300 - 4000


@pytest.mark.parametrize(
    ("flags", "is_pending", "is_resolution", "is_posted"),
    [
        ({"pending"}, True, False, False),
        ({"post"}, False, True, True),
        ({"void"}, False, True, False),
        ({"linked"}, False, False, True),
    ],
)
def test_flags_of_a_transfer(flags: set[str], is_pending: bool, is_resolution: bool, is_posted: bool) -> None:
    transfer = Transfer(id="a", flags=frozenset(flags))

    assert (transfer.is_pending, transfer.is_resolution, transfer.is_posted) == (is_pending, is_resolution, is_posted)


def test_accounts_to_lock_are_people_first_and_shared_ones_last() -> None:
    batch = [
        Transfer(id="a", debit="budget:b", credit="wallet:2"),
        Transfer(id="b", debit="budget:a", credit="wallet:1"),
        Transfer(id="c", debit="stock:mug", credit="spent"),
        Transfer(id="d", debit="mint", credit="debt:3"),
    ]

    people = ["debt:1", "debt:2", "debt:3", "stock:mug", "wallet:1", "wallet:2", "wallet:3"]
    assert accounts_to_lock(batch, lambda _: None) == [*people, "budget:a", "budget:b", "mint", "spent"]


def test_accounts_to_lock_of_a_post_are_its_reservation_s() -> None:
    reserved = Transfer(id="p", flags=frozenset({"pending"}), debit="wallet:1", credit="spent")
    post = Transfer(id="q", flags=frozenset({"post"}), pending_id="p")

    assert accounts_to_lock([post], {"p": reserved}.get) == ["debt:1", "wallet:1", "spent"]
