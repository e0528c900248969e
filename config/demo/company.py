"""Units, trades, employees and roles of the demo company 华岳钢铁集团."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction

from config.demo import names
from people.models import Employee, RoleGrant, Trade, Unit

TRADES = {
    "welder": "焊工", "fitter": "钳工", "electrician": "维修电工", "crane": "天车工", "turner": "车工",
    "roller": "轧钢工", "steelmaker": "炼钢工", "furnace": "高炉炼铁工", "analyst": "化学检验员",
    "instrument": "仪表维修工", "forklift": "叉车司机", "rigger": "起重工", "office": "管理岗位",
}  # fmt: skip
# plant → shops with their main trades
PLANTS: dict[str, dict[str, tuple[str, ...]]] = {
    "炼铁厂": {"高炉一车间": ("furnace", "crane"), "高炉二车间": ("furnace", "crane"),
            "烧结车间": ("furnace", "electrician"), "铁厂点检作业区": ("fitter", "instrument")},
    "炼钢厂": {"转炉车间": ("steelmaker", "crane"), "精炼车间": ("steelmaker", "analyst"),
            "连铸车间": ("steelmaker", "fitter"), "钢厂设备车间": ("fitter", "electrician", "welder")},
    "热轧厂": {"粗轧车间": ("roller", "crane"), "精轧车间": ("roller", "instrument"),
            "磨辊车间": ("turner", "fitter"), "热轧设备车间": ("electrician", "welder")},
    "冷轧厂": {"酸轧车间": ("roller", "analyst"), "连退车间": ("roller", "instrument"),
            "镀锌车间": ("roller", "crane"), "冷轧设备车间": ("electrician", "fitter")},
    "能源动力厂": {"供电车间": ("electrician", "instrument"), "热力车间": ("fitter", "instrument"),
              "制氧车间": ("instrument", "fitter"), "给排水车间": ("fitter", "analyst")},
    "机电检修公司": {"机修车间": ("fitter", "turner"), "电修车间": ("electrician", "instrument"),
               "铆焊车间": ("welder", "rigger"), "起重安装车间": ("rigger", "crane")},
    "物流运输部": {"铁路运输车间": ("crane", "electrician"), "汽运车间": ("forklift", "fitter"),
              "仓储车间": ("forklift", "crane")},
    "质检中心": {"化学检验站": ("analyst",), "物理检验站": ("analyst", "instrument")},
}  # fmt: skip
TEAMS = ("甲班", "乙班", "丙班", "丁班")
OFFICES = {"工会委员会": 9, "人力资源部": 8, "财务部": 7, "审计部": 5, "信息化中心": 6}


@dataclass
class Company:
    """What later steps of the demo need: people by role name and every worker by unit code."""

    root: Unit
    plants: list[Unit] = field(default_factory=list)
    workers: list[Employee] = field(default_factory=list)
    by_role: dict[str, list[Employee]] = field(default_factory=dict)
    offices: dict[str, Unit] = field(default_factory=dict)


class Builder:
    """Makes units and people in memory and writes them in few statements."""

    def __init__(self, *, seed: int, today: date, password: str, small: bool) -> None:
        self.random = Random(seed)  # noqa: S311
        self.today = today
        self.team_size = 5 if small else 25
        self.encoded = make_password(password)
        self.unusable = make_password(None)
        self.next_number = 100001
        self.employees: list[Employee] = []
        self.heads: list[tuple[Unit, Employee]] = []
        self.trades = {
            code: Trade.objects.get_or_create(code=code, defaults={"name": name})[0] for code, name in TRADES.items()
        }

    def unit(self, code: str, name: str, kind: str, parent: Unit | None) -> Unit:
        return Unit.objects.create(code=code, name=name, kind=kind, parent=parent)

    def person(self, unit: Unit, trade: str, *, is_head: bool = False) -> Employee:
        """Add one employee to a unit; heads are older and more skilled."""
        random = self.random
        born = random.randint(1968, 1986) if is_head else random.choice((random.randint(1967, 2004), 1990))
        joined = date(min(born + random.randint(19, 24), self.today.year - 1), random.randint(1, 12), 1)
        years = self.today.year - joined.year
        level = 0 if trade == "office" else min(5, max(1, 1 + years // 7 + random.choice((-1, 0, 0, 1)) + is_head))
        employee = Employee(
            number=str(self.next_number),
            name=names.name(random, year_of_birth=born, is_woman=random.random() < 0.17),
            unit=unit,
            trade=self.trades[trade],
            skill_level=level,
            phone=f"1{random.choice('35789')}{random.randint(10**8, 10**9 - 1)}",
            joined_on=joined,
            password=self.unusable,
        )
        self.next_number += 1
        self.employees.append(employee)
        if is_head:
            self.heads.append((unit, employee))
        return employee

    def shop(self, plant: Unit, code: str, name: str, trades: tuple[str, ...]) -> None:
        """Add a shop with its head and four teams."""
        shop = self.unit(code, name, Unit.Kind.SHOP, plant)
        self.person(shop, trades[0], is_head=True)
        for number, team_name in enumerate(TEAMS, 1):
            team = self.unit(f"{code}-{number}", team_name, Unit.Kind.TEAM, shop)
            self.person(team, trades[0], is_head=True)
            for _ in range(self.random.randint(self.team_size - 3, self.team_size + 2) - 1):
                self.person(team, self.random.choice(trades))

    def write(self) -> None:
        """Store the employees and the units' heads."""
        Employee.objects.bulk_create(self.employees, batch_size=500)
        for unit, head in self.heads:
            unit.head = head
        Unit.objects.bulk_update([unit for unit, _ in self.heads], ["head"], batch_size=200)


@transaction.atomic(durable=True)
def build(*, seed: int, today: date, password: str, small: bool) -> Company:
    """Build the whole company on an empty database; the people of `by_role` get the password."""
    builder = Builder(seed=seed, today=today, password=password, small=small)
    root = builder.unit("huayue", "华岳钢铁集团", Unit.Kind.COMPANY, None)
    company = Company(root)
    builder.person(root, "office", is_head=True)
    for number, (name, size) in enumerate(OFFICES.items(), 1):
        office = builder.unit(f"office-{number}", name, Unit.Kind.SHOP, root)
        company.offices[name] = office
        builder.person(office, "office", is_head=True)
        for _ in range(size - 1):
            builder.person(office, "office")
    for number, (name, shops) in enumerate(PLANTS.items(), 1):
        plant = builder.unit(f"plant-{number}", name, Unit.Kind.PLANT, root)
        company.plants.append(plant)
        builder.person(plant, "office", is_head=True)
        for index, (shop_name, trades) in enumerate(shops.items(), 1):
            builder.shop(plant, f"plant-{number}-{index}", shop_name, trades)
    builder.write()
    company.workers = [row for row in builder.employees if row.trade_id != builder.trades["office"].pk]
    _give_roles(company, builder)
    return company


def _give_roles(company: Company, builder: Builder) -> None:
    """Give every role of the glossary to somebody, and passwords to those a visitor signs in as."""
    by_unit: dict[int, list[Employee]] = {}
    for employee in builder.employees:
        by_unit.setdefault(employee.unit_id or 0, []).append(employee)
    union = by_unit[company.offices["工会委员会"].pk]
    skilled = sorted(company.workers, key=lambda row: (-row.skill_level, row.number))
    judges = skilled[:: max(1, len(skilled) // 60)][:24]
    holders: dict[str, list[Employee]] = {
        "union_chair": union[:1],
        "organiser": union[1:4],
        "secrecy_officer": union[4:5],
        "hr": by_unit[company.offices["人力资源部"].pk][:4],
        "finance": by_unit[company.offices["财务部"].pk][:2],
        "auditor": by_unit[company.offices["审计部"].pk][:2],
        "administrator": by_unit[company.offices["信息化中心"].pk][:2],
        "chief_judge": judges[:3],
        "judge": judges,
    }
    grants = [
        RoleGrant(employee=employee, role=role, from_on=date(builder.today.year - 1, 1, 1))
        for role, employees in holders.items()
        for employee in employees
    ]
    branch_chairs = [(plant, by_unit[plant.pk][0]) for plant in company.plants]
    grants += [
        RoleGrant(employee=chair, role="branch_chair", unit=plant, from_on=date(builder.today.year - 1, 1, 1))
        for plant, chair in branch_chairs
    ]
    RoleGrant.objects.bulk_create(grants)
    company.by_role = holders | {"branch_chair": [chair for _, chair in branch_chairs]}
    known = {employee.pk for employees in company.by_role.values() for employee in employees}
    Employee.objects.filter(pk__in=known).update(password=builder.encoded)
