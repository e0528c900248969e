"""Exact numbers: read from text, rounded where a rule says so, written back without loss.

Fractions hold what a decimal cannot (a third), decimals what people read; a binary float is never made.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction

# Wide enough for a sum of very many marks of the longest number read; a loss would raise, not pass unseen.
EXACT = Context(prec=120, traps=[Inexact, InvalidOperation, Overflow])

WHOLE_DIGITS = 12
DECIMAL_DIGITS = 24
_NUMBER = re.compile(
    rf"[+-]?(?:0*[0-9]{{1,{WHOLE_DIGITS}}}(?:\.[0-9]{{0,{DECIMAL_DIGITS}}}0*)?|\.[0-9]{{1,{DECIMAL_DIGITS}}}0*)"
)
_LONGEST_TEXT = 64


def parse(text: str) -> Decimal | None:
    """Read a plain decimal such as `9.25`, or give None.

    Not a number here: NaN, Infinity, exponents, thousands marks, spaces, digits of other scripts, a comma for
    the point, and what is longer than WHOLE_DIGITS before or DECIMAL_DIGITS after the point.
    """
    if len(text) > _LONGEST_TEXT or not _NUMBER.fullmatch(text):
        return None
    return EXACT.plus(Decimal(text))  # -0 becomes 0


def is_in_bounds(value: Decimal) -> bool:
    """Whether value is finite and no longer than `parse` would read."""
    if not value.is_finite():
        return False
    if not value:
        return True
    if not -_LONGEST_TEXT < value.adjusted() < WHOLE_DIGITS or len(value.as_tuple().digits) > _LONGEST_TEXT:
        return False
    exponent = value.normalize(EXACT).as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -DECIMAL_DIGITS


def text(value: Decimal) -> str:
    """Write a decimal in its shortest plain form: `9.25`, `9`, `100`, `0`; equal numbers give equal text."""
    if not value:
        return "0"
    return format(value.normalize(EXACT), "f")


def exact_text(value: Fraction) -> str:
    """Write a fraction exactly: as a decimal where it ends, else as `25/3`."""
    twos, rest = _strip(value.denominator, 2)
    fives, rest = _strip(rest, 5)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    return text(rounded(value, max(twos, fives), "truncate"))


def rounded(value: Fraction, places: int, rounding: str) -> Decimal:
    """Round an exact value to `places` decimals, giving exactly that many.

    `half-up` takes a half away from zero (commercial rounding), `half-even` to the even neighbour, `truncate`
    cuts towards zero. Raises ValueError for another word.
    """
    whole, rest = divmod(abs(value.numerator) * 10**places, value.denominator)
    twice = 2 * rest
    if rounding == "half-up":
        whole += twice >= value.denominator
    elif rounding == "half-even":
        whole += twice > value.denominator or (twice == value.denominator and whole % 2 == 1)
    elif rounding != "truncate":
        raise ValueError(f"unknown rounding {rounding!r}")
    signed = -whole if value.numerator < 0 else whole
    return Decimal(signed).scaleb(-places, EXACT)


def total(values: list[Decimal]) -> Decimal:
    """Add decimals without losing a digit."""
    result = Decimal(0)
    for value in values:
        result = EXACT.add(result, value)
    return result


def _strip(number: int, prime: int) -> tuple[int, int]:
    times = 0
    while number % prime == 0:
        number //= prime
        times += 1
    return times, number
