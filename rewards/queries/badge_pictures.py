"""How badges look: a medal drawn from the title where nobody made a picture, and the picture its owner shares."""

from __future__ import annotations

import math
from functools import lru_cache

from frontend.kit.faces import width
from frontend.kit.pens import MM_OF_POINT, Pen, PicturePen, Point, qr, rectangle
from rewards.models import BadgeAward, BadgeClass

SIZE = 60.0  # millimetres of thought, ten dots each
GOLD, DARK, RED, DEEP, PAPER = "#F5B82E", "#8A5A00", "#C8161D", "#8E0E14", "#FFFFFF"


def _round(centre: Point, radius: float, *, petals: int = 0, depth: float = 0.0) -> list[Point]:
    """Return a circle as 180 corners; with petals its edge swings by `depth`."""
    corners = []
    for step in range(180):
        angle = math.tau * step / 180
        reach = radius + depth * math.cos(petals * angle)
        corners.append((centre[0] + reach * math.sin(angle), centre[1] - reach * math.cos(angle)))
    return corners


def _centred(pen: Pen, text: str, centre: Point, size: float, colour: str) -> None:
    wide = width(text, is_strong=True) * size * MM_OF_POINT
    pen.text(text, (centre[0] - wide / 2, centre[1]), size, colour, is_strong=True)


def _lines(title: str) -> list[str]:
    """Cut a title into at most three lines of about the same length."""
    count = 1 if len(title) <= 4 else 2 if len(title) <= 10 else 3
    each = math.ceil(len(title) / count)
    return [title[start : start + each].strip() for start in range(0, len(title), each)]


@lru_cache(maxsize=64)
def drawn(title: str) -> bytes:
    """Return a medal with a title on it, 600 × 600 pixels, PNG."""
    pen = PicturePen(SIZE, SIZE, dots=10, paper=PAPER)
    centre = (SIZE / 2, SIZE / 2)
    pen.polygon(_round(centre, 27, petals=20, depth=1.6), DARK)
    pen.polygon(_round(centre, 26, petals=20, depth=1.6), GOLD)
    pen.polygon(_round(centre, 21.5), DEEP)
    pen.polygon(_round(centre, 20.7), RED)
    ring = _round(centre, 19)
    pen.line([*ring, ring[0]], GOLD, 0.4)
    lines = _lines(title)
    widest = max(width(line, is_strong=True) for line in lines)
    size = min(46.0, 33 / widest / MM_OF_POINT, 26 / len(lines) / MM_OF_POINT / 1.2)
    step = size * MM_OF_POINT * 1.2
    for number, line in enumerate(lines):
        _centred(pen, line, (centre[0], centre[1] + (number - (len(lines) - 1) / 2) * step), size, PAPER)
    return pen.output()


def of_class(badge: BadgeClass) -> bytes:
    """Return a badge's picture as PNG: the uploaded one, else the drawn one."""
    return bytes(badge.picture) or drawn(badge.title)


def share(award: BadgeAward, address: str) -> bytes:
    """Return the picture to be shared, 1080 × 1440 pixels: badge, name, day, and the QR code of the page that verifies it."""
    wide, high = 108.0, 144.0
    pen = PicturePen(wide, high, dots=10, paper="#6A0C11")
    corners = rectangle(4, 4, wide - 8, high - 8)
    pen.line([*corners, corners[0]], GOLD, 0.4)
    pen.polygon(_round((wide / 2, 42), 33), PAPER)
    pen.picture(of_class(award.badge), (wide / 2 - 23, 19), (46, 46))
    for text, y, size, colour in (
        (award.employee.name, 86.0, 30.0, PAPER),
        (award.badge.title, 100.0, 17.0, GOLD),
    ):
        fitted = min(size, 92 / width(text, is_strong=True) / MM_OF_POINT)
        _centred(pen, text, (wide / 2, y), fitted, colour)
    pen.polygon(rectangle(4, 110, wide - 8, 30), PAPER)
    qr(pen, address, (7, 112), 26)
    for text, y, size, colour in (
        ("扫码核验徽章", 119.0, 12.0, "#1F2329"),
        (f"{award.given_at:%Y-%m-%d}", 127.0, 10.0, "#5A6069"),
        ("金榜 Open Badges 3.0", 133.5, 8.0, "#5A6069"),
    ):
        pen.text(text, (37, y), size, colour)
    return pen.output()
