"""contest.toml: the rules, and every fault of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contests.pure import bundle
from contests.pure.bundle import BundleFaults
from contests.pure.scheme import Contest, Group, Ranking, to_json
from tests.contests.pure import samples
from tests.contests.pure.samples import TOML


def toml_faults(text: str) -> list[tuple[int, int, str, str]]:
    """Faults of contest.toml alone, as (line, column, field, code)."""
    return [fault[1:] for fault in samples.faults(contest_toml=text) if fault[0] == "contest.toml"]


def changed(old: str, new: str) -> str:
    assert TOML.count(old) >= 1
    return TOML.replace(old, new, 1)


def test_rules_are_read() -> None:
    scheme = bundle.read(samples.files()).scheme

    assert scheme.contest == Contest("welding-2026", "第十届职工技能运动会·焊工", 2, "half-up", "points")
    assert scheme.groups == (Group("practical", "实操", Decimal(1)),)
    assert scheme.ranking == Ranking(("total",), ())
    seam, length = scheme.aspects
    assert (seam.code, seam.group, seam.title, seam.kind) == ("seam", "practical", "焊缝", "judgement")
    assert (seam.minimum, seam.maximum, seam.step) == (0, 10, Decimal("0.25"))
    assert (length.combine, length.factor) == ("sum", Decimal("0.1"))


def test_defaults_are_those_of_the_contract() -> None:
    scheme = bundle.read(samples.files()).scheme

    seam = scheme.aspects[0]
    assert (seam.zero_is_missing, seam.round, seam.factor) == (False, ("combined", "factor"), 1)
    assert (scheme.contest.rounding, scheme.contest.scale, scheme.ranking.ascending) == ("half-up", "points", ())


def test_every_key_of_the_contract_is_read() -> None:
    text = TOML.replace(
        'combine = "mean"',
        'zero_is_missing = true\ncombine = "trimmed-mean"\ntrim = 1\ntrim_from = 5\nfactor = 1.6\nround = ["factor"]',
    )
    text = text.replace("places = 2", 'places = 3\nrounding = "half-even"\nscale = "standardised"')
    text = text.replace(
        'order = ["total"]', 'order = ["aspect:length", "group:practical", "total"]\nascending = ["aspect:length"]'
    )

    scheme = bundle.read(samples.files(contest_toml=text)).scheme

    seam = scheme.aspects[0]
    assert (seam.trim, seam.trim_from, seam.factor, seam.round) == (1, 5, Decimal("1.6"), ("factor",))
    assert (seam.zero_is_missing, seam.combine) == (True, "trimmed-mean")
    assert scheme.contest == Contest("welding-2026", "第十届职工技能运动会·焊工", 3, "half-even", "standardised")
    assert scheme.ranking == Ranking(("aspect:length", "group:practical", "total"), ("aspect:length",))


def test_order_of_roundings_does_not_matter() -> None:
    texts = [
        changed('combine = "mean"', f'combine = "mean"\nround = {words}') for words in ('["factor", "combined"]', "[]")
    ]

    rounds = [bundle.read(samples.files(contest_toml=text)).scheme.aspects[0].round for text in texts]

    assert rounds == [("combined", "factor"), ()]


def test_numbers_are_decimals_to_the_last_digit() -> None:
    text = changed("factor = 0.1", "factor = 0.100000000001")

    scheme = bundle.read(samples.files(contest_toml=text)).scheme

    assert scheme.aspects[1].factor == Decimal("0.100000000001")


def test_worldskills_needs_neither_min_nor_step() -> None:
    text = changed('min = 0\nmax = 10\nstep = 0.25\ncombine = "mean"', 'max = 2\ncombine = "worldskills"')

    seam = bundle.read(samples.files(contest_toml=text, marks_csv="entry,aspect,judge,value\n")).scheme.aspects[0]

    assert (seam.minimum, seam.maximum, seam.step) == (0, 2, 1)


def test_min_and_step_do_not_apply_to_worldskills() -> None:
    text = changed(
        'min = 0\nmax = 10\nstep = 0.25\ncombine = "mean"', 'min = 5\nmax = 2\nstep = 0\ncombine = "worldskills"'
    )

    assert samples.faults(contest_toml=text, marks_csv="entry,aspect,judge,value\ne1,seam,j1,3\n") == []


def test_trim_rule_is_asked_of_trimmed_means_only() -> None:
    text = changed('combine = "mean"', 'combine = "mean"\ntrim = 1\ntrim_from = 0')

    assert toml_faults(text) == []


def test_inline_tables_are_tables() -> None:
    text = """\
contest = { code = "c", title = "t", places = 0 }
group = [ { code = "g", title = "t" } ]
ranking.order = ["total"]
aspect = [
  { code = "seam", group = "g", title = "t", kind = "judgement", min = 0, max = 10, step = 0.25, combine = "mean" },
  { code = "length", group = "x", title = "t", kind = "measurement", min = 0, max = 100, step = 1, combine = "sum" },
]
"""
    assert toml_faults(text) == [(6, 30, "aspect[2].group", "unknown_group")]


# --- faults --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('code = "welding-2026"', 'code = "Welding 2026"', (2, 8, "contest.code", "not_a_code")),
        ('code = "welding-2026"', f'code = "{"x" * 65}"', (2, 8, "contest.code", "not_a_code")),
        ('code = "welding-2026"', 'code = ""', (2, 8, "contest.code", "not_a_code")),
        ('code = "welding-2026"', "code = 2026", (2, 8, "contest.code", "not_text")),
        ('code = "welding-2026"\n', "", (1, 1, "contest.code", "key_missing")),
        ('title = "第十届职工技能运动会·焊工"', 'title = ""', (3, 9, "contest.title", "empty")),
        ('title = "第十届职工技能运动会·焊工"', r'title = "\u0000"', (3, 9, "contest.title", "control_character")),
        ("places = 2", "places = -1", (4, 10, "contest.places", "not_whole")),
        ("places = 2", "places = 2.0", (4, 10, "contest.places", "not_whole")),
        ("places = 2", 'places = "2"', (4, 10, "contest.places", "not_whole")),
        ("places = 2", "places = true", (4, 10, "contest.places", "not_whole")),
        ("places = 2", "places = 13", (4, 10, "contest.places", "not_whole")),
        ("places = 2\n", "", (1, 1, "contest.places", "key_missing")),
        ("places = 2", 'places = 2\nrounding = "up"', (5, 12, "contest.rounding", "not_a_choice")),
        ("places = 2", "places = 0x" + "f" * 5000, (4, 10, "contest.places", "not_whole")),
        ("places = 2", 'places = 2\nscale = "percent"', (5, 9, "contest.scale", "not_a_choice")),
        ("places = 2", "places = 2\nplace = 3", (5, 1, "contest.place", "key_unknown")),
        ("[ranking]", '[sponsor]\nname = "x"\n[ranking]', (32, 1, "sponsor", "key_unknown")),
        ("weight = 1", 'weight = "1"', (9, 10, "group[1].weight", "not_a_number")),
        ("weight = 1", "weight = nan", (9, 10, "group[1].weight", "not_a_number")),
        ("weight = 1", "weight = inf", (9, 10, "group[1].weight", "not_a_number")),
        ("weight = 1", "weight = 1e400", (9, 10, "group[1].weight", "not_a_number")),
        ("weight = 1", "weihgt = 1", (9, 1, "group[1].weihgt", "key_unknown")),
        ('title = "焊缝"\n', "", (11, 1, "aspect[1].title", "key_missing")),
        ('code = "length"', 'code = "seam"', (22, 8, "aspect[2].code", "repeated")),
        ('group = "practical"', 'group = "theory"', (13, 9, "aspect[1].group", "unknown_group")),
        ('kind = "judgement"', 'kind = "opinion"', (15, 8, "aspect[1].kind", "not_a_choice")),
        ('combine = "mean"', 'combine = "average"', (19, 11, "aspect[1].combine", "not_a_choice")),
        ("min = 0\n", "", (11, 1, "aspect[1].min", "key_missing")),
        ("max = 10\n", "", (11, 1, "aspect[1].max", "key_missing")),
        ("step = 0.25\n", "", (11, 1, "aspect[1].step", "key_missing")),
        ('kind = "judgement"\n', "", (11, 1, "aspect[1].kind", "key_missing")),
        ('combine = "mean"\n', "", (11, 1, "aspect[1].combine", "key_missing")),
        ("step = 0.25", "step = 0", (18, 8, "aspect[1].step", "not_positive")),
        ("step = 0.25", "step = -0.25", (18, 8, "aspect[1].step", "not_positive")),
        ("min = 0", "min = 11", (17, 7, "aspect[1].max", "below_minimum")),
        ('combine = "mean"', 'combine = "trimmed-mean"\ntrim_from = 3', (11, 1, "aspect[1].trim", "key_missing")),
        ('combine = "mean"', 'combine = "trimmed-mean"\ntrim = 1', (11, 1, "aspect[1].trim_from", "key_missing")),
        (
            'combine = "mean"',
            'combine = "trimmed-mean"\ntrim = 1\ntrim_from = 2',
            (21, 13, "aspect[1].trim_from", "trim_from_too_small"),
        ),
        (
            'combine = "mean"',
            'combine = "trimmed-mean"\ntrim = 0\ntrim_from = 0',
            (21, 13, "aspect[1].trim_from", "trim_from_too_small"),
        ),
        ('combine = "mean"', 'combine = "mean"\ntrim = -1', (20, 8, "aspect[1].trim", "not_whole")),
        ('combine = "mean"', 'combine = "mean"\nzero_is_missing = 1', (20, 19, "aspect[1].zero_is_missing", "not_true_or_false")),
        ('combine = "mean"', 'combine = "mean"\nround = "factor"', (20, 9, "aspect[1].round", "not_texts")),
        ('combine = "mean"', 'combine = "mean"\nround = ["total"]', (20, 10, "aspect[1].round[1]", "not_a_choice")),
        ('combine = "mean"', 'combine = "mean"\nround = ["factor", "factor"]', (20, 20, "aspect[1].round[2]", "repeated")),
        ('combine = "sum"', 'combine = "worldskills"', (29, 11, "aspect[2].combine", "measurement_worldskills")),
        ('order = ["total"]', "order = []", (33, 9, "ranking.order", "empty")),
        ('order = ["total"]', 'order = "total"', (33, 9, "ranking.order", "not_texts")),
        ('order = ["total"]', 'order = ["Total"]', (33, 10, "ranking.order[1]", "not_a_criterion")),
        ('order = ["total"]', 'order = ["points:seam"]', (33, 10, "ranking.order[1]", "not_a_criterion")),
        ('order = ["total"]', 'order = ["group"]', (33, 10, "ranking.order[1]", "not_a_criterion")),
        ('order = ["total"]', 'order = ["total",\n  "total"]', (34, 3, "ranking.order[2]", "repeated")),
        ('order = ["total"]', 'order = ["total",\n  "group:seam"]', (34, 3, "ranking.order[2]", "unknown_group")),
        ('order = ["total"]', 'order = ["aspect:practical"]', (33, 10, "ranking.order[1]", "unknown_aspect")),
        ('order = ["total"]', 'order = ["total"]\nascending = ["aspect:seam"]', (34, 14, "ranking.ascending[1]", "not_in_order")),
        ('order = ["total"]', 'order = ["total"]\nascending = "total"', (34, 13, "ranking.ascending", "not_texts")),
        ('order = ["total"]\n', "", (32, 1, "ranking.order", "key_missing")),
    ],
)  # fmt: skip
def test_fault_is_told_with_its_place(old: str, new: str, fault: tuple[int, int, str, str]) -> None:
    assert toml_faults(changed(old, new)) == [fault]


@pytest.mark.parametrize("name", ["contest", "group", "aspect", "ranking"])
def test_missing_table_is_a_fault(name: str) -> None:
    blocks = [block for block in TOML.split("\n\n") if not block.lstrip("[").startswith(name)]

    faults = toml_faults("\n\n".join(blocks))

    assert faults == [(1, 1, name, "table_missing")]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[[group]]", "[group]", (6, 1, "group", "not_tables")),
        ("[contest]", "[[contest]]", (1, 1, "contest", "not_a_table")),
        ("[ranking]", "[[ranking]]", (32, 1, "ranking", "not_a_table")),
    ],
)
def test_table_of_the_wrong_kind_is_a_fault(old: str, new: str, fault: tuple[int, int, str, str]) -> None:
    assert toml_faults(changed(old, new)) == [fault]


def test_empty_file_misses_every_table() -> None:
    assert [fault[2:] for fault in toml_faults("")] == [
        ("contest", "table_missing"),
        ("group", "table_missing"),
        ("aspect", "table_missing"),
        ("ranking", "table_missing"),
    ]


def test_every_fault_is_told_at_once_in_file_order() -> None:
    text = TOML.replace("places = 2", "places = 2.5").replace("weight = 1", "weight = nan")
    text = text.replace('kind = "judgement"', 'kind = "opinion"').replace("step = 1\n", "step = 0\n")
    text = text.replace('order = ["total"]', 'order = ["best"]')

    assert [(fault[0], fault[3]) for fault in toml_faults(text)] == [
        (4, "not_whole"),
        (9, "not_a_number"),
        (15, "not_a_choice"),
        (28, "not_positive"),
        (33, "not_a_criterion"),
    ]


def test_slip_of_syntax_hides_no_other_fault() -> None:
    text = TOML.replace("places = 2", "places = 2,5").replace("step = 0.25", "step = 0")

    assert toml_faults(text) == [(4, 11, "", "toml_syntax"), (18, 8, "aspect[1].step", "not_positive")]


def test_bad_code_is_told_once_and_not_again_where_it_is_used() -> None:
    text = TOML.replace('"practical"', '"Practical"')

    assert toml_faults(text) == [(7, 8, "group[1].code", "not_a_code")]


# --- a rule set that never was a file ------------------------------------------------------------------------------


def test_editor_may_send_numbers_as_text_or_decimals() -> None:
    scheme = samples.scheme(samples.aspect(factor=Decimal("1.6")))
    data = to_json(scheme)
    data["aspect"][0]["max"] = Decimal(10)
    data["aspect"][0]["min"] = 0

    assert bundle.read_scheme(data) == scheme


def test_editor_is_told_every_fault_by_its_path() -> None:
    data = to_json(samples.scheme())
    data["contest"]["places"] = "two"
    data["aspect"][0] |= {"step": 0.25, "group": "ghost"}
    del data["ranking"]["order"]

    with pytest.raises(BundleFaults) as refused:
        bundle.read_scheme(data)

    assert [(fault.file, fault.line, fault.path, fault.code) for fault in refused.value.faults] == [
        ("", 0, ("contest", "places"), "not_whole"),
        ("", 0, ("aspect", 0, "group"), "unknown_group"),
        ("", 0, ("aspect", 0, "step"), "not_a_number"),
        ("", 0, ("ranking", "order"), "key_missing"),
    ]
