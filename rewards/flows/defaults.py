"""The default policies of this app and how a flow gets them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from engine.approvals.domain import policies

POLICIES: dict[str, tuple[str, dict[str, Any]]] = {
    "leave-redemption": (
        gettext_noop("Leave for points"),
        {
            "steps": [
                {"key": "unit", "title": gettext_noop("Unit head"), "approvers": ["manager:1"], "mode": "all"},
                {"key": "hr", "title": gettext_noop("HR"), "approvers": ["role:hr"], "mode": "any"},
            ]
        },
    ),
    "course-redemption": (
        gettext_noop("Training for points"),
        {
            "steps": [
                {"key": "unit", "title": gettext_noop("Unit head"), "approvers": ["manager:1"], "mode": "all"},
                {"key": "hr", "title": gettext_noop("HR"), "approvers": ["role:hr"], "mode": "any"},
            ]
        },
    ),
    "goods-redemption": (
        gettext_noop("Goods for points"),
        {"steps": [{"key": "unit", "title": gettext_noop("Unit head"), "approvers": ["manager:1"], "mode": "all"}]},
    ),
    "honour-redemption": (
        gettext_noop("Honours for points"),
        {"steps": [{
            "key": "union", "title": gettext_noop("Union chair"), "approvers": ["role:branch_chair@unit", "role:union_chair"],
            "mode": "any",
        }]},
    ),
    "manual-award": (
        gettext_noop("Manual award"),
        {"steps": [{
            "key": "union", "title": gettext_noop("Union chair"), "approvers": ["role:branch_chair@unit", "role:union_chair"],
            "mode": "any", "deadline": "3d",
        }]},
    ),
    "rule-award": (
        gettext_noop("Award by rule"),
        {"steps": [{
            "key": "union", "title": gettext_noop("Union chair"), "approvers": ["role:branch_chair@unit", "role:union_chair"],
            "mode": "any", "deadline": "5d",
        }]},
    ),
    "budget-top-up": (
        gettext_noop("Top-up of a budget"),
        {"steps": [{
            "key": "finance", "title": gettext_noop("Finance"), "approvers": ["role:finance", "role:union_chair"],
            "mode": "any", "deadline": "5d",
        }]},
    ),
    "bulk-award": (
        gettext_noop("Bulk award"),
        {"steps": [{
            "key": "union", "title": gettext_noop("Union chair"), "approvers": ["role:union_chair"],
            "mode": "any", "deadline": "5d",
        }]},
    ),
}  # fmt: skip


def ensure(name: str, *, at: datetime) -> str:
    """Publish the default of a policy unless some version exists; return its name."""
    title, definition = POLICIES[name]
    policies.ensure(name, definition, title=title, at=at)
    return name
