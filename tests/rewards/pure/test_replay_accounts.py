"""Closing, funds, accounts, batches and the clock, sentence by sentence, as replay files."""

from __future__ import annotations

import pytest

from tests.rewards.pure.files import (
    BUDGET,
    EXPIRY,
    WALLET,
    award,
    batch,
    claw_back,
    closed,
    day,
    debt,
    four,
    grant,
    last,
    lots,
    minutes,
    opened,
    post,
    redeem,
    reserve,
    results,
    run,
    send,
    uid,
    void,
)

CREATED = "created"


# Closing

CLOSED = [award("A", 30), reserve("p", 10, timeout_minutes=60), closed(WALLET)]


def test_closed_wallet_takes_only_voids() -> None:
    steps = [*CLOSED, redeem("r", 1), award("B", 1), post("q", "p"), void("v", "p")]

    codes = ["debit_account_already_closed", "credit_account_already_closed", "debit_account_already_closed", CREATED]
    assert results(*steps)[2:] == codes


def test_timeouts_and_expiry_go_on_in_a_closed_wallet() -> None:
    steps = [
        award("A", 30, expires_on="2026-06-30"),
        reserve("p", 10, timeout_minutes=60),
        closed(WALLET),
        closed("expired"),
    ]

    assert lots(run(*steps, minutes(60))) == [(30, 0, "2026-06-30")]
    assert four(run(*steps, day("2026-07-01"), EXPIRY), "expired") == (0, 0, 0, 30)


def test_repaying_a_debt_goes_on_in_a_closed_wallet() -> None:
    steps = [
        award("A", 30),
        reserve("p", 30),
        claw_back("c", "A", 30),
        closed(WALLET),
        closed("debt:1001"),
        void("v", "p"),
    ]

    assert debt(run(*steps)) == 0


def test_closed_debt_lends_nothing() -> None:
    steps = [award("A", 30), redeem("r", 30), closed("debt:1001"), claw_back("c", "A", 30)]

    assert last(*steps) == "debit_account_already_closed"


# Funds


def test_funds_are_ledgers_of_their_own() -> None:
    union = "wallet:1001@union"
    steps = [award("A", 5), award("B", 7, union, "mint@union"), redeem("r", 6)]

    replayed = run(*steps, redeem("s", 7, union), send("t", WALLET, "spent@union", 1))

    assert replayed["results"][2:] == ["exceeds_credits", CREATED, "accounts_must_have_the_same_fund"]
    assert four(replayed, "spent@union") == (0, 0, 0, 7)


@pytest.mark.parametrize(
    ("fund", "code"), [("union", CREATED), (None, CREATED), ("default", "transfer_must_have_the_same_fund_as_accounts")]
)
def test_fund_of_a_transfer_is_its_accounts(fund: str | None, code: str) -> None:
    assert last(award("A", 5, "wallet:1@union", "mint@union", **({"fund": fund} if fund else {}))) == code


def test_default_fund_need_not_be_written() -> None:
    replayed = run(award("A", 5), redeem("r", 5, "wallet:1001@default"), award("A", 5, "wallet:1001@default"))

    assert replayed["results"] == [CREATED, CREATED, "exists"]
    assert sorted(replayed["accounts"]) == ["mint", "spent", WALLET]


# Accounts used without opening, and opened ones


@pytest.mark.parametrize("code", ["mint", BUDGET, WALLET, "spent", "expired", "budget:a:b@union", "wallet:甲"])
def test_accounts_of_the_page_need_no_opening(code: str) -> None:
    source = "x@union" if code.endswith("@union") else "x"

    assert last(opened(source), send("t", source, code, 1)) == CREATED


@pytest.mark.parametrize("code", ["mints", "wallet:", "budget", "Wallet:1", "wallet:1@", "mint:x", "", "stock:mug"])
def test_any_other_account_must_be_opened(code: str) -> None:
    assert last(send("t", "mint", code, 1)) == "credit_account_not_found"


@pytest.mark.parametrize("code", [BUDGET, WALLET, "spent", "expired", "stock:mug"])
def test_debits_must_not_exceed_credits(code: str) -> None:
    steps = [opened("stock:mug", "debits_must_not_exceed_credits"), opened("x"), send("a", "mint", code, 10)]

    pending = send("p", code, "x", 4, flags="pending")
    codes = results(*steps, pending, send("b", code, "x", 7), send("c", code, "x", 6), send("d", code, "x", 1))

    assert codes[2:] == ["exceeds_credits", CREATED, "exceeds_credits"]


def test_mint_is_unlimited() -> None:
    assert results(award("A", 2**53 - 1), award("B", 2**53 - 1)) == [CREATED, CREATED]


def test_opening_again_changes_nothing() -> None:
    mug = opened("stock:mug", "debits_must_not_exceed_credits")

    assert (
        last(mug, mug, {"open": "stock:mug"}, opened(WALLET, "debits_must_not_exceed_credits"), award("A", 1))
        == CREATED
    )


# Batches, posts and clocks


def test_points_stock_and_budget_of_one_redemption_are_one_chain() -> None:
    steps = [opened("stock:mug", "debits_must_not_exceed_credits"), opened("sold"), award("A", 30)]
    chain = batch(redeem("r", 30, flags="linked"), send("s", "stock:mug", "sold", 1))

    replayed = run(*steps, chain, send("in", "mint", "stock:mug", 1))

    assert replayed["results"] == [CREATED, "linked_event_failed", "exceeds_credits", CREATED]
    assert lots(replayed) == [(30, 0, None)]
    assert results(*steps, chain, chain)[1:] == ["linked_event_failed", "exceeds_credits"] + [
        "linked_event_failed",
        "id_already_failed",
    ]


def test_failed_chain_undoes_loans_lots_and_repayments() -> None:
    steps = [award("A", 30, expires_on="2026-06-30"), redeem("r", 20)]
    chain = batch(claw_back("c", "A", 30, flags="linked"), redeem("s", 1))

    replayed = run(*steps, chain)

    assert replayed["results"][2:] == ["linked_event_failed", "exceeds_credits"]
    assert {key: replayed[key] for key in ("lots",)} == {"lots": run(*steps)["lots"]}
    assert four(replayed, WALLET) == four(run(*steps), WALLET)
    assert debt(replayed) == 0


def test_post_and_void_fill_in_what_they_leave_out() -> None:
    pending = reserve("p", 10, reason="mug", by="1001", reference="order 7")
    steps = [award("A", 30), pending, post("q", "p")]

    whole = {"debit": WALLET, "credit": "spent", "kind": "redeem", "amount": 10, "fund": "default", "reason": "mug"}
    again = {"transfer": {**steps[2]["transfer"], **whole, "by": "1001", "reference": "order 7"}}

    assert last(*steps, again) == "exists"


def test_pending_id_of_zeros_is_none() -> None:
    zeros = "00000000-0000-0000-0000-000000000000"

    assert last(award("A", 30, pending_id=zeros)) == CREATED
    assert last({"transfer": {"id": uid("x"), "flags": ["post"], "pending_id": zeros}}) == "pending_id_must_not_be_zero"


def test_timeout_ends_at_creation_plus_minutes() -> None:
    steps = [award("A", 30), minutes(30), reserve("p", 30, timeout_minutes=60)]

    assert last(*steps, minutes(59), post("q", "p")) == CREATED
    assert last(*steps, minutes(60), post("q", "p")) == "pending_transfer_expired"
    assert last(*steps, day("2026-03-02"), void("q", "p")) == "pending_transfer_expired"


def test_clock_goes_to_the_start_of_a_day() -> None:
    steps = [award("A", 30), minutes(600), reserve("p", 30, timeout_minutes=14 * 60)]

    assert last(*steps, day("2026-03-01"), post("q", "p")) == CREATED
    assert last(*steps, day("2026-03-02"), post("q", "p")) == "pending_transfer_expired"


def test_timeout_longer_than_the_calendar_never_ends() -> None:
    assert (
        last(award("A", 30), reserve("p", 30, timeout_minutes=2**53 - 1), day("9999-12-31"), post("q", "p")) == CREATED
    )


def test_grant_and_award_move_points_from_the_budget() -> None:
    replayed = run(grant("g", 100), award("A", 30, source=BUDGET), award("B", 80, source=BUDGET))

    assert replayed["results"] == [CREATED, CREATED, "exceeds_credits"]
    assert four(replayed, BUDGET) == (0, 30, 0, 100)


def test_empty_file_has_empty_answers() -> None:
    assert run() == {"results": [], "accounts": {}, "lots": {}}


def test_fund_left_out_is_stored_as_the_accounts_fund() -> None:
    steps = [award("A", 5, "wallet:1@union", "mint@union")]

    assert last(*steps, award("A", 5, "wallet:1@union", "mint@union", fund="union")) == "exists"
    assert last(*steps, award("A", 5, "wallet:1@union", "mint@union", fund="x")) == "exists_with_different_fund"
