"""`ledger replay`: a file of steps on an empty ledger that leaves nothing behind."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TypedDict

from rewards.pure.ledger import Ledger
from rewards.pure.steps import Advance, Batch, Close, Expire, GoTo, Malformed, Open, read_script

__all__ = ["LotLine", "Malformed", "Replayed", "accounts_shown", "lots_shown", "replay"]


class LotLine(TypedDict):
    left: int
    held: int
    expires_on: str | None


class Replayed(TypedDict):
    results: list[str]
    accounts: dict[str, dict[str, int]]
    lots: dict[str, list[LotLine]]


def replay(document: object) -> Replayed:
    """Run a replay file, already decoded from JSON: one code per transfer sent, and the ledger as it ends.

    Raises Malformed, and then nothing has a result.
    """
    script = read_script(document)
    ledger = Ledger(script.today)
    results: list[str] = []
    for number, step in enumerate(script.steps, start=1):
        if isinstance(step, Batch):
            results.extend(ledger.post(step.transfers))
        elif isinstance(step, Expire):
            ledger.expire()
        else:
            _run(step, ledger, number)
    return {"results": results, "accounts": accounts_shown(ledger), "lots": lots_shown(ledger)}


def accounts_shown(ledger: Ledger) -> dict[str, dict[str, int]]:
    """The four integers of every account that ever moved, by code."""
    names = ("debits_pending", "debits_posted", "credits_pending", "credits_posted")
    shown = {
        code: {name: getattr(account, name) for name in names} for code, account in ledger.store.rows.accounts.items()
    }
    return dict(sorted(shown.items()))


def lots_shown(ledger: Ledger) -> dict[str, list[LotLine]]:
    """What lies in each wallet: one line per last day, earliest first, never last; empty lines are left out."""
    sums: dict[str, dict[date | None, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for lot in ledger.store.rows.lots.values():
        if lot.left or lot.held:
            line = sums[lot.wallet][lot.expires_on]
            line[0] += lot.left
            line[1] += lot.held
    return {
        wallet: [
            {"left": left, "held": held, "expires_on": day.isoformat() if day else None}
            for day, (left, held) in sorted(lines.items(), key=lambda line: (line[0] is None, line[0] or date.max))
        ]
        for wallet, lines in sorted(sums.items())
    }


def _run(step: Open | Close | Advance | GoTo, ledger: Ledger, number: int) -> None:
    """A step that the ledger may refuse: then the file is at fault."""
    try:
        match step:
            case Open():
                if ledger.account(step.code) is None:  # what is there, or needs no opening, stays as it is
                    ledger.open(step.code, step.flags or frozenset())
            case Close():
                ledger.close(step.code)
            case Advance():
                ledger.advance(step.minutes)
            case GoTo():
                ledger.go_to(step.day)
    except (ValueError, LookupError) as error:
        raise Malformed(f"step {number}: {error}") from error
