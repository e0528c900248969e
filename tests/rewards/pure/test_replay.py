"""The page, sentence by sentence, as replay files."""

from __future__ import annotations

import pytest

from tests.rewards.pure.files import (
    EXPIRY,
    WALLET,
    Document,
    award,
    claw_back,
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
    run,
    send,
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
