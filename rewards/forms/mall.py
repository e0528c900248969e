"""Redeeming, giving up, granting budgets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from people.models import Employee
from rewards.domain.leave import Before
from rewards.forms.catalogue import day
from rewards.models import CourseSession, Item
from rewards.pure.leave import BlackOut
from rewards.queries.stock import with_seats

MOST_POINTS = 2**53 - 1


class RedeemForm(forms.Form):
    """What the person saw and wishes. `hold` makes a double press one request; the fields of a kind stand in `WISHES`."""

    hold = forms.UUIDField(widget=forms.HiddenInput)
    points = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=MOST_POINTS)

    def __init__(self, *args: Any, item: Item, about: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= WISHES.get(item.kind, _nothing)(item, about)
        if item.asks_approval:
            self.fields["note"] = forms.CharField(label=_("Note to who decides"), max_length=300, required=False)


def _nothing(item: Item, about: Any) -> dict[str, forms.Field]:
    return {}


def _leave(item: Item, about: Before | None) -> dict[str, forms.Field]:
    wanted_on = forms.DateField(label=_("The day you would like"), required=False, widget=day())
    wanted_on.widget.attrs["min"] = timezone.localdate().isoformat()
    found: dict[str, forms.Field] = {"wanted_on": wanted_on}
    if item.half_days == 1:
        found["is_afternoon"] = forms.TypedChoiceField(
            label=_("Half of the day"), choices=((0, _("morning")), (1, _("afternoon"))), required=False,
            coerce=lambda value: value == "1", empty_value=False, widget=forms.RadioSelect, initial=0,
        )  # fmt: skip
    if about is not None:
        wanted_on.widget.attrs["max"] = about.outlook.last_on.isoformat()
        wanted_on.help_text = _closed(about.outlook.closed)
        found["cover"] = forms.ChoiceField(
            label=_("Who could cover your shift"), required=False, choices=[("", "—"), *_people(about.outlook.colleagues)],
            help_text=_("A suggestion: your unit head confirms it or names somebody else."),
            error_messages={"invalid_choice": _("Only somebody active of the same shop can cover. Choose from the list.")},
        )  # fmt: skip
    return found


def _closed(rows: Sequence[BlackOut]) -> str:
    """Return the black-out days to come in one line, '' without any."""
    spans = [
        date_format(row.from_on, "MONTH_DAY_FORMAT")
        if row.from_on == row.until_on
        else f"{date_format(row.from_on, 'MONTH_DAY_FORMAT')} – {date_format(row.until_on, 'MONTH_DAY_FORMAT')}"
        for row in rows
    ]
    return _("No leave: %(days)s") % {"days": "、".join(spans)} if spans else ""


def _people(rows: Iterable[Employee]) -> list[tuple[str, str]]:
    return [(row.number, f"{row.name} {row.number} · {row.unit or '—'}") for row in rows]


def _course(item: Item, about: Any) -> dict[str, forms.Field]:
    now = timezone.now()
    sessions = with_seats(item.sessions.filter(starts_at__gt=now, is_cancelled=False).exclude(closes_at__lte=now))
    session = forms.ModelChoiceField(
        label=_("Session"), queryset=sessions, widget=forms.RadioSelect, empty_label=None,
        error_messages={"invalid_choice": _("This session is over or closed. Choose another one.")},
    )  # fmt: skip
    session.label_from_instance = session_label  # type: ignore[method-assign, assignment]
    may_wait = forms.BooleanField(
        label=_("If it is full, put me on the waiting list"), required=False,
        help_text=_("Your points are reserved while you wait; leave the list whenever you like."),
    )  # fmt: skip
    return {"session": session, "may_wait": may_wait}


def session_label(session: CourseSession) -> str:
    """Return when, where, and how many seats are free."""
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    until = f"{ends:%H:%M}" if starts.date() == ends.date() else f"{ends:%m-%d %H:%M}"
    free = getattr(session, "left", 0)
    left = _("%(left)s of %(seats)s seats free") % {"left": free, "seats": session.seats} if free else _("full")
    return f"{starts:%Y-%m-%d %H:%M}–{until} · {session.place} · {left}"


WISHES: dict[str, Callable[[Item, Any], dict[str, forms.Field]]] = {"leave": _leave, "course": _course}
"""Kind → what the person may wish for beside the item, given what its kind says `about` it; the names are those of `rewards.domain.kinds.Wish`."""
