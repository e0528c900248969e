"""Votes 票签: exact rationals, never rounded.

Source: the specification of approvals, "When a step is decided".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

MAJORITY = ">1/2"
COUNT = re.compile(r"[1-9]\d{0,4}")
RATIO = re.compile(r"(>=|>)\s*(\d{1,6})/([1-9]\d{0,5})")


@dataclass(frozen=True)
class Rule:
    """How many approvals pass: `count` of n, or more than (`is_strict`), or at least, `share` of n."""

    count: int = 0
    share: Fraction = Fraction(1, 2)
    is_strict: bool = True

    def needed(self, places: int) -> int:
        """Return how many approvals pass among n places, at least 1; a count above n means all n."""
        if self.count:
            return min(self.count, places)
        exact = self.share * places
        whole = exact.numerator // exact.denominator  # floor
        least = whole + 1 if self.is_strict or whole != exact else whole
        return max(least, 1)


def read(text: str) -> Rule:
    """Return the rule of `"3"`, `">=2/3"` or `">1/2"`.

    Raises:
        ValueError: not written so, or never to be reached.
    """
    if COUNT.fullmatch(text):
        return Rule(count=int(text))
    found = RATIO.fullmatch(text)
    if not found:
        raise ValueError("write a number of approvals, or a share such as >=2/3 or >1/2")
    rule = Rule(share=Fraction(int(found[2]), int(found[3])), is_strict=found[1] == ">")
    if rule.share > 1 or (rule.share == 1 and rule.is_strict):
        raise ValueError(f"{text} can never be reached")
    return rule


@dataclass(frozen=True)
class Tally:
    """A vote as it stands: n places, of which some approved, refused, abstained, and the rest are open."""

    places: int
    approvals: int
    refusals: int
    abstentions: int
    needed: int

    @property
    def open(self) -> int:
        """How many have not voted."""
        return self.places - self.approvals - self.refusals - self.abstentions

    @property
    def verdict(self) -> str:
        """`approve` when the rule can no longer fail, `refuse` when it can no longer pass, '' until then."""
        if self.approvals >= self.needed:
            return "approve"
        return "refuse" if self.approvals + self.open < self.needed else ""

    @property
    def more_to_pass(self) -> int:
        """How many further approvals pass it: 还需 … 票通过."""
        return max(self.needed - self.approvals, 0)

    @property
    def more_to_refuse(self) -> int:
        """How many further refusals (or abstentions) refuse it: 再有 … 票反对即否决."""
        return max(self.approvals + self.open - self.needed + 1, 0)
