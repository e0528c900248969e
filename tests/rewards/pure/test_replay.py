"""The page, sentence by sentence, as replay files."""

from __future__ import annotations

import pytest

from tests.rewards.pure.files import (
    BUDGET,
    EXPIRY,
    WALLET,
    Document,
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
    refund,
    reserve,
    results,
    run,
    send,
    uid,
    void,
)

CREATED = "created"
TWO_LOTS = [award("A", 30, expires_on="2026-12-31"), award("B", 20, expires_on="2026-06-30")]


# The table of lots


def test_redemption_takes_the_lot_that_expires_first() -> None:
    replayed = run(*TWO_LOTS, redeem("r", 25))

    assert lots(replayed) == [(25, 0, "2026-12-31")]


def test_nothing_expires_of_a_lot_spent_in_time() -> None:
    replayed = run(*TWO_LOTS, redeem("r", 25), day("2026-07-01"), EXPIRY)

    assert lots(replayed) == [(25, 0, "2026-12-31")]
    assert four(replayed, "expired") == (0, 0, 0, 0)


LAST_DAY = [award("A", 30, expires_on="2026-06-30"), day("2026-06-30"), reserve("p", 30)]


def test_points_reserved_on_the_last_day_do_not_expire() -> None:
    replayed = run(*LAST_DAY, day("2026-07-01"), EXPIRY)

    assert lots(replayed) == [(0, 30, "2026-06-30")]
    assert four(replayed, "expired") == (0, 0, 0, 0)


def test_points_reserved_on_the_last_day_come_back_for_thirty_days() -> None:
    back = [*LAST_DAY, day("2026-07-01"), EXPIRY, day("2026-07-05"), void("v", "p")]

    assert lots(run(*back)) == [(30, 0, "2026-08-04")]
    assert last(*back, day("2026-08-04"), redeem("r", 30)) == CREATED
    assert last(*back, day("2026-08-05"), redeem("r", 1)) == "exceeds_credits"


@pytest.mark.parametrize("never_first", [True, False])
def test_never_expiring_points_are_spent_last(never_first: bool) -> None:
    awards = [award("never", 10), award("E", 10, expires_on="2026-06-30")]

    replayed = run(*(awards if never_first else reversed(awards)), redeem("r", 10))

    assert lots(replayed) == [(10, 0, None)]


def test_claw_back_of_spent_points_leaves_a_debt() -> None:
    steps = [award("A", 30), redeem("r", 30), claw_back("c", "A", 30)]

    replayed = run(*steps)

    assert replayed["results"] == [CREATED] * 3
    assert (lots(replayed), debt(replayed)) == ([], 30)
    assert four(replayed, WALLET) == (0, 60, 0, 60)
    assert four(replayed, "mint") == (0, 30, 0, 30)


def test_next_award_repays_the_debt_at_once() -> None:
    replayed = run(award("A", 30), redeem("r", 30), claw_back("c", "A", 30), award("B", 50))

    assert (lots(replayed), debt(replayed)) == ([(20, 0, None)], 0)
    assert replayed["results"] == [CREATED] * 4


# Lots


def test_oldest_of_two_lots_with_the_same_day_is_taken_first() -> None:
    """Seen by what is left to claw back once the rest is past its day."""
    steps = [award("A", 10, expires_on="2026-06-30"), award("B", 10, expires_on="2026-06-30"), redeem("r", 10)]

    replayed = run(*steps, day("2026-07-01"), claw_back("b", "B", 1), claw_back("a", "A", 10))

    assert replayed["results"][3:] == ["exceeds_reference_amount", CREATED]


@pytest.mark.parametrize("expiry", [[], [EXPIRY]])
def test_nothing_is_taken_from_a_lot_past_its_day(expiry: list[Document]) -> None:
    steps = [award("A", 30, expires_on="2026-06-30"), day("2026-07-01"), *expiry, redeem("r", 1)]

    assert last(*steps) == "exceeds_credits"


def test_last_valid_day_is_valid_to_its_last_minute() -> None:
    steps = [award("A", 30, expires_on="2026-06-30"), day("2026-06-30"), minutes(24 * 60 - 1)]

    assert last(*steps, redeem("r", 30)) == CREATED
    assert last(*steps, minutes(1), redeem("r", 30)) == "exceeds_credits"


def test_balancing_debit_takes_only_lots_within_their_day() -> None:
    steps = [award("A", 30, expires_on="2026-06-30"), award("B", 5), day("2026-07-01")]

    replayed = run(*steps, redeem("r", 100, flags="balancing_debit"), redeem("s", 7, flags="balancing_debit"))

    assert replayed["results"] == [CREATED] * 4
    assert lots(replayed) == [(30, 0, "2026-06-30")]
    assert four(replayed, "spent") == (0, 0, 0, 5)


def test_reservation_takes_its_lots_at_once() -> None:
    replayed = run(*TWO_LOTS, reserve("p", 25))

    assert lots(replayed) == [(0, 20, "2026-06-30"), (25, 5, "2026-12-31")]
    assert four(replayed, WALLET) == (25, 0, 0, 50)


def test_smaller_post_keeps_what_was_taken_first() -> None:
    replayed = run(*TWO_LOTS, reserve("p", 25), post("q", "p", 22))

    assert lots(replayed) == [(28, 0, "2026-12-31")]
    assert four(replayed, WALLET) == (0, 22, 0, 50)


def test_post_of_nothing_releases_all() -> None:
    replayed = run(*TWO_LOTS, reserve("p", 25), post("q", "p", 0))

    assert lots(replayed) == [(20, 0, "2026-06-30"), (30, 0, "2026-12-31")]
    assert last(*TWO_LOTS, reserve("p", 25), post("q", "p", 0), void("v", "p")) == "pending_transfer_already_posted"


@pytest.mark.parametrize("ending", [void("v", "p"), minutes(60)])
def test_void_and_timeout_give_back_into_the_same_lots(ending: Document) -> None:
    replayed = run(*TWO_LOTS, reserve("p", 25, timeout_minutes=60), ending)

    assert lots(replayed) == [(20, 0, "2026-06-30"), (30, 0, "2026-12-31")]
    assert four(replayed, WALLET) == (0, 0, 0, 50)
    assert four(replayed, "spent") == (0, 0, 0, 0)


def test_partial_refund_returns_the_last_taken_first() -> None:
    steps = [*TWO_LOTS, redeem("r", 25), refund("f", "r", 7)]

    assert lots(run(*steps)) == [(2, 0, "2026-06-30"), (30, 0, "2026-12-31")]
    assert lots(run(*steps, refund("g", "r", 18))) == [(20, 0, "2026-06-30"), (30, 0, "2026-12-31")]


def test_refund_of_a_post_returns_what_the_post_kept() -> None:
    replayed = run(*TWO_LOTS, reserve("p", 25), post("q", "p", 22), refund("f", "q", 3))

    assert lots(replayed) == [(1, 0, "2026-06-30"), (30, 0, "2026-12-31")]


def test_each_part_that_comes_back_late_is_a_lot_of_its_own() -> None:
    steps = [*TWO_LOTS, redeem("r", 25), day("2026-07-01"), refund("f", "r", 10), day("2026-07-11")]

    replayed = run(*steps, refund("g", "r", 15))

    assert lots(replayed) == [(5, 0, "2026-07-31"), (15, 0, "2026-08-10"), (30, 0, "2026-12-31")]


def test_points_that_came_back_late_come_back_late_again() -> None:
    steps = [*LAST_DAY, day("2026-07-05"), void("v", "p"), reserve("p2", 30), day("2026-09-01"), void("v2", "p2")]

    assert lots(run(*steps)) == [(30, 0, "2026-10-01")]


def test_day_of_return_of_a_timeout_is_its_end() -> None:
    steps = [award("A", 30, expires_on="2026-06-30"), day("2026-06-30")]

    late = run(*steps, reserve("p", 30, timeout_minutes=24 * 60), day("2026-07-20"))
    in_time = run(*steps, reserve("p", 30, timeout_minutes=24 * 60 - 1), day("2026-07-20"))

    assert lots(late) == [(30, 0, "2026-07-31")]
    assert lots(in_time) == [(30, 0, "2026-06-30")]


def test_smaller_post_gives_back_late_points_as_their_own_lot() -> None:
    replayed = run(*LAST_DAY, day("2026-07-02"), post("q", "p", 10))

    assert lots(replayed) == [(20, 0, "2026-08-01")]


def test_redemption_posted_after_the_day_of_its_lots() -> None:
    replayed = run(*LAST_DAY, day("2026-09-01"), EXPIRY, post("q", "p"))

    assert replayed["results"] == [CREATED] * 3
    assert lots(replayed) == []


def test_pending_credit_is_a_lot_only_when_posted() -> None:
    pending = award("A", 30, flags="pending", expires_on="2026-06-30")

    assert lots(run(pending)) == []
    assert last(pending, redeem("r", 1)) == "exceeds_credits"
    assert lots(run(pending, post("q", "A"))) == [(30, 0, "2026-06-30")]
    assert lots(run(pending, post("q", "A", 10, expires_on="2026-07-31"))) == [(10, 0, "2026-07-31")]


def test_transfer_between_wallets_makes_a_new_lot() -> None:
    replayed = run(*TWO_LOTS, send("t", WALLET, "wallet:1002", 25, expires_on="2026-05-01"))

    assert lots(replayed) == [(25, 0, "2026-12-31")]
    assert lots(replayed, "wallet:1002") == [(25, 0, "2026-05-01")]


def test_lots_are_shown_one_line_per_day_never_last() -> None:
    awards = [
        award("a", 1),
        award("b", 2, expires_on="2026-12-31"),
        award("c", 3),
        award("d", 4, expires_on="2026-12-31"),
    ]

    assert lots(run(*awards, reserve("p", 5))) == [(1, 5, "2026-12-31"), (4, 0, None)]


# Undoing


@pytest.mark.parametrize(("second", "code"), [(15, CREATED), (16, "exceeds_reference_amount")])
def test_all_undoing_of_one_transfer_is_at_most_its_amount(second: int, code: str) -> None:
    assert last(award("A", 30), redeem("r", 25), refund("f", "r", 10), refund("g", "r", second)) == code


def test_refund_and_reverse_count_together() -> None:
    reverse = send("v", "spent", WALLET, 20, kind="reverse", undoes="r")

    assert last(award("A", 30), redeem("r", 25), refund("f", "r", 10), reverse) == "exceeds_reference_amount"


def test_reverse_of_a_redemption_gives_back_into_its_lots() -> None:
    replayed = run(*TWO_LOTS, redeem("r", 25), send("v", "spent", WALLET, 25, kind="reverse", undoes="r"))

    assert lots(replayed) == [(20, 0, "2026-06-30"), (30, 0, "2026-12-31")]


PAID = [award("A", 30), redeem("r", 10), reserve("p", 5), post("q", "p"), reserve("p2", 5), void("v", "p2")]


@pytest.mark.parametrize(
    "undoing",
    [
        refund("f", "nothing", 5),
        refund("f", "p", 5),
        refund("f", "v", 5),
        refund("f", "r", 5, to="wallet:1002"),
        send("f", WALLET, "spent", 5, kind="refund", undoes="r"),
        send("f", "spent", WALLET, 5, kind="refund"),
        send("f", "spent", WALLET, 5, kind="refund", reference="order 7"),
        refund("f", "r", 5, flags="pending"),
        claw_back("f", "A", 5, flags="pending"),
        refund("f", "f", 5),
    ],
)
def test_reference_not_found(undoing: Document) -> None:
    assert results(*PAID, undoing, undoing)[-2:] == ["reference_not_found", "id_already_failed"]


def test_exceeds_reference_amount_does_not_spend_the_id() -> None:
    assert results(*PAID, refund("f", "r", 11), refund("f", "r", 10))[-2:] == ["exceeds_reference_amount", CREATED]


def test_refund_is_checked_for_its_reference_before_its_credits() -> None:
    assert last(*PAID, refund("f", "q", 6)) == "exceeds_reference_amount"
    assert last(*PAID, send("e", "spent", "expired", 15), refund("f", "q", 5)) == "exceeds_credits"


# Claw-backs and debts


def test_claw_back_takes_its_own_lot_first() -> None:
    replayed = run(
        award("A", 30, expires_on="2026-12-31"), award("B", 20, expires_on="2026-06-30"), claw_back("c", "A", 25)
    )

    assert lots(replayed) == [(20, 0, "2026-06-30"), (5, 0, "2026-12-31")]


def test_claw_back_then_takes_as_any_debit() -> None:
    awards = [
        award("A", 30, expires_on="2026-05-31"),
        redeem("r", 20),
        award("B", 20),
        award("C", 20, expires_on="2026-12-31"),
    ]

    assert lots(run(*awards, claw_back("c", "A", 25))) == [(5, 0, "2026-12-31"), (20, 0, None)]


def test_claw_back_takes_no_reservations() -> None:
    replayed = run(award("A", 30), reserve("p", 20), claw_back("c", "A", 30))

    assert lots(replayed) == [(0, 20, None)]
    assert debt(replayed) == 20


@pytest.mark.parametrize("ending", [void("v", "p"), minutes(60), post("q", "p", 0)])
def test_points_that_become_available_repay_a_debt(ending: Document) -> None:
    replayed = run(award("A", 30), reserve("p", 30, timeout_minutes=60), claw_back("c", "A", 20), ending)

    assert debt(replayed) == 0
    assert lots(replayed) == [(10, 0, None)]


def test_refund_repays_a_debt() -> None:
    replayed = run(award("A", 30), redeem("r", 30), claw_back("c", "A", 30), refund("f", "r", 12))

    assert (debt(replayed), lots(replayed)) == (18, [])


def test_award_that_is_past_its_day_repays_nothing() -> None:
    replayed = run(award("A", 30), redeem("r", 30), claw_back("c", "A", 30), award("B", 5, expires_on="2026-02-28"))

    assert (debt(replayed), lots(replayed)) == (30, [(5, 0, "2026-02-28")])


def test_balancing_claw_back_lends_nothing() -> None:
    replayed = run(award("A", 30), redeem("r", 20), claw_back("c", "A", 30, flags="balancing_debit"))

    assert replayed["results"] == [CREATED] * 3
    assert (debt(replayed), lots(replayed)) == (0, [])
    assert four(replayed, "mint") == (0, 30, 0, 10)


def test_reverse_of_what_is_no_award_lends_nothing() -> None:
    steps = [send("A", "mint", WALLET, 30, kind="adjust"), redeem("r", 20), claw_back("c", "A", 30)]

    assert last(*steps) == "exceeds_credits"


@pytest.mark.parametrize("expiry", [[], [EXPIRY], [EXPIRY, EXPIRY]])
@pytest.mark.parametrize(("amount", "code"), [(20, CREATED), (21, "exceeds_reference_amount")])
def test_what_has_expired_of_an_award_counts_as_taken_back(expiry: list[Document], amount: int, code: str) -> None:
    steps = [award("A", 30, expires_on="2026-06-30"), redeem("r", 20), day("2026-07-01"), *expiry]

    replayed = run(*steps, claw_back("c", "A", amount))

    assert replayed["results"][-1] == code
    assert debt(replayed) == (20 if code == CREATED else 0)


def test_expired_points_that_had_come_back_late_count_for_their_award() -> None:
    steps = [*LAST_DAY, day("2026-07-05"), void("v", "p"), day("2026-08-05"), EXPIRY]

    assert last(*steps, claw_back("c", "A", 1)) == "exceeds_reference_amount"


def test_claw_back_in_a_fund_lends_in_that_fund() -> None:
    wallet = "wallet:1001@union"
    steps = [award("A", 30, wallet, "mint@union"), redeem("r", 30, wallet)]

    replayed = run(*steps, claw_back("c", "A", 30, wallet, "mint@union"))

    assert debt(replayed, "debt:1001@union") == 30
    assert debt(replayed) == 0


def test_refund_of_a_claw_back_makes_it_good() -> None:
    steps = [
        award("A", 30),
        redeem("r", 20),
        claw_back("c", "A", 30),
        send("u", "mint", WALLET, 30, kind="refund", undoes="c"),
    ]

    replayed = run(*steps)

    assert (debt(replayed), lots(replayed)) == (0, [(10, 0, None)])


def test_lending_by_hand_is_repaid_at_once() -> None:
    replayed = run(award("A", 5), send("l", "debt:1001", "wallet:1002", 8))

    assert (debt(replayed), lots(replayed), lots(replayed, "wallet:1002")) == (3, [], [(8, 0, None)])


def test_debt_is_never_repaid_beyond_what_was_lent() -> None:
    steps = [award("A", 30), redeem("r", 10), award("B", 5), send("t", WALLET, "debt:1001", 1)]

    assert last(*steps) == "exceeds_debits"


# Expiry


def test_expiry_posts_what_is_left_of_each_lot() -> None:
    steps = [*TWO_LOTS, award("C", 5), redeem("r", 5), day("2027-01-01"), EXPIRY]

    replayed = run(*steps)

    assert replayed["results"] == [CREATED] * 4
    assert four(replayed, "expired") == (0, 0, 0, 45)
    assert lots(replayed) == [(5, 0, None)]
    assert run(*steps, EXPIRY) == replayed


def test_expiry_in_a_fund_goes_to_its_own_account() -> None:
    replayed = run(award("A", 3, "wallet:1@union", "mint@union", expires_on="2026-03-01"), day("2026-03-02"), EXPIRY)

    assert four(replayed, "expired@union") == (0, 0, 0, 3)


def test_time_alone_expires_nothing() -> None:
    replayed = run(*TWO_LOTS, day("2027-01-01"), minutes(60 * 24 * 400))

    assert four(replayed, "expired") == (0, 0, 0, 0)
    assert lots(replayed) == [(20, 0, "2026-06-30"), (30, 0, "2026-12-31")]


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
    assert last(award("A", 30), reserve("p", 30, timeout_minutes=2**53), day("9999-12-31"), post("q", "p")) == CREATED


def test_grant_and_award_move_points_from_the_budget() -> None:
    replayed = run(grant("g", 100), award("A", 30, source=BUDGET), award("B", 80, source=BUDGET))

    assert replayed["results"] == [CREATED, CREATED, "exceeds_credits"]
    assert four(replayed, BUDGET) == (0, 30, 0, 100)


def test_empty_file_has_empty_answers() -> None:
    assert run() == {"results": [], "accounts": {}, "lots": {}}
