"""Random histories of the ledger: every flag, kind and step, with the invariants checked after each."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from rewards.pure import batch as batches
from rewards.pure import codes
from rewards.pure.ledger import Ledger
from rewards.pure.lots import available_points
from rewards.pure.transfers import Transfer, accounts_to_lock, debt_of, fund_of, is_wallet
from tests.rewards.pure.files import uid

START = date(2026, 3, 1)
WALLETS = ("wallet:1", "wallet:2", "wallet:1@union")
OTHERS = ("mint", "budget:a", "spent", "debt:1", "stock:mug", "free", "capped", "mint@union", "spent@union", "nowhere")
SINGLE_FLAGS = (
    (),
    (),
    (),
    (),
    (),
    (),
    ("pending",),
    ("pending",),
    ("balancing_debit",),
    ("pending", "balancing_debit"),
)
ODD_FLAGS = (("post", "void"), ("post", "pending"), ("void", "balancing_debit"))
SHAPES = ("award", "award", "award", "award", "redeem", "redeem", "reserve", "reserve", "post", "post", "void", "void")
SHAPES += ("refund", "refund", "claw_back", "claw_back", "claw_back", "any", "any", "odd", "again")


@dataclass(frozen=True)
class Ask:
    """What to send next; `pick` chooses among what exists by then."""

    shape: str
    amount: int
    pick: int
    wallet: str
    debit: str
    credit: str
    flags: tuple[str, ...]
    timeout_minutes: int
    lives_days: int | None
    is_linked: bool


asks = st.builds(
    Ask,
    shape=st.sampled_from(SHAPES),
    amount=st.sampled_from((*range(1, 13), 0)),
    pick=st.integers(0, 30),
    wallet=st.sampled_from(WALLETS[:1] * 3 + WALLETS),
    debit=st.sampled_from(WALLETS + OTHERS),
    credit=st.sampled_from(WALLETS + OTHERS),
    flags=st.sampled_from(SINGLE_FLAGS),
    timeout_minutes=st.sampled_from((0, 0, 1, 60, 1440, 60 * 24 * 40)),
    lives_days=st.sampled_from((None, None, -1, 0, 1, 5, 30, 60)),
    is_linked=st.sampled_from((False,) * 11 + (True,)),
)
sends = st.lists(asks, min_size=1, max_size=3)
waits = st.sampled_from((1, 30, 600, 1440, 60 * 24 * 7, 60 * 24 * 45))
acts = st.sampled_from(("expire", "tomorrow", "expire", "tomorrow", "close wallet:2", "close budget:a"))
shrinking = st.lists(st.one_of(sends, sends, sends, sends, sends, waits, acts), min_size=4, max_size=24)


def dense_history(seed: int) -> list[list[Ask] | int | str]:
    """A long history of mostly sensible transfers, which hypothesis alone rarely finds."""
    chance = random.Random(seed)
    return [_dense_step(chance) for _ in range(chance.randrange(4, 40))]


def _dense_step(chance: random.Random) -> list[Ask] | int | str:
    kind = chance.randrange(14)
    if kind == 0:
        return chance.choice((1, 30, 600, 1440, 60 * 24 * 7, 60 * 24 * 45))
    if kind == 1:
        return chance.choice(("expire", "tomorrow", "tomorrow", "close wallet:2", "close debt:1", "tomorrow"))
    return [_dense_ask(chance) for _ in range(chance.choice((1, 1, 1, 2, 3)))]


def _dense_ask(chance: random.Random) -> Ask:
    return Ask(
        shape=chance.choice(SHAPES),
        amount=chance.randrange(1, 9),
        pick=chance.randrange(31),
        wallet=chance.choice(WALLETS[:1] * 8 + WALLETS),
        debit=chance.choice(WALLETS + OTHERS),
        credit=chance.choice(WALLETS + OTHERS),
        flags=chance.choice(SINGLE_FLAGS),
        timeout_minutes=chance.choice((0, 0, 60, 1440, 60 * 24 * 40)),
        lives_days=chance.choice((None, None, 0, 1, 2, 5, 30)),
        is_linked=chance.randrange(15) == 0,
    )


histories = st.one_of(shrinking, st.integers(0, 2**32).map(dense_history))


@dataclass
class History:
    """A ledger under way, and what has been sent to it."""

    ledger: Ledger = field(default_factory=lambda: Ledger(START))
    sent: list[Transfer] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    count: int = 0
    undoes_expiry: bool = True

    def __post_init__(self) -> None:
        self.ledger.open("stock:mug", frozenset({codes.DEBITS_MUST_NOT_EXCEED_CREDITS}))
        self.ledger.open("free")
        self.ledger.open("capped", frozenset({codes.CREDITS_MUST_NOT_EXCEED_DEBITS}))
        self.send([Transfer(id=uid("budget"), kind="grant", debit="mint", credit="budget:a", amount=40)])
        self.sent.clear()
        self.answers.clear()

    def play(self, step: list[Ask] | int | str) -> list[Transfer]:
        """Take one step; the batch sent, if it is one."""
        if isinstance(step, int):
            self.ledger.advance(step)
        elif step == "expire":
            self.ledger.expire()
        elif step == "tomorrow":
            self.ledger.go_to(self.ledger.now.date() + timedelta(days=1))
        elif isinstance(step, str):
            self.ledger.close(step.removeprefix("close "))
        else:
            return self.send([self.written(ask) for ask in step])
        return []

    def send(self, batch: list[Transfer]) -> list[Transfer]:
        self.answers += self.ledger.post(batch)
        self.sent += batch
        return batch

    def written(self, ask: Ask) -> Transfer:
        self.count += 1
        transfer = self._written(ask, uid(self.count))
        return replace(transfer, flags=transfer.flags | {codes.LINKED}) if ask.is_linked else transfer

    def _written(self, ask: Ask, new_id: str) -> Transfer:
        plain = Transfer(id=new_id, kind="adjust", amount=ask.amount, by=str(ask.pick))
        if ask.shape == "again" and self.sent:
            return self.sent[ask.pick % len(self.sent)]
        if ask.shape in {"post", "void"}:
            return self._resolution(ask, new_id)
        if ask.shape in {"refund", "claw_back"}:
            return self._undoing(ask, plain)
        if ask.shape == "odd":
            return replace(plain, flags=frozenset(ODD_FLAGS[ask.pick % 3]), pending_id=uid(ask.pick))
        return self._movement(ask, plain)

    def _movement(self, ask: Ask, plain: Transfer) -> Transfer:
        expires_on = None if ask.lives_days is None else self.ledger.now.date() + timedelta(days=ask.lives_days)
        at_fund = "@union" if fund_of(ask.wallet) == "union" else ""
        if ask.shape == "award":
            source = "budget:a" if ask.pick % 7 == 0 else "mint" + at_fund
            return replace(plain, debit=source, credit=ask.wallet, kind="award", expires_on=expires_on)
        redeem = replace(plain, debit=ask.wallet, credit="spent" + at_fund, kind="redeem")
        if ask.shape == "redeem":
            return redeem
        if ask.shape == "reserve":
            return replace(redeem, flags=frozenset({"pending"}), timeout_minutes=ask.timeout_minutes)
        kind = sorted(codes.KINDS)[ask.pick % len(codes.KINDS)]
        any_single = replace(plain, debit=ask.debit, credit=ask.credit, flags=frozenset(ask.flags), kind=kind)
        timeout = ask.timeout_minutes if "pending" in ask.flags or ask.pick == 0 else 0
        return replace(any_single, timeout_minutes=timeout, expires_on=expires_on)

    def _resolution(self, ask: Ask, new_id: str) -> Transfer:
        reservations = self.ledger.store.rows.reservations
        is_any = ask.pick % 5 == 0
        target = self._picked(ask, lambda t: t.is_pending and (is_any or reservations[t.id].status == codes.PENDING))
        if target is None and ask.pick % 6:
            return self._written(replace(ask, shape="reserve"), new_id)
        amount = None if ask.pick % 3 else ask.amount % 4
        pending_id = target.id if target else uid("none")
        return Transfer(id=new_id, flags=frozenset({ask.shape}), pending_id=pending_id, amount=amount)

    def _undoing(self, ask: Ask, plain: Transfer) -> Transfer:
        wanted = {"refund": lambda s: s.is_posted and s.kind == "redeem", "claw_back": lambda s: s.kind == "award"}
        target = self._picked(ask, wanted[ask.shape] if ask.pick % 5 else lambda _: True)
        if target is None and ask.pick % 6:
            return self._written(replace(ask, shape="award" if ask.shape == "claw_back" else "redeem"), plain.id)
        if target is None:
            return replace(plain, kind="refund", debit="spent", credit="wallet:1", reference=uid("none"))
        amount = target.amount if ask.pick % 2 else ask.amount
        flags = frozenset({codes.BALANCING_DEBIT}) if ask.pick % 11 == 0 else frozenset()
        kind = "refund" if ask.shape == "refund" else "reverse"
        undoing = replace(plain, debit=target.credit, credit=target.debit, kind=kind, reference=target.id)
        return replace(undoing, amount=amount, flags=flags)

    def _picked(self, ask: Ask, wanted) -> Transfer | None:
        transfers = self.ledger.store.rows.transfers.values()
        stored = [t for t in transfers if wanted(t) and (self.undoes_expiry or t.kind != codes.EXPIRE)]
        return stored[-1 - ask.pick % len(stored)] if stored else None


def state(ledger: Ledger) -> tuple[object, ...]:
    """Everything stored, in a form that two ledgers can be compared by."""
    rows = ledger.store.rows
    tables = (rows.accounts, rows.transfers, rows.reservations, rows.lots, rows.takings, rows.failed)
    return tuple(dict(table) for table in tables)


def check_invariants(ledger: Ledger) -> None:
    check_conservation(ledger)
    check_limits(ledger)
    for wallet in ledger.store.rows.accounts:
        if is_wallet(wallet):
            check_wallet(ledger, wallet)
            check_person(ledger, wallet)


def check_conservation(ledger: Ledger) -> None:
    """Within each fund debits equal credits, pending and posted, and equal what the transfers say."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for account in ledger.store.rows.accounts.values():
        assert min(account.debits_pending, account.debits_posted, account.credits_pending, account.credits_posted) >= 0
        sums[fund_of(account.code)][0] += account.debits_pending - account.credits_pending
        sums[fund_of(account.code)][1] += account.debits_posted - account.credits_posted
    assert all(pair == [0, 0] for pair in sums.values())

    posted: dict[str, int] = defaultdict(int)
    for transfer in ledger.store.rows.transfers.values():
        if transfer.is_posted:
            posted[transfer.debit] -= transfer.amount
            posted[transfer.credit] += transfer.amount
    for code, account in ledger.store.rows.accounts.items():
        assert account.credits_posted - account.debits_posted == posted[code]


def check_limits(ledger: Ledger) -> None:
    for account in ledger.store.rows.accounts.values():
        if codes.DEBITS_MUST_NOT_EXCEED_CREDITS in account.flags:
            assert account.debits_pending + account.debits_posted <= account.credits_posted
        if codes.CREDITS_MUST_NOT_EXCEED_DEBITS in account.flags:
            assert account.credits_pending + account.credits_posted <= account.debits_posted


def check_wallet(ledger: Ledger, wallet: str) -> None:
    """Σ left and Σ held agree with the counters; what reservations took is what is held."""
    account = ledger.account(wallet)
    mine = [lot for lot in ledger.store.rows.lots.values() if lot.wallet == wallet]
    assert all(min(lot.left, lot.held, lot.expired_points) >= 0 for lot in mine)
    assert sum(lot.left for lot in mine) == account.credits_posted - account.debits_posted - account.debits_pending
    assert sum(lot.held for lot in mine) == account.debits_pending
    assert len({lot.number for lot in mine}) == len(mine)
    open_ids = {r.transfer_id for r in ledger.store.rows.reservations.values() if r.status == "pending"}
    held: dict[str, int] = defaultdict(int)
    for taking in ledger.store.rows.takings.values():
        assert 0 <= taking.returned <= taking.amount
        if taking.transfer_id in open_ids:
            held[taking.lot_id] += taking.amount
    assert all(lot.held == held[lot.id] for lot in mine)


def check_person(ledger: Ledger, wallet: str) -> None:
    """earned + debt = Σ (left + held) + spent + expired + clawed back; nobody has available points and a debt."""
    transfers = ledger.store.rows.transfers
    debt = ledger.account(debt_of(wallet))
    earned = spent = expired = clawed_back = lent = 0
    for transfer in transfers.values():
        amount = transfer.amount if transfer.is_posted else 0
        undone = transfers.get(transfer.reference) if transfer.is_undoing else None
        if transfer.credit == wallet and debt_of(wallet) != transfer.debit:
            is_return = undone is not None and undone.debit == wallet
            was_claw_back = is_return and undone.kind == "reverse"
            earned += 0 if is_return else amount
            clawed_back -= amount if was_claw_back else 0
            expired -= amount if is_return and undone.kind == "expire" else 0
            spent -= amount if is_return and not was_claw_back and undone.kind != "expire" else 0
        elif transfer.credit == wallet:
            lent += amount
        if transfer.debit == wallet and transfer.credit == debt_of(wallet):
            lent -= amount
        elif transfer.debit == wallet:
            expired += amount if transfer.kind == "expire" else 0
            clawed_back += amount if transfer.kind == "reverse" else 0
            spent += amount if transfer.kind not in {"expire", "reverse"} else 0
    mine = [lot for lot in ledger.store.rows.lots.values() if lot.wallet == wallet]
    in_lots = sum(lot.left + lot.held for lot in mine)
    assert earned + lent == in_lots + spent + expired + clawed_back
    available = available_points(mine, ledger.now.date())
    assert not (available > 0 and debt.owed_points > 0)


def check_locks_suffice(ledger: Ledger, batch: list[Transfer]) -> None:
    """A batch changes no account, and no lot of a wallet, that was not named beforehand to be locked."""
    named = accounts_to_lock(batch, ledger.store.transfer)
    changes = batches.post(batch, ledger.store, at=ledger.now).changes

    assert set(changes.accounts) <= set(named)
    assert {lot.wallet for lot in changes.lots.values()} <= set(named)
