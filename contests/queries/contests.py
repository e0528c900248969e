"""Contests as lists and pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Contest, Entry, Registration, Sheet
from contests.queries.eligibility import eligibility
from contests.queries.owners import own_entry
from contests.queries.teams import Mate, mates_of, of_person
from contests.rules import PUBLIC_STATES
from people.models import Employee
from people.queries import roles_of

State = Contest.State
RUNNING = (State.CLOSED, State.DRAWN, State.JUDGING, State.REVIEW, State.NOTICE)
# The chips above the list: code → condition; `mine` and `open` are added where they are known.
CHIPS = {"running": Q(state__in=RUNNING), "finished": Q(state__in=[State.FINAL, State.CANCELLED])}
STANDING = (Registration.State.APPLIED, Registration.State.CONFIRMED, Registration.State.WAITLISTED)


@dataclass(frozen=True)
class ContestRow:
    """One contest in a list. `my_state` is a Registration state or ''; `seats_left` is None without a quota."""

    code: str
    title: str
    trade: str
    place: str
    state: str
    state_label: str
    is_open: bool
    registration_closes_at: datetime | None
    held_from_on: date | None
    held_until_on: date | None
    quota: int | None
    confirmed: int
    my_state: str
    my_state_label: str

    @property
    def seats_left(self) -> int | None:
        """Seats nobody has yet."""
        return None if self.quota is None else max(self.quota - self.confirmed, 0)

    @property
    def taken_percent(self) -> int:
        """How full it is, for the quota bar: 0–100."""
        return min(100, 100 * self.confirmed // self.quota) if self.quota else 0


def visible_to(person: Employee) -> QuerySet[Contest]:
    """Return the contests this person may see: exactly those `contests.view_contest` allows."""
    roles = roles_of(person, timezone.localdate())
    if not person.is_active:
        return Contest.objects.none()
    if roles & {"union_chair", "administrator", "auditor"}:
        return Contest.objects.all()
    seen = Q(state__in=PUBLIC_STATES) & (Q(is_imported=True) | Q(published_at__isnull=False))
    seen |= Q(chief_judge=person) | Q(pk__in=person.panel_seats.values("contest"))
    if "organiser" in roles:
        seen |= Q(organiser=person)
    return Contest.objects.filter(seen)


def listed(person: Employee, *, at: datetime, chip: str = "", words: str = "") -> QuerySet[Contest]:
    """Return visible contests for a list, newest first, to be paged and given to `rows_of`. One statement.

    Args:
        chip: '' all · open (to register now) · running · finished · mine (registered, or on the panel).
        words: part of title, place or trade.
    """
    mine = Registration.objects.filter(contest=OuterRef("pk"), employee=person)
    seen = visible_to(person).select_related("trade").order_by("-id")
    seen = seen.annotate(
        confirmed_count=Count("registrations", filter=Q(registrations__state=Registration.State.CONFIRMED)),
        my_state=Subquery(mine.values("state")[:1]),
    )
    if chip == "open":
        seen = seen.filter(is_open(at))
    elif chip == "mine":
        seats = person.panel_seats.values("contest")
        seen = seen.filter(
            Q(my_state__in=STANDING) | Q(pk__in=seats) | Q(entries__employee=person) | Q(pk__in=_with_team(person))
        ).distinct()
    elif chip in CHIPS:
        seen = seen.filter(CHIPS[chip])
    if words.strip():
        word = words.strip()
        seen = seen.filter(Q(title__icontains=word) | Q(place__icontains=word) | Q(trade__name__icontains=word))
    return seen


def _with_team(person: Employee) -> QuerySet[Any, Any]:
    """Return the contests somebody stands in a team of."""
    rows = Registration.objects.filter(team__employee=person, team__left_at=None, state__in=STANDING)
    return rows.values("contest")


def is_open(at: datetime) -> Q:
    """Return the condition `registration is open at this moment`."""
    begun = Q(registration_opens_at__isnull=True) | Q(registration_opens_at__lte=at)
    lasts = Q(registration_closes_at__isnull=True) | Q(registration_closes_at__gt=at)
    return Q(state=State.PUBLISHED) & begun & lasts


def list_open(person: Employee, *, at: datetime) -> list[ContestRow]:
    """Return what is open to register now, closing first, first. One statement."""
    contests = listed(person, at=at, chip="open").order_by("registration_closes_at", "id")
    return rows_of(contests, at=at)


def rows_of(contests: Iterable[Contest], *, at: datetime) -> list[ContestRow]:
    """Turn contests of `listed` into plain rows; no statement of its own."""
    return [
        ContestRow(
            code=contest.code,
            title=contest.title,
            trade=contest.trade.name if contest.trade else "",
            place=contest.place,
            state=contest.state,
            state_label=contest.get_state_display(),
            is_open=registration_is_open(contest, at),
            registration_closes_at=contest.registration_closes_at,
            held_from_on=contest.held_from_on,
            held_until_on=contest.held_until_on,
            quota=contest.quota,
            confirmed=contest.confirmed_count,  # type: ignore[attr-defined]
            my_state=contest.my_state or "",  # type: ignore[attr-defined]
            my_state_label=state_label(contest.my_state),  # type: ignore[attr-defined]
        )
        for contest in contests
    ]


def state_label(state: str | None) -> str:
    """Name a registration's state; '' for none."""
    return str(Registration.State(state).label) if state else ""


def registration_is_open(contest: Contest, at: datetime) -> bool:
    """Whether one may register at this moment."""
    opens, closes = contest.registration_opens_at, contest.registration_closes_at
    return contest.state == State.PUBLISHED and (opens is None or opens <= at) and (closes is None or at < closes)


@dataclass(frozen=True)
class Stage:
    """One stage of the time line 报名→抽签→比赛→公示→成绩; `when` is a day or a moment."""

    name: str
    title: str
    when: date | datetime | None
    is_done: bool
    is_current: bool


@dataclass(frozen=True)
class Action:
    """The one button at the bottom: register · withdraw · results · '' ; `problem` says why it is disabled."""

    name: str
    label: str
    problem: str = ""


@dataclass(frozen=True)
class ContestDetail:
    """What a contest's page shows one person."""

    contest: Contest
    stages: list[Stage]
    confirmed: int
    waitlisted: int
    seats_left: int | None
    registration: Registration | None
    waitlist_place: int | None
    entry: Entry | None
    action: Action
    mates: list[Mate]


def detail(person: Employee, contest: Contest, *, at: datetime) -> ContestDetail:
    """Return the page of a contest for one person. At most seven statements, eight for teams."""
    counts = dict(contest.registrations.order_by().values_list("state").annotate(Count("pk")))
    registration = contest.registrations.filter(of_person(person, contest)).order_by("pk").last()
    confirmed = counts.get(Registration.State.CONFIRMED, 0)
    place = None
    if registration and registration.state == Registration.State.WAITLISTED:
        place = waitlist_place(registration)
    return ContestDetail(
        contest=contest,
        stages=stages_of(contest),
        confirmed=confirmed,
        waitlisted=counts.get(Registration.State.WAITLISTED, 0),
        seats_left=None if contest.quota is None else max(contest.quota - confirmed, 0),
        registration=registration,
        waitlist_place=place,
        entry=own_entry(person, contest),
        action=_action(person, contest, registration, at),
        mates=mates_of(registration) if registration and contest.team_size > 1 else [],
    )


def waitlist_place(registration: Registration) -> int:
    """Return the place on the waitlist, from 1."""
    before = Registration.objects.filter(contest=registration.contest_id, state=Registration.State.WAITLISTED)
    earlier = Q(applied_at__lt=registration.applied_at) | Q(applied_at=registration.applied_at, pk__lt=registration.pk)
    return before.filter(earlier).count() + 1


def stages_of(contest: Contest) -> list[Stage]:
    """Return the time line of a contest."""
    order = [State.PUBLISHED, State.CLOSED, State.DRAWN, State.JUDGING, State.REVIEW, State.NOTICE, State.FINAL]
    stages = [
        ("registration", _("Registration"), contest.registration_closes_at, (State.PUBLISHED,)),
        ("draw", _("Draw"), contest.drawn_at, (State.CLOSED,)),
        ("judging", _("Contest"), contest.held_from_on, (State.DRAWN, State.JUDGING, State.REVIEW)),
        ("notice", _("Public notice"), contest.notice_until, (State.NOTICE,)),
        ("result", _("Result"), contest.result_published_at, ()),
    ]
    now = order.index(State(contest.state)) if contest.state in order else -1
    return [
        Stage(
            name=name,
            title=title,
            when=when,
            is_done=contest.state == State.FINAL or (bool(states) and now > max(map(order.index, states))),
            is_current=contest.state in states,
        )
        for name, title, when, states in stages
    ]


def _action(person: Employee, contest: Contest, registration: Registration | None, at: datetime) -> Action:
    if contest.state in {State.NOTICE, State.FINAL}:
        return Action("results", _("See the result"))
    if registration and registration.state in STANDING:
        if registration.employee_id != person.pk:
            return Action("", "")  # a team is withdrawn by its captain
        late = contest.state not in {State.PUBLISHED, State.CLOSED, State.DRAWN}
        return Action("withdraw", _("Leave the contest"), _("Judging has begun: tell the chief judge.") if late else "")
    if contest.state == State.PUBLISHED or (registration is None and contest.state != State.CANCELLED):
        return Action("register", _("Register"), _register_problem(person, contest, registration, at))
    return Action("", "")


def _register_problem(person: Employee, contest: Contest, registration: Registration | None, at: datetime) -> str:
    opens = contest.registration_opens_at
    if contest.state == State.PUBLISHED and opens and at < opens:
        return _("Registration has not begun yet.")
    if not registration_is_open(contest, at):
        return _("Registration is closed.")
    if registration and registration.state == Registration.State.REFUSED:
        return _("Your registration was refused: %(reason)s") % {"reason": registration.reason}
    return "" if contest.team_size > 1 else " ".join(eligibility(person, contest, at=at).reasons)


@dataclass(frozen=True)
class DeskRow:
    """One contest at the organiser's, chief judge's or secrecy officer's desk, with what waits."""

    code: str
    title: str
    state: str
    state_label: str
    held_from_on: date | None
    applied: int
    confirmed: int
    waitlisted: int
    sheets: int
    signed: int


def desk(person: Employee) -> list[DeskRow]:
    """Return the contests this person runs (owns, chairs, or all for the union chair), newest first. One statement."""
    roles = roles_of(person, timezone.localdate())
    runs = Q(chief_judge=person)
    if "organiser" in roles:
        runs |= Q(organiser=person)
    if "secrecy_officer" in roles:
        runs |= Q(state__in=[State.CLOSED, State.DRAWN, State.JUDGING, State.REVIEW])
    contests = Contest.objects.all() if roles & {"union_chair", "administrator"} else Contest.objects.filter(runs)

    def registered(state: str) -> Count:
        return Count("registrations", filter=Q(registrations__state=state), distinct=True)

    counted = contests.annotate(
        applied=registered(Registration.State.APPLIED),
        confirmed=registered(Registration.State.CONFIRMED),
        waitlisted=registered(Registration.State.WAITLISTED),
        sheet_count=Count("sheets", distinct=True),
        signed=Count("sheets", filter=~Q(sheets__state=Sheet.State.OPEN), distinct=True),
    )
    names = ("code", "title", "state", "held_from_on", "applied", "confirmed", "waitlisted", "sheet_count", "signed")
    rows: list[dict[str, Any]] = list(counted.order_by("-id").values(*names))
    return [
        DeskRow(
            state_label=str(Contest.State(row["state"]).label), sheets=row["sheet_count"],
            **{name: value for name, value in row.items() if name != "sheet_count"},
        )
        for row in rows
    ]  # fmt: skip
