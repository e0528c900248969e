"""Which entry is a person's own: by name, or under seal by the tag only they match."""

from __future__ import annotations

from django.db.models import Q

from contests.models import Contest, Entry, Teammate
from contests.queries.seal_keys import tag_of
from people.models import Employee


def own(person: Employee, contest: Contest) -> Q:
    """Return the condition `the entry is this person's`, alone or in a team, of one contest."""
    mine = Q(employee=person) | Q(team__employee=person, team__left_at=None)
    if not contest.is_sealed:
        return mine
    keys = [person.pk]
    if contest.team_size > 1:  # the tag is the captain's
        mates = Teammate.objects.filter(employee=person, left_at=None, registration__contest=contest)
        keys += mates.values_list("registration__employee", flat=True)
    return mine | Q(owner_tag__in=[tag_of(contest.code, key) for key in keys])


def own_entry(person: Employee, contest: Contest) -> Entry | None:
    """Return the entry a person takes part with. One statement; two for a sealed contest of teams."""
    return Entry.objects.filter(own(person, contest), contest=contest).order_by("position").first()
