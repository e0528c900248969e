"""Tables of contests: what they are, who takes part, who judges, every mark, the result."""

from contests.models.contest import Contest
from contests.models.entry import Entry, Factor
from contests.models.marking import Mark, Operation
from contests.models.panel import PanelMember, Sheet
from contests.models.penalty import Penalty
from contests.models.registration import Registration
from contests.models.result import ResultRow

__all__ = [
    "Contest",
    "Entry",
    "Factor",
    "Mark",
    "Operation",
    "PanelMember",
    "Penalty",
    "Registration",
    "ResultRow",
    "Sheet",
]
