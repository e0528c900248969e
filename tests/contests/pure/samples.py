"""Small contests to test with: made by hand, and drawn by hypothesis."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from contests.pure import bundle
from contests.pure.bundle import Bundle, BundleFaults
from contests.pure.scheme import (
    COMBINES,
    ROLES,
    ROUNDINGS,
    STATUSES,
    Aspect,
    Contest,
    Entry,
    Factor,
    Group,
    Judge,
    Mark,
    Penalty,
    Ranking,
    Scheme,
)

SKILL = Aspect(
    code="skill",
    group="practical",
    title="技能",
    kind="judgement",
    minimum=Decimal(0),
    maximum=Decimal(10),
    step=Decimal("0.25"),
    combine="mean",
)
CONTEST = Contest(code="welding-2026", title="焊工", places=2)
PRACTICAL = Group(code="practical", title="实操")

TOML = """\
[contest]
code = "welding-2026"
title = "第十届职工技能运动会·焊工"
places = 2

[[group]]
code = "practical"
title = "实操"
weight = 1

[[aspect]]
code = "seam"
group = "practical"
title = "焊缝"
kind = "judgement"
min = 0
max = 10
step = 0.25
combine = "mean"

[[aspect]]
code = "length"
group = "practical"
title = "长度"
kind = "measurement"
min = 0
max = 100
step = 1
combine = "sum"
factor = 0.1

[ranking]
order = ["total"]
"""

FILES: dict[str, str] = {
    "contest.toml": TOML,
    "entries.csv": "entry,name,unit,group,start_order,status\ne1,王芳,一车间,,1,\ne2,李雷,二车间,,2,\n",
    "judges.csv": "judge,name,unit,role\nj1,张伟,,judge\nj2,赵敏,,judge\nj3,孙丽,,judge\nt1,技术组,,technical\n",
    "marks.csv": "entry,aspect,judge,value\ne1,seam,j1,9.25\ne1,seam,j2,8.5\ne1,length,t1,87\ne2,seam,j1,7\n",
    "penalties.csv": "entry,points,reason\ne2,0.5,超时\n",
    "factors.csv": "entry,aspect,factor\ne1,seam,1.2\n",
}


def aspect(**changes: Any) -> Aspect:
    """Give a judged aspect 0–10 in quarters, mean of its marks, changed as asked."""
    return replace(SKILL, **changes)


def scheme(*aspects: Aspect, contest: Mapping[str, Any] | None = None, ranking: Ranking | None = None) -> Scheme:
    """Give a rule set with one group for each group its aspects name."""
    aspects = aspects or (SKILL,)
    groups = tuple(Group(code, code) for code in dict.fromkeys(aspect.group for aspect in aspects))
    return Scheme(replace(CONTEST, **(contest or {})), groups, aspects, ranking or Ranking())


def marks(entry: str, aspect: str, *values: str | int) -> list[Mark]:
    """Give one mark for each value, by judges j1, j2 …"""
    return [Mark(entry, aspect, f"j{number}", Decimal(value)) for number, value in enumerate(values, start=1)]


def files(**changes: str | bytes | None) -> dict[str, bytes]:
    """Give the files of a sound bundle, changed: `marks_csv="…"` replaces, None removes."""
    texts: dict[str, str | bytes | None] = dict(FILES)
    texts.update({name.replace("_", "."): text for name, text in changes.items()})
    return {name: text.encode() if isinstance(text, str) else text for name, text in texts.items() if text is not None}


def faults(**changes: str | bytes | None) -> list[tuple[str, int, int, str, str]]:
    """Read a changed bundle: every fault as (file, line, column, field, code); none when it is sound."""
    try:
        bundle.read(files(**changes))
    except BundleFaults as refused:
        return [(fault.file, fault.line, fault.column, fault.field, fault.code) for fault in refused.faults]
    return []


# --- drawn by hypothesis -------------------------------------------------------------------------------------------

CODES = st.text("abcxyz0189-", min_size=1, max_size=6)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("=,\"\n\r\t'+-@ \\#"),
    min_size=1,
    max_size=12,
)


def numbers(minimum: str, maximum: str, places: int) -> st.SearchStrategy[Decimal]:
    """Draw decimals of at most `places` places."""
    return st.decimals(minimum, maximum, places=places, allow_nan=False, allow_infinity=False)


@st.composite
def aspects(draw: st.DrawFn, code: str, group: str) -> Aspect:
    """Draw any valid aspect."""
    combine = draw(st.sampled_from(COMBINES))
    is_worldskills = combine == "worldskills"
    minimum = Decimal(0) if is_worldskills else draw(numbers("-5", "5", 1))
    trim = draw(st.integers(0, 2)) if combine == "trimmed-mean" else 0
    return Aspect(
        code=code,
        group=group,
        title=draw(TEXTS),
        kind="judgement" if is_worldskills else draw(st.sampled_from(["judgement", "judgement", "measurement"])),
        minimum=minimum,
        maximum=minimum + draw(st.integers(1, 20)),
        step=Decimal(1) if is_worldskills else draw(st.sampled_from([Decimal("0.25"), Decimal("0.1"), Decimal(1)])),
        combine=combine,
        zero_is_missing=draw(st.booleans()),
        trim=trim,
        trim_from=2 * trim + draw(st.integers(1, 3)) if combine == "trimmed-mean" else 0,
        factor=draw(numbers("0.1", "4", 2)),
        round=draw(st.sampled_from([("combined", "factor"), ("combined",), ("factor",), ()])),
    )


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    """Draw a valid rule set of up to two groups and three aspects."""
    group_codes = draw(st.lists(CODES, min_size=1, max_size=2, unique=True))
    aspect_codes = draw(st.lists(CODES, min_size=1, max_size=3, unique=True))
    criteria = ["total", *(f"group:{code}" for code in group_codes), *(f"aspect:{code}" for code in aspect_codes)]
    order = draw(st.lists(st.sampled_from(criteria), min_size=1, max_size=3, unique=True))
    return Scheme(
        Contest(
            code=draw(CODES),
            title=draw(TEXTS),
            places=draw(st.integers(0, 4)),
            rounding=draw(st.sampled_from(ROUNDINGS)),
            scale=draw(st.sampled_from(["points", "standardised"])),
        ),
        tuple(Group(code, draw(TEXTS), draw(numbers("0.1", "3", 2))) for code in group_codes),
        tuple(draw(aspects(code, draw(st.sampled_from(group_codes)))) for code in aspect_codes),
        Ranking(tuple(order), tuple(draw(st.lists(st.sampled_from(order), unique=True)))),
    )


@st.composite
def values(draw: st.DrawFn, aspect: Aspect) -> Decimal:
    """Draw a mark on the aspect's grid."""
    steps = int((aspect.mark_maximum - aspect.mark_minimum) / aspect.mark_step)
    return aspect.mark_minimum + draw(st.integers(0, steps)) * aspect.mark_step


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    """Draw a valid bundle: missing marks, equal marks, statuses, penalties, factors, names of every kind."""
    rules = draw(schemes())
    entries = tuple(
        Entry(
            code,
            draw(TEXTS),
            draw(TEXTS | st.just("")),
            "",
            draw(st.integers(0, 99)),
            draw(st.sampled_from(["", "", *STATUSES])),
        )
        for code in draw(st.lists(CODES, max_size=4, unique=True))
    )
    judges = tuple(
        Judge(code, draw(TEXTS), "", draw(st.sampled_from(ROLES)))
        for code in draw(st.lists(CODES, min_size=1, max_size=6, unique=True))
    )
    given: list[Mark] = []
    factors: list[Factor] = []
    for entry in entries:
        for item in rules.aspects:
            most = {"measurement": 1}.get(item.kind, 3 if item.is_worldskills else len(judges))
            panel = draw(st.lists(st.sampled_from(judges), max_size=most, unique=True))
            given += [Mark(entry.entry, item.code, judge.judge, draw(values(item))) for judge in panel]
            if draw(st.integers(0, 4)) == 4:
                factors.append(Factor(entry.entry, item.code, draw(numbers("0.1", "4", 1))))
    penalties = tuple(
        Penalty(entry.entry, draw(numbers("0.01", "9", 2)), draw(TEXTS | st.just("")))
        for entry in entries
        if draw(st.integers(0, 2)) == 2
    )
    return Bundle(rules, entries, judges, tuple(draw(st.permutations(given))), penalties, tuple(factors))


# --- tables, by the standard library -------------------------------------------------------------------------------


def csv_rows(data: bytes) -> list[list[str]]:
    """Read a table with the csv module."""
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


def csv_bytes(rows: list[list[str]]) -> bytes:
    """Write a table with the csv module."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()
