"""Real marks with official results, and the contract's own page, against the bundle as it is built here."""

from __future__ import annotations

import csv
import io
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.pure import bundle, results
from contests.pure.bundle import Bundle
from contests.pure.ranking import Standing

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
SKATING = SHARED / "data" / "skating"
PAGE = SHARED / "spec" / "contest-bundle.md"
FOLDERS = sorted(path.parent for path in SKATING.glob("*/contest.toml"))

needs_skating = pytest.mark.skipif(not FOLDERS, reason=f"THE OFFICIAL RESULTS ARE NOT CHECKED: no bundles in {SKATING}")
needs_page = pytest.mark.skipif(not PAGE.exists(), reason=f"THE CONTRACT'S EXAMPLE IS NOT CHECKED: no {PAGE}")


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def placed(standings: list[Standing]) -> list[tuple[str, int | None, Decimal]]:
    return [(standing.entry.entry, standing.rank, standing.total) for standing in standings]


# --- official results ----------------------------------------------------------------------------------------------


@needs_skating
def test_there_are_sixteen_programs() -> None:
    assert len(FOLDERS) == 16


@needs_skating
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_rank_and_total_of_every_entry_are_the_official_ones(folder: Path) -> None:
    files = files_of(folder)
    official = [(row["entry"], int(row["rank"]), Decimal(row["total"])) for row in rows(files["official.csv"])]

    standings = results.standings(bundle.read(files))

    assert sorted(placed(standings)) == sorted(official)


@needs_skating
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_export_is_imported_equal_and_its_results_are_the_official_ones(folder: Path) -> None:
    files = files_of(folder)
    read = bundle.read(files)

    written = bundle.write(read)

    assert bundle.read(written) == read
    exported = {row["entry"]: (row["rank"], row["total"]) for row in rows(written["results.csv"])}
    official = {row["entry"]: (row["rank"], f"{Decimal(row['total']):.2f}") for row in rows(files["official.csv"])}
    assert exported == official


@needs_skating
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_tables_are_exported_as_they_came(folder: Path) -> None:
    files = files_of(folder)

    written = bundle.write(bundle.read(files))

    for name in ("entries.csv", "judges.csv", "marks.csv"):
        columns = list(rows(files[name])[0])
        assert [[row[column] for column in columns] for row in rows(written[name])] == [
            list(row.values()) for row in rows(files[name])
        ]


# --- the same programs with judges missing -------------------------------------------------------------------------


def program_by_hand(read: Bundle, entry: str) -> Decimal:
    """Work out a program's total the way a technical controller would, with decimals and no help of the engine."""
    cent = Decimal("0.01")
    total = Decimal(0)
    for group in read.scheme.groups:
        points = Decimal(0)
        for aspect in read.scheme.aspects_of(group.code):
            values = [mark.value for mark in read.marks if (mark.entry, mark.aspect) == (entry, aspect.code)]
            given = sorted(value for value in values if value or not aspect.zero_is_missing)
            if aspect.combine == "trimmed-mean" and len(given) >= 5:
                given = given[1:-1]
            if given:
                mean = (sum(given, Decimal(0)) / len(given)).quantize(cent, ROUND_HALF_UP)
                points += (mean * aspect.factor).quantize(cent, ROUND_HALF_UP)
        total += points.quantize(cent, ROUND_HALF_UP)
    return max(total - sum(row.points for row in read.penalties if row.entry == entry), Decimal(0))


@needs_skating
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_programs_with_missing_marks_are_what_hands_make_of_them(data: st.DataObject) -> None:
    files = files_of(data.draw(st.sampled_from(FOLDERS)))
    header, *lines = files["marks.csv"].decode().splitlines()
    kept = []
    for line in lines:
        fate = data.draw(st.sampled_from(["kept", "kept", "kept", "empty", "zero", "gone"]))
        cells = line.rpartition(",")
        if fate == "kept" or (fate == "zero" and cells[0].endswith(",TP")):
            kept.append(line)
        elif fate != "gone":
            kept.append(f"{cells[0]},{'0' if fate == 'zero' else ''}")
    files["marks.csv"] = "\n".join([header, *kept]).encode()

    read = bundle.read(files)

    totals = {standing.entry.entry: standing.total for standing in results.standings(read)}
    assert totals == {entry.entry: program_by_hand(read, entry.entry) for entry in read.entries}
    assert bundle.read(bundle.write(read)) == read


@needs_skating
@pytest.mark.parametrize("left", range(1, 9))
def test_short_panel_drops_marks_from_five_on(left: int) -> None:
    files = files_of(FOLDERS[0])
    header, *lines = files["marks.csv"].decode().splitlines()
    panel = {"TP", *(f"J{number}" for number in range(1, left + 1))}
    files["marks.csv"] = "\n".join([header, *(line for line in lines if line.split(",")[2] in panel)]).encode()

    standings = results.standings(bundle.read(files))

    trimmed = {
        sum(mark.use == "trimmed" for mark in aspect.marks)
        for standing in standings
        for aspect in standing.score.aspects.values()
        if len(aspect.marks) > 1
    }
    assert trimmed == (set() if left == 1 else {2 if left >= 5 else 0})


@needs_skating
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_totals_that_tie_are_broken_by_the_named_group(folder: Path) -> None:
    """Two copies of the winner: points moved from one group to the other leave the total and decide the tie."""
    files = files_of(folder)
    read = bundle.read(files)
    winner = results.standings(read)[0].entry.entry
    criterion = read.scheme.ranking.order[1]
    twin_marks = [mark for mark in read.marks if mark.entry == winner]

    entries = files["entries.csv"].decode().rstrip("\r\n") + "\ntwin,Twin,,,99\n"
    marks = files["marks.csv"].decode().rstrip("\r\n")
    marks += "".join(f"\ntwin,{mark.aspect},{mark.judge},{mark.value}" for mark in twin_marks) + "\n"
    penalties = files.get("penalties.csv", b"entry,points,reason\n").decode().rstrip("\r\n")
    penalties += "".join(f"\ntwin,{row.points},x" for row in read.penalties if row.entry == winner) + "\n"
    files |= {"entries.csv": entries.encode(), "marks.csv": marks.encode(), "penalties.csv": penalties.encode()}

    tied = {standing.entry.entry: standing.rank for standing in results.standings(bundle.read(files))}
    elements = next(mark.value for mark in twin_marks if mark.aspect == "elements")
    files["marks.csv"] = marks.replace(f"twin,elements,TP,{elements}", f"twin,elements,TP,{elements + 1}").encode()
    files["penalties.csv"] = (penalties + "twin,1,x\n").encode()
    broken = {standing.entry.entry: standing.rank for standing in results.standings(bundle.read(files))}

    assert (tied[winner], tied["twin"], sorted(tied.values())[2]) == (1, 1, 3)
    assert (broken["twin"], broken[winner]) == ((1, 2) if criterion == "group:elements" else (1, 1))


# --- the contract's own page ---------------------------------------------------------------------------------------


@needs_page
def test_example_of_the_contract_is_a_sound_rule_set() -> None:
    page = PAGE.read_text(encoding="utf-8")
    example = re.search(r"## contest\.toml\n\n((?:    .*\n|\n)+)", page)
    assert example is not None
    toml = re.sub(r"^    ", "", example[1], flags=re.MULTILINE)

    scheme = bundle.read(
        {
            "contest.toml": toml.encode(),
            "entries.csv": b"entry,name,start_order\n",
            "judges.csv": b"judge,name,role\n",
            "marks.csv": b"entry,aspect,judge,value\n",
        }
    ).scheme

    assert (scheme.contest.code, scheme.contest.places, scheme.contest.rounding) == ("welding-2026", 2, "half-up")
    assert [aspect.code for aspect in scheme.aspects] == ["skating-skills"]
    assert scheme.ranking.order == ("total", "group:components", "aspect:skating-skills")


@needs_page
def test_files_and_columns_are_those_of_the_contract() -> None:
    page = PAGE.read_text(encoding="utf-8")
    listed = dict(re.findall(r"^    (\w+\.csv) +([a-z_]+,[a-z_,]+)", page, flags=re.MULTILINE))

    written = bundle.write(bundle.read(files_of(FOLDERS[0]))) if FOLDERS else {}

    headers = {name: data.decode().splitlines()[0] for name, data in written.items() if name in listed}
    assert not FOLDERS or headers == listed
    assert set(listed) == {"entries.csv", "judges.csv", "marks.csv", "penalties.csv", "factors.csv"}
