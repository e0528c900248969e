"""A bundle → the bytes of its files. What was written is read back equal, and scores the same.

Nothing is altered on the way out, not even a name that begins with "=": a bundle is an archive, and a program
reads it. Sheets made for a spreadsheet are another thing and defused elsewhere. A 9.0 in a table stays 9.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from contests.pure import results, rfc4180
from contests.pure.bundle import tables
from contests.pure.bundle.contents import Bundle
from contests.pure.decimals import text
from contests.pure.scheme import WORLDSKILLS_JUDGES, Aspect, Scheme
from contests.pure.scoring import AspectScore

_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')


def write(bundle: Bundle) -> dict[str, bytes]:
    """Write every file of a bundle, results.csv included: file name → bytes (UTF-8, LF).

    marks.csv shows what is open: an aspect without a score has a row with an empty value for each judge whose mark
    is awaited (entries with a status await none). Such rows read as no mark.
    """
    standings = results.standings(bundle)
    scores = {standing.entry.entry: standing.score.aspects for standing in standings}
    return {
        "contest.toml": write_scheme(bundle.scheme),
        "entries.csv": _table(
            tables.ENTRIES,
            [
                (entry.entry, entry.name, entry.unit, entry.group, str(entry.start_order), entry.status)
                for entry in bundle.entries
            ],
        ),
        "judges.csv": _table(
            tables.JUDGES, [(judge.judge, judge.name, judge.unit, judge.role) for judge in bundle.judges]
        ),
        "marks.csv": _table(
            tables.MARKS,
            [
                *((mark.entry, mark.aspect, mark.judge, _plain(mark.value)) for mark in bundle.marks),
                *_awaited(bundle, scores),
            ],
        ),
        "penalties.csv": _table(
            tables.PENALTIES, [(penalty.entry, _plain(penalty.points), penalty.reason) for penalty in bundle.penalties]
        ),
        "factors.csv": _table(
            tables.FACTORS, [(factor.entry, factor.aspect, _plain(factor.factor)) for factor in bundle.factors]
        ),
        "results.csv": results.write_csv(bundle.scheme, standings),
    }


def write_scheme(scheme: Scheme) -> bytes:
    """Write contest.toml alone: a rule set without a contest's people."""
    contest, ranking = scheme.contest, scheme.ranking
    blocks = [
        _block(
            "[contest]",
            code=contest.code,
            title=contest.title,
            places=contest.places,
            rounding=contest.rounding,
            scale=contest.scale,
        )
    ]
    blocks += [_block("[[group]]", code=group.code, title=group.title, weight=group.weight) for group in scheme.groups]
    blocks += [_aspect_block(aspect) for aspect in scheme.aspects]
    blocks.append(_block("[ranking]", order=ranking.order, ascending=ranking.ascending))
    return "\n".join(blocks).encode()


def _aspect_block(aspect: Aspect) -> str:
    keys: dict[str, object] = {"code": aspect.code, "group": aspect.group, "title": aspect.title, "kind": aspect.kind}
    if aspect.is_worldskills:
        keys |= {"max": aspect.maximum}
    else:
        keys |= {"min": aspect.minimum, "max": aspect.maximum, "step": aspect.step}
    keys |= {"zero_is_missing": aspect.zero_is_missing, "combine": aspect.combine}
    if aspect.combine == "trimmed-mean" or aspect.trim or aspect.trim_from:
        keys |= {"trim": aspect.trim, "trim_from": aspect.trim_from}
    keys |= {"factor": aspect.factor, "round": aspect.round}
    return _block("[[aspect]]", **keys)


def _block(header: str, **keys: object) -> str:
    return header + "\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in keys.items())


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return text(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return '"' + _ESCAPED.sub(lambda sign: _escape(sign[0]), value) + '"'
    return str(value)


def _escape(sign: str) -> str:
    return "\\" + sign if sign in '"\\' else f"\\u{ord(sign):04x}"


def _plain(value: Decimal) -> str:
    return format(value, "f")


def _table(layout: tables.Layout, rows: list[tuple[str, ...]]) -> bytes:
    return rfc4180.write([layout.columns, *rows])


def _awaited(bundle: Bundle, scores: Mapping[str, Mapping[str, AspectScore]]) -> Iterator[tuple[str, str, str, str]]:
    """Give one row without a value for each mark an open aspect still waits for."""
    markers: dict[str, set[str]] = {}
    for mark in bundle.marks:
        markers.setdefault(mark.aspect, set()).add(mark.judge)
    panels = {aspect.code: _panel(bundle, aspect, markers.get(aspect.code, set())) for aspect in bundle.scheme.aspects}
    for entry in bundle.entries:
        if entry.status:
            continue
        for aspect in bundle.scheme.aspects:
            score = scores[entry.entry][aspect.code]
            if score.state != "open":
                continue
            given = {mark.judge for mark in score.marks}
            awaited = [judge for judge in panels[aspect.code] if judge not in given]
            if aspect.is_worldskills:
                awaited = awaited[: WORLDSKILLS_JUDGES - len(given)]
            elif aspect.kind == "measurement":
                awaited = awaited[:1]
            for judge in awaited:
                yield entry.entry, aspect.code, judge, ""


def _panel(bundle: Bundle, aspect: Aspect, markers: set[str]) -> list[str]:
    """Who marks an aspect: those who marked it for anybody, then those of the fitting role, in file order."""
    role = "technical" if aspect.kind == "measurement" else "judge"
    fitting = [judge.judge for judge in bundle.judges if judge.judge in markers]
    if not fitting or aspect.is_worldskills:
        fitting += [judge.judge for judge in bundle.judges if judge.role == role and judge.judge not in markers]
    return fitting or [judge.judge for judge in bundle.judges]
