"""Records written and sequenced at the same moment: each has one place, none is left out."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from engine.proof import domain, sequencer
from engine.proof.models import Head, Leaf
from tests.races.together import at_once

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def write(name: int) -> None:
    for number in range(5):
        domain.append(kind="race", key=f"{name}-{number}", record={"n": number}, at=AT)


def sequence() -> int:
    return sum(sequencer.run(at=AT) for _turn in range(3))


def test_writers_and_sequencers_at_once_leave_one_whole_tree() -> None:
    for turn in range(5):
        at_once(*(partial(write, turn * 10 + name) for name in range(4)), sequence, sequence)
    sequencer.run(at=AT)

    assert sorted(Leaf.objects.values_list("index", flat=True)) == list(range(100))
    assert Head.objects.get().size == 100
    assert domain.wrong_leaf() == ""
