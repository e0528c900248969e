"""The publication gate: named checks of a contest, each with what is wrong and where to mend it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contests.models import (
    Appeal,
    Contest,
    Disqualification,
    EntryReview,
    GateAnswer,
    Operation,
    PanelMember,
    Recusal,
    RoundSigning,
    RulesVersion,
    Sheet,
    Tablet,
)
from contests.pure import decimals
from contests.pure import gate as rules
from contests.pure import results as pure_results
from contests.pure.bundle import Bundle
from contests.pure.ranking import Standing
from contests.queries import round_signing as rounds
from contests.queries.awards import read_award_table
from contests.queries.material import material_of

Level = Literal["error", "warning", "note"]
MOST_NAMED = 6
SILENT = timedelta(hours=1)  # a tablet that has not been heard for so long may be broken
Role = PanelMember.Role


@dataclass(frozen=True)
class Finding:
    """One thing found. An error blocks, a warning needs a reason, a note is told. `found` is its digest: when what was found
    changes, an earlier reason answers it no more."""

    code: str
    level: Level
    title: str
    text: str
    reason: str = ""

    @property
    def found(self) -> str:
        """The digest of what was found."""
        return hashlib.sha256(f"{self.code}\n{self.text}".encode()).hexdigest()

    @property
    def blocks(self) -> bool:
        """Whether the result cannot be submitted because of it."""
        return self.level == "error" or (self.level == "warning" and not self.reason)


@dataclass(frozen=True)
class Gate:
    """Everything found, errors first; `quota` is what somebody compares with paper and piece."""

    findings: tuple[Finding, ...]
    quota: rules.Quota
    reviewed: dict[str, bool]

    @property
    def is_open(self) -> bool:
        """Whether the result may be submitted."""
        return not any(finding.blocks for finding in self.findings)


def look(contest: Contest, *, at: datetime) -> Gate:
    """Look at everything. About sixteen statements, whatever the contest's size."""
    if not contest.has_scheme:
        finding = Finding("scheme", "error", _("Marking scheme"), _("The contest has no marking scheme."))
        return Gate((finding,), rules.Quota((), (), is_all=False), {})
    material = material_of(contest)
    standings = pure_results.standings(material)
    signing = rounds.latest(contest)
    bands, _participation = read_award_table(contest.award_table)
    reviewed = dict(EntryReview.objects.filter(contest=contest).values_list("entry__code", "is_right"))
    percent = 0 if contest.is_imported else contest.review_percent
    top = max([rules.MEDALS, *(band.rank_to for band in bands if band.rank_to < len(standings))])
    quota = rules.review_quota(standings, reviewed, seed=contest.draw_seed, top=top, percent=percent)
    found = [
        *_marks(contest, material, standings),
        *_sheets(contest, at),
        *(_round(signing, rounds.digest(contest, material, standings)) if signing else ()),
        *_judges(contest, material),
        *_ranks(material, standings, [band.rank_to for band in bands]),
        *_people(contest),
        *_quota(quota),
        *_history(contest),
    ]
    reasons = dict(GateAnswer.objects.filter(contest=contest).values_list("found", "reason"))
    order = ("error", "warning", "note")
    answered = [Finding(one.code, one.level, one.title, one.text, reasons.get(one.found, "")) for one in found]
    return Gate(tuple(sorted(answered, key=lambda one: order.index(one.level))), quota, reviewed)


def _named(names: Sequence[str]) -> str:
    return "、".join(names[:MOST_NAMED]) + ("…" if len(names) > MOST_NAMED else "")


def _marks(contest: Contest, material: Bundle, standings: Sequence[Standing]) -> Iterator[Finding]:
    """Blank and contested aspects, marks of who did not start, nobody ranked."""
    titles = {aspect.code: aspect.title for aspect in material.scheme.aspects}
    taking_part = [standing for standing in standings if not standing.entry.status]
    for state, code, title in (
        ("open", "blank", _("Marks are missing")),
        ("contested", "contested", _("Contested marks")),
    ):
        cells = [
            f"{row.entry.entry} · {titles[aspect]}"
            for row in taking_part
            for aspect, score in row.score.aspects.items()
            if score.state == state
        ]
        if cells:
            text = ngettext("%(count)s aspect: %(where)s.", "%(count)s aspects: %(where)s.", len(cells))
            yield Finding(code, "error", title, text % {"count": len(cells), "where": _named(cells)})
    if not any(row.rank for row in standings):
        yield Finding(
            "nobody", "error", _("Nobody is ranked"), _("No entry has a mark: there is no result to publish.")
        )
    if absent := rules.marks_of_absent(standings):
        text = _("%(entries)s did not start or withdrew and have marks: clear the marks or the status.")
        yield Finding("absent", "error", _("Marks without a start"), text % {"entries": _named(absent)})
    floored = [
        row.entry.entry for row in taking_part if row.score.penalty_points and not row.total and row.score.is_marked
    ]
    if floored:
        text = _("The penalties of %(entries)s take the whole total: it stays at 0.")
        yield Finding("floored", "note", _("Penalties"), text % {"entries": _named(floored)})
    best = rules.maximum_total(material.scheme)
    if best != 100 and not material.scheme.ranking.ascending:
        text = _("Full marks make %(best)s, not 100.") % {"best": decimals.exact_text(best)}
        yield Finding("weights", "note" if contest.is_imported else "warning", _("Weights"), text)


def _sheets(contest: Contest, at: datetime) -> Iterator[Finding]:
    """Unsent tablets, unsigned sheets, marks that came too late."""
    tablets = Tablet.objects.filter(sheet__contest=contest, unsent__gt=0).select_related("sheet__member")
    waiting: list[str] = []
    given_up: list[str] = []
    for row in tablets:
        # A tablet that fell into the quench tank must not hold the result for ever: a person decides, and says why.
        is_given_up = at - row.seen_at >= SILENT
        (given_up if is_given_up else waiting).append(f"{row.sheet.member.code} {row.sheet.member.name} ({row.unsent})")
    if waiting:
        text = _("Marks wait on these tablets: %(tablets)s. Bring them to the network, or take their local record.")
        yield Finding("unsent", "error", _("Unsent tablets"), text % {"tablets": _named(waiting)})
    if given_up:
        text = _(
            "These tablets fell silent with marks on them: %(tablets)s. Compare with their local record or the paper."
        )
        yield Finding("silent", "warning", _("Silent tablets"), text % {"tablets": _named(given_up)})
    counting = Sheet.objects.filter(contest=contest).exclude(aspects=[]).exclude(member__role=Role.TRAINEE)
    unsigned = counting.filter(signed_at=None, member__left_at=None, member__employee__isnull=False)
    by_state = list(unsigned.values_list("state", "member__name"))
    if names := [name for state, name in by_state if state == Sheet.State.OPEN]:
        text = _("Opened again and not signed yet: %(names)s. They sign, or the chief judge locks the sheet.")
        yield Finding("sheet-open", "error", _("Open sheets"), text % {"names": _named(names)})
    if names := [name for state, name in by_state if state != Sheet.State.OPEN]:
        text = _("Closed without a signature: %(names)s.")
        yield Finding("unsigned", "warning", _("Sheets not signed"), text % {"names": _named(names)})
    late = Operation.objects.filter(sheet__contest=contest, answer="locked").exclude(refusal="unveiled")
    if cells := sorted({f"{entry} · {aspect}" for entry, aspect in late.values_list("entry", "aspect")}):
        text = _("Marks came after a sheet was closed and do not count: %(cells)s.")
        yield Finding("late", "warning", _("Late marks"), text % {"cells": _named(cells)})


def _round(row: RoundSigning, digest: str) -> Iterator[Finding]:
    """The round as it is now is not signed by all, or a deadline passed over somebody."""
    title = _("Sign-off of the round")
    if row.state == RoundSigning.State.RUNNING:
        names = _named(rounds.not_signed_by(row))
        yield Finding("round", "error", title, _("Round not signed off by %(names)s.") % {"names": names or "—"})
    elif row.state == RoundSigning.State.REFUSED:
        text = _("Somebody did not sign: %(reason)s. Correct what is wrong, or ask the panel again.")
        yield Finding("round", "error", title, text % {"reason": row.reason or "—"})
    elif row.state == RoundSigning.State.VOID or row.digest != digest:
        text = _("Something changed after it was signed (%(reason)s): the panel is asked again.")
        yield Finding("round", "error", title, text % {"reason": row.reason or "—"})
    elif names := _named(rounds.not_signed_by(row)):
        text = _("Not signed in time and passed over: %(names)s.")
        yield Finding("round-overdue", "warning", title, text % {"names": names})


def _judges(contest: Contest, material: Bundle) -> Iterator[Finding]:
    """A judge absent, sheets suspiciously equal, who was replaced or recused."""
    panel = list(contest.panel.filter(role__in=[Role.JUDGE, Role.TECHNICAL]))
    marking = {mark.judge for mark in material.marks}
    due = set(Sheet.objects.filter(contest=contest).exclude(aspects=[]).values_list("member", flat=True))
    absent = [row.name for row in panel if row.pk in due and row.code not in marking and row.left_at is None]
    if absent:
        text = _("%(names)s gave no mark at all.")
        yield Finding("judge-absent", "warning", _("A judge absent"), text % {"names": _named(absent)})
    for twin in rules.equal_sheets(material.marks):
        text = _("%(judge)s and %(other)s gave the same mark on %(equal)s of %(cells)s cells.")
        params = {"judge": twin.judge, "other": twin.other, "equal": twin.equal, "cells": twin.cells}
        yield Finding("equal-sheets", "warning", _("Sheets suspiciously equal"), text % params)
    if left := [f"{row.code} {row.name}" for row in panel if row.left_at is not None]:
        yield Finding(
            "replaced", "note", _("Judges replaced"), _("Replaced in mid-round: %(names)s.") % {"names": _named(left)}
        )
    recused = Recusal.objects.filter(member__contest=contest, is_planned=False).select_related("member", "entry")
    if rows := [f"{row.member.code} – {row.entry.code}" for row in recused]:
        yield Finding("recused", "note", _("Recusals"), _("Recused: %(rows)s.") % {"rows": _named(rows)})


def _ranks(material: Bundle, standings: Sequence[Standing], bands: Sequence[int]) -> Iterator[Finding]:
    """Ties where a medal or an award ends."""
    ties = rules.ties_at(standings, [1, 2, 3, *bands])
    if ties:
        text = _("Equal in every criterion at rank %(ranks)s: the criteria of the rules do not part them.")
        yield Finding("ties", "warning", _("Ties at the line"), text % {"ranks": _named([str(rank) for rank in ties])})


def _people(contest: Contest) -> Iterator[Finding]:
    """Entries nobody stands behind."""
    if contest.is_sealed and contest.seals.filter(opened_at=None).exists():
        text = _("The secrecy officer and a supervisor open the envelopes before the result is submitted.")
        yield Finding("sealed", "error", _("Codes still sealed"), text)
    if contest.is_imported or contest.names_hidden:
        return
    without = contest.entries.filter(employee=None, team=None)
    if names := list(without.values_list("name", flat=True)):
        text = _("%(names)s are no employees of the roster: their points cannot be paid.")
        yield Finding("no-employee", "warning", _("Entries without an employee"), text % {"names": _named(names)})


def _quota(quota: rules.Quota) -> Iterator[Finding]:
    """The review of marks against paper and piece."""
    if quota.missing:
        head = _("Too many of the reviewed entries had an error: all are reviewed. ") if quota.is_all else ""
        text = ngettext(
            "%(count)s entry is still to be reviewed: %(entries)s.",
            "%(count)s entries are still to be reviewed: %(entries)s.",
            len(quota.missing),
        )
        told = text % {"count": len(quota.missing), "entries": _named(quota.missing)}
        yield Finding("review", "error", _("Review"), head + told)


def _history(contest: Contest) -> Iterator[Finding]:
    """Open appeals, amended rules, corrections by the chief judge."""
    waiting = Appeal.objects.filter(contest=contest).filter(Q(state="submitted") | Q(state="hearing")).count()
    if waiting:
        text = ngettext("%(count)s appeal waits for a decision.", "%(count)s appeals wait for a decision.", waiting)
        yield Finding("appeals", "error", _("Open appeals"), text % {"count": waiting})
    proposed = Disqualification.objects.filter(contest=contest, state=Disqualification.State.PROPOSED)
    if codes := list(proposed.values_list("entry__code", flat=True)):
        text = _("The disqualification of %(entries)s waits for agreement.") % {"entries": _named(codes)}
        yield Finding("disqualification", "error", _("Disqualifications"), text)
    amended = RulesVersion.objects.filter(contest=contest, number__gt=1).count()
    if amended:
        text = ngettext(
            "The rules were amended %(count)s time after they were frozen.",
            "The rules were amended %(count)s times after they were frozen.",
            amended,
        )
        yield Finding("amended", "warning", _("Rules amended"), text % {"count": amended})
    corrected = Operation.objects.filter(sheet__contest=contest).exclude(note="").count()
    if corrected:
        text = ngettext(
            "The chief judge corrected or settled %(count)s mark.",
            "The chief judge corrected or settled %(count)s marks.",
            corrected,
        )
        yield Finding("corrected", "note", _("Corrected marks"), text % {"count": corrected})
