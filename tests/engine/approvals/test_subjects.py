from __future__ import annotations

import pytest

from engine.approvals import subjects


@pytest.fixture
def _parcel(monkeypatch):
    monkeypatch.setattr(subjects, "_DESCRIBE", {})
    subjects.describe("parcel")(lambda key: ([("Key", key)], f"/parcels/{key}/") if key != "gone" else None)


@pytest.mark.usefixtures("_parcel")
@pytest.mark.parametrize(
    ("subject", "expected"),
    [("parcel:7:b", subjects.Description([("Key", "7:b")], "/parcels/7:b/")), ("parcel:gone", subjects.Description()),
     ("letter:7", subjects.Description())],
)  # fmt: skip
def test_description_comes_from_the_subjects_app(subject, expected):
    assert subjects.description(subject) == expected
