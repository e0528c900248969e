"""Units, employees and roles for tests, with nothing random in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count

from django.contrib.auth.hashers import make_password

from people.models import Employee, RoleGrant, Trade, Unit

PASSWORD = "ba-zhi-jin-bang-9"
_numbers = count(900_001)  # of one length, however many a process makes: pages and queries order them as text
_encoded: list[str] = []


def encoded_password() -> str:
    """Hash the common password once a run: argon2 is slow on purpose."""
    if not _encoded:
        _encoded.append(make_password(PASSWORD))
    return _encoded[0]


def make_unit(code: str, name: str = "", *, parent: Unit | None = None, kind: str = "team") -> Unit:
    return Unit.objects.create(code=code, name=name or code, parent=parent, kind=kind)


def make_trade(code: str = "welder", name: str = "焊工") -> Trade:
    return Trade.objects.get_or_create(code=code, defaults={"name": name})[0]


def make_employee(unit: Unit | None = None, **fields: object) -> Employee:
    number = str(fields.pop("number", next(_numbers)))
    defaults = {"name": f"职工{number}", "password": encoded_password(), "skill_level": 3}
    return Employee.objects.create(number=number, unit=unit, **(defaults | fields))


def give_role(employee: Employee, role: str, unit: Unit | None = None) -> RoleGrant:
    employee.__dict__.pop("_roles", None)
    return RoleGrant.objects.create(employee=employee, role=role, unit=unit, from_on=date(2020, 1, 1))


@dataclass
class Company:
    """company → plant → shop → (team, other team); one person for each way of looking at things."""

    root: Unit
    plant: Unit
    shop: Unit
    team: Unit
    other_team: Unit
    trade: Trade
    worker: Employee  # in team
    stranger: Employee  # in other_team, without any role
    leader: Employee  # head of team
    shop_head: Employee
    union_chair: Employee
    organiser: Employee
    judge: Employee
    chief_judge: Employee
    secrecy_officer: Employee
    hr: Employee
    auditor: Employee
    administrator: Employee

    @property
    def personas(self) -> dict[str, Employee]:
        return {name: value for name, value in vars(self).items() if isinstance(value, Employee)}


def make_company() -> Company:
    """Build the company; judges come from other_team, staff from the root."""
    root = make_unit("group", "华岳钢铁集团", kind="company")
    plant = make_unit("steel", "炼钢厂", parent=root, kind="plant")
    shop = make_unit("steel-1", "转炉车间", parent=plant, kind="shop")
    team, other_team = make_unit("steel-1-1", "甲班", parent=shop), make_unit("steel-1-2", "乙班", parent=shop)
    trade = make_trade()
    leader = make_employee(team, number="1001", name="班长王建国", trade=trade)
    shop_head = make_employee(shop, number="1002", name="主任李卫东")
    team.head, shop.head = leader, shop_head
    team.save()
    shop.save()
    staff = {}
    roles = ("union_chair", "organiser", "secrecy_officer", "hr", "auditor", "administrator")
    for number, role in enumerate(roles, 1101):
        staff[role] = make_employee(root, number=str(number), name=f"工会{role}")
        give_role(staff[role], role)
    judge = make_employee(other_team, number="1201", name="裁判张敏", trade=trade)
    chief = make_employee(other_team, number="1202", name="裁判长刘洋", trade=trade)
    give_role(judge, "judge")
    give_role(chief, "judge")
    give_role(chief, "chief_judge")
    return Company(
        root, plant, shop, team, other_team, trade,
        worker=make_employee(team, number="1301", name="焊工赵磊", trade=trade),
        stranger=make_employee(other_team, number="1302", name="钳工孙芳"),
        leader=leader, shop_head=shop_head, judge=judge, chief_judge=chief, **staff,
    )  # fmt: skip
