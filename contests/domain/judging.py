"""Begin judging, end it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contests.domain.panels import open_sheets
from contests.domain.setup import NotReady, demand_state, move
from contests.models import Contest, Sheet
from contests.queries.checks import judging_checks
from engine.live import domain as live
from people.models import Employee

State = Contest.State


class UnsignedSheets(ValidationError):
    """Judges have not signed yet; `judges` are their names."""

    def __init__(self, judges: list[str]) -> None:
        super().__init__(
            _("Not signed yet: %(judges)s. Ask them to sign, or close without them and say why."),
            code="unsigned",
            params={"judges": "、".join(judges)},
        )
        self.judges = judges


@transaction.atomic(savepoint=False)
def start(*, contest: Contest, by: Employee, at: datetime) -> Contest:
    """Give every panel member their sheet: drawn → judging.

    Raises:
        NotReady: an aspect has no judge, or worldskills has not three.
        setup.WrongState.
    """
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, State.DRAWN)
    if failed := [check for check in judging_checks(contest) if not check.is_ok]:
        raise NotReady(failed)
    sheets = open_sheets(contest)
    live.stir(contest.code)
    return move(contest, State.JUDGING, "judging.started", by=by, at=at, sheets=len(sheets))


@transaction.atomic(savepoint=False)
def close(*, contest: Contest, by: Employee, at: datetime, reason: str = "") -> Contest:
    """Close every sheet: judging → review. From now on only the chief judge changes a mark.

    Args:
        reason: why sheets without a signature are closed too; needed only when there are some.

    Raises:
        UnsignedSheets: without a reason.
        setup.WrongState.
    """
    sheets = Sheet.objects.select_for_update(no_key=True, of=("self",)).filter(contest=contest).order_by("pk")
    held = list(sheets.select_related("member"))
    contest = Contest.objects.locked(contest.pk)
    demand_state(contest, State.JUDGING)
    unsigned = [sheet for sheet in held if sheet.state == Sheet.State.OPEN and sheet.aspects]
    if unsigned and not reason.strip():
        raise UnsignedSheets([sheet.member.name for sheet in unsigned])
    Sheet.objects.filter(contest=contest, state=Sheet.State.OPEN).update(state=Sheet.State.CLOSED)
    return move(
        contest, State.REVIEW, "judging.closed", by=by, at=at,
        unsigned=[sheet.member.code for sheet in unsigned], reason=reason,
    )  # fmt: skip
