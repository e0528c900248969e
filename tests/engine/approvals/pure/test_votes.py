"""Exact rationals: the examples of the page, and what holds for every rule."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.approvals.pure.votes import Rule, Tally, read


@pytest.mark.parametrize(
    ("rule", "places", "needed"),
    [(">=3/5", 5, 3), (">1/2", 4, 3), (">1/2", 5, 3), (">=1/2", 4, 2), (">=2/3", 4, 3), (">=2/3", 3, 2), (">2/3", 3, 3),
     ("3", 5, 3), ("3", 2, 2), (">=1/1", 4, 4), (">=0/1", 3, 1), (">0/1", 3, 1)],
)  # fmt: skip
def test_needed_is_exact(rule: str, places: int, needed: int) -> None:
    assert read(rule).needed(places) == needed


def test_a_share_never_rounds() -> None:
    assert [read(">=1/3").needed(n) for n in (3, 6, 300_000)] == [1, 2, 100_000]


@pytest.mark.parametrize("text", ["0", "", "half", ">1/1", ">=4/3", ">=1/0", "1/2", "-1", "0.5", ">=1.5/2"])
def test_rules_that_cannot_be_reached_or_read_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|never"):
        read(text)


@pytest.mark.parametrize(
    ("approvals", "refusals", "abstentions", "verdict"),
    [(3, 0, 0, "approve"), (2, 2, 0, ""), (2, 3, 0, "refuse"), (0, 0, 3, "refuse"), (2, 1, 1, "")],
)
def test_five_places_of_three_fifths(approvals: int, refusals: int, abstentions: int, verdict: str) -> None:
    tally = Tally(5, approvals, refusals, abstentions, read(">=3/5").needed(5))

    assert tally.verdict == verdict


def test_four_places_of_more_than_half_pass_at_three_and_refuse_at_two() -> None:
    needed = read(">1/2").needed(4)

    assert [Tally(4, n, 0, 0, needed).verdict for n in (2, 3)] == ["", "approve"]
    assert [Tally(4, 0, n, 0, needed).verdict for n in (1, 2)] == ["", "refuse"]


def test_the_live_arithmetic_says_how_many_more() -> None:
    tally = Tally(5, 1, 2, 0, 3)

    assert (tally.more_to_pass, tally.more_to_refuse) == (2, 1)


shares = st.fractions(min_value=Fraction(0), max_value=Fraction(1))


@given(shares, st.booleans(), st.integers(1, 60))
def test_needed_is_the_least_number_that_satisfies_the_share(share: Fraction, strict: bool, places: int) -> None:
    if share == 1:
        strict = False
    needed = Rule(share=share, is_strict=strict).needed(places)

    def passes(approvals: int) -> bool:
        return Fraction(approvals, places) > share if strict else Fraction(approvals, places) >= share

    assert passes(needed)
    assert needed == 1 or not passes(needed - 1)


@given(shares.filter(lambda share: share < 1), st.booleans(), st.data())
def test_a_vote_is_decided_as_soon_as_nothing_can_change_it(share: Fraction, strict: bool, data: st.DataObject) -> None:
    places = data.draw(st.integers(1, 12))
    approvals = data.draw(st.integers(0, places))
    refusals = data.draw(st.integers(0, places - approvals))
    needed = Rule(share=share, is_strict=strict).needed(places)
    tally = Tally(places, approvals, refusals, 0, needed)

    outcomes = {approvals + more >= needed for more in range(tally.open + 1)}

    assert tally.verdict == ("" if len(outcomes) == 2 else "approve" if outcomes == {True} else "refuse")
