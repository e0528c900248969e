"""When leave may be taken: half days, caps, black-out days, cover; by example and for anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.pure import leave
from rewards.pure.leave import BlackOut, Cap, Facts, Half, Quota, Wish

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)


def works(day: date) -> bool:
    return day.weekday() < 5


def facts(**given_: object) -> Facts:
    return replace(Facts(today=MONDAY, last_on=date(2027, 11, 23), is_working=works), **given_)


def codes(wish: Wish, about: Facts) -> list[str]:
    return [finding.code for finding in leave.findings(wish, about)]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish(1), ()),
        (Wish(1, FRIDAY), (Half(FRIDAY, False),)),
        (Wish(1, FRIDAY, True), (Half(FRIDAY, True),)),
        (Wish(2, FRIDAY), (Half(FRIDAY, False), Half(FRIDAY, True))),
        (Wish(2, FRIDAY, True), (Half(FRIDAY, True), Half(date(2026, 11, 30), False))),
        (Wish(3, date(2026, 11, 29)), (Half(date(2026, 11, 29), False), Half(date(2026, 11, 29), True), Half(date(2026, 11, 30), False))),
    ],
)  # fmt: skip
def test_half_days_of_a_wish(wish: Wish, expected: tuple[Half, ...]) -> None:
    assert leave.halves(wish, works) == expected


@pytest.mark.parametrize(
    ("wish", "about", "expected"),
    [
        (Wish(2, FRIDAY), facts(), []),
        (Wish(1, MONDAY), facts(), []),
        (Wish(1, MONDAY - timedelta(days=1)), facts(), ["past-day"]),
        (Wish(2, date(2027, 11, 23), True), facts(), ["beyond-last-day"]),
        (Wish(2), facts(person_cap=Cap("a", 6, 4)), []),
        (Wish(2), facts(person_cap=Cap("a", 6, 5)), ["person-cap"]),
        (Wish(2), facts(unit_caps=(Cap("a", 6, 4), Cap("b", 3, 2))), ["unit-cap"]),
        (Wish(2, FRIDAY, True), facts(black_outs=(BlackOut("a", date(2026, 11, 30), date(2026, 12, 4), "检修"),)), ["black-out"]),
        (Wish(2, FRIDAY), facts(black_outs=(BlackOut("a", date(2026, 11, 30), date(2026, 12, 4), "检修"),)), []),
        (Wish(1, FRIDAY), facts(quotas=(Quota("a", 1, {Half(FRIDAY, False): frozenset("1")}),)), ["nobody-left"]),
        (Wish(1, FRIDAY, True), facts(quotas=(Quota("a", 1, {Half(FRIDAY, False): frozenset("1")}),)), []),
        (Wish(1, FRIDAY), facts(quotas=(Quota("a", 2, {Half(FRIDAY, False): frozenset("1")}),)), []),
        (Wish(1, FRIDAY), facts(quotas=(Quota("a", 0),)), ["nobody-left"]),
    ],
)  # fmt: skip
def test_what_stands_against_a_wish(wish: Wish, about: Facts, expected: list[str]) -> None:
    assert codes(wish, about) == expected


def test_next_free_day_is_after_the_black_out_and_worked() -> None:
    about = facts(black_outs=(BlackOut("a", FRIDAY, date(2026, 12, 4), "检修"),))

    assert leave.next_free(Wish(1, FRIDAY), about) == date(2026, 12, 7)
    assert leave.next_free(Wish(1, FRIDAY), facts(quotas=(Quota("a", 0),))) is None
    assert leave.next_free(Wish(1), about) is None


WANTED = (Half(FRIDAY, False), Half(FRIDAY, True))


@pytest.mark.parametrize(
    ("cover", "away", "covering", "expected"),
    [
        ("1", {}, {}, "oneself"),
        ("9", {}, {}, "no-colleague"),
        ("2", {WANTED[1]: frozenset({"2"})}, {}, "away"),
        ("2", {}, {WANTED[0]: frozenset({"2"})}, "covers-another"),
        ("2", {Half(MONDAY, False): frozenset({"2"})}, {Half(MONDAY, True): frozenset({"2"})}, ""),
    ],
)
def test_who_may_cover(cover: str, away: dict[Half, frozenset[str]], covering: dict[Half, frozenset[str]], expected: str) -> None:  # fmt: skip
    found = leave.cover_finding(
        applicant="1", cover=cover, colleagues=frozenset({"2", "3"}), wanted=WANTED, away=away, covering=covering
    )

    assert found == expected


@pytest.mark.parametrize(
    ("taken", "today", "expected"),
    [(0, MONDAY, "granted"), (1, MONDAY, "part-taken"), (2, MONDAY, "taken"), (2, FRIDAY, "taken"), (1, FRIDAY, "expired"), (0, FRIDAY, "expired")],
)  # fmt: skip
def test_state_of_an_entitlement(taken: int, today: date, expected: str) -> None:
    assert leave.state_after(half_days=2, taken=taken, last_on=MONDAY + timedelta(days=3), today=today) == expected


wishes = st.builds(
    Wish,
    st.integers(1, 12),
    st.none() | st.dates(MONDAY - timedelta(days=9), MONDAY + timedelta(days=90)),
    st.booleans(),
)
days = st.dates(MONDAY, MONDAY + timedelta(days=60))
black_outs = st.builds(
    lambda first, long: BlackOut("a", first, first + timedelta(days=long), "x"), days, st.integers(0, 9)
)
quotas = st.builds(
    lambda most, halves: Quota("a", most, {Half(day, late): frozenset("12"[:n]) for day, late, n in halves}),
    st.integers(0, 2),
    st.lists(st.tuples(days, st.booleans(), st.integers(1, 2)), max_size=8),
)
grounds = st.builds(
    lambda closed, limits, cap, used: facts(black_outs=tuple(closed), quotas=tuple(limits), person_cap=Cap("a", cap, used)),
    st.lists(black_outs, max_size=3), st.lists(quotas, max_size=2), st.integers(0, 12), st.integers(0, 12),
)  # fmt: skip


@given(wishes)
def test_as_many_half_days_as_wished_each_once_in_order(wish: Wish) -> None:
    found = leave.halves(wish, works)

    assert len(found) == (wish.half_days if wish.wanted_on else 0)
    assert list(found) == sorted(set(found))
    assert all(works(half.day) or half.day == wish.wanted_on for half in found)
    assert leave.read(leave.spelled(found)) == found


@given(wishes, grounds)
def test_granting_a_wish_never_breaks_a_rule(wish: Wish, about: Facts) -> None:
    if leave.findings(wish, about):
        return
    wanted = set(leave.halves(wish, works))

    assert about.person_cap is not None
    assert about.person_cap.used + wish.half_days <= about.person_cap.most
    assert not any(row.from_on <= half.day <= row.until_on for half in wanted for row in about.black_outs)
    assert all(len(row.away.get(half, ())) + 1 <= row.most_away for half in wanted for row in about.quotas)


@given(wishes, grounds)
def test_the_next_free_day_is_free(wish: Wish, about: Facts) -> None:
    found = leave.next_free(wish, about)
    if found is None:
        return
    left = codes(replace(wish, wanted_on=found), about)

    assert found >= max(about.today, wish.wanted_on or about.today)
    assert set(left) <= {"person-cap"}
