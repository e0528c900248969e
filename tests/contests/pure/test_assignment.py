"""contests/pure/assignment.py: evenly, and never against a conflict."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure.assignment import TooFewJudges, assign


def test_twelve_entries_for_four_judges_in_threes_are_nine_each() -> None:
    entries = [f"{number:02}" for number in range(12)]

    given_to = assign(entries, ["J1", "J2", "J3", "J4"], 3, seed="s")

    assert Counter(judge for judges in given_to.values() for judge in judges) == dict.fromkeys(
        ["J1", "J2", "J3", "J4"], 9
    )
    assert given_to == assign(entries, ["J1", "J2", "J3", "J4"], 3, seed="s")
    assert len(set(given_to.values())) == 4  # every panel of three sits


def test_who_worked_before_rests_now() -> None:
    given_to = assign(["a", "b", "c"], ["J1", "J2"], 1, loads={"J1": 3})

    assert set(given_to.values()) == {("J2",)}


def test_conflict_is_never_assigned_and_a_want_of_judges_is_named() -> None:
    given_to = assign(["a", "b"], ["J1", "J2", "J3"], 2, excluded={("J1", "a")})

    assert given_to["a"] == ("J2", "J3")
    with pytest.raises(TooFewJudges) as caught:
        assign(["a", "b"], ["J1", "J2"], 2, excluded={("J1", "b")})
    assert caught.value.entries == ("b",)


@given(
    entries=st.integers(0, 25), judges=st.integers(1, 8), per_entry=st.integers(1, 4), seed=st.text(max_size=4),
    conflicts=st.sets(st.tuples(st.integers(0, 7), st.integers(0, 24)), max_size=20),
)  # fmt: skip
def test_everybody_gets_what_is_theirs(
    entries: int, judges: int, per_entry: int, seed: str, conflicts: set[tuple[int, int]]
) -> None:
    codes, names = [f"e{number}" for number in range(entries)], [f"J{number}" for number in range(judges)]
    excluded = {(f"J{judge}", f"e{entry}") for judge, entry in conflicts}
    able = {code: sum((name, code) not in excluded for name in names) for code in codes}

    if any(count < per_entry for count in able.values()):
        with pytest.raises(TooFewJudges):
            assign(codes, names, per_entry, excluded=excluded, seed=seed)
        return
    given_to = assign(codes, names, per_entry, excluded=excluded, seed=seed)

    assert list(given_to) == codes
    for code, panel in given_to.items():
        assert len(set(panel)) == per_entry
        assert not {(judge, code) for judge in panel} & excluded
    if not excluded and codes:
        loads = Counter(dict.fromkeys(names, 0))
        loads.update(judge for panel in given_to.values() for judge in panel)
        assert max(loads.values()) - min(loads.values()) <= 1
