"""Exact numbers."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure import decimals
from contests.pure.scheme import ROUNDINGS
from tests.contests.pure.samples import numbers

ANY_DECIMAL = numbers("-999999999999", "999999999999", 24)
ANY_FRACTION = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9.25", "9.25"),
        ("0", "0"),
        ("007", "7"),
        ("-3.5", "-3.5"),
        ("+3", "3"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-0", "0"),
        ("999999999999.999999999999", "999999999999.999999999999"),
        ("0.14285714285714285", "0.14285714285714285"),  # a seventh, as most programs print it
        ("1.2500000000000000000", "1.25"),
    ],
)
def test_parse_reads_plain_decimals(text: str, value: str) -> None:
    assert decimals.parse(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "abc", "NaN", "nan", "sNaN", "Infinity", "-inf", "1e3", "1E-2", "1_000", "1,5", "8，5", "９", "٣",
        " 9", "9 ", "9\n", "--1", ".", "-", "0x10", "1/3", "1000000000000", "0.1234567890123456789012345", "9" * 70,
    ],
)  # fmt: skip
def test_parse_refuses_everything_else(text: str) -> None:
    assert decimals.parse(text) is None


def test_parse_gives_no_negative_zero() -> None:
    parsed = decimals.parse("-0.00")

    assert parsed is not None
    assert not parsed.is_signed()


@given(ANY_DECIMAL)
def test_text_is_read_back_equal(value: Decimal) -> None:
    assert decimals.parse(decimals.text(value)) == value


@given(ANY_DECIMAL, st.integers(0, 5))
def test_equal_numbers_have_equal_text(value: Decimal, zeros: int) -> None:
    longer = Decimal(format(value, "f") + "0" * zeros)

    assert decimals.text(longer) == decimals.text(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [("9.250", "9.25"), ("100", "100"), ("1E+2", "100"), ("0.00", "0"), ("-0", "0"), ("1E-7", "0.0000001")],
)
def test_text_is_plain(value: str, text: str) -> None:
    assert decimals.text(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "is_in_bounds"),
    [
        ("0", True),
        ("999999999999", True),
        ("1000000000000", False),
        ("1E+11", True),
        ("1E+400", False),
        ("1E-24", True),
        ("1E-25", False),
        ("0E+999999", True),
        ("1.5000000000000000", True),
        ("1." + "0" * 100 + "1", False),
        ("NaN", False),
        ("-Infinity", False),
    ],
)
def test_bounds_are_those_of_parse(value: str, is_in_bounds: bool) -> None:
    assert decimals.is_in_bounds(Decimal(value)) is is_in_bounds


@pytest.mark.parametrize(
    ("value", "half_up", "half_even", "truncate"),
    [
        ("0.125", "0.13", "0.12", "0.12"),
        ("0.135", "0.14", "0.14", "0.13"),
        ("0.1251", "0.13", "0.13", "0.12"),
        ("0.1249", "0.12", "0.12", "0.12"),
        ("-0.125", "-0.13", "-0.12", "-0.12"),
        ("-0.129", "-0.13", "-0.13", "-0.12"),
        ("0.004", "0.00", "0.00", "0.00"),
    ],
)
def test_rounded_in_each_mode(value: str, half_up: str, half_even: str, truncate: str) -> None:
    results = [str(decimals.rounded(Fraction(value), 2, rounding)) for rounding in ROUNDINGS]

    assert results == [half_up, half_even, truncate]


def test_rounded_keeps_the_places_asked_for() -> None:
    assert [str(decimals.rounded(Fraction(5), places, "half-up")) for places in (0, 1, 3)] == ["5", "5.0", "5.000"]


def test_rounded_refuses_an_unknown_word() -> None:
    with pytest.raises(ValueError, match="bankers"):
        decimals.rounded(Fraction(1), 2, "bankers")


@given(numbers("-1000", "1000", 6), st.integers(0, 5))
def test_rounded_agrees_with_the_decimal_module(value: Decimal, places: int) -> None:
    modes = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "truncate": ROUND_DOWN}
    unit = Decimal(1).scaleb(-places)

    for rounding, mode in modes.items():
        expected = value.quantize(unit, rounding=mode, context=Context(prec=50))
        assert decimals.rounded(Fraction(value), places, rounding) == expected


@given(ANY_FRACTION, ANY_FRACTION, st.integers(0, 4), st.sampled_from(ROUNDINGS))
def test_rounding_never_turns_an_order_round(one: Fraction, other: Fraction, places: int, rounding: str) -> None:
    low, high = sorted([one, other])

    assert decimals.rounded(low, places, rounding) <= decimals.rounded(high, places, rounding)


@given(ANY_FRACTION, st.integers(0, 4), st.sampled_from(ROUNDINGS))
def test_rounding_moves_less_than_one_unit_and_only_once(value: Fraction, places: int, rounding: str) -> None:
    once = decimals.rounded(value, places, rounding)

    assert abs(Fraction(once) - value) < Fraction(1, 10**places)
    assert decimals.rounded(Fraction(once), places, rounding) == once


@pytest.mark.parametrize(
    ("value", "text"),
    [("1/4", "0.25"), ("1/3", "1/3"), ("-25/3", "-25/3"), ("7/1", "7"), ("1/1024", "0.0009765625"), ("0/1", "0")],
)
def test_exact_text_ends_or_stays_a_fraction(value: str, text: str) -> None:
    assert decimals.exact_text(Fraction(value)) == text


@given(ANY_FRACTION)
def test_exact_text_loses_nothing(value: Fraction) -> None:
    assert Fraction(decimals.exact_text(value)) == value


@given(st.lists(ANY_DECIMAL, max_size=50))
def test_total_is_exact_where_the_default_context_is_not(values: list[Decimal]) -> None:
    assert Fraction(decimals.total(values)) == sum(map(Fraction, values), Fraction(0))
