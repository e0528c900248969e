"""Canonical JSON, RFC 8785: one text for one value, so that a hash can be computed again by anybody."""

from __future__ import annotations

import math
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any

LARGEST_WHOLE = 2**53
WORDS = {None: "null", True: "true", False: "false"}


class NotCanonical(ValueError):
    """The value has no canonical form: NaN, infinity, a number beyond 2^53, half a surrogate pair, a key that is no text."""


def canonical(value: Any) -> bytes:
    """Return the bytes of a JSON value in canonical form.

    Keys in the order of their UTF-16 code units, no spaces, numbers as ECMAScript writes them. Raises NotCanonical.
    """
    try:
        return _text(value).encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("half a surrogate pair") from error


def _text(value: Any) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return WORDS[value]
    if isinstance(value, int):
        if abs(value) > LARGEST_WHOLE:
            raise NotCanonical(f"{value} is beyond 2^53: write it as text")
        return str(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_text, value))}]"
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonical("a key is no text")
        is_plain = all(map(str.isascii, value))
        keys = sorted(value) if is_plain else sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join([f"{encode_basestring(key)}:{_text(value[key])}" for key in keys]) + "}"
    raise NotCanonical(f"{type(value).__name__} is no JSON value")


def number(value: float) -> str:
    """Write a binary double as ECMAScript's Number::toString does: the shortest digits that read back as the same."""
    if not math.isfinite(value):
        raise NotCanonical("NaN and infinity are no JSON numbers")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _e, exponent_text = f"{abs(value)!r}".partition("e")
    whole, _dot, decimals = mantissa.partition(".")
    digits = (whole + ("" if decimals == "0" else decimals)).lstrip("0")
    exponent = int(exponent_text or 0) + len(whole)
    if whole.strip("0") == "":
        exponent -= len(whole) + (len(decimals) - len(decimals.lstrip("0")))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= exponent <= 21:
        return sign + digits + "0" * (exponent - count)
    if 0 < exponent <= 21:
        return f"{sign}{digits[:exponent]}.{digits[exponent:]}"
    if -6 < exponent <= 0:
        return f"{sign}0.{'0' * -exponent}{digits}"
    point = f".{digits[1:]}" if count > 1 else ""
    return f"{sign}{digits[0]}{point}e{'+' if exponent > 0 else '-'}{abs(exponent - 1)}"
