"""Whole contests of other trades, worked out by hand: diving, aerobatics, a timed repair, a WorldSkills day."""

from __future__ import annotations

import textwrap
from decimal import Decimal

import pytest

from contests.pure import bundle, results
from contests.pure.bundle import Bundle
from tests.contests.pure import samples


def make(toml: str, **tables: str) -> Bundle:
    """Read a bundle written in columns: runs of spaces part the fields."""
    files = {"contest.toml": textwrap.dedent(toml).encode()}
    for name, text in tables.items():
        rows = [line.split() for line in textwrap.dedent(text).strip().splitlines()]
        files[f"{name}.csv"] = samples.csv_bytes([["" if cell == "-" else cell for cell in row] for row in rows])
    return bundle.read(files)


def table(contest: Bundle) -> list[str]:
    """results.csv, a line a row, written out and read in once on the way."""
    written = bundle.write(contest)
    again = bundle.read(written)
    assert again == contest
    assert bundle.write(again)["results.csv"] == written["results.csv"]
    return written["results.csv"].decode().splitlines()


# --- diving: difficulty × the sum of the middle three of five, two dives, each diver's own difficulty --------------
# A sum of three is three times their mean, so the factor of a dive is 3 × its difficulty and nothing is rounded
# before it: 3 × 3.2 × mean(8, 8, 7.5) = 3.2 × 23.5 = 75.2.

DIVING = """
    [contest]
    code = "platform-10m"
    title = "Platform"
    places = 2

    [[group]]
    code = "dives"
    title = "Dives"
    weight = 1

    [[aspect]]
    code = "dive-1"
    group = "dives"
    title = "First dive"
    kind = "judgement"
    min = 0
    max = 10
    step = 0.5
    combine = "trimmed-mean"
    trim = 1
    trim_from = 5
    factor = 3
    round = ["factor"]

    [[aspect]]
    code = "dive-2"
    group = "dives"
    title = "Second dive"
    kind = "judgement"
    min = 0
    max = 10
    step = 0.5
    combine = "trimmed-mean"
    trim = 1
    trim_from = 5
    factor = 3
    round = ["factor"]

    [ranking]
    order = ["total", "aspect:dive-2"]
"""


def diving() -> Bundle:
    marks = {
        ("quan", "dive-1"): "8 8 7.5 8.5 7",
        ("quan", "dive-2"): "9 9 9.5 10 9",
        ("chen", "dive-1"): "10 9 9 9.5 8.5",
        ("chen", "dive-2"): "8 7.5 8 8.5 7",
        ("late", "dive-1"): "5 5 5 - -",
    }
    rows = [
        f"{entry} {aspect} j{number} {value}"
        for (entry, aspect), values in marks.items()
        for number, value in enumerate(values.split(), start=1)
    ]
    return make(
        DIVING,
        entries="entry name start_order status\nlate L 1 -\nchen C 2 -\nquan Q 3 -\ngone G 4 wd\n",
        judges="judge name role\n" + "".join(f"j{number} J{number} judge\n" for number in range(1, 6)),
        marks="entry aspect judge value\n" + "\n".join(rows),
        factors="entry aspect factor\nquan dive-1 9.6\nquan dive-2 9.9\nchen dive-1 9\nchen dive-2 10.2\n",
    )


def test_diving_multiplies_the_middle_three_by_the_difficulty_of_the_dive() -> None:
    standings = {standing.entry.entry: standing for standing in results.standings(diving())}

    scores = {
        entry: [str(aspect.score) for aspect in standings[entry].score.aspects.values()] for entry in ("quan", "chen")
    }
    # quan: 3.2 × (8 + 8 + 7.5), 3.3 × (9 + 9 + 9.5); chen: 3 × (9 + 9 + 9.5), 3.4 × (8 + 7.5 + 8)
    assert scores == {"quan": ["376/5", "363/4"], "chen": ["165/2", "799/10"]}


def test_diving_results() -> None:
    assert table(diving()) == [
        "rank,entry,name,unit,total,dives",
        "1,quan,Q,,165.95,165.95",
        "2,chen,C,,162.40,162.40",
        "3,late,L,,15.00,15.00",
        ",gone,G,,0.00,0.00",
    ]


def test_diving_with_three_judges_left_is_the_plain_mean() -> None:
    late = next(standing for standing in results.standings(diving()) if standing.entry.entry == "late")

    assert [mark.use for mark in late.score.aspects["dive-1"].marks] == ["counted"] * 3
    assert late.score.aspects["dive-2"].state == "open"


# --- aerobatics: the same marks, rounded before or after the factor, give another winner ---------------------------


def aerobatics(rounds: str) -> Bundle:
    toml = f"""
        [contest]
        code = "unlimited"
        title = "Unlimited"
        places = 1

        [[group]]
        code = "figures"
        title = "Figures"

        [[aspect]]
        code = "spin"
        group = "figures"
        title = "Spin"
        kind = "judgement"
        min = 0
        max = 10
        step = 0.5
        combine = "mean"
        factor = 31
        round = {rounds}

        [[aspect]]
        code = "loop"
        group = "figures"
        title = "Loop"
        kind = "judgement"
        min = 0
        max = 10
        step = 0.5
        combine = "mean"
        factor = 10
        round = {rounds}

        [ranking]
        order = ["total"]
    """
    marks = """
        entry aspect judge value
        yak   spin   j1    7
        yak   spin   j2    7
        yak   spin   j3    8
        yak   loop   j1    8
        extra spin   j1    7
        extra spin   j2    7.5
        extra spin   j3    7
        extra loop   j1    8.5
    """
    return make(
        toml,
        entries="entry name start_order\nyak Y 1\nextra E 2\n",
        judges="judge name role\nj1 A judge\nj2 B judge\nj3 C judge\n",
        marks=marks,
    )


@pytest.mark.parametrize(
    ("rounds", "yak", "extra"),
    [
        # spin: yak 22/3 = 7.333…, extra 21.5/3 = 7.1666…
        ('["combined"]', "306.3", "308.2"),  # 31 × 7.3 + 80; 31 × 7.2 + 85
        ('["combined", "factor"]', "306.3", "308.2"),
        ('["factor"]', "307.3", "307.2"),  # 227.333 → 227.3; 222.1666 → 222.2
        ("[]", "307.3", "307.2"),
    ],
)
def test_aerobatics_rounds_before_or_after_the_factor(rounds: str, yak: str, extra: str) -> None:
    totals = {standing.entry.entry: str(standing.total) for standing in results.standings(aerobatics(rounds))}

    assert totals == {"yak": yak, "extra": extra}


def test_place_of_a_rounding_decides_who_wins_and_is_kept_on_the_way_out_and_in() -> None:
    assert [table(aerobatics(rounds))[1] for rounds in ('["combined"]', '["factor"]')] == [
        "1,extra,E,,308.2,308.2",
        "1,yak,Y,,307.3,307.3",
    ]


# --- a timed repair: the first criterion is a time, the lower wins; a chief judge settles a contested aspect -------

REPAIR = """
    [contest]
    code = "relay-repair"
    title = "继电器检修"
    places = 3
    rounding = "truncate"
    scale = "standardised"

    [[group]]
    code = "quality"
    title = "质量"
    weight = 0.5

    [[group]]
    code = "time"
    title = "用时"
    weight = 0

    [[aspect]]
    code = "finish"
    group = "quality"
    title = "工艺"
    kind = "judgement"
    max = 10
    combine = "worldskills"
    factor = 2

    [[aspect]]
    code = "minutes"
    group = "time"
    title = "用时"
    kind = "measurement"
    min = 0
    max = 60
    step = 0.001
    combine = "mean"

    [ranking]
    order = ["total", "aspect:minutes"]
    ascending = ["aspect:minutes"]
"""

REPAIR_MARKS = """
    entry aspect  judge value
    b     finish  j1    2
    b     finish  j2    3
    b     finish  j3    3
    b     minutes t     31.5
    a     finish  j1    3
    a     finish  j2    3
    a     finish  j3    2
    a     minutes t     30.125
    c     finish  j1    3
    c     finish  j2    2
    c     finish  j3    3
    d     finish  j1    0
    d     finish  j2    3
    d     finish  j3    3
    d     minutes t     29
"""


def repair(*more: str) -> Bundle:
    return make(
        REPAIR,
        entries="entry name start_order\nb B 1\na A 2\nc C 3\nd D 4\ne E 5\n",
        judges="judge name role\nj1 J1 judge\nj2 J2 judge\nj3 J3 judge\nc1 C1 chief\nt T technical\n",
        marks=REPAIR_MARKS + "\n".join(more),
        penalties="entry points reason\nd 1 安全\n",
    )


def test_repair_results_while_an_aspect_is_contested() -> None:
    # finish: 8/3 ÷ 3 × 10 = 8.888…, truncated to 8.888, × 2 = 17.776, × 0.5 = 8.888; d: 0 − 1 is no less than 0
    # totals 8.888 ×3 and 0: median 8.888, s = 8.888 × √3 / 4, so 0 is 700 − 400/√3 = 469.06
    assert table(repair()) == [
        "rank,entry,name,unit,total,standardised,quality,time",
        "1,a,A,,8.888,700,8.888,0.000",
        "2,b,B,,8.888,700,8.888,0.000",
        "3,c,C,,8.888,700,8.888,0.000",
        "4,d,D,,0.000,469,0.000,0.000",
        ",e,E,,0.000,,0.000,0.000",
    ]


def test_repair_results_once_the_chief_judge_has_settled_it() -> None:
    # d: 3 ÷ 3 × 10 × 2 × 0.5 − 1 = 9
    rows = table(repair("d finish c1 3"))

    assert [row.split(",")[:5] for row in rows[1:3]] == [["1", "d", "D", "", "9.000"], ["2", "a", "A", "", "8.888"]]


def test_repair_without_a_time_does_not_win_by_it() -> None:
    standings = {standing.entry.entry: standing for standing in results.standings(repair())}

    assert standings["c"].score.aspects["minutes"].state == "open"
    assert (standings["a"].total, standings["c"].total) == (Decimal("8.888"), Decimal("8.888"))
    assert (standings["a"].rank, standings["c"].rank) == (1, 3)
