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
    reopen_sheet,
    sign_again,
    start_judging,
    submit,
    submit_result,
)
from contests.flows.disqualification import (
    DisqualificationFlow,
    propose_disqualification,
    withdraw_disqualification,
)
from contests.flows.registration import RegistrationFlow, apply, apply_team, review, withdraw

__all__ = [
    "AppealFlow",
    "ContestFlow",
    "DisqualificationFlow",
    "RegistrationFlow",
    "appeal",
    "apply",
    "apply_change",
    "apply_team",
    "cancel",
    "close_judging",
    "close_registration",
    "draw",
    "end_notice",
    "name_arbitrators",
    "propose_change",
    "propose_disqualification",
    "publish",
    "reopen_sheet",
    "review",
    "settle_appeal",
    "sign_again",
    "start_judging",
    "submit",
    "submit_result",
    "withdraw",
    "withdraw_appeal",
    "withdraw_disqualification",
]
