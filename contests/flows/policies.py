"""Who must agree, unless an administrator published another version of the policy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from engine.approvals.domain import policies

REGISTRATION, PUBLISHING, RESULT = "contest-registration", "contest-publishing", "contest-result"
ROUND, APPEAL, DISQUALIFICATION = "contest-round", "contest-appeal", "contest-disqualification"

UNION_CHAIR: dict[str, Any] = {
    "key": "union-chair", "title": gettext_noop("Union chair"), "approvers": ["role:union_chair"], "mode": "any",
    "deadline": "2d",
}  # fmt: skip
SIGNER: dict[str, Any] = {
    "empty": "pass", "self": "allow", "repeat": "ask", "returns": "none", "deadline": "4h", "overdue": "pass",
    "signature": True,
}  # fmt: skip
# An applicant without anybody above them needs no unit head; the union decides in every case.
DEFAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    REGISTRATION: (
        gettext_noop("Contest registration"),
        {
            "steps": [
                {
                    "key": "unit-head",
                    "title": gettext_noop("Unit head"),
                    "approvers": ["manager:1"],
                    "empty": "pass",
                    "deadline": "1d",
                },
                {
                    "key": "union",
                    "title": gettext_noop("Union"),
                    "approvers": ["role:branch_chair@unit", "role:organiser"],
                    "mode": "any",
                    "deadline": "2d",
                },
            ]
        },
    ),
    PUBLISHING: (gettext_noop("Contest publishing"), {"steps": [UNION_CHAIR]}),
    RESULT: (gettext_noop("Contest result"), {"steps": [UNION_CHAIR]}),
    # Everybody who judged, in order, by hand; a judge who does not come is passed over, and the gate says so.
    ROUND: (
        gettext_noop("Sign-off of a round"),
        {
            "steps": [
                SIGNER | {"key": "judges", "title": gettext_noop("Judges"), "approvers": ["subject:judges"]},
                SIGNER | {"key": "leader", "title": gettext_noop("Group leader"), "approvers": ["subject:leader"]},
                SIGNER
                | {
                    "key": "chief",
                    "title": gettext_noop("Chief judge"),
                    "approvers": ["subject:chief"],
                    "overdue": "remind",
                },
                {
                    "key": "secretary",
                    "title": gettext_noop("Organiser"),
                    "approvers": ["subject:organiser"],
                    "empty": "pass",
                    "self": "allow",
                    "returns": "none",
                    "deadline": "1d",
                },
            ]
        },
    ),
    # The chief judge proposes, another agrees; the hall waits.
    DISQUALIFICATION: (gettext_noop("Disqualification in a contest"), {"steps": [UNION_CHAIR | {"deadline": "4h"}]}),
    # Three people named for each appeal; the majority decides, and nobody sends it back.
    APPEAL: (
        gettext_noop("Contest appeal"),
        {
            "steps": [
                {
                    "key": "arbitration",
                    "title": gettext_noop("Arbitration panel"),
                    "approvers": ["applicant-picks:3"],
                    "mode": "vote",
                    "pass": ">1/2",
                    "repeat": "ask",
                    "returns": "none",
                    "deadline": "3d",
                }
            ]
        },
    ),
}


def ensure(name: str, *, at: datetime) -> None:
    """Publish the default of a policy unless some version exists. One statement when it does."""
    title, definition = DEFAULTS[name]
    policies.ensure(name, definition, title=title, at=at)


def arbitration(*, at: datetime) -> tuple[str, int]:
    """Return the step of the appeal policy in force whose people are named, and how many. One statement."""
    for step in policies.latest(APPEAL, at=at).definition["steps"]:
        for source in step.get("approvers", []):
            kind, _, count = source.partition(":")
            if kind == "applicant-picks":
                return str(step["key"]), int(count)
    return "", 0
