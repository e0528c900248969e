"""What may be asked of the ledger at all: anything else is a mistake of the caller, no refusal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rewards.pure import codes
from rewards.pure.transfers import Transfer, canonical

LONGEST = {"debit": 120, "credit": 120, "kind": 10, "fund": 60, "reference": 200, "reason": 500, "by": 60}


def well_formed(batch: Iterable[Transfer]) -> list[Transfer]:
    """Return the batch with its account codes in canonical spelling.

    Raises:
        ValueError: an amount or a time that is no whole number from 0 to 2^53 − 1; a text too long, or one that no database keeps.
    """
    return [_well_formed(transfer) for transfer in batch]


def _well_formed(transfer: Transfer) -> Transfer:
    for name, value in (("amount", transfer.amount or 0), ("timeout_minutes", transfer.timeout_minutes)):
        if type(value) is not int or not 0 <= value <= codes.MAXIMUM_AMOUNT:
            raise ValueError(f"{name} {value!r} is no whole number from 0 to 2^53 - 1")
    for name, longest in LONGEST.items():
        text = getattr(transfer, name)
        if text is None:
            continue
        if (
            len(text) > longest
            or "\0" in text
            or (not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text))
        ):
            raise ValueError(f"{name} is longer than {longest} or no text that can be kept")
    debit = canonical(transfer.debit) if transfer.debit else None
    credit = canonical(transfer.credit) if transfer.credit else None
    if (debit, credit) == (transfer.debit, transfer.credit):
        return transfer  # as nearly always: a copy of each of a thousand awards would cost as much as the checks
    return replace(transfer, debit=debit, credit=credit)
