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


def test_briefs_of_many_subjects_are_asked_of_each_app_at_once(monkeypatch):
    asked = []

    def of_parcels(keys):
        asked.append(list(keys))
        return {key: [subjects.Brief("Weight", f"{key} kg")] for key in keys if key != "gone"}

    monkeypatch.setattr(subjects, "_BRIEFS", {})
    subjects.brief("parcel")(of_parcels)

    found = subjects.briefs(["parcel:7", "letter:7", "parcel:gone", "parcel:8"])

    assert found == {
        "parcel:7": [subjects.Brief("Weight", "7 kg")],
        "parcel:8": [subjects.Brief("Weight", "8 kg")],
    }
    assert asked == [["7", "gone", "8"]]
