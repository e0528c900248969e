"""A second model of a wallet, made of single points, agrees with the lots.

Every point is an object with its last day and age; there are no lots, no counters and no takings to keep in step.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.pure.ledger import Ledger
from rewards.pure.replay import lots_shown
from rewards.pure.transfers import Transfer
from tests.rewards.pure.files import WALLET, uid

START = date(2026, 3, 1)
FOREVER = date.max


@dataclass(eq=False)
class Point:
    expires_on: date
    age: int
    award: str
    place: str = "left"


class Purse:
    """A wallet as a heap of points; an action is refused by returning False."""

    def __init__(self) -> None:
        self.today = START
        self.points: list[Point] = []
        self.taken: dict[str, list[Point]] = {}
        self.debt = 0
        self.clock = 0

    def credit(self, name: str, amount: int, expires_on: date | None) -> bool:
        self.clock += 1
        self.points += [Point(expires_on or FOREVER, self.clock, name) for _ in range(amount)]
        return self._repaid()

    def debit(self, name: str, amount: int, place: str, award: str = "") -> bool:
        there = [point for point in self.points if point.place == "left" and point.expires_on >= self.today]
        there.sort(key=lambda point: (point.award != award, point.expires_on, point.age))
        if len(there) < amount:
            return False
        self.taken[name] = there[:amount]
        for point in self.taken[name]:
            point.place = place
        return True

    def post(self, name: str, reserved: str, amount: int) -> bool:
        held = self.taken.pop(reserved)
        self.taken[name] = held[:amount]
        for point in held[:amount]:
            point.place = "spent"
        return self._returned(held[amount:])

    def void(self, reserved: str) -> bool:
        return self._returned(self.taken.pop(reserved))

    def refund(self, undone: str, amount: int) -> bool:
        out = self.taken[undone]
        if amount > len(out):
            return False
        back = [out.pop() for _ in range(amount)]
        return self._returned(back)

    def claw_back(self, award: str, amount: int, limit: int) -> bool:
        own = [point for point in self.points if point.award == award]
        lapsed = [p for p in own if p.place == "expired" or (p.place == "left" and p.expires_on < self.today)]
        if amount > limit - len(lapsed):
            return False
        there = [point for point in self.points if point.place == "left" and point.expires_on >= self.today]
        self.debt += max(0, amount - len(there))
        return self.debit("claw back " + award, min(amount, len(there)), "clawed back", award)

    def expire(self) -> bool:
        for point in self.points:
            if point.place == "left" and point.expires_on < self.today:
                point.place = "expired"
        return True

    def _returned(self, back: list[Point]) -> bool:
        reborn: dict[tuple[date, int], int] = {}
        for point in back:
            point.place = "left"
            if point.expires_on < self.today:
                birth = (point.expires_on, point.age)
                if birth not in reborn:
                    self.clock += 1
                    reborn[birth] = self.clock
                point.age = reborn[birth]
                point.expires_on = self.today + timedelta(days=30)
        return self._repaid()

    def _repaid(self) -> bool:
        there = sum(1 for point in self.points if point.place == "left" and point.expires_on >= self.today)
        amount = min(self.debt, there)
        if amount:
            self.debit(f"repayment {self.clock}", amount, "repaid")
            self.debt -= amount
        return True

    def shown(self) -> list[tuple[int, int, date]]:
        days = sorted({point.expires_on for point in self.points if point.place in {"left", "held"}})
        return [
            (
                sum(1 for p in self.points if p.place == "left" and p.expires_on == day),
                sum(1 for p in self.points if p.place == "held" and p.expires_on == day),
                day,
            )
            for day in days
        ]


class Pair:
    """The ledger and the purse, given the same to do."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.ledger, self.purse = Ledger(START), Purse()
        self.awards: dict[str, int] = {}
        self.undone: dict[str, int] = {}
        self.open: dict[str, int] = {}
        self.spent: list[str] = []
        self.count = 0

    def step(self) -> None:
        self.count += 1
        acts = [self.award, self.award, self.redeem, self.redeem, self.reserve, self.reserve, self.resolve]
        acts += [self.resolve, self.refund, self.claw_back, self.day_passes, self.expire]
        self.chance.choice(acts)(str(self.count))

    def send(self, name: str, **fields: object) -> bool:
        defaults = {"debit": WALLET, "credit": "spent", "kind": "redeem"}
        transfer = Transfer(id=uid(name), **{**defaults, **fields})
        return self.ledger.post([transfer]) == ("created",)

    def award(self, name: str) -> None:
        amount, lives = self.chance.randrange(1, 7), self.chance.choice((None, 0, 1, 2, 3, 20, 45))
        expires_on = None if lives is None else self.purse.today + timedelta(days=lives)
        assert self.send(name, debit="mint", credit=WALLET, kind="award", amount=amount, expires_on=expires_on)
        assert self.purse.credit(name, amount, expires_on)
        self.awards[name], self.undone[name] = amount, 0

    def redeem(self, name: str) -> None:
        amount = self.chance.randrange(1, 6)
        is_done = self.purse.debit(name, amount, "spent")
        assert self.send(name, amount=amount) == is_done
        if is_done:
            self.spent.append(name)

    def reserve(self, name: str) -> None:
        amount = self.chance.randrange(1, 6)
        is_done = self.purse.debit(name, amount, "held")
        assert self.send(name, amount=amount, flags=frozenset({"pending"})) == is_done
        if is_done:
            self.open[name] = amount

    def resolve(self, name: str) -> None:
        if not self.open:
            return
        reserved = self.chance.choice(list(self.open))
        amount = self.open.pop(reserved)
        named = replace(Transfer(id=uid(name)), pending_id=uid(reserved))
        if self.chance.randrange(2):
            assert self.ledger.post([replace(named, flags=frozenset({"void"}))]) == ("created",)
            assert self.purse.void(reserved)
            return
        kept = self.chance.randrange(amount + 1)
        assert self.ledger.post([replace(named, flags=frozenset({"post"}), amount=kept)]) == ("created",)
        assert self.purse.post(name, reserved, kept)
        self.spent.append(name)

    def refund(self, name: str) -> None:
        if not self.spent:
            return
        undone, amount = self.chance.choice(self.spent), self.chance.randrange(1, 5)
        fields = {"debit": "spent", "credit": WALLET, "kind": "refund", "reference": uid(undone)}
        assert self.send(name, amount=amount, **fields) == self.purse.refund(undone, amount)

    def claw_back(self, name: str) -> None:
        if not self.awards:
            return
        award, amount = self.chance.choice(list(self.awards)), self.chance.randrange(1, 7)
        fields = {"credit": "mint", "kind": "reverse", "reference": uid(award)}
        is_done = self.purse.claw_back(award, amount, self.awards[award] - self.undone[award])
        assert self.send(name, amount=amount, **fields) == is_done
        self.undone[award] += amount if is_done else 0

    def day_passes(self, _: str) -> None:
        self.purse.today += timedelta(days=self.chance.choice((1, 1, 2, 10)))
        self.ledger.go_to(self.purse.today)

    def expire(self, _: str) -> None:
        self.ledger.expire()
        self.purse.expire()

    def shown(self) -> list[tuple[int, int, date]]:
        lines = lots_shown(self.ledger).get(WALLET, [])
        return [(li["left"], li["held"], date.fromisoformat(li["expires_on"] or "9999-12-31")) for li in lines]


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_lots_agree_with_single_points(seed: int, length: int) -> None:
    pair = Pair(seed)

    for _ in range(length):
        pair.step()

        assert pair.shown() == pair.purse.shown()
        assert pair.ledger.account("debt:1001").owed_points == pair.purse.debt
