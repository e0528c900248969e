"""Which entry is a person's own: by name, or under seal by the tag only they match."""

from __future__ import annotations

from django.db.models import Q

from contests.models import Contest, Entry
from contests.queries.seal_keys import tag_of
from people.models import Employee


def own(person: Employee, contest: Contest) -> Q:
    """Return the condition `the entry is this person's`, alone or in a team, of one contest."""
    mine = Q(employee=person) | Q(team__employee=person, team__left_at=None)
    return mine | Q(owner_tag=tag_of(contest.code, person.pk)) if contest.is_sealed else mine


def own_entry(person: Employee, contest: Contest) -> Entry | None:
    """Return the entry a person takes part with. One statement."""
    return Entry.objects.filter(own(person, contest), contest=contest).order_by("position").first()
