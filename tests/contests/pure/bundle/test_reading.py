"""A whole folder: read, or refused with every fault of every file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.pure import bundle
from contests.pure.bundle import Bundle, BundleFaults, Fault
from tests.contests.pure import samples


def test_sound_bundle_is_read_whole() -> None:
    read = bundle.read(samples.files())

    counts = [len(table) for table in (read.entries, read.judges, read.marks, read.penalties, read.factors)]
    assert (read.scheme.contest.code, counts) == ("welding-2026", [2, 4, 4, 1, 1])


def test_rule_set_alone_with_empty_tables_is_a_bundle() -> None:
    """A rule set a union hands to its plants."""
    read = bundle.read(
        samples.files(
            entries_csv="entry,name,start_order\n",
            judges_csv="judge,name,role\n",
            marks_csv="entry,aspect,judge,value\n",
            penalties_csv=None,
            factors_csv=None,
        )
    )

    assert read == Bundle(read.scheme)


def test_other_files_of_the_folder_are_not_looked_at() -> None:
    files = samples.files(results_csv="nonsense", official_csv=b"\xff", readme_md="x")

    assert bundle.read(files) == bundle.read(samples.files())


def test_empty_folder_misses_its_files() -> None:
    with pytest.raises(BundleFaults) as refused:
        bundle.read({})

    assert [(fault.file, fault.code) for fault in refused.value.faults] == [
        ("contest.toml", "file_missing"),
        ("entries.csv", "file_missing"),
        ("judges.csv", "file_missing"),
        ("marks.csv", "file_missing"),
    ]


def test_every_fault_of_every_file_is_told_at_once() -> None:
    faults = samples.faults(
        contest_toml=samples.TOML.replace("places = 2", "places = two").replace("weight = 1", "weight = nan"),
        entries_csv="entry,name,start_order,status\ne1,王芳,1,\ne2,李雷,2,gone\n",
        judges_csv="judge,name,role\nj1,张伟,referee\nt1,技术组,technical\n",
        marks_csv='entry,aspect,judge,value\ne1,seam,j1,9.1\ne3,seam,j9,9\ne2,"seam"x,j1,1\n',
        penalties_csv="entry,points,reason\ne1,-1,x\n",
        factors_csv="entry,factor\ne1,1\n",
    )

    assert faults == [
        ("contest.toml", 4, 10, "", "toml_syntax"),
        ("contest.toml", 9, 10, "group[1].weight", "not_a_number"),
        ("entries.csv", 3, 9, "status", "not_a_choice"),
        ("judges.csv", 2, 7, "role", "not_a_choice"),
        ("marks.csv", 2, 12, "value", "off_grid"),
        ("marks.csv", 3, 1, "entry", "unknown_entry"),
        ("marks.csv", 3, 9, "judge", "unknown_judge"),
        ("marks.csv", 4, 10, "", "after_quote"),
        ("penalties.csv", 2, 4, "points", "not_positive"),
        ("factors.csv", 1, 13, "aspect", "column_missing"),
    ]


def test_faults_of_one_file_make_none_in_another() -> None:
    assert samples.faults(entries_csv="entry;name;start_order\ne1;王芳;1\n") == [
        ("entries.csv", 1, 1, "entry;name;start_order", "column_unknown"),
        ("entries.csv", 1, 23, "entry", "column_missing"),
        ("entries.csv", 1, 23, "name", "column_missing"),
        ("entries.csv", 1, 23, "start_order", "column_missing"),
    ]
    assert samples.faults(judges_csv=None) == [("judges.csv", 1, 1, "", "file_missing")]
    assert samples.faults(contest_toml="[contest\n") == [("contest.toml", 1, 9, "", "toml_syntax")]


def test_broken_rules_hide_no_fault_of_the_tables() -> None:
    faults = samples.faults(contest_toml="[contest\n", marks_csv="entry,aspect,judge,value\nghost,anything,j1,NaN\n")

    assert [fault[2:] for fault in faults] == [
        (9, "", "toml_syntax"),
        (1, "entry", "unknown_entry"),
        (19, "value", "not_a_number"),
    ]


def test_rules_in_another_encoding_are_read_past_their_bad_bytes() -> None:
    text = samples.TOML.replace("焊缝", "焊缝接头").replace("places = 2", "places = 2.5")

    faults = samples.faults(contest_toml=text.encode("gbk"))

    assert [(line, code) for _, line, _, _, code in faults] == [
        (3, "not_utf8"),
        (4, "not_whole"),
        (8, "not_utf8"),
        (14, "not_utf8"),
        (24, "not_utf8"),
    ]


def test_rules_in_utf16_are_one_fault() -> None:
    assert samples.faults(contest_toml=samples.TOML.encode("utf-16")) == [("contest.toml", 1, 1, "", "not_utf8")]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_byte_order_marks_and_line_ends_change_nothing(mark: bytes, end: bytes) -> None:
    files = {name: mark + data.replace(b"\n", end) for name, data in samples.files().items()}

    assert bundle.read(files) == bundle.read(samples.files())


def test_line_ends_move_no_fault() -> None:
    changes = {
        "contest_toml": samples.TOML.replace("places = 2", "places = 2.5"),
        "marks_csv": 'entry,aspect,judge,value\n"e1",seam,j1,9.1\ne1,seam,"j2",99\n',
    }

    unix = samples.faults(**changes)
    windows = samples.faults(**{name: text.replace("\n", "\r\n") for name, text in changes.items()})

    assert windows == unix
    assert len(unix) == 3


GARBAGE = st.binary(max_size=80) | st.text(st.sampled_from('e1,jseam"\n\r=[]9.'), max_size=80).map(str.encode)


@settings(max_examples=100)
@given(st.sampled_from(bundle.FILES), GARBAGE, st.integers(0, 400))
def test_any_bytes_are_read_or_refused_with_a_place(file: str, garbage: bytes, at: int) -> None:
    files = samples.files()
    files[file] = files[file][:at] + garbage + files[file][at:]

    faults: tuple[Fault, ...] | None = None
    try:
        bundle.read(files)
    except BundleFaults as refused:
        faults = refused.faults

    assert faults is None or faults
    for fault in faults or ():
        assert fault.file in bundle.FILES
        assert fault.line >= 1
        assert fault.column >= 1
        assert fault.expected in str(fault)


@settings(max_examples=60)
@given(samples.bundles(), st.data())
def test_columns_may_stand_in_any_order(drawn: Bundle, data: st.DataObject) -> None:
    files = bundle.write(drawn)
    for file in ("entries.csv", "judges.csv", "marks.csv", "penalties.csv", "factors.csv"):
        table = samples.csv_rows(files[file])
        order = data.draw(st.permutations(range(len(table[0]))))
        files[file] = samples.csv_bytes([[row[index] for index in order] for row in table])

    assert bundle.read(files) == drawn
