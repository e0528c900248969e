"""Lots anybody can draw again."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure import draw

ITEMS = ["1001", "1002", "1003", "王芳"]
LINES = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=8)


def test_lot_is_the_sha256_anyone_can_compute() -> None:
    expected = hashlib.sha256("start-order\n2026-11-20\n王芳".encode()).hexdigest()

    assert draw.lot("2026-11-20", "王芳", draw.START_ORDER) == expected


def test_known_draw_stays_the_same_for_ever() -> None:
    """Computed with printf, sha256sum and sort in a shell."""
    assert draw.start_orders("2026-11-20", ITEMS) == {"1003": 1, "王芳": 2, "1002": 3, "1001": 4}


@given(st.lists(LINES, unique=True, max_size=12), LINES, st.randoms(use_true_random=False))
def test_order_holds_everyone_once_whoever_comes_first(items: list[str], seed: str, chance: Any) -> None:
    shuffled = list(items)
    chance.shuffle(shuffled)

    drawn = draw.order(seed, items)

    assert draw.order(seed, shuffled) == drawn
    assert sorted(drawn) == sorted(items)


def test_another_seed_is_another_order() -> None:
    orders = {tuple(draw.order(f"seed {number}", ITEMS)) for number in range(200)}

    assert len(orders) == 24  # every one of the 4! orders comes up


def test_nobody_is_favoured() -> None:
    first = Counter(draw.order(f"seed {number}", ITEMS)[0] for number in range(2000))

    assert set(first) == set(ITEMS)
    assert all(400 < count < 600 for count in first.values())


def test_two_draws_of_one_seed_are_strangers() -> None:
    items = [str(number) for number in range(50)]

    assert draw.order("s", items, draw.START_ORDER) != draw.order("s", items, draw.BLIND_CODE)


@pytest.mark.parametrize(("seed", "items"), [("", ["a"]), ("a\nb", ["a"]), ("s", ["a\nb"]), ("s", ["a", "a"])])
def test_what_cannot_be_drawn_is_refused(seed: str, items: list[str]) -> None:
    with pytest.raises(ValueError, match=r"seed|two lots"):
        draw.order(seed, items)


def test_start_orders_count_from_one() -> None:
    assert sorted(draw.start_orders("s", ITEMS).values()) == [1, 2, 3, 4]


def test_blind_codes_have_two_digits_at_least() -> None:
    assert sorted(draw.blind_codes("s", ITEMS).values()) == ["01", "02", "03", "04"]


def test_blind_codes_of_a_hundred_have_three_digits() -> None:
    codes = draw.blind_codes("s", [str(number) for number in range(100)])

    assert sorted(codes.values())[0::99] == ["001", "100"]


def test_late_entries_draw_among_the_free_codes() -> None:
    late = draw.blind_codes("s", ["x", "y"], taken=["01", "02", "04"])

    assert sorted(late.values()) == ["03", "05"]


@given(st.lists(LINES, unique=True, max_size=12), st.lists(st.integers(1, 20), unique=True, max_size=8))
def test_blind_codes_are_different_and_not_taken(items: list[str], numbers: list[int]) -> None:
    taken = [f"{number:02d}" for number in numbers]

    codes = draw.blind_codes("s", items, taken)

    assert len(set(codes.values())) == len(items)
    assert set(codes.values()).isdisjoint(taken)


def test_commitment_tells_one_seed_from_another_and_not_the_seed() -> None:
    committed = draw.commitment("secret")

    assert committed == hashlib.sha256(b"commitment\nsecret\n").hexdigest()
    assert committed != draw.commitment("Secret")
    assert "secret" not in committed
