"""Pictures of the demo's mall, drawn: no photograph of anybody's goods belongs in this repository."""

from __future__ import annotations

import io
from collections.abc import Callable
from math import cos, pi, sin

from PIL import Image, ImageDraw

Pen = ImageDraw.ImageDraw
Area = tuple[float, float, float, float]
Ring = tuple[str, int]
WIDTH, HEIGHT, FINE = 900, 600, 2  # drawn twice as large, then made smaller, so that edges are smooth
NO_RING: Ring = ("", 0)


def _box(pen: Pen, area: Area, fill: str, radius: float = 0, ring: Ring = NO_RING) -> None:
    corners = [value * FINE for value in area]
    pen.rounded_rectangle(corners, radius * FINE, fill=fill, outline=ring[0] or None, width=ring[1] * FINE)


def _disc(pen: Pen, centre: tuple[float, float], radius: float, fill: str | None, ring: Ring = NO_RING) -> None:
    (x, y) = centre
    area = [value * FINE for value in (x - radius, y - radius, x + radius, y + radius)]
    pen.ellipse(area, fill=fill, outline=ring[0] or None, width=ring[1] * FINE)


def _shape(pen: Pen, points: list[tuple[float, float]], fill: str) -> None:
    pen.polygon([(x * FINE, y * FINE) for x, y in points], fill=fill)


def _line(pen: Pen, points: list[tuple[float, float]], fill: str, width: int) -> None:
    pen.line([(x * FINE, y * FINE) for x, y in points], fill=fill, width=width * FINE, joint="curve")


def _star(pen: Pen, x: float, y: float, radius: float, fill: str) -> None:
    points = [
        (x + r * sin(pi * step / 5), y - r * cos(pi * step / 5))
        for step in range(10)
        for r in (radius if step % 2 == 0 else radius * 0.42,)
    ]
    _shape(pen, points, fill)


def mug(pen: Pen) -> None:
    _disc(pen, (590, 320), 90, None, ("#C8161D", 34))
    _box(pen, (300, 180, 590, 470), "#C8161D", 36)
    _box(pen, (300, 180, 590, 222), "#E2474C", 20)
    _star(pen, 445, 345, 70, "#FFD778")


def thermos(pen: Pen) -> None:
    _box(pen, (375, 90, 525, 190), "#5A6069", 26)
    _box(pen, (350, 180, 550, 530), "#0B6E3B", 40)
    _box(pen, (350, 290, 550, 390), "#0E8A4B")
    _star(pen, 450, 340, 38, "#FFFFFF")


def umbrella(pen: Pen) -> None:
    pen.pieslice([v * FINE for v in (200, 110, 700, 610)], 180, 360, fill="#0B5CAD")
    for place in range(5):
        _disc(pen, (250 + place * 100, 362), 50, "#E7F0F8")
    _line(pen, [(450, 130), (450, 500)], "#3A2500", 12)
    _line(pen, [(450, 500), (462, 528), (492, 528), (504, 500)], "#3A2500", 12)


def gloves(pen: Pen) -> None:
    for shift, fill in ((0, "#F5B82E"), (210, "#E8A512")):
        _box(pen, (245 + shift, 260, 425 + shift, 520), fill, 40)
        for finger in range(4):
            _box(pen, (245 + shift + finger * 46, 140 + abs(finger - 1) * 22, 285 + shift + finger * 46, 330), fill, 20)
        _box(pen, (240 + shift, 440, 430 + shift, 480), "#3A2500")


def lamp(pen: Pen) -> None:
    _shape(pen, [(330, 200), (520, 120), (600, 280), (350, 330)], "#C8161D")
    _shape(pen, [(350, 330), (600, 280), (760, 500), (330, 520)], "#FFF3CF")
    _line(pen, [(370, 260), (260, 390), (330, 510)], "#5A6069", 20)
    _box(pen, (210, 505, 450, 545), "#22262C", 18)


def voucher(pen: Pen) -> None:
    _box(pen, (190, 190, 710, 420), "#C8161D", 28)
    _box(pen, (212, 212, 688, 398), "#FDECEA", 18)
    for hole in range(5):
        _disc(pen, (520, 215 + hole * 45), 10, "#C8161D")
    _star(pen, 365, 305, 66, "#F5B82E")
    _box(pen, (560, 260, 650, 280), "#C8161D", 8)
    _box(pen, (560, 310, 650, 330), "#C8161D", 8)


def film(pen: Pen) -> None:
    _box(pen, (220, 250, 680, 500), "#22262C", 24)
    _shape(pen, [(220, 180), (670, 110), (682, 180), (232, 250)], "#3B4048")
    for place in range(5):
        _shape(
            pen,
            [(250 + place * 90, 245), (290 + place * 90, 180), (320 + place * 90, 175), (280 + place * 90, 240)],
            "#ECECEA",
        )
    _shape(pen, [(410, 310), (410, 450), (530, 380)], "#FFD778")


def medal(pen: Pen) -> None:
    _shape(pen, [(340, 90), (430, 90), (480, 300), (410, 320)], "#C8161D")
    _shape(pen, [(560, 90), (470, 90), (420, 300), (490, 320)], "#A50F16")
    _disc(pen, (450, 390), 130, "#F5B82E")
    _disc(pen, (450, 390), 104, "#FFD778")
    _star(pen, 450, 390, 76, "#C8161D")


def lunch(pen: Pen) -> None:
    _disc(pen, (450, 330), 190, "#FFFFFF", ("#D7DADF", 6))
    _disc(pen, (450, 330), 130, "#F4F4F2")
    _disc(pen, (415, 320), 56, "#E2474C")
    _disc(pen, (490, 300), 46, "#0E8A4B")
    _disc(pen, (470, 380), 52, "#F5B82E")
    _line(pen, [(680, 170), (700, 500)], "#7A4A12", 12)
    _line(pen, [(720, 170), (724, 500)], "#7A4A12", 12)


def torch(pen: Pen) -> None:
    for reach, fill in ((150, "#FFD778"), (100, "#FFB32E")):
        _disc(pen, (560, 300), reach, fill)
    _line(pen, [(200, 500), (500, 320)], "#22262C", 44)
    _line(pen, [(420, 368), (540, 296)], "#5A6069", 26)
    _star(pen, 575, 290, 60, "#FFFFFF")


def circuits(pen: Pen) -> None:
    _box(pen, (280, 170, 620, 450), "#22303C", 24)
    for place in range(6):
        _line(pen, [(310 + place * 56, 450), (310 + place * 56, 520)], "#858A92", 14)
        _line(pen, [(310 + place * 56, 100), (310 + place * 56, 170)], "#858A92", 14)
        _disc(pen, (320 + place * 52, 220), 12, "#4DE08A" if place % 2 else "#FFB32E")
    _box(pen, (330, 280, 570, 400), "#0B5CAD", 14)


def cross(pen: Pen) -> None:
    _box(pen, (250, 190, 650, 490), "#FFFFFF", 36, ring=("#C8161D", 12))
    _box(pen, (390, 130, 510, 200), "#C8161D", 20)
    _box(pen, (415, 240, 485, 440), "#C8161D")
    _box(pen, (350, 305, 550, 375), "#C8161D")


def palm(pen: Pen) -> None:
    _disc(pen, (650, 170), 70, "#FFD778")
    pen.pieslice([v * FINE for v in (150, 420, 750, 720)], 180, 360, fill="#E8C98A")
    _line(pen, [(430, 470), (450, 340), (490, 220)], "#7A4A12", 26)
    for x, y in ((340, 200), (400, 130), (520, 110), (610, 170), (600, 260), (390, 280)):
        _shape(
            pen,
            [(490, 220), ((490 + x) / 2 + 14, (220 + y) / 2 - 26), (x, y), ((490 + x) / 2 - 10, (220 + y) / 2 + 26)],
            "#0E8A4B",
        )


DRAWINGS: dict[str, Callable[[Pen], None]] = {
    drawing.__name__: drawing
    for drawing in (mug, thermos, umbrella, gloves, lamp, voucher, film, medal, lunch, torch, circuits, cross, palm)
}
PAPERS = ("#FFF3E0", "#E8F3EC", "#E7F0F8", "#FDECEA", "#F3EDF7")


def picture(name: str) -> bytes:
    """Return a drawing as PNG; each on one of a few papers."""
    paper = PAPERS[list(DRAWINGS).index(name) % len(PAPERS)]
    sheet = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), paper)
    pen = ImageDraw.Draw(sheet)
    DRAWINGS[name](pen)
    out = io.BytesIO()
    sheet.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()
