"""What for: the ledger's rows, what points buy, what was bought."""

from rewards.models.badge import BadgeAward, BadgeClass
from rewards.models.budget import BulkAward, BulkPart, TopUp
from rewards.models.course import CourseSession, Seat, SkillRecord
from rewards.models.fund import Fund
from rewards.models.handover import (
    ColumnLayout,
    HandOver,
    HandOverAnswer,
    HandOverBatch,
    HandOverCounter,
    Lane,
    Reconciliation,
)
from rewards.models.item import Category, Item, ItemPicture, ItemPrice
from rewards.models.leave import BlackOut, CoverQuota, LeaveGrant, LeaveRequest, LeaveRule, UnitCap
from rewards.models.ledger import Account, FailedTransfer, Lot, Reservation, Taking, Transfer
from rewards.models.manual_award import ManualAward
from rewards.models.redemption import Redemption
from rewards.models.rule import AwardRule, Happening, Level, Rehearsal, RuleDecision, RuleVersion, Season

__all__ = [
    "Account",
    "AwardRule",
    "BadgeAward",
    "BadgeClass",
    "BlackOut",
    "BulkAward",
    "BulkPart",
    "Category",
    "ColumnLayout",
    "CourseSession",
    "CoverQuota",
    "FailedTransfer",
    "Fund",
    "HandOver",
    "HandOverAnswer",
    "HandOverBatch",
    "HandOverCounter",
    "Happening",
    "Item",
    "ItemPicture",
    "ItemPrice",
    "Lane",
    "LeaveGrant",
    "LeaveRequest",
    "LeaveRule",
    "Level",
    "Lot",
    "ManualAward",
    "Reconciliation",
    "Redemption",
    "Rehearsal",
    "Reservation",
    "RuleDecision",
    "RuleVersion",
    "Season",
    "Seat",
    "SkillRecord",
    "Taking",
    "TopUp",
    "Transfer",
    "UnitCap",
]
