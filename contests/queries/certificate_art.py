"""What is drawn on certificates and share pictures: paper, border, corners, rosettes, seal, medal. Everything by code."""

from __future__ import annotations

from math import cos, pi, sin

from frontend.kit.faces import width
from frontend.kit.pens import MM_OF_POINT, Pen, Point, rectangle

RED, DEEP, GOLD, PALE, PAPER = "#A50F16", "#7A1218", "#C9A24B", "#EFE0B9", "#FFFCF5"
SHINE = "#FFD778"


def certificate(pen: Pen, size: tuple[float, float]) -> None:
    """Draw paper, rosette, border and seal of our own certificate, on a page of any size."""
    wide, high = size
    pen.polygon(rectangle(0, 0, wide, high), PAPER)
    for inset, colour in ((7.0, RED), (13.0, PAPER), (14.2, GOLD), (14.8, PAPER), (16.4, GOLD), (16.7, PAPER)):
        _frame(pen, size, inset, colour)
    rosette(pen, (wide / 2, high / 2 + 4), 62, "#F8EFD9", petals=12, lines=5)
    _wave(pen, size)
    for right in (False, True):
        for low in (False, True):
            _corner(pen, size, right=right, low=low)
    title = (wide / 2, 62.0)
    for side in (-1, 1):
        pen.line([(title[0] + side * 31, title[1]), (title[0] + side * 66, title[1])], GOLD, 0.35)
        pen.polygon(_diamond((title[0] + side * 69, title[1]), 1.4), RED)
    seal(pen, (wide - 35 - 24, high - 28 - 24 - 2), 20)


def _frame(pen: Pen, size: tuple[float, float], inset: float, colour: str) -> None:
    pen.polygon(rectangle(inset, inset, size[0] - 2 * inset, size[1] - 2 * inset), colour)


def _wave(pen: Pen, size: tuple[float, float]) -> None:
    """Draw two interlaced waves of gold along the red band."""
    inset, depth = 10.0, 1.7
    for phase in (0.0, pi):
        for length, along in ((size[0], True), (size[1], False)):
            steps = round((length - 2 * inset) / 6) * 8
            for other in (inset, (size[1] if along else size[0]) - inset):
                points: list[Point] = []
                for step in range(steps + 1):
                    there = inset + (length - 2 * inset) * step / steps
                    away = other + depth * sin(phase + step * pi / 4)
                    points.append((there, away) if along else (away, there))
                pen.line(points, SHINE, 0.22)


def _corner(pen: Pen, size: tuple[float, float], *, right: bool, low: bool) -> None:
    """Draw a square of the fret 回纹 over a corner of the band."""

    def turned(points: list[Point]) -> list[Point]:
        return [(size[0] - x if right else x, size[1] - y if low else y) for x, y in points]

    pen.polygon(turned(rectangle(5.5, 5.5, 15.5, 15.5)), RED)
    pen.line(turned([*rectangle(6.4, 6.4, 13.7, 13.7), (6.4, 6.4)]), SHINE, 0.45)
    pen.line(turned([(18.6, 8), (8, 8), (8, 18.6), (18.6, 18.6), (18.6, 10.4), (10.4, 10.4), (10.4, 16.2), (16.2, 16.2),
                     (16.2, 12.8), (12.8, 12.8), (12.8, 14)]), SHINE, 0.6)  # fmt: skip


def rosette(pen: Pen, at: Point, radius: float, colour: str, *, petals: int, lines: int) -> None:
    """Draw a guilloche 扭索纹 of a bank note: closed waves around a circle, one inside the other."""
    for ring in range(lines):
        share = 1 - ring / (lines + 2)
        for phase in (0.0, pi):
            points: list[Point] = []
            for step in range(241):
                angle = step * pi / 120
                far = radius * share * (0.86 + 0.14 * sin(petals * angle + phase + ring * 0.5))
                points.append((at[0] + far * cos(angle), at[1] + far * sin(angle)))
            pen.line(points, colour, 0.25)


def seal(pen: Pen, at: Point, side: float, *, colour: str = "#C8161D", paper: str = PAPER) -> None:
    """Draw the square seal of four characters, read from the upper right downwards."""
    inner = side * 0.06
    pen.polygon(_rounded(at, side, side * 0.1), colour)
    corner = (at[0] + inner, at[1] + inner)
    pen.line([*_rounded(corner, side - 2 * inner, side * 0.06), _rounded(corner, side - 2 * inner, side * 0.06)[0]],
             paper, side * 0.02)  # fmt: skip
    half, size = side / 2, side * 0.36 / MM_OF_POINT
    for index, character in enumerate("金榜题名"):
        x = at[0] + (half * 0.54 if index >= 2 else half * 1.46)
        y = at[1] + (half * 0.56 if index % 2 == 0 else half * 1.44)
        middle(pen, character, (x, y), size, paper, is_strong=True)


def medal(pen: Pen, at: Point, radius: float, words: str, *, ribbon: str = "#E2342F", behind: str = DEEP) -> None:
    """Draw a golden medal on a ribbon with a few characters on it."""
    x, y = at
    for side in (-1, 1):
        pen.polygon([(x + side * radius * 0.12, y + radius * 0.5), (x + side * radius * 0.78, y + radius * 0.5),
                     (x + side * radius * 0.95, y + radius * 1.75), (x + side * radius * 0.58, y + radius * 1.52),
                     (x + side * radius * 0.3, y + radius * 1.8)], ribbon)  # fmt: skip
    pen.polygon(_star(at, radius, radius * 0.9, 36), GOLD)
    pen.polygon(_circle(at, radius * 0.86), SHINE)
    pen.polygon(_circle(at, radius * 0.78), behind)
    pen.polygon(_circle(at, radius * 0.74), "#F5B82E")
    pen.polygon(_circle(at, radius * 0.68), SHINE)
    size = radius * 1.05 / max(1.0, width(words, is_strong=True)) / MM_OF_POINT
    middle(pen, words, at, min(size, radius * 0.8 / MM_OF_POINT), "#7A1218", is_strong=True)


def rays(pen: Pen, at: Point, size: tuple[float, float], colour: str, *, count: int = 36) -> None:
    """Draw rays from a point to beyond the edges of a page."""
    far = sum(size)
    for index in range(count):
        a, b = 2 * pi * index / count, 2 * pi * (index + 0.5) / count
        pen.polygon(
            [at, (at[0] + far * cos(a), at[1] + far * sin(a)), (at[0] + far * cos(b), at[1] + far * sin(b))], colour
        )


def middle(pen: Pen, text: str, at: Point, size: float, colour: str, *, is_strong: bool = False) -> None:
    """Write one line around a point."""
    wide = width(text, is_strong=is_strong) * size * MM_OF_POINT
    pen.text(text, (at[0] - wide / 2, at[1]), size, colour, is_strong=is_strong)


def _circle(at: Point, radius: float, steps: int = 120) -> list[Point]:
    return _star(at, radius, radius, steps // 2)


def _star(at: Point, outer: float, inner: float, points: int) -> list[Point]:
    return [
        (at[0] + far * cos(pi * step / points - pi / 2), at[1] + far * sin(pi * step / points - pi / 2))
        for step in range(2 * points)
        for far in (outer if step % 2 == 0 else inner,)
    ]


def _diamond(at: Point, radius: float) -> list[Point]:
    return [(at[0] - radius, at[1]), (at[0], at[1] - radius), (at[0] + radius, at[1]), (at[0], at[1] + radius)]


def _rounded(at: Point, side: float, radius: float) -> list[Point]:
    corners = [(at[0] + side - radius, at[1] + radius, -0.5), (at[0] + side - radius, at[1] + side - radius, 0.0),
               (at[0] + radius, at[1] + side - radius, 0.5), (at[0] + radius, at[1] + radius, 1.0)]  # fmt: skip
    return [
        (x + radius * cos(pi * (turn + step / 12)), y + radius * sin(pi * (turn + step / 12)))
        for x, y, turn in corners
        for step in range(7)
    ]
