"""What comes next in a contest and in a registration; pages enter the steps of a process here."""

from contests.flows.appeals import (
    AppealFlow,
    appeal,
    apply_change,
    name_arbitrators,
    propose_change,
    settle_appeal,
    withdraw_appeal,
)
from contests.flows.contest import (
    ContestFlow,
    cancel,
    close_judging,
    close_registration,
    draw,
    end_notice,
    publish,
    start_judging,
    submit,
    submit_result,
)
from contests.flows.registration import RegistrationFlow, apply, review, withdraw

__all__ = [
    "AppealFlow",
    "ContestFlow",
    "RegistrationFlow",
    "appeal",
    "apply",
    "apply_change",
    "cancel",
    "close_judging",
    "close_registration",
    "draw",
    "end_notice",
    "name_arbitrators",
    "propose_change",
    "publish",
    "review",
    "settle_appeal",
    "start_judging",
    "submit",
    "submit_result",
    "withdraw",
    "withdraw_appeal",
]
