"""What for: the ledger's rows, what points buy, what was bought."""

from rewards.models.course import CourseSession, Seat
from rewards.models.item import Item
from rewards.models.leave import LeaveGrant
from rewards.models.ledger import Account, FailedTransfer, Lot, Reservation, Taking, Transfer
from rewards.models.manual_award import ManualAward
from rewards.models.redemption import Redemption

__all__ = [
    "Account",
    "CourseSession",
    "FailedTransfer",
    "Item",
    "LeaveGrant",
    "Lot",
    "ManualAward",
    "Redemption",
    "Reservation",
    "Seat",
    "Taking",
    "Transfer",
]
