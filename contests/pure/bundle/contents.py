"""What a bundle holds once it is read."""

from __future__ import annotations

from dataclasses import dataclass

from contests.pure.scheme import Entry, Factor, Judge, Mark, Penalty, Scheme


@dataclass(frozen=True, slots=True)
class Bundle:
    """One whole contest; every table in file order. Only marks that were given are in `marks`."""

    scheme: Scheme
    entries: tuple[Entry, ...] = ()
    judges: tuple[Judge, ...] = ()
    marks: tuple[Mark, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    factors: tuple[Factor, ...] = ()
