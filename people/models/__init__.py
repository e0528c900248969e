"""Who: tables of employees, units, roles, substitutes, holidays and API tokens."""

from people.models.employee import Employee, EmployeeManager
from people.models.holiday import Holiday, KnownYear
from people.models.role import ROLE_NAMES, RoleGrant
from people.models.roster import RosterImport
from people.models.substitute import Substitute
from people.models.tie import Tie
from people.models.token import SystemToken
from people.models.trade import Trade
from people.models.unit import Unit
from people.models.working_pattern import WorkingPattern

__all__ = [
    "ROLE_NAMES",
    "Employee",
    "EmployeeManager",
    "Holiday",
    "KnownYear",
    "RoleGrant",
    "RosterImport",
    "Substitute",
    "SystemToken",
    "Tie",
    "Trade",
    "Unit",
    "WorkingPattern",
]
