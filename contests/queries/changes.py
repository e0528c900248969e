"""Steps of a correction as they are stored, read against the contest as it is now; the difference they make."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contests.models import Certificate, Change, Contest, Entry, Mark, Operation, PanelMember, Penalty, Sheet
from contests.pure import decimals, marks, results, versions, whatif
from contests.pure import scheme as schemes
from contests.pure.awards import award_points
from contests.pure.bundle import Bundle
from contests.pure.scheme import Aspect
from contests.pure.whatif import CancelPenalty, GivePenalty, SetFactor, SetMark, SetStatus, Step
from contests.queries.awards import read_award_table
from contests.queries.material import material_of
from contests.queries.sentences import sentence

KEYS = {
    "mark": ("entry", "aspect", "judge", "value"),
    "penalty": ("entry", "points"),
    "cancel-penalty": ("penalty",),
    "status": ("entry", "status"),
    "factor": ("entry", "aspect", "factor"),
    "void-span": ("since", "until", "judge"),
}
DECISIONS = "chief-judge"  # the device of what the chief judge decides
MOST_STEPS = 50


class BadStep(ValidationError):
    """A step cannot be carried out; the sentence says why."""


class Reader:
    """Reads the steps of one contest. Statements are made when a kind of step first needs them: four at most."""

    def __init__(self, contest: Contest, reason: str) -> None:
        self.contest = contest
        self.reason = reason[:500]

    @cached_property
    def aspects(self) -> dict[str, Aspect]:
        """Code → aspect."""
        return {aspect.code: aspect for aspect in self.contest.marking_scheme.aspects}

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Code → entry."""
        return {row.code: row for row in Entry.objects.filter(contest=self.contest)}

    @cached_property
    def sheets(self) -> dict[str, Sheet]:
        """Judge's code → sheet, of those whose marks count."""
        rows = Sheet.objects.filter(contest=self.contest, member__role__in=schemes.ROLES).select_related("member")
        return {row.member.code: row for row in rows}

    @cached_property
    def penalties(self) -> dict[int, Penalty]:
        """Key → penalty that counts."""
        rows = Penalty.objects.filter(entry__contest=self.contest, cancelled_at__isnull=True).select_related("entry")
        return {row.pk: row for row in rows}

    def read(self, steps: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
        """Return what stored steps mean now.

        Raises:
            BadStep: naming the first that cannot be carried out.
        """
        if len(steps) > MOST_STEPS:
            raise BadStep(_("At most %(n)s steps at once."), code="too-many", params={"n": MOST_STEPS})
        found: list[Step] = []
        for step in steps:
            found += self._one(step)
        return tuple(found)

    def _one(self, step: Mapping[str, Any]) -> Sequence[Step]:
        kinds: dict[str, Callable[[Mapping[str, Any]], Sequence[Step]]] = {
            "mark": self._mark,
            "penalty": self._penalty,
            "cancel-penalty": self._cancel,
            "status": self._status,
            "factor": self._factor,
            "void-span": self._void,
        }
        kind = str(step.get("kind"))
        if kind not in kinds or set(step) - {"kind", *KEYS[kind]}:
            raise BadStep(_("There is no such kind of correction."), code="kind")
        return kinds[kind](step)

    def _mark(self, step: Mapping[str, Any]) -> Sequence[Step]:
        entry, aspect, sheet = self._entry(step), self._aspect(step), self.sheets.get(str(step.get("judge", "")))
        is_theirs = sheet is not None and (aspect.code in sheet.aspects or _settles(sheet, aspect))
        if sheet is None or not is_theirs:
            raise BadStep(_("This judge does not mark “%(aspect)s”."), code="judge", params={"aspect": aspect.title})
        if sheet.state == Sheet.State.OPEN:
            raise BadStep(
                _("The sheet is not signed yet: ask the judge to change the mark, or close judging first."), code="open"
            )
        text = str(step.get("value", "")).strip()
        value = decimals.parse(text) if text else None
        refusal = marks.Refusal("not_a_number") if text and value is None else None
        if value is not None:
            refusal = marks.refusal_of(aspect, value)
        if refusal is not None:
            raise BadStep(sentence(refusal.code, refusal.params), code=refusal.code.replace("_", "-"))
        return [SetMark(entry, aspect.code, sheet.member.code, value)]

    def _penalty(self, step: Mapping[str, Any]) -> Sequence[Step]:
        points = self._above_zero(step.get("points"), _("Write the points to take as a number above 0, such as 2.5."))
        return [GivePenalty(self._entry(step), points, self.reason)]

    def _cancel(self, step: Mapping[str, Any]) -> Sequence[Step]:
        key = str(step.get("penalty", ""))
        row = self.penalties.get(int(key)) if key.isdecimal() else None
        if row is None:
            raise BadStep(_("The penalty is cancelled already."), code="penalty")
        return [CancelPenalty(row.entry.code, row.points, row.reason)]

    def _status(self, step: Mapping[str, Any]) -> Sequence[Step]:
        status = str(step.get("status", ""))
        if status not in Entry.Status.values:
            raise BadStep(_("Choose one of the listed statuses."), code="status")
        return [SetStatus(self._entry(step), status)]

    def _factor(self, step: Mapping[str, Any]) -> Sequence[Step]:
        factor = None
        if str(step.get("factor", "")).strip():
            factor = self._above_zero(step["factor"], _("Write the factor as a number above 0, such as 1.2."))
        return [SetFactor(self._entry(step), self._aspect(step).code, factor)]

    def _void(self, step: Mapping[str, Any]) -> Sequence[Step]:
        since, until = _moment(step.get("since")), _moment(step.get("until"))
        judge = str(step.get("judge", ""))
        if since is None or until is None or since >= until:
            raise BadStep(
                _("Write when the stretch of time began and ended, the end after the beginning."), code="span"
            )
        if judge and judge not in self.sheets:
            raise BadStep(_("Choose a judge of this contest."), code="judge")
        voided = whatif.void_span(self._given(judge), self._held(judge), since, until)
        if voided.unknown:
            entry, aspect, judge = voided.unknown[0]
            raise BadStep(
                _("Nobody knows the mark %(judge)s gave entry %(entry)s in “%(aspect)s” before: correct it by itself."),
                code="unknown-before",
                params={"judge": judge, "entry": entry, "aspect": self.aspects[aspect].title},
            )
        return voided.steps

    def _given(self, judge: str) -> list[whatif.Given]:
        """Return every accepted operation of the sheets that count. One statement."""
        sheets = {row.pk: code for code, row in self.sheets.items() if judge in ("", code)}
        rows = Operation.objects.filter(sheet__in=sheets, answer=Operation.Answer.OK)
        names = ("sheet", "entry", "aspect", "server_value", "server_version", "received_at", "device")
        return [
            whatif.Given((entry, aspect, sheets[sheet]), value, version, at, device == DECISIONS)
            for sheet, entry, aspect, value, version, at, device in rows.values_list(*names)
            if version
        ]

    def _held(self, judge: str) -> dict[whatif.Cell, int]:
        """Return entry, aspect, judge → version of the mark. One statement."""
        sheets = {row.pk: code for code, row in self.sheets.items() if judge in ("", code)}
        rows = Mark.objects.filter(sheet__in=sheets).values_list("entry__code", "aspect", "sheet", "version")
        return {(entry, aspect, sheets[sheet]): version for entry, aspect, sheet, version in rows}

    def _entry(self, step: Mapping[str, Any]) -> str:
        code = str(step.get("entry", ""))
        if code not in self.entries:
            raise BadStep(sentence("unknown_entry"), code="unknown-entry")
        return code

    def _aspect(self, step: Mapping[str, Any]) -> Aspect:
        aspect = self.aspects.get(str(step.get("aspect", "")))
        if aspect is None:
            raise BadStep(sentence("unknown_aspect"), code="unknown-aspect")
        return aspect

    @staticmethod
    def _above_zero(text: Any, otherwise: str) -> Decimal:
        number = decimals.parse(str(text or "").strip())
        if number is None or number <= 0:
            raise BadStep(otherwise, code="number")
        return number


def _settles(sheet: Sheet, aspect: Aspect) -> bool:
    """Whether it is the chief judge's sheet, whose mark settles worldskills aspects and no others."""
    return sheet.member.role == PanelMember.Role.CHIEF and aspect.is_worldskills


def _moment(text: Any) -> datetime | None:
    """Read an ISO moment with its zone."""
    try:
        moment = parse_datetime(str(text or ""))
    except ValueError:
        return None
    return None if moment is None or timezone.is_naive(moment) else moment


@dataclass(frozen=True)
class Tried:
    """What steps would do to a contest as it is now; `digest` names both results, before and after."""

    rows: tuple[whatif.Row, ...]
    digest: str

    def to_json(self) -> dict[str, Any]:
        """Return what `Change.difference` keeps."""
        return {"digest": self.digest, "rows": [whatif.to_json(row) for row in self.rows]}


def try_steps(contest: Contest, steps: Sequence[Step]) -> Tried:
    """Return the difference steps would make. Seven statements.

    Raises:
        BadStep: a penalty would be cancelled twice.
    """
    material = material_of(contest)
    try:
        changed = whatif.apply(material, steps)
    except whatif.NotThere:
        raise BadStep(_("A penalty can be cancelled once only."), code="penalty") from None
    before, after = _lines(contest, material), _lines(contest, changed)
    told = {"before": _told(before), "after": _told(after)}
    digest = hashlib.sha256(versions.canonical(told)).hexdigest()
    return Tried(whatif.difference(before, after, certificates_of(contest)), digest)


def _lines(contest: Contest, material: Bundle) -> dict[str, whatif.Line]:
    standings = results.standings(material)
    return whatif.lines(standings, award_points(standings, *read_award_table(contest.award_table)))


def _told(lines: Mapping[str, whatif.Line]) -> list[list[Any]]:
    return [[entry, *whatif.line_to_json(line).values()] for entry, line in lines.items()]


def state_label(change: Change) -> str:
    """Name the state of a correction; “applied” alone means having registered."""
    return _("in force") if change.state == Change.State.APPLIED else change.get_state_display()


def certificates_of(contest: Contest) -> dict[str, list[str]]:
    """Return entry code → numbers of its valid certificates. One statement."""
    found: dict[str, list[str]] = {}
    rows = Certificate.objects.filter(contest=contest, state=Certificate.State.VALID).order_by("number")
    for entry, number in rows.values_list("entry__code", "number"):
        found.setdefault(entry, []).append(number)
    return found


def told_steps(contest: Contest, steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return each stored step as a sentence, entries by code. At most one statement."""
    aspects = {aspect.code: aspect.title for aspect in contest.marking_scheme.aspects} if contest.has_scheme else {}
    keys = [int(step["penalty"]) for step in steps if step.get("kind") == "cancel-penalty"]
    penalties = Penalty.objects.filter(entry__contest=contest).select_related("entry").in_bulk(keys) if keys else {}
    return [_told_step(step, aspects, penalties) for step in steps]


def _told_step(step: Mapping[str, Any], aspects: Mapping[str, str], penalties: Mapping[int, Penalty]) -> str:
    given = {name: step.get(name, "") for name in ("entry", "judge", "value", "points", "factor")}
    given["aspect"] = aspects.get(step.get("aspect", ""), step.get("aspect", ""))
    kind = step["kind"]
    if kind == "cancel-penalty":
        row = penalties.get(int(step["penalty"]))
        given |= {"entry": row.entry.code if row else "—", "points": decimals.text(row.points) if row else "—"}
    elif kind == "status":
        given["status"] = str(Entry.Status(step["status"]).label)
    elif kind == "factor":
        given["factor"] = given["factor"] or "—"
    elif kind == "void-span":
        return _told_span(step)
    return _told_kind(kind if kind != "mark" or given["value"] else "mark-away") % given


def _told_kind(kind: str) -> str:
    return {
        "mark": _("Entry %(entry)s, “%(aspect)s”, judge %(judge)s: mark %(value)s"),
        "mark-away": _("Entry %(entry)s, “%(aspect)s”, judge %(judge)s: the mark is taken away"),
        "penalty": _("Entry %(entry)s: %(points)s points are taken"),
        "cancel-penalty": _("Entry %(entry)s: the penalty of %(points)s points is cancelled"),
        "status": _("Entry %(entry)s: %(status)s"),
        "factor": _("Entry %(entry)s, “%(aspect)s”: factor %(factor)s"),
    }[kind]


def _told_span(step: Mapping[str, Any]) -> str:
    told = {name: _clock(step.get(name)) for name in ("since", "until")} | {"judge": step.get("judge", "")}
    if told["judge"]:
        return _("What judge %(judge)s gave from %(since)s until %(until)s does not count") % told
    return _("What was given from %(since)s until %(until)s does not count") % told


def _clock(text: Any) -> str:
    moment = _moment(text)
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else "—"
