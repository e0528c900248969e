"""Ranks in memory equal ranks counted one by one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.pure.leaderboard import Leaderboard, Place

names = st.sampled_from([f"{number:02}" for number in range(12)])
moves = st.lists(st.tuples(names, st.integers(-40, 60)), max_size=60)


def fresh(points: dict[str, int]) -> list[Place]:
    """The same order, counted the slow way."""
    rows = sorted(((score, name) for name, score in points.items() if score > 0), key=lambda row: (-row[0], row[1]))
    return [Place(1 + sum(1 for other, _name in rows if other > score), name, score) for score, name in rows]


def test_competition_ranks_leave_places_out_after_a_tie() -> None:
    board = Leaderboard([("a", 9), ("b", 7), ("c", 7), ("d", 1), ("e", 0), ("f", -3)])

    assert [board.rank(name) for name in "abcdefg"] == [1, 2, 2, 4, None, None, None]
    assert len(board) == 4


def test_nobody_is_shown_on_an_empty_board() -> None:
    board = Leaderboard()

    assert (board.page(0, 10), board.rank("a"), board.position("a"), len(board)) == ([], None, None, 0)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(names, st.integers(-5, 60)), moves, st.integers(0, 12), st.integers(1, 6))
def test_after_any_moves_it_equals_a_fresh_count(start, steps, offset, count) -> None:
    points, board = dict(start), Leaderboard(start.items())
    for number, (name, change) in enumerate(steps):
        points[name] = points.get(name, 0) + change
        board.add(name, change)
        if number % 7 == 0:
            board.page(0, 3)

    rows = fresh(points)

    assert board.page(0, 100) == rows
    assert board.page(offset, count) == rows[offset : offset + count]
    assert len(board) == len(rows)
    for place, row in enumerate(rows):
        assert (board.rank(row.number), board.position(row.number)) == (row.rank, place)
