"""The words of a contest."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest
from hypothesis import given, settings

from contests.pure import scheme as schemes
from contests.pure.scheme import Group, Scheme
from tests.contests.pure import samples


@settings(max_examples=50)
@given(samples.schemes())
def test_json_gives_back_the_same_scheme(rules: Scheme) -> None:
    stored = json.loads(json.dumps(schemes.to_json(rules)))

    assert schemes.from_json(stored) == rules


def test_json_has_the_shape_of_the_file_and_decimals_as_text() -> None:
    rules = samples.scheme(samples.aspect(factor=Decimal("1.60")))

    data = schemes.to_json(rules)

    assert data == {
        "contest": {
            "code": "welding-2026",
            "title": "焊工",
            "places": 2,
            "rounding": "half-up",
            "scale": "points",
        },
        "group": [{"code": "practical", "title": "practical", "weight": "1"}],
        "aspect": [
            {
                "code": "skill",
                "group": "practical",
                "title": "技能",
                "kind": "judgement",
                "min": "0",
                "max": "10",
                "step": "0.25",
                "zero_is_missing": False,
                "combine": "mean",
                "trim": 0,
                "trim_from": 0,
                "factor": "1.6",
                "round": ["combined", "factor"],
            }
        ],
        "ranking": {"order": ["total"], "ascending": []},
    }


@pytest.mark.parametrize("broken", [{}, {"contest": 1}, {"contest": {}, "group": [], "aspect": [], "ranking": {}}])
def test_json_of_another_shape_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a stored marking scheme"):
        schemes.from_json(broken)


def test_json_with_a_binary_float_is_refused() -> None:
    data = schemes.to_json(samples.scheme())
    data["aspect"][0]["step"] = 0.25

    with pytest.raises(ValueError, match="a decimal is stored as text"):
        schemes.from_json(data)


def test_json_with_a_word_for_a_number_is_refused() -> None:
    data = schemes.to_json(samples.scheme())
    data["group"][0]["weight"] = "heavy"

    with pytest.raises(ValueError, match="not a stored marking scheme"):
        schemes.from_json(data)


def test_grid_of_an_aspect_is_its_own() -> None:
    aspect = samples.aspect()

    assert (aspect.mark_minimum, aspect.mark_maximum, aspect.mark_step) == (0, 10, Decimal("0.25"))


def test_grid_of_worldskills_is_whole_marks_to_three() -> None:
    aspect = samples.aspect(combine="worldskills", minimum=Decimal(2), maximum=Decimal(25))

    assert (aspect.mark_minimum, aspect.mark_maximum, aspect.mark_step) == (0, 3, 1)


def test_aspects_of_a_group_are_in_file_order() -> None:
    rules = samples.scheme(samples.aspect(code="b"), samples.aspect(code="z", group="other"), samples.aspect(code="a"))

    assert [aspect.code for aspect in rules.aspects_of("practical")] == ["b", "a"]


def test_words_never_change() -> None:
    group = Group("theory", "理论")

    with pytest.raises(FrozenInstanceError):
        group.code = "other"  # type: ignore[misc]
