"""contests/pure/lettering.py: breaking, shrinking, rarity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.pure.lettering import broken, fit, rarity


def ems(text: str) -> float:
    return float(sum(1 if ord(c) > 0x2E80 else 0.5 for c in text))


def test_a_short_text_keeps_its_size_and_line() -> None:
    assert fit("赵磊", ems, size=30, width=100, most_lines=3) == (30, ["赵磊"])


def test_a_long_text_is_broken_before_it_is_shrunk() -> None:
    size, lines = fit("第十届职工技能运动会焊工总决赛", ems, size=30, width=100, most_lines=2)

    assert size == 30
    assert len(lines) == 2


def test_a_text_of_one_line_is_shrunk_to_its_width() -> None:
    size, lines = fit("字" * 20, ems, size=30, width=100)

    assert lines == ["字" * 20]
    assert size * 20 * 25.4 / 72 == pytest.approx(100)


def test_latin_words_stay_whole_and_punctuation_in_its_place() -> None:
    assert broken("Christopher Montgomery", 2, ems) == ["Christopher", "Montgomery"]
    assert broken("参加“焊工”比赛，成绩优异", 2, ems) == ["参加“焊工”比", "赛，成绩优异"]
    assert broken("参加焊工，（成绩优异）", 2, ems) == ["参加焊工，", "（成绩优异）"]


def test_a_name_is_broken_at_its_dot() -> None:
    assert broken("阿卜杜热合·买买提", 2, ems) == ["阿卜杜热合·", "买买提"]
    assert broken("欧阳买买提·阿卜杜热合曼江·伊布拉音·吾买尔江", 2, ems) == [
        "欧阳买买提·阿卜杜热合曼江·",
        "伊布拉音·吾买尔江",
    ]


@given(st.text(st.sampled_from("字阿·，“”（）ab 1"), min_size=1, max_size=40), st.integers(1, 4))
def test_nothing_is_lost_by_breaking(text: str, count: int) -> None:
    lines = broken(text, count, ems)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert len(lines) <= count


@pytest.mark.parametrize(("text", "grade"), [("赵磊", 0), ("镕", 1), ("㛃", 2), ("䶮", 2), ("𠮷", 3), ("", 0)])
def test_rarity_follows_the_standards(text: str, grade: int) -> None:
    assert rarity(text)[0] == grade
