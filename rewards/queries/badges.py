"""Reads of badges."""

from __future__ import annotations

from django.db.models import Count, F, Q, QuerySet

from people.models import Employee
from rewards.models import BadgeAward, BadgeClass


def mine(person: Employee) -> QuerySet[BadgeAward]:
    """Return a person's badges, newest first; what was taken back comes last. One statement."""
    rows = BadgeAward.objects.filter(employee=person).select_related("badge").defer("badge__picture", "credential")
    return rows.order_by(F("revoked_at").desc(nulls_first=True), "-given_at", "-pk")


def classes() -> QuerySet[BadgeClass]:
    """Return every badge with how many have it: `held`, `revoked`. One statement."""
    counted = {
        "held": Count("awards", filter=Q(awards__revoked_at=None)),
        "revoked": Count("awards", filter=~Q(awards__revoked_at=None)),
    }
    return BadgeClass.objects.defer("picture").annotate(**counted).order_by("-is_active", "title", "id")


def awards_of(badge: BadgeClass, words: str = "") -> QuerySet[BadgeAward]:
    """Return who has a badge, newest first, filtered by name or number. One statement."""
    rows = badge.awards.select_related("employee__unit", "given_by", "revoked_by").defer("credential")
    return rows.filter(Q(employee__name__icontains=words) | Q(employee__number__startswith=words)) if words else rows
