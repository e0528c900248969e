"""What comes next in a contest and in a registration; pages enter the steps of a process here."""

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
    "ContestFlow",
    "RegistrationFlow",
    "apply",
    "cancel",
    "close_judging",
    "close_registration",
    "draw",
    "end_notice",
    "publish",
    "review",
    "start_judging",
    "submit",
    "submit_result",
    "withdraw",
]
