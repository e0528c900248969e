"""What a contest's standings are made of, read from the tables."""

from __future__ import annotations

from contests.models import Contest, Entry, Factor, Mark, PanelMember, Penalty
from contests.pure import results
from contests.pure import scheme as schemes
from contests.pure.bundle import Bundle
from contests.pure.ranking import Standing


def material_of(contest: Contest) -> Bundle:
    """Return the whole contest as plain data, every table in file order. Five statements. Marks of trainees do not count."""
    entries = Entry.objects.filter(contest=contest).order_by("position")
    panel = PanelMember.objects.filter(contest=contest, role__in=schemes.ROLES).order_by("position")
    marks = Mark.objects.filter(
        sheet__contest=contest, sheet__member__role__in=schemes.ROLES, value__isnull=False
    ).order_by("id")
    penalties = Penalty.objects.filter(entry__contest=contest, cancelled_at__isnull=True).order_by("id")
    factors = Factor.objects.filter(entry__contest=contest).order_by("id")
    return Bundle(
        scheme=contest.marking_scheme,
        entries=tuple(
            schemes.Entry(*row) for row in entries.values_list("code", "name", "unit", "group", "start_order", "status")
        ),
        judges=tuple(schemes.Judge(*row) for row in panel.values_list("code", "name", "unit", "role")),
        marks=tuple(
            schemes.Mark(entry, aspect, judge, value)
            for entry, aspect, judge, value in marks.values_list(
                "entry__code", "aspect", "sheet__member__code", "value"
            )
            if value is not None
        ),
        penalties=tuple(schemes.Penalty(*row) for row in penalties.values_list("entry__code", "points", "reason")),
        factors=tuple(schemes.Factor(*row) for row in factors.values_list("entry__code", "aspect", "factor")),
    )


def standings_of(contest: Contest) -> list[Standing]:
    """Return the standings as the marks are now, in the order of the results."""
    return results.standings(material_of(contest))
