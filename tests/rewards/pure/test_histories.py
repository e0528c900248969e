"""What is true of the ledger after any history."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.pure import codes
from rewards.pure.ledger import Ledger
from rewards.pure.replay import accounts_shown, lots_shown
from tests.rewards.pure.histories import History, Transfer, check_invariants, check_locks_suffice, histories, state

modest = settings(deadline=None, suppress_health_check=list(HealthCheck))


@modest
@given(histories)
def test_invariants_hold_after_every_step(history: list) -> None:
    played = History()

    for step in history:
        before = dict(played.ledger.store.rows.transfers)
        played.play(step)

        check_invariants(played.ledger)
        assert before.items() <= played.ledger.store.rows.transfers.items()


@modest
@given(histories)
def test_only_created_moves_points(history: list) -> None:
    played = History()

    for step in history:
        accounts, count = accounts_shown(played.ledger), len(played.answers)
        played.play(step)

        if isinstance(step, list) and codes.CREATED not in played.answers[count:]:
            assert accounts_shown(played.ledger) == accounts


@modest
@given(histories)
def test_sending_anything_again_changes_nothing(history: list) -> None:
    played = History()
    for step in history:
        played.play(step)
    before = state(played.ledger)

    for transfer in played.sent:
        stored, has_failed = played.ledger.store.transfer(transfer.id), transfer.id in before[-1]
        if stored is None and not has_failed:
            continue
        (answer,) = played.ledger.post([transfer])

        assert state(played.ledger) == before
        assert answer == expected_again(transfer, stored)


def expected_again(transfer: Transfer, stored: Transfer | None) -> str:
    """A history may send one id twice, the second time linked; if the first had failed, the second is what is stored."""
    if codes.LINKED in transfer.flags:
        return codes.LINKED_EVENT_CHAIN_OPEN
    if stored is None:
        return codes.ID_ALREADY_FAILED
    return codes.EXISTS if stored.flags == transfer.flags else "exists_with_different_flags"


@modest
@given(histories)
def test_what_was_left_out_may_be_filled_in_when_sending_again(history: list) -> None:
    played = History()
    for step in history:
        played.play(step)

    for stored in list(played.ledger.store.rows.transfers.values()):
        whole = replace(stored, flags=stored.flags - {codes.LINKED})
        is_linked = codes.LINKED in stored.flags

        assert played.ledger.post([whole]) == ("exists_with_different_flags" if is_linked else "exists",)


@modest
@given(histories, st.integers(0, 13))
def test_expiry_run_twice_changes_nothing(history: list, when: int) -> None:
    played = History()
    for step in history[:when]:
        played.play(step)
    played.ledger.expire()
    before = state(played.ledger)

    played.ledger.expire()

    assert state(played.ledger) == before


@modest
@given(histories)
def test_expiry_run_late_ends_the_same(history: list) -> None:
    """One ledger runs expiry after every step, the other only at the end."""
    steps = [step for step in history if step != "expire"]
    daily, late = History(undoes_expiry=False), History()

    for step in steps:
        daily.play(step)
        daily.ledger.expire()
    for transfers in batches_of(daily, steps):
        late.play(transfers) if not isinstance(transfers, tuple) else late.send(list(transfers))
    late.ledger.expire()

    assert late.answers == daily.answers
    assert accounts_shown(late.ledger) == accounts_shown(daily.ledger)
    assert lots_shown(late.ledger) == lots_shown(daily.ledger)


def batches_of(daily: History, steps: list) -> list:
    """The very transfers that were sent, batch by batch, for what a step picks depends on what is stored."""
    sent = iter(daily.sent)
    return [tuple(next(sent) for _ in step) if isinstance(step, list) else step for step in steps]


@modest
@given(histories)
def test_time_passing_at_once_or_step_by_step_ends_the_same(history: list) -> None:
    played = History()
    for step in history:
        played.play(step)
    jumped, walked = Ledger(played.ledger.now.date()), Ledger(played.ledger.now.date())
    for ledger in (jumped, walked):
        ledger.now = played.ledger.now
        ledger.store.apply(played.ledger.store.rows)

    jumped.advance(60 * 24 * 50)
    for _ in range(50 * 24):
        walked.advance(60)

    assert state(jumped) == state(walked)


@modest
@given(histories)
def test_accounts_to_lock_are_all_that_a_batch_changes(history: list) -> None:
    played = History()

    for step in history:
        if isinstance(step, list):
            batch = [played.written(ask) for ask in step]
            check_locks_suffice(played.ledger, batch)
            played.send(batch)
        else:
            played.play(step)


@modest
@given(histories)
def test_one_batch_or_one_by_one_is_the_same_without_links(history: list) -> None:
    together, apart = History(), History()

    for step in history:
        batch = together.play(step)
        if not isinstance(step, list):
            apart.play(step)
        elif any(codes.LINKED in transfer.flags for transfer in batch):
            apart.send(batch)
        else:
            for transfer in batch:
                apart.send([transfer])

    assert together.answers == apart.answers
    assert state(together.ledger) == state(apart.ledger)
