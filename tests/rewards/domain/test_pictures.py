"""Pictures of items: checked by content, turned upright, re-encoded without what the camera wrote."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from frontend.kit import uploads
from rewards.domain import pictures
from rewards.models import Item, ItemPicture
from tests.factories.people import Company
from tests.factories.rewards import AT, make_leave
from tests.support import refused


def photo(size: tuple[int, int] = (60, 40), *, form: str = "JPEG", colour: str = "red", **options: object) -> bytes:
    out = io.BytesIO()
    mode = "RGBA" if form == "PNG" else "RGB"
    Image.new(mode, size, colour).save(out, form, **options)
    return out.getvalue()


def add(item: Item, company: Company, content: bytes, name: str = "a.jpg") -> ItemPicture:
    return pictures.add(item=item, upload=SimpleUploadedFile(name, content), alt="杯子", by=company.hr, at=AT)


def test_picture_is_turned_upright_and_loses_where_it_was_taken(company: Company) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held sideways
    exif[0x010F] = "SecretCamera"
    row = add(make_leave(company), company, photo((60, 40), exif=exif.tobytes()))

    stored = Image.open(io.BytesIO(bytes(row.content)))
    assert (stored.format, stored.size, (row.width, row.height)) == ("WEBP", (40, 60), (40, 60))
    assert not stored.getexif()
    assert b"SecretCamera" not in bytes(row.content)


def test_large_photo_is_made_smaller_and_transparency_becomes_white(company: Company) -> None:
    row = add(make_leave(company), company, photo((3000, 1500), form="PNG", colour="#00000000"))

    large, small = (Image.open(io.BytesIO(bytes(part))) for part in (row.content, row.thumbnail))
    assert (max(large.size), max(small.size)) == (pictures.SIDE, pictures.THUMBNAIL_SIDE)
    assert large.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def bomb() -> bytes:
    """A PNG that says it is 60,000 pixels square: 10 GB once unpacked."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not-an-image"),
        (b"<!DOCTYPE html><html><body>hi</body></html>", "not-an-image"),
        (b"GIF89a" + b"\0" * 40, "not-an-image"),
        (photo()[:200], "not-an-image"),
        (bomb(), "too-many-pixels"),
        (b"\xff\xd8" + b"\0" * (40 * 2**20), "too-large"),
    ],
    ids=["empty", "svg", "html", "gif", "cut off", "bomb", "40 MB"],
)
def test_what_is_no_picture_is_refused_whatever_its_name(company: Company, content: bytes, code: str) -> None:
    item = make_leave(company)

    with refused(uploads.Refused, code=code):
        add(item, company, content, "holiday.jpg")

    assert not ItemPicture.objects.exists()


def test_same_picture_twice_is_one_and_the_ninth_is_refused(company: Company) -> None:
    item = make_leave(company)
    for shade in range(pictures.MOST_PICTURES):
        add(item, company, photo(colour=f"#{shade * 30:02x}0000"))
    again = add(item, company, photo(colour="#000000"))

    with refused(pictures.TooMany):
        add(item, company, photo(colour="blue"))

    assert (again.position, item.pictures.count()) == (0, pictures.MOST_PICTURES)


def test_pictures_have_an_order(company: Company) -> None:
    item = make_leave(company)
    first, second, third = (add(item, company, photo(colour=colour)) for colour in ("red", "green", "blue"))

    pictures.place_first(picture=third, by=company.hr, at=AT)
    pictures.remove(picture=first, by=company.hr, at=AT)

    assert [row.pk for row in item.pictures.all()] == [third.pk, second.pk]
