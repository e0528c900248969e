"""Short words for writing replay files in tests."""

from __future__ import annotations

import uuid
from typing import Any

from rewards.pure.replay import Replayed, replay

Document = dict[str, Any]
TODAY = "2026-03-01"
WALLET = "wallet:1001"
BUDGET = "budget:works"


def uid(name: object) -> str:
    """The same name is the same id."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, str(name)))


def asked(name: object, debit: str | None, credit: str | None, amount: int | None, **fields: Any) -> Document:
    """The fields of a transfer; what is None is left out. `undoes` and `of` name the transfer referred to."""
    if "undoes" in fields:
        fields["reference"] = uid(fields.pop("undoes"))
    if "of" in fields:
        fields["pending_id"] = uid(fields.pop("of"))
    if isinstance(fields.get("flags"), str):
        fields["flags"] = fields["flags"].split()
    document = {"id": uid(name), "debit": debit, "credit": credit, "amount": amount, **fields}
    return {key: value for key, value in document.items() if value is not None}


def send(name: object, debit: str | None, credit: str | None, amount: int | None, **fields: Any) -> Document:
    """A step: one transfer, of kind adjust unless it says otherwise or is a post or void."""
    return {"transfer": single(name, debit, credit, amount, **fields)}


def single(name: object, debit: str | None, credit: str | None, amount: int | None, **fields: Any) -> Document:
    return asked(name, debit, credit, amount, **{"kind": "adjust", **fields})


def grant(name: object, amount: int, to: str = BUDGET, **fields: Any) -> Document:
    return send(name, "mint" + _at(to), to, amount, kind="grant", **fields)


def award(name: object, amount: int, to: str = WALLET, source: str = "mint", **fields: Any) -> Document:
    return send(name, source, to, amount, kind="award", **fields)


def redeem(name: object, amount: int, source: str = WALLET, **fields: Any) -> Document:
    return send(name, source, "spent" + _at(source), amount, kind="redeem", **fields)


def reserve(name: object, amount: int, source: str = WALLET, **fields: Any) -> Document:
    return redeem(name, amount, source, flags="pending", **fields)


def post(name: object, of: object, amount: int | None = None, **fields: Any) -> Document:
    return {"transfer": asked(name, None, None, amount, of=of, **{"flags": "post", **fields})}


def void(name: object, of: object, amount: int | None = None, **fields: Any) -> Document:
    return {"transfer": asked(name, None, None, amount, of=of, **{"flags": "void", **fields})}


def refund(name: object, undoes: object, amount: int, to: str = WALLET, **fields: Any) -> Document:
    return send(name, "spent" + _at(to), to, amount, kind="refund", undoes=undoes, **fields)


def claw_back(name: object, undoes: object, amount: int, source: str = WALLET, to: str = "mint", **f: Any) -> Document:
    return send(name, source, to, amount, kind="reverse", undoes=undoes, **f)


def day(value: str) -> Document:
    return {"today": value}


def minutes(value: int) -> Document:
    return {"advance_minutes": value}


EXPIRY: Document = {"expire": True}


def opened(code: str, *flags: str) -> Document:
    return {"open": code, "flags": list(flags)}


def closed(code: str) -> Document:
    return {"close": code}


def batch(*sends: Document) -> Document:
    return {"batch": [send["transfer"] for send in sends]}


def run(*steps: Document, today: str = TODAY) -> Replayed:
    return replay({"today": today, "steps": list(steps)})


def results(*steps: Document, today: str = TODAY) -> list[str]:
    return run(*steps, today=today)["results"]


def last(*steps: Document, today: str = TODAY) -> str:
    return run(*steps, today=today)["results"][-1]


def four(replayed: Replayed, code: str) -> tuple[int, int, int, int]:
    """debits_pending, debits_posted, credits_pending, credits_posted; zeros for what was left out."""
    account = replayed["accounts"].get(code, {})
    names = ("debits_pending", "debits_posted", "credits_pending", "credits_posted")
    return tuple(account.get(name, 0) for name in names)  # type: ignore[return-value]


def lots(replayed: Replayed, wallet: str = WALLET) -> list[tuple[int, int, str | None]]:
    """(left, held, expires_on) of each line."""
    return [(line["left"], line["held"], line["expires_on"]) for line in replayed["lots"].get(wallet, [])]


def debt(replayed: Replayed, code: str = "debt:1001") -> int:
    _, debits_posted, _, credits_posted = four(replayed, code)
    return debits_posted - credits_posted


def _at(code: str) -> str:
    _, separator, fund = code.partition("@")
    return separator + fund
