"""contests/queries/certificate_pictures.py: pages and share pictures, with short, long and rare names."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from contests.pure.certificate import default_layout, read_layout
from contests.queries import certificate_pictures as pictures
from contests.queries.certificates import sample_facts

LAYOUT = read_layout(default_layout())
ADDRESS = "https://jinbang.example/verify/abcdefghijklmnopqrstuv/"


def page(name: str = "赵磊", **changes: object) -> pictures.Page:
    values = {"layout": LAYOUT, "facts": sample_facts() | {"name": name}, "address": ADDRESS} | changes
    return pictures.Page(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["赵磊", "𠮷㛃䶮", "欧阳买买提·阿卜杜热合曼江·伊布拉音·吾买尔江" * 2, "Christopher Montgomery"]
)
def test_each_name_fits_on_the_page(name: str) -> None:
    picture = Image.open(io.BytesIO(pictures.as_png(page(name), dots=2)))

    assert picture.size == (594, 420)
    # Left and right of the texts' place the paper within the border stays as it is without a name.
    empty = Image.open(io.BytesIO(pictures.as_png(page("·"), dots=2)))
    for box in ((34, 140, 90, 190), (504, 140, 560, 190)):
        assert picture.crop(box).tobytes() == empty.crop(box).tobytes()


def test_several_certificates_are_one_pdf() -> None:
    content = pictures.as_pdf([page(), page("𠮷㛃䶮")], title="焊工")

    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == 2


def test_an_uploaded_background_takes_the_place_of_the_border() -> None:
    green = io.BytesIO()
    Image.new("RGB", (600, 400), (0, 120, 0)).save(green, "JPEG")

    picture = Image.open(io.BytesIO(pictures.as_png(page(background=green.getvalue()), dots=2)))

    red, value, blue = picture.getpixel((4, 4))  # type: ignore[misc]
    assert (red < 10, value > 100, blue < 10) == (True, True, True)


@pytest.mark.parametrize("name", ["赵磊", "𠮷㛃䶮", "欧阳买买提·阿卜杜热合曼江·伊布拉音·吾买尔江"])
def test_the_share_picture_is_for_phones(name: str) -> None:
    picture = Image.open(io.BytesIO(pictures.share(sample_facts() | {"name": name}, ADDRESS)))

    assert (picture.size, picture.format) == ((1080, 1440), "PNG")
    # The name stays within the inner gold line.
    rim = picture.crop((1045, 600, 1080, 900)).convert("L")
    assert rim.getextrema()[1] < 240
