"""Processes about points, each readable like its diagram."""

from rewards.flows.budgets import BulkAwardFlow, TopUpFlow, ask_bulk_award, ask_top_up
from rewards.flows.defaults import POLICIES, ensure
from rewards.flows.manual_award import ManualAwardFlow, propose_award, propose_draft
from rewards.flows.redemption import (
    RedemptionFlow,
    cancel,
    cancel_session,
    give_back_uncollected,
    hand_over,
    move_up,
    move_up_waiting,
    refund,
    request,
)
from rewards.flows.rule_award import RuleAwardFlow, ask_for_awards

__all__ = [
    "POLICIES", "BulkAwardFlow", "ManualAwardFlow", "RedemptionFlow", "RuleAwardFlow", "TopUpFlow", "ask_bulk_award", "ask_for_awards", "ask_top_up", "cancel", "cancel_session", "ensure", "give_back_uncollected", "hand_over", "move_up",
    "move_up_waiting", "propose_award", "propose_draft", "refund", "request",
]  # fmt: skip
