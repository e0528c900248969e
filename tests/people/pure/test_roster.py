from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from people.pure import roster
from people.pure.roster import Cell, Directory, Fault, Person

DIRECTORY = Directory(units={"甲班": "team-1", "team-1": "team-1", "乙班": "team-2"}, trades={"焊工": "welder"})


def row(line: int, **cells: str) -> tuple[int, dict[str, Cell]]:
    columns = list(roster.COLUMNS)
    return line, {name: Cell(f"{'ABCDEFGH'[columns.index(name)]}{line}", text) for name, text in cells.items()}


def test_recognise_chinese_and_english_headers_in_any_order() -> None:
    found, missing = roster.recognise([" 姓名", "Employee Number", "备注", "单位", "工种"])

    assert found == {"name": 0, "number": 1, "unit": 3, "trade": 4}
    assert missing == []


def test_recognise_names_the_missing_required_columns() -> None:
    assert roster.recognise(["姓名"]) == ({"name": 0}, ["number", "unit"])


def test_read_a_whole_row() -> None:
    cells = {"number": "100238", "name": "王龑", "unit": "甲班", "trade": "焊工", "skill_level": "高级技师",
             "phone": "13800138000", "email": "w@x.cn", "joined_on": "2009年7月1日"}  # fmt: skip

    persons, faults = roster.read([row(2, **cells)], DIRECTORY)

    assert faults == []
    assert persons == [Person("100238", "王龑", "team-1", "welder", 5, "13800138000", "w@x.cn", date(2009, 7, 1))]


def test_read_reports_every_faulty_cell_of_every_row() -> None:
    rows = [
        row(2, number="", name="甲", unit="丙班"),
        row(3, number="=1+1", name="乙\n", unit="甲班", trade="飞行员", skill_level="大师", phone="12", email="x"),
        row(4, number="7", name="丙", unit="甲班", joined_on="2026-02-30"),
    ]

    persons, faults = roster.read(rows, DIRECTORY)

    assert persons == []
    assert [(fault.address, fault.code) for fault in faults] == [
        ("A2", "missing"), ("C2", "unknown-unit"),
        ("A3", "not-a-number"), ("B3", "not-a-name"), ("D3", "unknown-trade"), ("E3", "unknown-level"),
        ("F3", "not-a-phone"), ("G3", "not-an-email"),
        ("H4", "not-a-day"),
    ]  # fmt: skip


def test_read_duplicate_number_names_the_first_line() -> None:
    rows = [row(2, number="7", name="甲", unit="甲班"), row(5, number="7", name="乙", unit="甲班")]

    persons, faults = roster.read(rows, DIRECTORY)

    assert [person.name for person in persons] == ["甲"]
    assert faults == [Fault(5, "A5", "number", "duplicate", "7 · 2")]


def test_plan_sorts_into_new_changed_same_and_gone() -> None:
    present = {"1": Person("1", "甲", "team-1"), "2": Person("2", "乙", "team-1"), "3": Person("3", "丙", "team-2")}
    persons = [Person("1", "甲", "team-1"), Person("2", "乙", "team-2"), Person("4", "丁", "team-1")]

    plan = roster.plan(persons, present, fields=frozenset({"number", "name", "unit"}), active=frozenset("123"))

    assert [person.number for person in plan.new] == ["4"]
    assert plan.changed == {"2": {"unit": ("team-1", "team-2")}}
    assert (plan.same, plan.gone) == (1, ["3"])


def test_plan_absent_column_changes_nothing() -> None:
    present = {"1": Person("1", "甲", "team-1", phone="13800138000")}

    plan = roster.plan(
        [Person("1", "甲", "team-1")], present, fields=frozenset({"number", "name", "unit"}), active=frozenset("1")
    )

    assert (plan.changed, plan.same) == ({}, 1)


def test_plan_who_left_and_is_listed_again_comes_back() -> None:
    present = {"1": Person("1", "甲", "team-1")}

    plan = roster.plan([present["1"]], present, fields=frozenset({"number", "name", "unit"}), active=frozenset())

    assert plan.changed == {"1": {"is_active": (False, True)}}


numbers = st.sets(st.integers(1, 50).map(str), max_size=20)


@given(listed=numbers, stored=numbers)
def test_plan_applied_twice_changes_nothing_the_second_time(listed: set[str], stored: set[str]) -> None:
    persons = [Person(number, "甲", "team-1") for number in sorted(listed)]
    present = {number: Person(number, "乙", "team-2") for number in stored} | {p.number: p for p in persons}
    fields = frozenset({"number", "name", "unit"})

    plan = roster.plan(persons, present, fields=fields, active=frozenset(present))

    assert (plan.new, plan.changed, plan.same) == ([], {}, len(listed))
    assert plan.gone == sorted(set(present) - listed)


@given(st.lists(st.dictionaries(st.sampled_from(list(roster.COLUMNS)), st.text(max_size=30), max_size=8), max_size=6))
def test_read_never_raises_and_a_faulty_row_is_no_person(rows: list[dict[str, str]]) -> None:
    persons, faults = roster.read([row(line, **cells) for line, cells in enumerate(rows, 2)], DIRECTORY)

    assert len(persons) + len({fault.line for fault in faults}) == len(rows)
