"""people/domain/units.py: lines become a tree, twice is once."""

from __future__ import annotations

import pytest

from people.domain import units
from people.models import Trade, Unit
from people.pure.unit_lines import Line
from tests.factories.people import Company
from tests.support import refused


def test_add_makes_what_is_missing_above_and_leaves_what_is_there(company: Company) -> None:
    lines = [Line(("炼钢厂", "转炉车间", "丙班"), "steel-1-3"), Line(("热轧厂", "精轧车间"), "HR-2"), Line(("炼钢厂",))]

    made = units.add(lines)

    plant = Unit.objects.get(name="热轧厂")
    assert made == 3
    assert (plant.kind, plant.parent) == ("plant", company.root)
    assert list(Unit.objects.filter(code__in=("steel-1-3", "HR-2")).order_by("code").values_list("path", "kind")) == [
        (f"group/{plant.code}/HR-2/", "shop"), ("group/steel/steel-1/steel-1-3/", "team"),
    ]  # fmt: skip


def test_add_again_adds_nothing_with_the_company_named_or_not(company: Company) -> None:
    units.add([Line(("热轧厂", "精轧车间"))])

    assert units.add([Line(("热轧厂", "精轧车间")), Line(("华岳钢铁集团", "热轧厂", "精轧车间"))]) == 0


def test_add_with_a_code_of_another_unit_is_refused(company: Company) -> None:
    with refused(units.CodeTaken, code="code-taken"):
        units.add([Line(("热轧厂",), "steel")])


@pytest.mark.django_db
def test_add_without_a_company_is_refused() -> None:
    with refused(units.NoRoot, code="no-root"):
        units.add([Line(("热轧厂",))])


def test_change_keeps_the_place_in_the_tree(company: Company) -> None:
    units.change(unit=company.team, name="甲一班", kind="team", head=company.worker)

    company.team.refresh_from_db()
    assert (company.team.name, company.team.head, company.team.path) == (
        "甲一班", company.worker, "group/steel/steel-1/steel-1-1/",
    )  # fmt: skip


def test_add_trades_once_each(company: Company) -> None:
    assert units.add_trades(["焊工", "钳工", "天车工"]) == 2
    assert units.add_trades(["钳工"]) == 0
    assert list(Trade.objects.order_by("code").values_list("code", "name")) == [
        ("t1", "钳工"), ("t2", "天车工"), ("welder", "焊工"),
    ]  # fmt: skip
