"""Batches and linked chains: what the ledger does with the transfers somebody sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rewards.pure import codes
from rewards.pure.effects import carry_out
from rewards.pure.precedence import judge
from rewards.pure.view import Changes, Overlay, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from rewards.pure.transfers import Transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One code per transfer sent, in order, and the rows to write."""

    results: tuple[str, ...]
    changes: Changes


def post(batch: Sequence[Transfer], view: View, *, at: datetime) -> Outcome:
    """Decide a whole batch against what is stored.

    `at` is the moment in the union's time zone (its date is the day that counts for lots). Timeouts up to `at` must
    have been released before (`sweeps.time_out`). Nothing is stored here: the caller writes `changes`, all of them,
    also when some results are refusals, for a refusal may spend its id.
    """
    book = Overlay(view)
    results: list[str] = []
    for chain in chains(batch):
        if len(chain) == 1 and codes.LINKED not in chain[0].flags:
            results.append(_decide(chain[0], book, at=at))
        else:
            results.extend(_decide_chain(chain, book, at=at))
    return Outcome(results=tuple(results), changes=book.changes)


def chains(batch: Sequence[Transfer]) -> Iterator[Sequence[Transfer]]:
    """The batch cut where a transfer is not linked to the next; only the last piece may end open."""
    start = 0
    for index, transfer in enumerate(batch):
        if codes.LINKED not in transfer.flags or index == len(batch) - 1:
            yield batch[start : index + 1]
            start = index + 1


def _decide(transfer: Transfer, book: Overlay, *, at: datetime) -> str:
    verdict = judge(transfer, book, at=at)
    if verdict.code == codes.CREATED:
        carry_out(verdict, book, at=at)
    elif verdict.code in codes.SPENDING:
        book.put_failed(transfer.id, verdict.code)
    return verdict.code


def _decide_chain(chain: Sequence[Transfer], book: Overlay, *, at: datetime) -> list[str]:
    """Whole or not at all: the first that is not `created` has its own code and alone may spend its id."""
    trial = Overlay(book)
    is_open = codes.LINKED in chain[-1].flags
    for index, transfer in enumerate(chain):
        if is_open and index == len(chain) - 1:
            return _failed_chain(chain, index, codes.LINKED_EVENT_CHAIN_OPEN)
        verdict = judge(transfer, trial, at=at)
        if verdict.code != codes.CREATED:
            if verdict.code in codes.SPENDING:
                book.put_failed(transfer.id, verdict.code)
            return _failed_chain(chain, index, verdict.code)
        carry_out(verdict, trial, at=at)
    book.absorb(trial.changes)
    return [codes.CREATED] * len(chain)


def _failed_chain(chain: Sequence[Transfer], culprit: int, code: str) -> list[str]:
    results = [codes.LINKED_EVENT_FAILED] * len(chain)
    if codes.LINKED in chain[-1].flags:
        results[-1] = codes.LINKED_EVENT_CHAIN_OPEN
    results[culprit] = code
    return results
