"""When a unit works: office hours on working days, the same hours every day, or shifts that go round (四班三运转).

Source: the Measures on comprehensively calculated working hours 综合计算工时工作制 (Labour Ministry 1994, No. 503) name the ways
of work that do not follow the week; how the shifts of a team go round is each company's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

Span = tuple[int, int]  # minutes from midnight of the day on which it begins; it may end on the next day

A_DAY = 24 * 60
MOST_SPANS, MOST_SHIFTS, LONGEST_CYCLE, LONGEST_NAME = 6, 9, 84, 12
KINDS = ("office", "daily", "rotation")
REST = ("休", "off", "-")
SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True)
class WorkingTime:
    """When somebody works. Office and daily have `hours`; a rotation has a span list for each day of its cycle.

    Attributes:
        starts_on: a day on which the cycle begins; it goes round before it as well.
    """

    kind: str = "office"
    hours: tuple[Span, ...] = ((510, 720), (780, 1050))  # 8:30–12:00 and 13:00–17:30, together eight hours
    cycle: tuple[tuple[str, tuple[Span, ...]], ...] = ()
    starts_on: date = date(2024, 1, 1)

    def spans(self, day: date, *, is_working_day: bool) -> tuple[Span, ...]:
        """Return the spans that begin on a day, in their order; none on a day off."""
        if self.kind == "office":
            return self.hours if is_working_day else ()
        return self.hours if self.kind == "daily" else self.turn(day)[1]

    def turn(self, day: date) -> tuple[str, tuple[Span, ...]]:
        """Return the name of a rotation's shift on a day, and its spans."""
        return self.cycle[(day - self.starts_on).days % len(self.cycle)]

    @property
    def mark(self) -> str:
        """A text that is another whenever another time is worked; '' for usual office hours."""
        if self == OFFICE:
            return ""
        turns = [spans for _name, spans in self.cycle]
        return (
            f"{self.kind}{self.hours if self.kind != 'rotation' else (turns, self.starts_on.toordinal() % len(turns))}"
        )


OFFICE = WorkingTime()


class FaultyTime(ValueError):
    """What was written is no working time; `field` is where, `value` what.

    Codes: no-hours, not-hours, too-many, overlap, no-shifts, not-a-shift, shift-twice, no-cycle, unknown-shift, too-long,
    never-works, no-start, kind.
    """

    def __init__(self, code: str, field: str, value: str = "") -> None:
        self.code, self.field, self.value = code, field, value[:40]
        super().__init__(f"{field}: {code} {self.value}".strip())


def read(
    kind: str, *, hours: str = "", shifts: str = "", cycle: str = "", starts_on: date | None = None
) -> WorkingTime:
    """Return the working time of what somebody wrote.

    Args:
        kind: office, daily, rotation.
        hours: `08:30-12:00, 13:00-17:30`, for office and daily.
        shifts: a line each, a name and its hours: `早 08:00-16:00`.
        cycle: the names day after day, `休`, `off` or `-` for a day of rest; without spaces each character is a name.

    Raises:
        FaultyTime: naming the first fault.
    """
    if kind not in KINDS:
        raise FaultyTime("kind", "kind", kind)
    if kind != "rotation":
        return WorkingTime(kind, read_hours(hours))
    if starts_on is None:
        raise FaultyTime("no-start", "starts_on")
    return WorkingTime(kind, (), _read_cycle(cycle, _read_shifts(shifts)), starts_on)


def read_hours(text: str, field: str = "hours") -> tuple[Span, ...]:
    """Return spans in their order. One that ends before it begins ends on the next day.

    Raises:
        FaultyTime: none, too many, one that is none, or two that overlap.
    """
    plain = re.sub(r"\s*[-–—~～至到]\s*", "-", text.replace("：", ":"))
    words = re.split(r"[\s,，、;；]+", plain.strip(" ,，、;；"))
    if words in ([], [""]):
        raise FaultyTime("no-hours", field)
    if len(words) > MOST_SPANS:
        raise FaultyTime("too-many", field)
    spans = sorted(_span(word, field) for word in words)
    if any(one[1] > other[0] for one, other in pairwise([*spans, (spans[0][0] + A_DAY, 0)])):
        raise FaultyTime("overlap", field, text.strip())
    return tuple(spans)


def _span(word: str, field: str) -> Span:
    found = SPAN.fullmatch(word)
    if found is None:
        raise FaultyTime("not-hours", field, word)
    begins, ends = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if ends > A_DAY or begins == ends:
        raise FaultyTime("not-hours", field, word)
    return begins, ends if ends > begins else ends + A_DAY


def _read_shifts(text: str) -> dict[str, tuple[Span, ...]]:
    shifts: dict[str, tuple[Span, ...]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, hours = line.replace("\t", " ").partition(" ")
        if not hours.strip() or name in REST or len(name) > LONGEST_NAME:
            raise FaultyTime("not-a-shift", "shifts", line)
        if name in shifts:
            raise FaultyTime("shift-twice", "shifts", name)
        shifts[name] = read_hours(hours, "shifts")
    if not shifts:
        raise FaultyTime("no-shifts", "shifts")
    if len(shifts) > MOST_SHIFTS:
        raise FaultyTime("too-many", "shifts")
    return shifts


def _read_cycle(text: str, shifts: Mapping[str, tuple[Span, ...]]) -> tuple[tuple[str, tuple[Span, ...]], ...]:
    names = re.split(r"[\s,，、;；]+", text.strip(" ,，、;；\n\t"))
    if len(names) == 1 and names[0] not in {*shifts, *REST}:
        names = list(names[0])
    if names in ([], [""]):
        raise FaultyTime("no-cycle", "cycle")
    if len(names) > LONGEST_CYCLE:
        raise FaultyTime("too-long", "cycle")
    for name in names:
        if name not in shifts and name not in REST:
            raise FaultyTime("unknown-shift", "cycle", name)
    if not any(name in shifts for name in names):
        raise FaultyTime("never-works", "cycle")
    return tuple((name, shifts.get(name, ())) for name in names)


def written(spans: tuple[Span, ...]) -> str:
    """Return spans as people write them: `08:30–12:00, 13:00–17:30`."""
    return ", ".join(f"{_clock(begins)}–{_clock(ends if ends <= A_DAY else ends - A_DAY)}" for begins, ends in spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
