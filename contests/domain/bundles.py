"""A whole contest in from a folder of plain files, and out again (spec/contest-bundle.md)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contests.domain.setup import open_board
from contests.models import Contest, Entry, Factor, Mark, Operation, PanelMember, Penalty, Sheet
from contests.pure import bundle as bundles
from contests.pure import scheme as schemes
from contests.pure.bundle import Bundle
from contests.queries.material import material_of
from contests.queries.panels import aspects_of
from engine.events.domain import record
from engine.live import domain as live
from people.models import Employee

State = Contest.State


class CodeTaken(ValidationError):
    """A contest with this code exists and may not, or was not asked to, be replaced."""


@transaction.atomic(savepoint=False)
def import_bundle(
    *, files: Mapping[str, bytes], by: Employee | None, at: datetime, is_replacing: bool = False
) -> Contest:
    """Take a bundle in whole, or refuse it whole.

    A bundle with entries stands in review (its sheets closed, its names shown), one without is a draft to be filled.

    Args:
        files: file name → bytes.
        by: who imports; the contest's organiser.
        is_replacing: put it in place of the imported contest of the same code.

    Raises:
        contests.pure.bundle.BundleFaults: with every fault; nothing is stored.
        CodeTaken: with what to do instead.
    """
    bundle = bundles.read(files)
    code = bundle.scheme.contest.code
    _make_room(code, is_replacing=is_replacing)
    contest = Contest.objects.create(
        code=code,
        title=bundle.scheme.contest.title,
        scheme=schemes.to_json(bundle.scheme),
        state=State.REVIEW if bundle.entries else State.DRAFT,
        is_imported=True,
        is_blind=not bundle.entries,
        organiser=by,
    )
    entries = _entries(contest, bundle)
    sheets = _sheets(contest, bundle)
    _marks(bundle, entries, sheets)
    _decisions(bundle, entries, at)
    record(
        contest.subject, "contest.imported", by=by, at=at,
        entries=len(entries), judges=len(sheets), marks=len(bundle.marks), is_replacing=is_replacing,
    )  # fmt: skip
    if bundle.entries:
        open_board(contest)
        live.stir(contest.code)
    return contest


def _make_room(code: str, *, is_replacing: bool) -> None:
    """Refuse a code that is taken, or remove the imported contest that has it."""
    taken = Contest.objects.select_for_update(no_key=True).filter(code=code).first()
    if taken is None:
        return
    if not is_replacing:
        raise CodeTaken(
            _("A contest with the code %(code)s exists: change the code in contest.toml, or import with --replace."),
            code="code-taken",
            params={"code": code},
        )
    is_used = Operation.objects.filter(sheet__contest=taken).exists() or taken.registrations.exists()
    if not taken.is_imported or taken.state not in {State.DRAFT, State.REVIEW} or is_used:
        raise CodeTaken(
            _("The contest %(code)s was judged or made here, and stays: change the code in contest.toml."),
            code="not-replaceable",
            params={"code": code},
        )
    taken.delete()


def _entries(contest: Contest, bundle: Bundle) -> dict[str, Entry]:
    rows = Entry.objects.bulk_create(
        Entry(
            contest=contest,
            code=entry.entry,
            name=entry.name,
            unit=entry.unit,
            group=entry.group,
            position=position,
            start_order=entry.start_order,
            status=entry.status,
        )
        for position, entry in enumerate(bundle.entries, start=1)
    )
    return {row.code: row for row in rows}


def _sheets(contest: Contest, bundle: Bundle) -> dict[str, Sheet]:
    """Make the panel and its closed sheets; what somebody marked is theirs, whatever their role usually marks."""
    members = PanelMember.objects.bulk_create(
        PanelMember(
            contest=contest, code=judge.judge, name=judge.name, unit=judge.unit, role=judge.role, position=position
        )
        for position, judge in enumerate(bundle.judges, start=1)
    )
    usual = aspects_of(bundle.scheme, members)
    marked: dict[str, set[str]] = {}
    for mark in bundle.marks:
        marked.setdefault(mark.judge, set()).add(mark.aspect)
    sheets = Sheet.objects.bulk_create(
        Sheet(
            contest=contest,
            member=member,
            state=Sheet.State.CLOSED,
            aspects=[
                aspect.code
                for aspect in bundle.scheme.aspects
                if aspect.code in marked.get(member.code, usual[member.pk])
            ],
        )
        for member in members
        if bundle.entries
    )
    return {sheet.member.code: sheet for sheet in sheets}


def _marks(bundle: Bundle, entries: dict[str, Entry], sheets: dict[str, Sheet]) -> None:
    Mark.objects.bulk_create(
        (
            Mark(sheet=sheets[mark.judge], entry=entries[mark.entry], aspect=mark.aspect, value=mark.value)
            for mark in bundle.marks
        ),
        batch_size=5000,
    )
    Sheet.objects.filter(pk__in=[sheet.pk for sheet in sheets.values()]).update(version=1)


def _decisions(bundle: Bundle, entries: dict[str, Entry], at: datetime) -> None:
    Penalty.objects.bulk_create(
        Penalty(entry=entries[penalty.entry], points=penalty.points, reason=penalty.reason, at=at)
        for penalty in bundle.penalties
    )
    Factor.objects.bulk_create(
        Factor(entry=entries[factor.entry], aspect=factor.aspect, factor=factor.factor) for factor in bundle.factors
    )


def export_bundle(*, contest: Contest) -> dict[str, bytes]:
    """Give a contest out as a bundle: file name → bytes, results.csv included; imported again it scores the same."""
    return bundles.write(material_of(contest))
