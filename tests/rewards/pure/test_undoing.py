"""Refunds, reverses, claw-backs and debts, sentence by sentence, as replay files."""

from __future__ import annotations

import pytest

from tests.rewards.pure.files import (
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
    last,
    lots,
    minutes,
    post,
    redeem,
    refund,
    reserve,
    results,
    run,
    send,
    void,
)

CREATED = "created"
TWO_LOTS = [award("A", 30, expires_on="2026-12-31"), award("B", 20, expires_on="2026-06-30")]
LAST_DAY = [award("A", 30, expires_on="2026-06-30"), day("2026-06-30"), reserve("p", 30)]


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


def test_claw_back_that_needs_no_loan_does_not_ask_a_closed_debt() -> None:
    assert last(award("A", 30), closed("debt:1001"), claw_back("c", "A", 30)) == CREATED


def test_points_given_up_by_hand_as_expired_count_as_taken_back() -> None:
    """A transfer of kind expire is expiry, whoever posts it and whether it was reserved before or not."""
    steps = [award("A", 30), send("e", WALLET, "expired", 10, kind="expire")]
    steps += [send("p", WALLET, "expired", 5, kind="expire", flags="pending"), post("q", "p")]

    assert last(*steps, claw_back("c", "A", 16)) == "exceeds_reference_amount"
    assert last(*steps, claw_back("c", "A", 15)) == CREATED


def test_reference_of_any_other_kind_is_only_text() -> None:
    steps = batch(award("A", 30), redeem("r", 10), redeem("s", 5, undoes="r"), refund("f", "r", 10))

    assert results(steps) == [CREATED] * 4
