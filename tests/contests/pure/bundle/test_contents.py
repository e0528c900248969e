"""What a bundle holds."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from decimal import Decimal

import pytest

from contests.pure import bundle
from contests.pure.bundle import Bundle
from tests.contests.pure import samples


def test_bundle_compares_by_value() -> None:
    one, other = bundle.read(samples.files()), bundle.read(samples.files())

    assert one == other
    assert one != replace(one, marks=one.marks[1:])


def test_numbers_compare_by_value_not_by_digits() -> None:
    one = bundle.read(samples.files())
    other = replace(
        one, marks=tuple(replace(mark, value=Decimal(f"{mark.value}0")) for mark in one.marks if "." in str(mark.value))
    )

    assert other.marks[0] == one.marks[0]


def test_bundle_never_changes() -> None:
    held = Bundle(samples.scheme())

    with pytest.raises(FrozenInstanceError):
        held.marks = ()  # type: ignore[misc]
