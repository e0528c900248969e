"""Draw the order of a panel 专家组: members, a seed everybody may read, and a reason for each further draw."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from engine.approvals.models import Panel
from engine.approvals.pure import lots
from engine.events import domain as events
from people.models import Employee

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
SEED_BYTES = 16


class FaultyPanel(ValidationError):
    """The panel cannot be drawn so; the message says what is wrong with which field."""


class DrawnBefore(ValidationError):
    """Lots of this panel have been drawn; drawing again wants a reason that stays on record."""

    def __init__(self) -> None:
        super().__init__(
            _("This panel has been drawn. To draw again, say why: the reason stays on record beside both draws."),
            code="drawn-before",
        )


@transaction.atomic(savepoint=False)
def draw(name: str, members: Sequence[str], *, by: Employee, at: datetime, title: str = "", reason: str = "") -> Panel:
    """Draw the order of a panel's members and keep it, with its seed.

    Args:
        name: as policies write it in `panel:NAME:K`: small letters, digits and hyphens.
        members: employee numbers, each once.
        title: what people read; needed for the first draw, later it may stay.
        reason: why it is drawn again; needed from the second draw on.

    Raises:
        FaultyPanel: no such name, no title, nobody, somebody twice, or somebody who is not employed.
        DrawnBefore: it was drawn, and no reason is given.
    """
    if not NAME.fullmatch(name):
        raise FaultyPanel(
            _("Write the name in small letters, digits and hyphens, such as welding-experts."), code="name"
        )
    panel = Panel.objects.select_for_update(no_key=True).filter(name=name).first()
    if panel is not None and not reason.strip():
        raise DrawnBefore
    if panel is None:
        panel = Panel(name=name)
    panel.title = title.strip() or panel.title
    if not panel.title:
        raise FaultyPanel(_("Give the panel a title people understand."), code="title")
    _check_members(members)
    panel.seed, panel.drawn_at = secrets.token_hex(SEED_BYTES), at
    panel.members = lots.order(name, panel.seed, members)
    panel.save()
    events.record(
        f"panel:{name}", "panel.drawn", by=by, at=at, seed=panel.seed, members=panel.members, reason=reason.strip()
    )
    return panel


def _check_members(members: Sequence[str]) -> None:
    if not members:
        raise FaultyPanel(_("Name at least one member by employee number."), code="members")
    if twice := sorted({number for number in members if list(members).count(number) > 1}):
        raise FaultyPanel(
            _("Nobody draws two lots: %(numbers)s."), code="members", params={"numbers": ", ".join(twice)}
        )
    employed = Employee.objects.filter(number__in=members, is_active=True, left_on=None)
    if unknown := sorted(set(members) - set(employed.values_list("number", flat=True))):
        raise FaultyPanel(
            _("Nobody employed has the number %(numbers)s."), code="members", params={"numbers": ", ".join(unknown)}
        )
