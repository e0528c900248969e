"""How a certificate looks: reading a layout, naming its faults, filling placeholders, fitting texts into their places.

A layout is plain data in millimetres from the upper left corner of the page:

    {"page": "A4-landscape" | "A4-portrait",
     "texts": [{"text", "x", "y", "size", "align", "colour", "width", "lines"?, "is_strong"?}, …],
     "qr": {"x", "y", "size"} | None,
     "awards": [{"rank_from", "rank_to", "title"}, …], "others": "title of every other rank, '' for none"}

`x` is where the text is aligned, `y` the middle of its block, `size` in points; a text wider than `width` is broken into at
most `lines` lines and then made smaller: it is never cut off and never leaves its place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Protocol

from contests.pure.lettering import LINE_HEIGHT, MM_OF_POINT, fit, rarity

PLACEHOLDERS = ("name", "unit", "contest", "award", "rank", "total", "day", "number")
PAGES = {"A4-landscape": (297.0, 210.0), "A4-portrait": (210.0, 297.0)}
ALIGNS = ("left", "center", "right")
SIZES = (6.0, 120.0)
SMALLEST_QR = 18.0  # below, phones fail to read a printed address of sixty characters
MOST_TEXTS, MOST_LINES, LONGEST_TEXT, LONGEST_TITLE = 40, 4, 300, 60
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class WidthOf(Protocol):
    """The width of a text in ems, in the plain or the strong face."""

    def __call__(self, text: str, *, is_strong: bool) -> float: ...


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a layout; `text` may hold placeholders such as `{name}`."""

    text: str
    x: float
    y: float
    size: float
    align: str
    colour: str
    width: float
    lines: int = 1
    is_strong: bool = False

    @property
    def left(self) -> float:
        """Left edge of its place, in millimetres."""
        return self.x - {"left": 0.0, "center": self.width / 2, "right": self.width}[self.align]


@dataclass(frozen=True, slots=True)
class Square:
    """Where the QR code stands: upper left corner and side, in millimetres."""

    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Award:
    """Ranks rank_from … rank_to (both included) are called `title`."""

    rank_from: int
    rank_to: int
    title: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout without faults."""

    page: str
    texts: tuple[Text, ...]
    qr: Square | None
    awards: tuple[Award, ...]
    others: str

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the page, in millimetres."""
        return PAGES[self.page]

    def award_of(self, rank: int | None) -> str:
        """Name the award of a rank; '' for an entry without rank, or when no certificate goes to this rank."""
        if rank is None:
            return ""
        found = (award.title for award in self.awards if award.rank_from <= rank <= award.rank_to)
        return next(found, self.others)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of a layout.

    part: `page` · `texts` · `qr` · `awards` · `others`; `index` is the row, from 0, where the part is a list.
    Codes: not_a_layout · unknown_page · too_many · not_a_row · not_a_text · too_long · empty · lone_brace ·
    unknown_placeholder · not_a_number · out_of_range · unknown_align · not_a_colour · outside_page · qr_too_small ·
    rank_not_positive · range_reversed · overlaps.
    """

    part: str
    index: int | None
    field: str
    code: str
    value: str = ""


class BadLayout(ValueError):
    """A layout broke the rules: `faults` lists every fault."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(f"{fault.part}[{fault.index}].{fault.field}: {fault.code}" for fault in faults))


@dataclass(slots=True)
class _Reader:
    """Reads fields of one row and notes what is wrong with them."""

    faults: list[Fault]
    part: str
    index: int | None
    row: Mapping[str, object]

    def wrong(self, field: str, code: str, value: object = "") -> None:
        self.faults.append(Fault(self.part, self.index, field, code, str(value)[:80]))

    def number(self, field: str, low: float, high: float) -> float:
        value = self.row.get(field)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.wrong(field, "not_a_number", value)
            return low
        if not low <= value <= high:
            self.wrong(field, "out_of_range", value)
            return low
        return float(value)

    def whole(self, field: str, default: int | None = None) -> int:
        value = self.row.get(field, default)
        if type(value) is not int:
            self.wrong(field, "not_a_number", value)
            return 1
        return value

    def words(self, field: str, longest: int, *, is_required: bool = True) -> str:
        value = self.row.get(field, None if is_required else "")
        if not isinstance(value, str):
            self.wrong(field, "not_a_text", value)
            return ""
        if len(value) > longest:
            self.wrong(field, "too_long", value)
        if is_required and not value.strip():
            self.wrong(field, "empty")
        return value.strip()


def read_layout(data: object) -> Layout:
    """Read a layout from plain data. Raises BadLayout with every fault."""
    faults: list[Fault] = []
    if not isinstance(data, dict):
        raise BadLayout([Fault("page", None, "", "not_a_layout")])
    page = data.get("page", "A4-landscape")
    if not isinstance(page, str) or page not in PAGES:
        faults.append(Fault("page", None, "page", "unknown_page", str(page)[:80]))
        page = "A4-landscape"
    texts = [_text(_Reader(faults, "texts", i, row), PAGES[page]) for i, row in _rows(data, "texts", faults)]
    if not texts and not faults:
        faults.append(Fault("texts", None, "", "empty"))
    awards = [_award(_Reader(faults, "awards", i, row)) for i, row in _rows(data, "awards", faults)]
    _note_overlaps(awards, faults)
    others = _Reader(faults, "others", None, data).words("others", LONGEST_TITLE, is_required=False)
    qr = _square(data.get("qr"), PAGES[page], faults)
    if faults:
        raise BadLayout(faults)
    return Layout(page, tuple(texts), qr, tuple(awards), others)


def _rows(data: Mapping[str, object], part: str, faults: list[Fault]) -> list[tuple[int, Mapping[str, object]]]:
    rows = data.get(part, [])
    if not isinstance(rows, list):
        faults.append(Fault(part, None, "", "not_a_row"))
        return []
    if len(rows) > MOST_TEXTS:
        faults.append(Fault(part, None, "", "too_many", str(MOST_TEXTS)))
    found: list[tuple[int, Mapping[str, object]]] = []
    for index, row in enumerate(rows[:MOST_TEXTS]):
        if isinstance(row, dict):
            found.append((index, row))
        else:
            faults.append(Fault(part, index, "", "not_a_row"))
    return found


def _text(read: _Reader, page: tuple[float, float]) -> Text:
    before = len(read.faults)
    words = read.words("text", LONGEST_TEXT)
    for name in _PLACEHOLDER.findall(words):
        if name not in PLACEHOLDERS:
            read.wrong("text", "unknown_placeholder", name)
    if set(_PLACEHOLDER.sub("", words)) & set("{}"):
        read.wrong("text", "lone_brace")
    align, colour = read.row.get("align", "center"), read.row.get("colour", "#000000")
    if align not in ALIGNS:
        read.wrong("align", "unknown_align", align)
        align = "center"
    if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
        read.wrong("colour", "not_a_colour", colour)
        colour = "#000000"
    lines = read.whole("lines", 1)
    if not 1 <= lines <= MOST_LINES:
        read.wrong("lines", "out_of_range", lines)
    text = Text(
        text=words, x=read.number("x", 0, page[0]), y=read.number("y", 0, page[1]), size=read.number("size", *SIZES),
        align=str(align), colour=colour, width=read.number("width", 5, page[0]), lines=lines,
        is_strong=bool(read.row.get("is_strong", False)),
    )  # fmt: skip
    height = text.size * MM_OF_POINT * LINE_HEIGHT * lines
    if len(read.faults) == before:
        if text.left < 0 or text.left + text.width > page[0]:
            read.wrong("x", "outside_page")
        if text.y - height / 2 < 0 or text.y + height / 2 > page[1]:
            read.wrong("y", "outside_page")
    return text


def _square(data: object, page: tuple[float, float], faults: list[Fault]) -> Square | None:
    if data is None:
        return None
    if not isinstance(data, dict):
        faults.append(Fault("qr", None, "", "not_a_row"))
        return None
    read, before = _Reader(faults, "qr", None, data), len(faults)
    square = Square(read.number("x", 0, page[0]), read.number("y", 0, page[1]), read.number("size", 1, page[0]))
    if len(faults) == before:
        if square.size < SMALLEST_QR:
            read.wrong("size", "qr_too_small", SMALLEST_QR)
        if square.x + square.size > page[0] or square.y + square.size > page[1]:
            read.wrong("x", "outside_page")
    return square


def _award(read: _Reader) -> Award:
    before = len(read.faults)
    award = Award(read.whole("rank_from"), read.whole("rank_to"), read.words("title", LONGEST_TITLE))
    if len(read.faults) == before:
        if award.rank_from < 1:
            read.wrong("rank_from", "rank_not_positive", award.rank_from)
        elif award.rank_to < award.rank_from:
            read.wrong("rank_to", "range_reversed", award.rank_to)
    return award


def _note_overlaps(awards: Sequence[Award], faults: list[Fault]) -> None:
    for index, award in enumerate(awards):
        for other in awards[:index]:
            if award.rank_from <= other.rank_to and other.rank_from <= award.rank_to:
                faults.append(Fault("awards", index, "rank_from", "overlaps", str(other.title)))
                break


def to_json(layout: Layout) -> dict[str, object]:
    """Give a layout back as plain data; `read_layout` of it is the same layout."""
    return {
        "page": layout.page,
        "texts": [asdict(text) for text in layout.texts],
        "qr": asdict(layout.qr) if layout.qr else None,
        "awards": [asdict(award) for award in layout.awards],
        "others": layout.others,
    }


def fill(text: str, facts: Mapping[str, str]) -> str:
    """Put facts in place of placeholders, once: braces inside a fact stay as they are. KeyError for a fact not given."""
    return _PLACEHOLDER.sub(lambda found: facts[found.group(1)], text)


def number_of(year: int, contest: int, serial: int) -> str:
    """Write a certificate's number: `2026-0012-0001`; contest is its key, serial counts from 1 within the contest."""
    return f"{year:04d}-{contest:04d}-{serial:04d}"


def changed(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """Name the facts a corrected result changed: of name, rank, total, award; number, day and unit prove nothing."""
    return tuple(name for name in ("name", "rank", "total", "award") if old.get(name) != new.get(name))


@dataclass(frozen=True, slots=True)
class Placed:
    """One line of print: left edge and middle in millimetres, type size in points."""

    text: str
    x: float
    y: float
    size: float
    colour: str
    is_strong: bool


def place(layout: Layout, facts: Mapping[str, str], width_of: WidthOf) -> list[Placed]:
    """Fill and fit every text of a layout; each line lies within its text's place. Empty ones are left out."""
    placed: list[Placed] = []
    for text in layout.texts:
        filled = fill(text.text, facts).strip()
        if not filled:
            continue
        ems = partial(width_of, is_strong=text.is_strong)
        size, lines = fit(filled, ems, size=text.size, width=text.width, most_lines=text.lines)
        step = size * MM_OF_POINT * LINE_HEIGHT
        for index, line in enumerate(lines):
            wide = ems(line) * size * MM_OF_POINT
            x = text.x - {"left": 0.0, "center": wide / 2, "right": wide}[text.align]
            y = text.y + (index - (len(lines) - 1) / 2) * step
            placed.append(Placed(line, x, y, size, text.colour, text.is_strong))
    return placed


def hardest(rows: Iterable[Mapping[str, str]], key: str = "name") -> list[Mapping[str, str]]:
    """Choose what a preview must show: the longest and the rarest; a row that is both is given once."""
    known = list(rows)
    if not known:
        return []
    longest = max(known, key=lambda row: len(row[key]))
    rarest = max(known, key=lambda row: (rarity(row[key]), len(row[key])))
    return [longest] if rarest is longest else [longest, rarest]


def default_layout() -> dict[str, object]:
    """Return the layout a new template starts with: A4 landscape over our own border and seal."""

    def line(
        text: str, y: float, size: float, colour: str, width: float = 210, *, strong: bool = False, lines: int = 1
    ) -> dict[str, object]:
        return {"text": text, "x": 148.5, "y": y, "size": size, "align": "center", "colour": colour, "width": width,
                "lines": lines, "is_strong": strong}  # fmt: skip

    return {
        "page": "A4-landscape",
        "texts": [
            line("荣誉证书", 47, 50, "#A50F16", strong=True),
            line("CERTIFICATE OF HONOUR", 62, 11, "#8A6A1F"),
            line("{name}", 82, 34, "#1F2329", 200, strong=True),
            line("{unit}", 97, 13, "#5A6069", 200),
            line("在“{contest}”中成绩优异，荣获", 112, 15, "#1F2329", 220, lines=2),
            line("{award}", 133, 40, "#A50F16", 200, strong=True),
            line("第 {rank} 名 · 总分 {total}", 149, 12, "#5A6069"),
            line("特发此证，以资鼓励。", 160, 13, "#1F2329"),
            {**line("编号 {number}", 184, 9, "#5A6069", 90), "x": 64, "align": "left"},
            {**line("扫码核验真伪", 178, 9, "#5A6069", 90), "x": 64, "align": "left"},
            {**line("{day}", 184, 12, "#1F2329", 70), "x": 262, "align": "right"},
        ],
        "qr": {"x": 36, "y": 163, "size": 25},
        "awards": [
            {"rank_from": 1, "rank_to": 1, "title": "一等奖"},
            {"rank_from": 2, "rank_to": 3, "title": "二等奖"},
            {"rank_from": 4, "rank_to": 6, "title": "三等奖"},
        ],
        "others": "优秀奖",
    }
