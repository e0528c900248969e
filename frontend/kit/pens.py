"""Two pens that draw the same strokes: on a PDF page and on a picture. Millimetres from the upper left corner, sizes in points."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import segno
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from frontend.kit.faces import Face, runs

Point = tuple[float, float]
MM_OF_POINT = 25.4 / 72
MIDDLE = 0.38  # from the baseline of Chinese type up to its middle, in ems
FINER = 2  # pictures are drawn this many times larger and scaled down, for smooth edges


class Pen(Protocol):
    """What a drawing may do."""

    def polygon(self, points: Sequence[Point], colour: str) -> None:
        """Fill an area."""

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        """Draw along points, `width` millimetres wide."""

    def text(self, text: str, at: Point, size: float, colour: str, *, is_strong: bool = False) -> None:
        """Write one line: left edge, middle of the type."""

    def picture(self, content: bytes, at: Point, size: Point) -> None:
        """Put a picture into a rectangle."""


def rectangle(x: float, y: float, width: float, height: float) -> list[Point]:
    """Return the four corners."""
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def qr(pen: Pen, content: str, at: Point, size: float, *, colour: str = "#1F2329", paper: str = "#FFFFFF") -> None:
    """Draw a QR code with its quiet zone of four modules inside a square of `size` millimetres; level M."""
    code = segno.make_qr(content, error="m")
    rows = [bytes(row) for row in code.matrix]
    module = size / (len(rows) + 8)
    pen.polygon(rectangle(*at, size, size), paper)
    for line, row in enumerate(rows):
        start = None
        for column, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                x, y = at[0] + (start + 4) * module, at[1] + (line + 4) * module
                pen.polygon(rectangle(x, y, (column - start) * module, module), colour)
                start = None


class PdfPen:
    """Draws on the last page of a PDF document; fonts are embedded as they are needed."""

    def __init__(self, title: str) -> None:
        self.pdf = FPDF(unit="mm")
        self.pdf.set_title(title)
        self.pdf.set_creator("Jinbang")
        self.pdf.set_auto_page_break(auto=False)
        self._families: dict[Face, str] = {}

    def page(self, width: float, height: float) -> None:
        """Begin a page of this size."""
        self.pdf.add_page(format=(min(width, height), max(width, height)), orientation="L" if width > height else "P")

    def polygon(self, points: Sequence[Point], colour: str) -> None:
        """Fill an area."""
        self.pdf.set_fill_color(colour)
        self.pdf.polygon(list(points), style="F")

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        """Draw along points."""
        self.pdf.set_draw_color(colour)
        self.pdf.set_line_width(width)
        self.pdf.polyline(list(points))

    def text(self, text: str, at: Point, size: float, colour: str, *, is_strong: bool = False) -> None:
        """Write one line."""
        self.pdf.set_text_color(colour)
        em, x = size * MM_OF_POINT, at[0]
        for run in runs(text, is_strong=is_strong):
            self.pdf.set_font(self._family(run.face), size=size * run.scale)
            self.pdf.text(x, at[1] + (MIDDLE - run.shift) * em, run.text)
            x += run.width * em

    def _family(self, face: Face) -> str:
        if face not in self._families:
            self._families[face] = f"face{len(self._families)}"
            self.pdf.add_font(self._families[face], fname=face.path, collection_font_number=face.number)
        return self._families[face]

    def picture(self, content: bytes, at: Point, size: Point) -> None:
        """Put a picture into a rectangle; the same bytes are stored once."""
        self.pdf.image(io.BytesIO(content), x=at[0], y=at[1], w=size[0], h=size[1])

    def output(self) -> bytes:
        """Return the document."""
        return bytes(self.pdf.output())


class PicturePen:
    """Draws a picture of `dots` pixels per millimetre."""

    def __init__(self, width: float, height: float, *, dots: float, paper: str = "#FFFFFF") -> None:
        self._dots = dots * FINER
        self._size = (round(width * dots), round(height * dots))
        self.image = Image.new("RGB", (self._size[0] * FINER, self._size[1] * FINER), paper)
        self._draw = ImageDraw.Draw(self.image)

    def _points(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._dots, y * self._dots) for x, y in points]

    def polygon(self, points: Sequence[Point], colour: str) -> None:
        """Fill an area."""
        self._draw.polygon(self._points(points), fill=colour)

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        """Draw along points."""
        self._draw.line(self._points(points), fill=colour, width=max(1, round(width * self._dots)), joint="curve")

    def text(self, text: str, at: Point, size: float, colour: str, *, is_strong: bool = False) -> None:
        """Write one line."""
        em, x = size * MM_OF_POINT * self._dots, at[0] * self._dots
        for run in runs(text, is_strong=is_strong):
            place = (x, at[1] * self._dots + (MIDDLE - run.shift) * em)
            self._draw.text(
                place, run.text, fill=colour, font=_lettering(run.face, round(em * run.scale, 1)), anchor="ls"
            )
            x += run.width * em

    def picture(self, content: bytes, at: Point, size: Point) -> None:
        """Put a picture into a rectangle."""
        (left, top), (width, height) = self._points([at, size])
        with Image.open(io.BytesIO(content)) as found:
            self.image.paste(found.convert("RGB").resize((round(width), round(height))), (round(left), round(top)))

    def output(self) -> bytes:
        """Return the picture as PNG."""
        target = io.BytesIO()
        self.image.resize(self._size, Image.Resampling.LANCZOS).save(target, "PNG", optimize=False, compress_level=6)
        return target.getvalue()


@lru_cache(maxsize=64)
def _lettering(face: Face, pixels: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.path, pixels, index=face.number, layout_engine=ImageFont.Layout.BASIC)
