"""When leave for points may be taken: caps, black-out days, cover. Plain data in, findings out.

Half days are counted, never hours: a day has a morning and an afternoon. Leave that is longer than half a day runs over
working days; its first day counts as it is given, so that a shift worker may choose a Sunday.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

SEARCHED_DAYS = 120


class Half(NamedTuple):
    """Half of a day."""

    day: date
    is_afternoon: bool


def spelled(halves: Iterable[Half]) -> list[str]:
    """Return half days as they are stored: `2026-12-01a` is a morning, `2026-12-01p` an afternoon."""
    return [f"{half.day.isoformat()}{'p' if half.is_afternoon else 'a'}" for half in halves]


def read(words: Iterable[str]) -> tuple[Half, ...]:
    """Return stored half days; the inverse of `spelled`."""
    return tuple(Half(date.fromisoformat(word[:10]), word[10:] == "p") for word in words)


@dataclass(frozen=True)
class Wish:
    """How many half days, from when; no day: HR agrees on one later."""

    half_days: int
    wanted_on: date | None = None
    is_afternoon: bool = False


@dataclass(frozen=True)
class Cap:
    """At most so many half days a year, of which some are used."""

    name: str
    most: int
    used: int

    @property
    def left(self) -> int:
        """How many half days are left."""
        return max(0, self.most - self.used)


@dataclass(frozen=True)
class BlackOut:
    """Days on which a unit takes no leave."""

    unit: str
    from_on: date
    until_on: date
    reason: str


@dataclass(frozen=True)
class Quota:
    """How many of a unit may be away in one half day, and who is: half → their numbers, the applicant left out."""

    unit: str
    most_away: int
    away: Mapping[Half, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What a wish is judged against. `last_on` is the last day the entitlement would have if it were granted today."""

    today: date
    last_on: date
    is_working: Callable[[date], bool]
    person_cap: Cap | None = None
    unit_caps: tuple[Cap, ...] = ()
    black_outs: tuple[BlackOut, ...] = ()
    quotas: tuple[Quota, ...] = ()


@dataclass(frozen=True)
class Finding:
    """Why a wish cannot be granted. Codes: past-day, beyond-last-day, person-cap, unit-cap, black-out, nobody-left."""

    code: str
    about: BlackOut | Cap | Quota | date | None = None
    half: Half | None = None


def halves(wish: Wish, is_working: Callable[[date], bool]) -> tuple[Half, ...]:
    """Return the half days a wish covers, in order; none without a day."""
    if wish.wanted_on is None:
        return ()
    found: list[Half] = []
    day, is_afternoon = wish.wanted_on, wish.is_afternoon
    while len(found) < wish.half_days:
        found.append(Half(day, is_afternoon))
        if is_afternoon:
            day = _next_working(day, is_working)
        is_afternoon = not is_afternoon
    return tuple(found)


def _next_working(day: date, is_working: Callable[[date], bool]) -> date:
    """Return the next working day; a calendar without any within a month is not believed."""
    for later in range(1, 31):
        if is_working(day + timedelta(days=later)):
            return day + timedelta(days=later)
    return day + timedelta(days=1)


def findings(wish: Wish, facts: Facts) -> tuple[Finding, ...]:
    """Return everything that stands against a wish; empty when nothing does."""
    return (*_over_caps(wish, facts), *_against_days(wish, facts))


def _over_caps(wish: Wish, facts: Facts) -> Iterator[Finding]:
    if facts.person_cap and facts.person_cap.used + wish.half_days > facts.person_cap.most:
        yield Finding("person-cap", facts.person_cap)
    for cap in facts.unit_caps:
        if cap.used + wish.half_days > cap.most:
            yield Finding("unit-cap", cap)


def _against_days(wish: Wish, facts: Facts) -> Iterator[Finding]:
    wanted = halves(wish, facts.is_working)
    if not wanted:
        return
    if wanted[0].day < facts.today:
        yield Finding("past-day", facts.today)
    if wanted[-1].day > facts.last_on:
        yield Finding("beyond-last-day", facts.last_on)
    for black_out in facts.black_outs:
        hit = next((half for half in wanted if black_out.from_on <= half.day <= black_out.until_on), None)
        if hit:
            yield Finding("black-out", black_out, hit)
    for quota in facts.quotas:
        full = next((half for half in wanted if len(quota.away.get(half, ())) >= quota.most_away), None)
        if full:
            yield Finding("nobody-left", quota, full)


def closed_ahead(facts: Facts) -> tuple[BlackOut, ...]:
    """Return the black-out days somebody who asks today has to know of: not over, and before the entitlement's last day."""
    ahead = (row for row in facts.black_outs if row.until_on >= facts.today and row.from_on <= facts.last_on)
    return tuple(sorted(ahead, key=lambda row: (row.from_on, row.until_on, row.unit)))


def next_free(wish: Wish, facts: Facts) -> date | None:
    """Return the first working day from the wished one on (today, when it is over) on which only caps stand against
    it; None within a season."""
    if wish.wanted_on is None:
        return None
    first = max(wish.wanted_on, facts.today)
    for later in range(SEARCHED_DAYS):
        day = first + timedelta(days=later)
        tried = replace(wish, wanted_on=day)
        if facts.is_working(day) and not any(_against_days(tried, facts)):
            return day
    return None


def cover_finding(
    *, applicant: str, cover: str, colleagues: frozenset[str], wanted: tuple[Half, ...],
    away: Mapping[Half, frozenset[str]], covering: Mapping[Half, frozenset[str]],
) -> str:  # fmt: skip
    """Return why somebody cannot cover, '' when they can.

    Args:
        colleagues: numbers of those who work in the applicant's shop.
        away: half → numbers of those with leave in it.
        covering: half → numbers of those who cover somebody else in it.
    """
    if cover == applicant:
        return "oneself"
    if cover not in colleagues:
        return "no-colleague"
    if any(cover in away.get(half, ()) for half in wanted):
        return "away"
    if any(cover in covering.get(half, ()) for half in wanted):
        return "covers-another"
    return ""


def state_after(*, half_days: int, taken: int, last_on: date, today: date) -> str:
    """Return the state of an entitlement that nobody returned: granted, part-taken, taken or expired."""
    if taken >= half_days:
        return "taken"
    if today > last_on:
        return "expired"
    return "part-taken" if taken else "granted"
