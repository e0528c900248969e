"""A folder's files → a bundle, or every fault of every file at once."""

from __future__ import annotations

from collections.abc import Mapping

from contests.pure.bundle import tables, toml_rules
from contests.pure.bundle.contents import Bundle
from contests.pure.bundle.faults import FaultList
from contests.pure.bundle.mark_rows import read_marks
from contests.pure.bundle.rows import read_entries, read_factors, read_judges, read_penalties
from contests.pure.bundle.toml_rules import Rules
from contests.pure.rfc4180 import Place
from contests.pure.scheme import Scheme

FILES = ("contest.toml", "entries.csv", "judges.csv", "marks.csv", "penalties.csv", "factors.csv")


def read(files: Mapping[str, bytes]) -> Bundle:
    """Read a bundle from its files' bytes, by file name; other names (results.csv among them) are not looked at.

    Raises BundleFaults with every fault, in the order of FILES and of their places. Source: the contest bundle.
    """
    faults = FaultList()
    rules = _read_rules(files, faults)
    entries_table = tables.Table(tables.ENTRIES, files, faults)
    judges_table = tables.Table(tables.JUDGES, files, faults)
    entry_codes, judge_codes = entries_table.keys("entry"), judges_table.keys("judge")
    entries, judges = read_entries(entries_table), read_judges(judges_table)
    marks = read_marks(tables.Table(tables.MARKS, files, faults), rules, entry_codes, judge_codes, judges)
    penalties = read_penalties(tables.Table(tables.PENALTIES, files, faults), entry_codes)
    aspects = set(rules.grids) if rules.knows_all_aspects else None
    factors = read_factors(tables.Table(tables.FACTORS, files, faults), entry_codes, aspects)
    faults.raise_if_any(FILES)
    if rules.scheme is None:
        raise AssertionError("a rule set without a fault is a rule set")
    return Bundle(rules.scheme, entries, judges, marks, penalties, factors)


def read_scheme(data: Mapping[str, object]) -> Scheme:
    """Read a rule set from JSON-like data in the shape of contest.toml, numbers as ints, decimals or decimal texts.

    For a marking-scheme editor: raises BundleFaults whose faults name the `path` of each value; the result goes
    into storage with `scheme.to_json`. Binary floats are refused like anything that is no number.
    """
    faults = FaultList()
    rules = toml_rules.read_data(data, faults)
    faults.raise_if_any(())
    if rules.scheme is None:
        raise AssertionError("a rule set without a fault is a rule set")
    return rules.scheme


def _read_rules(files: Mapping[str, bytes], faults: FaultList) -> Rules:
    data = files.get(toml_rules.FILE)
    if data is None:
        faults.add(toml_rules.FILE, Place(1, 1), "file_missing")
        return Rules()
    text = tables.decode(toml_rules.FILE, data, faults)
    if text is None:
        return Rules()
    if tables.bad_byte(text):
        for number, line in enumerate(text.split("\n"), start=1):
            match = tables.bad_byte(line)
            if match:
                found = tables.shown_bytes(line.strip())
                faults.add(toml_rules.FILE, Place(number, match.start() + 1), "not_utf8", found=found)
        text = "".join("\ufffd" if tables.bad_byte(sign) else sign for sign in text)
    return toml_rules.read_toml(text, faults)
