"""Make a contest, change it, publish it, take it back."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contests.domain import seats, unit_boards
from contests.models import AspectPicture, Contest, Event, PanelMember, Sheet
from contests.pure import scheme as schemes
from contests.pure import time_penalty
from contests.queries.awards import read_award_table
from contests.queries.checks import Check, go_live_checks, knows_time
from contests.queries.eligibility import read_conditions
from engine.events.domain import record
from engine.live import domain as live
from people.models import Employee

State = Contest.State
# What may still be changed once people rely on the contest; everything else only while it is a draft.
LATER = frozenset(
    {
        "description", "place", "registration_closes_at", "held_from_on", "held_until_on", "quota", "is_public",
        "same_unit", "notice_working_days", "result_detail", "organiser", "chief_judge", "budget_unit",
    }
)  # fmt: skip
COPIED = (
    "description", "trade", "place", "quota", "conditions", "scheme", "is_blind", "is_sealed", "is_public", "same_unit",
    "notice_working_days", "award_table", "time_rule", "team_size", "budget_unit", "chief_judge", "result_detail",
)  # fmt: skip

WRONG_TIME_RULE = {
    "rule": gettext_noop("Write the rule about time anew."),
    "limit": gettext_noop("Write the minutes allowed as a number above 0."),
    "points": gettext_noop("Write the points for a minute over time as a number above 0."),
    "most": gettext_noop("Write the most points taken as a number above 0, or leave it empty."),
    "aspect": gettext_noop("Choose the measured aspect from the marking scheme."),
}


class NotEditable(ValidationError):
    """The contest is past the point where this may be changed."""


class NotReady(ValidationError):
    """The checklist is not complete; `checks` are the failed ones, `messages` their problems."""

    def __init__(self, failed: list[Check]) -> None:
        super().__init__([ValidationError(check.problem, code=check.name) for check in failed])
        self.checks = failed
        self.code = "not-ready"


class WrongState(ValidationError):
    """The step does not follow the contest's present state."""


@transaction.atomic(savepoint=False)
def create(*, code: str, title: str, by: Employee, at: datetime, **fields: Any) -> Contest:
    """Make a draft; its organiser is who made it unless `organiser` says otherwise.

    Args:
        fields: columns of Contest (dates, quota, conditions, award_table, scheme as JSON …).

    Raises:
        ValidationError: by field, when a value breaks a rule of the table.
    """
    contest = Contest(code=code, title=title, **({"organiser": by} | fields))
    contest.full_clean()
    _demand_readable(contest)
    contest.save()
    record(contest.subject, "contest.created", by=by, at=at, title=title)
    return contest


@transaction.atomic(savepoint=False)
def update(*, contest: Contest, by: Employee, at: datetime, **fields: Any) -> Contest:
    """Change a contest. A draft may change altogether; once published only dates, place, quota and staff may.

    A growing quota moves the waitlist up at once.

    Raises:
        NotEditable: a field is fixed by now, or the contest is over.
        seats.QuotaTooSmall: fewer seats than confirmed contestants.
        ValidationError: by field.
    """
    contest = Contest.objects.locked(contest.pk)
    _demand_editable(contest, set(fields))
    changed = [name for name, value in fields.items() if getattr(contest, name) != value]
    for name in changed:
        setattr(contest, name, fields[name])
    contest.full_clean()
    _demand_readable(contest)
    seats.demand_quota(contest)
    if changed:
        contest.save(update_fields=changed)
        record(contest.subject, "contest.changed", by=by, at=at, fields=sorted(changed))
    if "quota" in changed:
        seats.promote(contest=contest, at=at)
    if "is_public" in changed:
        _show_boards(contest)
    return contest


def _show_boards(contest: Contest) -> None:
    """Bring the boards that show a locked contest up to date with who may see them."""
    if contest.published_at is not None:
        open_board(contest)
    if contest.event_id is not None:
        unit_boards.open_event(Event.objects.select_for_update(no_key=True).get(pk=contest.event_id))


def _demand_readable(contest: Contest) -> None:
    """Refuse JSON columns of another shape than Contest says."""
    wrong: dict[str, str] = {}
    try:
        read_conditions(contest.conditions)
    except ValueError:
        wrong["conditions"] = _("Choose trades, units and a skill level from the lists.")
    try:
        read_award_table(contest.award_table)
    except ValidationError as refusal:
        wrong["award_table"] = refusal.messages[0]
    try:
        rule = time_penalty.read_rule(contest.time_rule)
        if rule is not None and contest.has_scheme and not knows_time(contest, rule):
            raise time_penalty.BadTimeRule("aspect")
    except time_penalty.BadTimeRule as error:
        wrong["time_rule"] = _(WRONG_TIME_RULE[str(error)])
    if wrong:
        raise ValidationError(wrong)


def _demand_editable(contest: Contest, names: set[str]) -> None:
    if contest.state == State.DRAFT:
        return
    if contest.state in {State.NOTICE, State.FINAL, State.CANCELLED}:
        raise NotEditable(_("The contest is over: copy it for the next one."), code="over")
    if fixed := sorted(names - LATER):
        raise NotEditable(
            _("Fixed since the contest was submitted: %(fields)s. Cancel it and publish a copy to change this."),
            code="fixed",
            params={"fields": ", ".join(_label(name) for name in fixed)},
        )


def _label(name: str) -> str:
    """Name a column in the reader's language."""
    return str(getattr(Contest._meta.get_field(name), "verbose_name", name))


@transaction.atomic(savepoint=False)
def set_scheme(
    *, contest: Contest, scheme: schemes.Scheme, by: Employee, at: datetime, guides: dict[str, Any] | None = None
) -> Contest:
    """Store the marking scheme of a draft; read it with `contests.pure.bundle.read_scheme`, which lists every fault.

    Args:
        guides: what each level of an aspect looks like, as `Contest.guides` has it; None leaves it as it is.

    Raises:
        NotEditable: the contest is no draft any more.
    """
    contest = Contest.objects.locked(contest.pk)
    if contest.state != State.DRAFT:
        raise NotEditable(
            _("The marking scheme is fixed since the contest was submitted: copy the contest to change it."),
            code="fixed",
        )
    contest.scheme = schemes.to_json(scheme)
    if guides is not None:
        contest.guides = _with_pictures(contest, guides)
    contest.save(update_fields=["scheme", "guides"])
    record(contest.subject, "contest.scheme.changed", by=by, at=at, aspects=len(scheme.aspects))
    return contest


@transaction.atomic(savepoint=False)
def set_picture(
    *, contest: Contest, aspect: str, kind: str, content: bytes | None, by: Employee, at: datetime
) -> Contest:
    """Store (or with None remove) the photo of a good or a bad piece of one aspect: JPEG bytes, re-encoded by the caller."""
    contest = Contest.objects.locked(contest.pk)
    AspectPicture.objects.filter(contest=contest, aspect=aspect, kind=kind).delete()
    if content is not None:
        AspectPicture.objects.create(
            contest=contest, aspect=aspect, kind=kind, content=content, content_type="image/jpeg",
            digest=hashlib.sha256(content).hexdigest(),
        )  # fmt: skip
    contest.guides = _with_pictures(contest, contest.guides)
    contest.save(update_fields=["guides"])
    record(contest.subject, "contest.picture.changed", by=by, at=at, aspect=aspect, kind=kind)
    return contest


def _with_pictures(contest: Contest, guides: dict[str, Any]) -> dict[str, Any]:
    """Return the guides with the addresses of the photos there are."""
    made = {code: {"levels": guide["levels"]} for code, guide in guides.items() if guide.get("levels")}
    for aspect, kind, digest in contest.aspect_pictures.values_list("aspect", "kind", "digest"):
        pictures = made.setdefault(aspect, {}).setdefault("pictures", {})
        pictures[kind] = f"/contests/{contest.code}/scheme/pictures/{digest}/"
    return made


@transaction.atomic(savepoint=False)
def submit(*, contest: Contest, by: Employee, at: datetime) -> Contest:
    """Hand a complete draft to those who must agree: draft → approving.

    Raises:
        NotReady: the go-live checklist is not complete.
        WrongState: it is no draft.
    """
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, State.DRAFT)
    if failed := [check for check in go_live_checks(contest, at=at) if not check.is_ok]:
        raise NotReady(failed)
    return move(contest, State.APPROVING, "contest.submitted", by=by, at=at)


@transaction.atomic(savepoint=False)
def publish(*, contest: Contest, by: Employee | None, at: datetime) -> Contest:
    """Open the contest to everybody: approving → published, with its live board."""
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, State.APPROVING)
    open_board(contest)
    contest.published_at = at
    return move(contest, State.PUBLISHED, "contest.published", by=by, at=at, also=("published_at",))


@transaction.atomic(savepoint=False)
def send_back(*, contest: Contest, by: Employee | None, at: datetime, reason: str = "") -> Contest:
    """Give a contest that was not agreed to back to its organiser: approving → draft."""
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, State.APPROVING)
    return move(contest, State.DRAFT, "contest.sent-back", by=by, at=at, reason=reason)


@transaction.atomic(savepoint=False)
def cancel(*, contest: Contest, reason: str, by: Employee, at: datetime) -> Contest:
    """Call a contest off, for good: sheets are closed, nothing can be registered or marked any more.

    Raises:
        WrongState: the result is public already.
        ValidationError: no reason was given.
    """
    if not reason.strip():
        raise ValidationError(_("Say why the contest is cancelled: contestants will read it."), code="reason")
    list(Sheet.objects.select_for_update(no_key=True).filter(contest=contest).order_by("pk"))
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, *(set(State) - {State.NOTICE, State.FINAL, State.CANCELLED}))
    contest.sheets.filter(state=Sheet.State.OPEN).update(state=Sheet.State.CLOSED)
    move(contest, State.CANCELLED, "contest.cancelled", by=by, at=at, reason=reason)
    unit_boards.settle(contest, by=by, at=at)
    return contest


@transaction.atomic(savepoint=False)
def copy(*, contest: Contest, code: str, title: str, by: Employee, at: datetime) -> Contest:
    """Make a draft with the same rules and the same panel, without dates, entries or marks."""
    twin = create(code=code, title=title, by=by, at=at, **{name: getattr(contest, name) for name in COPIED})
    panel = contest.panel.filter(employee__isnull=False)
    PanelMember.objects.bulk_create(
        PanelMember(
            contest=twin, employee_id=seat.employee_id, code=seat.code, name=seat.name, unit=seat.unit,
            role=seat.role, aspects=seat.aspects, position=seat.position,
        )
        for seat in panel
    )  # fmt: skip
    return twin


def open_board(contest: Contest) -> None:
    """Make the contest's live board; it has the contest's code."""
    live.open_board(
        contest.code,
        kind="contest",
        key=str(contest.pk),
        title=contest.title,
        is_public=contest.is_public,
        is_blind=contest.is_blind,
        names_hidden=contest.names_hidden,
    )


def demand_state(contest: Contest, *states: str) -> None:
    """Refuse a step that does not follow the contest's present state."""
    if contest.state not in states:
        raise WrongState(
            _("The contest is “%(now)s”: this step is not possible now. Reload the page to see what is."),
            code="wrong-state",
            params={"now": contest.get_state_display()},
        )


def move(
    contest: Contest,
    state: str,
    action: str,
    *,
    by: Employee | None,
    at: datetime,
    also: tuple[str, ...] = (),
    **facts: Any,
) -> Contest:
    """Write the next state of a locked contest and say so."""
    contest.state = state
    contest.save(update_fields=["state", *also])
    record(contest.subject, action, by=by, at=at, **facts)
    return contest
