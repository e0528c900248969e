"""frontend/kit/pens.py: both pens draw the same strokes; a QR code can be read."""

from __future__ import annotations

import io

from PIL import Image

from frontend.kit.pens import PdfPen, PicturePen, qr, rectangle


def png(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_picture_has_its_size_and_colours() -> None:
    pen = PicturePen(20, 10, dots=5, paper="#FFFFFF")
    pen.polygon(rectangle(0, 0, 10, 10), "#A50F16")

    picture = png(pen.output())

    assert picture.size == (100, 50)
    assert picture.getpixel((10, 25)) == (165, 15, 22)
    assert picture.getpixel((90, 25)) == (255, 255, 255)


def test_text_stands_around_its_middle() -> None:
    pen = PicturePen(40, 40, dots=5)
    pen.text("国", (10, 20), 40, "#000000")

    box = png(pen.output()).convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()

    assert box is not None
    assert abs((box[1] + box[3]) / 2 - 100) < 6
    assert 45 <= box[0] <= 62


def test_a_qr_code_keeps_its_quiet_zone() -> None:
    pen = PicturePen(30, 30, dots=10)
    qr(pen, "https://jinbang.example/verify/abc/", (0, 0), 30)

    picture = png(pen.output()).convert("L").point(lambda value: 255 if value < 128 else 0)

    box = picture.getbbox()
    assert box is not None
    modules = 29 + 8  # version 3
    assert abs(box[0] - 4 * 300 / modules) <= 2
    assert abs(box[2] - (300 - 4 * 300 / modules)) <= 2


def test_a_pdf_has_a_page_of_each_size_and_its_text() -> None:
    pen = PdfPen("x")
    pen.page(297, 210)
    pen.line([(0, 0), (10, 10)], "#A50F16", 0.5)
    pen.text("CO₂荣誉", (20, 20), 12, "#000000", is_strong=True)
    pen.page(210, 297)
    pen.polygon(rectangle(0, 0, 10, 10), "#A50F16")

    content = pen.output()

    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == 2


def test_the_same_picture_is_stored_once() -> None:
    noise = io.BytesIO()
    Image.effect_noise((200, 200), 80).convert("RGB").save(noise, "JPEG", quality=95)

    def document(pages: int) -> int:
        pen = PdfPen("x")
        for _ in range(pages):
            pen.page(210, 297)
            pen.picture(noise.getvalue(), (0, 0), (210, 297))
        return len(pen.output())

    assert document(5) - document(1) < len(noise.getvalue()) / 2
