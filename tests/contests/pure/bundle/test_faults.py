"""Faults: as text, for translation, in order."""

from __future__ import annotations

import re

import pytest

from contests.pure.bundle import faults as faults_module
from contests.pure.bundle.faults import EXPECTED, BundleFaults, Fault, FaultList
from contests.pure.rfc4180 import Place

FAULT = Fault(
    file="marks.csv",
    line=12,
    column=7,
    field="value",
    code="out_of_range",
    found="11",
    params={"minimum": "0", "maximum": "10"},
)


def test_fault_reads_file_line_column_field_expected_found() -> None:
    assert str(FAULT) == "marks.csv:12:7: value: expected a number from 0 to 10, found '11'"


def test_fault_of_a_whole_file_needs_no_field_and_no_value() -> None:
    fault = Fault("judges.csv", 1, 1, "", "file_missing")

    assert str(fault) == "judges.csv:1:1: expected this file in the bundle"


def test_fault_can_be_said_in_another_language() -> None:
    catalogue = {FAULT.template: "%(minimum)s 到 %(maximum)s 之间的数"}

    assert catalogue[FAULT.template] % FAULT.params == "0 到 10 之间的数"


def test_every_message_is_a_template_of_named_texts() -> None:
    for template in EXPECTED.values():
        names = re.findall(r"%\((\w+)\)s", template)
        assert template % dict.fromkeys(names, "x")
        assert template.count("%") == len(names)


def test_faults_come_in_order_of_files_and_places() -> None:
    faults = FaultList()
    faults.add("marks.csv", Place(2, 1), "empty")
    faults.add("entries.csv", Place(9, 5), "empty")
    faults.add("entries.csv", Place(9, 1), "empty")

    with pytest.raises(BundleFaults) as refused:
        faults.raise_if_any(["entries.csv", "marks.csv"])

    assert [(fault.file, fault.line, fault.column) for fault in refused.value.faults] == [
        ("entries.csv", 9, 1),
        ("entries.csv", 9, 5),
        ("marks.csv", 2, 1),
    ]
    assert str(refused.value).splitlines()[0] == "entries.csv:9:1: expected a value"


def test_no_fault_raises_nothing() -> None:
    assert FaultList().raise_if_any([]) is None


def test_long_values_are_shown_cut() -> None:
    faults = FaultList()
    faults.add("entries.csv", Place(2, 1), "too_long", found="王" * 500, params={"count": 64})

    with pytest.raises(BundleFaults) as refused:
        faults.raise_if_any([])

    assert refused.value.faults[0].found == "王" * (faults_module.LONGEST_FOUND - 1) + "…"
