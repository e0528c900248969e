from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.pure.eligibility import Buyer, Conditions, Lack, lacks, service_months

DAY = date(2026, 11, 20)
BUYER = Buyer("group/steel/steel-1/", date(2024, 11, 21), 2, 900)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (Conditions(), []),
        (Conditions(unit_paths=("group/steel/",)), []),
        (Conditions(unit_paths=("group/power/", "group/steel/steel-2/")), [Lack("unit")]),
        (Conditions(service_months=23), []),
        (Conditions(service_months=24), [Lack("service", 24, 23)]),
        (Conditions(skill_level=3), [Lack("level", 3, 2)]),
        (Conditions(earned_points=901), [Lack("earned", 901, 900)]),
        (
            Conditions(("x/",), 24, 3, 901),
            [Lack("unit"), Lack("service", 24, 23), Lack("level", 3, 2), Lack("earned", 901, 900)],
        ),
    ],
)
def test_each_lack_is_named(conditions: Conditions, expected: list[Lack]) -> None:
    assert lacks(conditions, BUYER, on=DAY) == expected


def test_unknown_day_of_joining_is_said() -> None:
    assert lacks(Conditions(service_months=6), Buyer(), on=DAY) == [Lack("joined-unknown", 6)]


@given(joined=st.dates(date(1980, 1, 1), date(2030, 1, 1)), days=st.integers(0, 20_000))
def test_service_never_shrinks_and_grows_by_one_month_at_a_time(joined: date, days: int) -> None:
    today = joined + timedelta(days=days)
    before, after = service_months(joined, today), service_months(joined, today + timedelta(days=1))

    assert 0 <= before <= after <= before + 1
