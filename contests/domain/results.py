"""The result: put up for public notice, published, awarded, corrected. Each time it is shown a version is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from contests.domain import certificates, disqualification, round_signing, seals, unit_boards
from contests.domain.setup import demand_state, move
from contests.models import Contest, Entry, ResultRow, ResultVersion, Sheet
from contests.pure import decimals, team, versions
from contests.pure import results as pure_results
from contests.pure.awards import award_points
from contests.pure.ranking import Standing
from contests.queries import teams
from contests.queries.appeals import pending
from contests.queries.awards import fund_of, read_award_table, sharing_of
from contests.queries.material import material_of
from contests.queries.statistics import report_of
from engine.live import domain as live
from engine.live.models import Board
from engine.proof import domain as proof
from people.models import Employee
from rewards.domain import awards

State = Contest.State
NOTICE, PUBLISHED, CORRECTED = "notice", "published", "corrected"  # kinds of versions


class OpenAppeals(ValidationError):
    """Appeals wait for a decision, or what they change has not been settled: the result cannot become final."""

    def __init__(self, count: int) -> None:
        super().__init__(
            _("%(count)s appeals are not settled yet: the result becomes final when they are."),
            code="open-appeals",
            params={"count": count},
        )


@dataclass(frozen=True)
class Award:
    """Points for one contestant, and the sentence that says what for."""

    employee: Employee
    points: int
    rank: int | None


@transaction.atomic(savepoint=False)
def begin_notice(*, contest: Contest, until: datetime, by: Employee | None, at: datetime) -> Contest:
    """Put the result up for public notice 公示: review → notice. Names and marks are no longer held back.

    Args:
        until: end of the last working day of the notice.
    """
    contest = locked(contest)
    demand_state(contest, State.REVIEW)
    seals.demand_open(contest)
    disqualification.demand_none(contest)
    round_signing.demand_signed(contest)
    contest.notice_until = until
    move(contest, State.NOTICE, "contest.notice.begun", by=by, at=at, also=("notice_until",), until=until.isoformat())
    store(contest, kind=NOTICE, by=by, at=at)
    _show_all(contest, by=by, at=at)
    return contest


@transaction.atomic(savepoint=False)
def send_back(*, contest: Contest, by: Employee | None, at: datetime, reason: str = "") -> Contest:
    """A result that was not agreed to goes back to the chief judge; it stays in review."""
    contest = locked(contest)
    demand_state(contest, State.REVIEW)
    return move(contest, State.REVIEW, "contest.result.sent-back", by=by, at=at, reason=reason)


@transaction.atomic(savepoint=False)
def publish(*, contest: Contest, by: Employee | None, at: datetime) -> Contest:
    """Make the result final: notice → final. Marks, rows and the board are written under one set of locks, once.

    Raises:
        setup.WrongState: it is final already, or its notice has not begun.
        OpenAppeals: an appeal is not settled.
    """
    contest = locked(contest)
    demand_state(contest, State.NOTICE)
    if count := pending(contest).count():
        raise OpenAppeals(count)
    contest.result_published_at = at
    move(contest, State.FINAL, "contest.result.published", by=by, at=at, also=("result_published_at",))
    store(contest, kind=PUBLISHED, by=by, at=at)
    live.finish(contest.code, by=by, at=at)
    unit_boards.settle(contest, by=by, at=at)
    return contest


@transaction.atomic(savepoint=False)
def rewrite(*, contest: Contest, reason: str, by: Employee | None, at: datetime) -> ResultVersion | None:
    """Show the corrected result of a locked contest: rows, a new version, the board; once final, points and certificates.

    Points already paid are corrected by reversal and by new awards (`rewards.domain.awards.correct`). Before the public
    notice nothing was shown: only the board is stirred, and None returned.

    Raises:
        BudgetEmpty, awards.PaidMeanwhile: nothing is changed.
    """
    if contest.state not in {State.NOTICE, State.FINAL}:
        live.stir(contest.code)
        return None
    earlier = [contest.subject, *(_event(contest, number) for number in _numbers(contest))]
    version = store(contest, kind=CORRECTED, by=by, at=at, reason=reason)
    if contest.state == State.FINAL:
        awards.correct(
            event=_event(contest, version.number), earlier=earlier, lines=award_lines(contest), reason=reason,
            budget_unit=contest.budget_unit, fund=fund_of(contest), by=by, at=at,
        )  # fmt: skip
        certificates.supersede(contest=contest, by=by, at=at, reason=reason)
        live.publish(contest.code, at=at)
        unit_boards.settle(contest, by=by, at=at)
    else:
        live.stir(contest.code)
    return version


def _event(contest: Contest, number: int) -> str:
    """Name the payment a corrected version makes; the first one, at the end of the notice, is the contest's own."""
    return f"{contest.subject}:r{number}"


def _numbers(contest: Contest) -> list[int]:
    return list(contest.result_versions.filter(kind=CORRECTED).order_by("number").values_list("number", flat=True))


def _show_all(contest: Contest, *, by: Employee | None, at: datetime) -> None:
    """End a freeze of the board: the result is public now. The board is locked after the contest here; nobody who holds
    a board waits for a contest."""
    held = (Board.State.FROZEN, Board.State.REVEALING)
    if Board.objects.filter(code=contest.code, state__in=held).exists():
        live.unfreeze(contest.code, by=by, at=at)
    else:
        live.stir(contest.code)


def awards_of(contest: Contest) -> list[Award]:
    """Return who gets how many points of a published result: contestants with an account, by rank; of a team its members."""
    rows = contest.result_rows.filter(award_points__gt=0, entry__employee__isnull=False)
    sharing = sharing_of(contest.award_table)
    found = []
    for row, people in people_of(contest, rows):
        points = team.shares(row.award_points, len(people), sharing)
        found += [Award(person, share, row.rank) for person, share in zip(people, points, strict=True) if share]
    return found


def people_of(contest: Contest, rows: QuerySet[ResultRow]) -> list[tuple[ResultRow, list[Employee]]]:
    """Return each line of a result with the people behind it: one, or a team's members. One statement; two for teams."""
    found = list(rows.select_related("entry__employee").order_by("position"))
    mates = teams.members([row.entry_id for row in found]) if contest.team_size > 1 else {}
    return [
        (row, mates.get(row.entry_id) or ([row.entry.employee] if row.entry.employee is not None else []))
        for row in found
    ]


def award_lines(contest: Contest) -> list[awards.AwardLine]:
    """Return what each contestant of a published result is to have in all, with the sentence for their wallet."""
    told = _("%(contest)s: place %(rank)s")
    return [
        awards.AwardLine(award.employee, award.points, told % {"contest": contest.title, "rank": award.rank or "—"})
        for award in awards_of(contest)
    ]


def store(contest: Contest, *, kind: str, by: Employee | None, at: datetime, reason: str = "") -> ResultVersion:
    """Write the result of a locked contest as it stands, in place of an earlier one, and keep it as a version.

    Args:
        kind: NOTICE, PUBLISHED or CORRECTED.
    """
    material = material_of(contest)
    standings = pure_results.standings(material)
    points = award_points(standings, *read_award_table(contest.award_table))
    entries = dict(Entry.objects.filter(contest=contest).values_list("code", "pk"))
    ResultRow.objects.filter(contest=contest).delete()
    ResultRow.objects.bulk_create(
        _row(contest, standing, position, entries[standing.entry.entry], points.get(standing.entry.entry, 0))
        for position, standing in enumerate(standings, start=1)
    )
    number = (contest.result_versions.aggregate(last=Max("number"))["last"] or 0) + 1
    facts = {"contest": contest.code, "number": number, "kind": kind, "reason": reason, "at": at.isoformat()}
    return _keep(contest, facts | versions.data_of(material, standings, points), by=by, at=at)


def _keep(contest: Contest, data: dict[str, Any], *, by: Employee | None, at: datetime) -> ResultVersion:
    """Append one version; its digest is of the canonical form of all its data. The one place where versions are made."""
    digest = versions.digest(data)
    told = {
        "contest": contest.code,
        "number": data["number"],
        "kind": data["kind"],
        "at": at.isoformat(),
        "result": digest,
    }
    proof.append(kind="result", key=f"{contest.code}:{data['number']}", record=told, at=at)
    return ResultVersion.objects.create(
        contest=contest, number=data["number"], kind=data["kind"], reason=data["reason"], data=data,
        digest=digest, report=report_of(contest), by=by, at=at,
    )  # fmt: skip


def _row(contest: Contest, standing: Standing, position: int, entry_id: int, points: int) -> ResultRow:
    score = standing.score
    return ResultRow(
        contest=contest,
        entry_id=entry_id,
        position=position,
        rank=standing.rank,
        total=standing.total,
        standardised=standing.standardised,
        penalty=score.penalty_points,
        cells={code: format(group.total, "f") for code, group in score.groups.items()},
        aspects={
            code: None if aspect.score is None else decimals.exact_text(aspect.score)
            for code, aspect in score.aspects.items()
        },
        award_points=points,
    )


def locked(contest: Contest) -> Contest:
    """Lock the sheets, so that no correction comes between computing and writing, then the contest."""
    list(Sheet.objects.select_for_update(no_key=True).filter(contest=contest).order_by("pk").values_list("pk"))
    return Contest.objects.locked(contest.pk)
