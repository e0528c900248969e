"""What the frame links to, in one place: each entry names its address, its icon and the permission that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Link:
    """One entry. `tab` also puts it into the phone's tab bar; `counter` names a registered count."""

    label: str | Promise
    icon: str
    url_name: str
    permission: str = ""
    tab: bool = False
    counter: str = ""


@dataclass(frozen=True)
class Group:
    """A titled group of the side bar."""

    title: str | Promise
    links: tuple[Link, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        "",
        (
            Link(_("Home"), "house", "frontend:home", tab=True),
            Link(_("To do"), "inbox", "approvals:inbox", tab=True, counter="inbox"),
            Link(_("Notices"), "bell", "notices:list", counter="notices"),
        ),
    ),
    Group(
        _("For me"),
        (
            Link(_("Contests"), "medal", "contests:list", tab=True),
            Link(_("Live boards"), "monitor", "live:list"),
            Link(_("Mall"), "gift", "rewards:mall", tab=True),
            Link(_("Boards of points"), "chart-bar", "rewards:leaderboard"),
            Link(_("My points"), "wallet", "rewards:wallet"),
            Link(_("Where points go"), "chart-pie", "rewards:transparency"),
            Link(_("My score sheets"), "tablet", "contests:pad", "contests.judge"),
            Link(_("Substitutes"), "user-round-check", "people:substitutes"),
            Link(_("My badges"), "award", "rewards:my-badges"),
            Link(_("Transparency log"), "shield-check", "proof:overview"),
            Link(_("Working calendar"), "calendar-days", "people:calendar"),
            Link(_("Me"), "user", "people:account", tab=True),
        ),
    ),
    Group(
        _("Management"),
        (
            Link(_("Run contests"), "trophy", "contests:desk", "contests.use_desk"),
            Link(_("Leave requests"), "calendar-clock", "rewards:leave-desk", "rewards.see_leave_desk"),
            Link(_("Granted leave"), "calendar-check", "rewards:leave", "rewards.view_leave"),
            Link(_("Catalogue"), "package", "rewards:catalogue", "rewards.manage_items"),
            Link(_("Hand out"), "package-check", "rewards:fulfilment", "rewards.hand_out"),
            Link(_("Course sessions"), "graduation-cap", "rewards:sessions", "rewards.mark_attendance"),
            Link(_("Manual awards"), "hand-coins", "rewards:awards", "rewards.view_awards"),
            Link(_("Award rules"), "scale", "rewards:rules", "rewards.view_rules"),
            Link(_("Patterns to look at"), "scan-search", "rewards:suspicions", "rewards.view_suspicions"),
            Link(_("Badges"), "badge-check", "rewards:badge-list", "rewards.manage_badges"),
            Link(_("Budgets"), "coins", "rewards:budgets", "rewards.view_budgets"),
            Link(_("Processes"), "workflow", "flows:analytics", "flows.view_analytics"),
            Link(_("Deadlines"), "alarm-clock", "approvals:due", "approvals.view_deadlines"),
            Link(_("Hand over"), "arrow-right-left", "approvals:hand-over", "approvals.hand_over"),
            Link(_("Approval policies"), "route", "approvals:policies", "approvals.view_policy"),
            Link(_("Set up"), "list-checks", "frontend:setup", "people.manage_roles"),
            Link(_("Units"), "network", "people:units", "people.manage_units"),
            Link(_("Employees"), "users", "people:employees", "people.view_employees"),
            Link(_("Roster import"), "file-up", "people:roster", "people.import_roster"),
            Link(_("System tokens"), "key-round", "people:tokens", "people.manage_tokens"),
        ),
    ),
)


@cache
def address(url_name: str) -> str:
    """Return the address of a link, '' while no page has that name."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
