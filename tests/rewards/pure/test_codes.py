from __future__ import annotations

import re
from pathlib import Path

import pytest

from rewards.pure import codes
from rewards.pure.transfers import Transfer

PAGE = Path(__file__).parents[4] / "shared" / "spec" / "ledger.md"


def values() -> set[str]:
    return {value for name, value in vars(codes).items() if name.isupper() and isinstance(value, str)}


def test_compared_fields_are_all_fields_but_the_id() -> None:
    assert set(codes.COMPARED_FIELDS) == set(Transfer.__dataclass_fields__) - {"id"}
    assert len(codes.COMPARED_FIELDS) == len(set(codes.COMPARED_FIELDS))


def test_codes_of_the_page_are_ours() -> None:
    if not PAGE.exists():
        pytest.skip(f"THE PAGE IS ABSENT: {PAGE}")
    text = PAGE.read_text(encoding="utf-8")
    listed = text[text.index("Results, first match wins") : text.index("## Lots")]

    found = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", listed)) - {"balancing_debit", "linked_event_failed"}

    assert found - values() == {"pending_transfer_has_different_amount"}


def test_codes_with_a_star_on_the_page_spend_the_id() -> None:
    if not PAGE.exists():
        pytest.skip(f"THE PAGE IS ABSENT: {PAGE}")
    starred = set(re.findall(r"`([^`]+)`\*", PAGE.read_text(encoding="utf-8")))

    spending = set()
    for code in starred:
        if "<debit|credit>" in code:
            spending |= {code.replace("<debit|credit>", side) for side in ("debit", "credit")}
        else:
            spending.add(code)

    assert spending == codes.SPENDING
