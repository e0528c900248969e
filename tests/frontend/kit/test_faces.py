"""frontend/kit/faces.py: which face prints what, and what none can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from frontend.kit import faces, pdf

FIRECRACKER = "\U0001f9e8"


def test_rare_characters_are_printed() -> None:
    assert faces.missing("赵磊𠮷㛃䶮龘") == ""


def test_what_no_face_has_is_named_once_in_order() -> None:
    assert faces.missing(f"{FIRECRACKER}焊\U0001f9e7{FIRECRACKER}") == f"{FIRECRACKER}\U0001f9e7"


def test_spaces_are_not_missed() -> None:
    assert faces.missing("焊 工\n") == ""


def test_small_figures_become_small_figures() -> None:
    runs = faces.runs("CO₂焊m³")

    text = "".join(run.text for run in runs)
    low = next(run for run in runs if run.shift < 0)
    assert text.startswith("CO2焊m")
    assert (low.text, low.scale) == ("2", 0.62)
    assert faces.missing("CO₂") == ""
    assert faces.width("₂") == pytest.approx(faces.width("2") * 0.62)


def test_a_table_gets_plain_figures() -> None:
    assert faces.written("CO₂气体") == "CO2气体"
    assert faces.written("赵磊") == "赵磊"


def test_one_face_prints_a_whole_text_where_it_can() -> None:
    assert [run.text for run in faces.runs("荣誉证书 2026", is_strong=True)] == ["荣誉证书 2026"]


def test_chinese_is_one_em_wide() -> None:
    assert faces.width("荣誉") == pytest.approx(2)
    assert faces.width("荣誉", is_strong=True) == pytest.approx(2)


def test_a_configured_font_is_the_only_one(settings: Any) -> None:
    path, number = pdf.font()
    bold = path.with_name("NotoSansCJK-Bold.ttc")
    settings.FONT_FILE = str(bold if bold.is_file() else path)

    assert {face.path for face in faces.faces()} == {Path(settings.FONT_FILE)}
    assert number >= 0
