"""Reads of approvals: who sees which, the three lists of the inbox, the time line of one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from engine.approvals.models import Approval, Ballot, Cc, Policy, SavedView, Waiting
from people.models import Employee
from people.queries import roles_of

SEES_ALL = frozenset({"administrator", "auditor"})


def visible_to(person: Employee, day: date) -> QuerySet[Approval]:
    """Return the approvals a person may see; agrees with the permission `approvals.view_approval`."""
    if not person.is_active:
        return Approval.objects.none()
    if roles_of(person, day) & SEES_ALL:
        return Approval.objects.all()
    asked = Waiting.asked.filter(person=person).values("approval")
    copied = Cc.objects.filter(person=person).values("approval")
    return Approval.objects.filter(Q(applicant=person) | Q(pk__in=asked) | Q(pk__in=copied))


def waiting_for(person: Employee) -> QuerySet[Approval]:
    """Return what a person can act on now 待办, the longest waiting first; `waiting_since` says since when."""
    mine = Waiting.objects.filter(approval=OuterRef("pk"), person=person)
    rows = _listed().filter(pk__in=Waiting.objects.filter(person=person).values("approval"))
    return rows.annotate(waiting_since=Subquery(mine.values("since")[:1])).order_by("waiting_since", "pk")


def done_by(person: Employee) -> QuerySet[Approval]:
    """Return what a person has acted on 已办, newest first, without what is theirs only as the applicant."""
    acted = Ballot.objects.filter(person=person).values("approval")
    return _listed().filter(pk__in=acted).exclude(applicant=person).order_by("-pk")


def started_by(person: Employee) -> QuerySet[Approval]:
    """Return what was asked on a person's behalf 我发起的, newest first."""
    return _listed().filter(applicant=person).order_by("-pk")


def drafts_of(person: Employee) -> QuerySet[Approval]:
    """Return what a person has begun and must complete before it can be submitted 草稿, newest first."""
    return started_by(person).filter(status=Approval.Status.DRAFT)


def copied_to(person: Employee) -> QuerySet[Approval]:
    """Return what a person may read along 抄送我的, newest first."""
    return _listed().filter(pk__in=Cc.objects.filter(person=person).values("approval")).order_by("-pk")


def _listed() -> QuerySet[Approval]:
    # The state of an approval is kilobytes of JSON that no list shows.
    return Approval.objects.select_related("applicant__unit", "policy").defer(
        "state", "deadlines", "policy__definition"
    )


def narrowed(
    rows: QuerySet[Approval], *, words: str = "", policy: str = "", state: str = "", at: datetime | None = None
) -> QuerySet[Approval]:
    """Keep what has the words in its title, its applicant's name or number; what was asked under a policy; what is in a
    state, where `overdue` is what should have been decided before `at`."""
    if state == "overdue" and at is not None:
        rows = rows.filter(due_at__lt=at, finished_at=None)
    elif state in Approval.Status.values:
        rows = rows.filter(status=state)
    if words:
        rows = rows.filter(
            Q(title__icontains=words) | Q(applicant__name__icontains=words) | Q(applicant__number__startswith=words)
        )
    return rows.filter(policy__name=policy) if policy else rows


def waiting_counts(people: Iterable[int]) -> dict[int, int]:
    """Return person → how many approvals they can act on now, for many people at once. One statement."""
    rows = Waiting.objects.filter(person__in=list(people)).values("person").annotate(n=Count("pk")).order_by()
    return {row["person"]: row["n"] for row in rows}


@dataclass(frozen=True)
class LeftBehind:
    """Somebody who has left and is still asked: how often, and whose unit head might take over (None: nobody)."""

    person: Employee
    items: int
    heir: Employee | None


def left_behind() -> list[LeftBehind]:
    """Return who has left and can still act on approvals, most items first, at most 50. One statement."""
    open_items = Waiting.objects.filter(person=OuterRef("pk")).order_by().values("person").annotate(n=Count("pk"))
    rows = (
        Employee.objects.filter(is_active=False)
        .annotate(items=Subquery(open_items.values("n")))
        .filter(items__gt=0)
        .select_related("unit__head", "unit__parent__head")
        .order_by("-items", "number")[:50]
    )
    found = []
    for row in rows:
        units = [row.unit, row.unit.parent] if row.unit else []
        heads = [unit.head for unit in units if unit and unit.head and unit.head.is_active and unit.head_id != row.pk]
        found.append(LeftBehind(row, row.items, heads[0] if heads else None))
    return found


@dataclass(frozen=True)
class Counts:
    """How many rows each list of a person has."""

    waiting: int
    started: int
    copied: int
    drafts: int


def counts(person: Employee) -> Counts:
    """Count the lists of a person, in one statement. What they have done is not counted: it only grows."""

    def count(rows: QuerySet[Any], owner: str) -> Coalesce:
        grouped = rows.filter(**{owner: OuterRef("pk")}).order_by().values(owner).annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(grouped), 0)

    row = (
        Employee.objects.filter(pk=person.pk)
        .values(
            waiting=count(Waiting.objects.all(), "person"),
            started=count(Approval.objects.all(), "applicant"),
            copied=count(Cc.objects.filter(read_at=None), "person"),
            drafts=count(Approval.objects.filter(status=Approval.Status.DRAFT), "applicant"),
        )
        .get()
    )
    return Counts(**row)


def policy_labels() -> list[tuple[str, str]]:
    """Return (name, label) of every policy. One statement."""
    rows = Policy.objects.order_by("name", "version").values_list("name", "title")
    return list({name: gettext(title) if title else name for name, title in rows}.items())


@dataclass(frozen=True)
class Filters:
    """What the inbox offers to filter by: policies as (name, label), and a person's saved views."""

    policies: list[tuple[str, str]]
    views: list[SavedView]


def filters(person: Employee) -> Filters:
    """Return the filters of a person's inbox. One statement."""
    no_key = Value(0, output_field=BigIntegerField())
    kinds = (
        Policy.objects.order_by().annotate(what=Value("policy"), key=no_key).values_list("what", "key", "name", "title")
    )
    views = SavedView.objects.order_by().filter(person=person).annotate(what=Value("view"), key=F("pk"))
    rows = list(kinds.union(views.values_list("what", "key", "name", "query"), all=True))
    labels = {name: gettext(title) if title else name for what, _key, name, title in rows if what == "policy"}
    saved = [SavedView(pk=key, name=name, query=query) for what, key, name, query in rows if what == "view"]
    return Filters(sorted(labels.items(), key=lambda pair: pair[1]), sorted(saved, key=lambda view: view.name))


@dataclass(frozen=True)
class Row:
    """One line of a list, as templates show it."""

    pk: int
    title: str
    kind: str
    applicant: str
    number: str
    unit: str
    status: str
    status_label: str
    round: int
    since: datetime
    due_at: datetime | None
    is_overdue: bool
    facts: list[tuple[str, str]]
    numbers: str  # the whole numbers among the facts, as JSON, for the running sum of a selection


def rows_of(approvals: Iterable[Approval], *, at: datetime) -> list[Row]:
    """Turn approvals of a list into plain rows, as of a moment; no statement."""
    return [
        Row(
            pk=row.pk,
            title=row.title,
            kind=row.policy.label,
            applicant=row.applicant.name,
            number=row.applicant.number,
            unit=row.applicant.unit.name if row.applicant.unit else "",
            status=row.status,
            status_label=str(row.get_status_display()),
            round=row.round,
            since=getattr(row, "waiting_since", None) or row.created_at,
            due_at=row.due_at,
            is_overdue=row.due_at is not None and row.due_at < at,
            facts=[(label, shown(value)) for label, value in facts_of(row)],
            numbers=json.dumps(numbers_of(row), ensure_ascii=False),
        )
        for row in approvals
    ]


def facts_of(approval: Approval) -> list[tuple[str, Any]]:
    """Return what the asking programme gave to know, with its labels in the reader's language."""
    return [(gettext(label) if label else "", value) for label, value in approval.facts]


def shown(value: Any) -> str:
    """Return a fact's value as people read it: thousands of whole numbers separated."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def numbers_of(approval: Approval) -> list[tuple[str, int]]:
    """Return the whole numbers among the facts."""
    return [(label, value) for label, value in facts_of(approval) if isinstance(value, int)]


def sums(approvals: Iterable[Approval]) -> list[tuple[str, int]]:
    """Add up the whole numbers among the facts, by label: what a bulk decision is worth."""
    totals: dict[str, int] = {}
    for approval in approvals:
        for label, value in numbers_of(approval):
            totals[label] = totals.get(label, 0) + value
    return list(totals.items())


def colleagues(words: str) -> list[Employee]:
    """Return at most ten active people whose number or name begins with the words; nobody below two characters. One
    statement."""
    if len(words) < 2:
        return []
    rows = Employee.objects.filter(is_active=True).select_related("unit").order_by("number")
    return list(rows.filter(Q(number__startswith=words) | Q(name__startswith=words))[:10])
