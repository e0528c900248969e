"""rewards/pure/badge.py: credentials, status lists and baked pictures are read back by a library that knows nothing of us."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openbadgeslib.ob3 import OB3Verifier
from openbadgeslib.ob3.status import decode_encoded_list, set_indices
from PIL import Image

from rewards.pure import badge

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), "#C8161D").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("site", "found"),
    [
        ("https://jinbang.example", "did:web:jinbang.example"),
        ("https://jinbang.example:8443", "did:web:jinbang.example%3A8443"),
        ("http://10.0.0.5:8000", "http://10.0.0.5:8000/mall/badges/issuer.json"),
    ],
)
def test_issuer_is_named_by_the_site(site: str, found: str) -> None:
    assert badge.issuer_id(site) == found


@given(st.sets(st.integers(0, badge.LIST_BITS - 1), max_size=20))
def test_status_list_reads_back(revoked: set[int]) -> None:
    assert set_indices(decode_encoded_list(badge.encoded(revoked))) == revoked


def test_badges_find_their_place_in_lists() -> None:
    assert badge.place(1) == (0, 1)
    assert badge.place(badge.LIST_BITS) == (1, 0)


def test_baked_pictures_carry_the_token_and_still_show() -> None:
    png = badge.baked_png(picture(), "a.b.c")
    svg = badge.baked_svg(picture(), "a.b.c", '稳手 "<&>"')

    assert OB3Verifier.extract_token_from_png(png) == "a.b.c"
    assert OB3Verifier.extract_token_from_svg(svg) == "a.b.c"
    with Image.open(io.BytesIO(png)) as shown:
        shown.load()
        assert shown.size == (8, 8)


@pytest.mark.parametrize("content", [b"", b"GIF89a", badge.PNG_HEAD + b"\0" * 20])
def test_what_is_no_png_is_not_baked(content: bytes) -> None:
    with pytest.raises(badge.NotAPng):
        badge.baked_png(content, "a.b.c")


def test_moments_are_written_in_utc_without_fractions() -> None:
    assert badge.moment(AT.replace(microsecond=5)) == "2026-11-20T08:00:00Z"
