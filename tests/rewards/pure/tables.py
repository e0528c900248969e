"""Words for rows of TigerBeetle's published state machine tables, read by hand into our words.

Left out: what we have no field for (user data, imported events, balancing_credit, overflow of 128 bits, amount 0).
Seconds became minutes, ledgers funds, codes kinds; `D<C` and `C<D` are the two account flags.
"""

from __future__ import annotations

from typing import Any

from tests.rewards.pure.files import Document, asked, four, opened, run

NOBODY = "world"
FLAGS = {"D<C": "debits_must_not_exceed_credits", "C<D": "credits_must_not_exceed_debits"}
WORDS = {"PEN": "pending", "LNK": "linked", "BDR": "balancing_debit", "POS": "post", "VOI": "void"}


def accounts(**named: str) -> list[Document]:
    """Open accounts, and one more that all set-up comes from."""
    steps = [opened(NOBODY)]
    return steps + [opened(code, *([FLAGS[flag]] if flag else [])) for code, flag in named.items()]


def setup(code: str, debits_pending: int, debits_posted: int, credits_pending: int, credits_posted: int) -> Document:
    """Bring an account to four integers by transfers with the rest of the world."""
    moves = [
        (NOBODY, code, credits_posted, ()),
        (code, NOBODY, debits_posted, ()),
        (NOBODY, code, credits_pending, ("pending",)),
        (code, NOBODY, debits_pending, ("pending",)),
    ]
    if debits_posted > credits_posted:
        moves = [moves[1], moves[0], *moves[2:]]
    return {
        "batch": [
            asked(f"setup {code} {index}", debit, credit, amount, kind="adjust", flags=list(flags))
            for index, (debit, credit, amount, flags) in enumerate(moves)
            if amount
        ]
    }


def row(line: str, **fields: Any) -> tuple[Document, str]:
    """`T1 A1 A2 15 PEN LNK created`: id, accounts (_: left out), amount (_), flags, code."""
    name, debit, credit, amount, *flags, code = line.split()
    document = asked(
        name,
        None if debit == "_" else debit,
        None if credit == "_" else credit,
        None if amount == "_" else int(amount),
        flags=[WORDS[flag] for flag in flags],
        **({"kind": "adjust"} if debit != "_" and "kind" not in fields else {}),
        **fields,
    )
    return document, code


def check(steps: list[Document], *commits: list[tuple[Document, str]] | Document, **balances: tuple[int, ...]) -> None:
    """Each list of rows is one batch; between them other steps may stand; then the balances are compared."""
    expected: list[str] = []
    total = list(steps)
    set_up = sum(len(step.get("batch", [])) for step in steps)
    for commit in commits:
        if isinstance(commit, dict):
            total.append(commit)
        else:
            total.append({"batch": [document for document, _ in commit]})
            expected += [code for _, code in commit]

    replayed = run(*total)

    assert replayed["results"][:set_up] == ["created"] * set_up
    assert replayed["results"][set_up:] == expected
    assert {code: four(replayed, code) for code in balances} == balances
