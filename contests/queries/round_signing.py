"""The sign-off of a round: who signs, what they sign for, where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from contests.models import Contest, PanelMember, RoundSigning, Sheet
from contests.pure import results, versions
from contests.pure.bundle import Bundle
from contests.pure.ranking import Standing
from contests.queries.material import material_of
from contests.rules import marks_are_held
from engine.approvals.detail import StepLine, detail_of
from engine.approvals.models import Approval, Ballot, Waiting
from engine.approvals.subjects import Description, describe, people_of
from people.models import Employee

State = RoundSigning.State
Role = PanelMember.Role
PAUSE = timedelta(seconds=30)  # several corrections one after the other ask the panel once
MOST_LINES = 40
SUBJECT = gettext_lazy("Sign-off of the round")


def latest(contest: Contest) -> RoundSigning | None:
    """Return the last sign-off of a contest's round; None where there never was one. One statement."""
    return RoundSigning.objects.filter(contest=contest).order_by("-number").first()


def is_settled(contest: Contest) -> bool:
    """Return whether nothing is left to be signed: the last sign-off stands, or the round was closed before there were any;
    and no judge marks again."""
    last = latest(contest)
    if last is not None and (last.state != State.SIGNED or last.digest != digest_of(contest)):
        return False
    return not Sheet.objects.filter(contest=contest, state=Sheet.State.OPEN).exists()


def marking_again(contest: Contest) -> list[str]:
    """Return the names of those whose sheets are open in a closed round. One statement."""
    rows = Sheet.objects.filter(contest=contest, state=Sheet.State.OPEN).order_by("member__position")
    return list(rows.values_list("member__name", flat=True))


def is_being_signed(contest: Contest) -> bool:
    """Return whether somebody is asked to sign now. One statement."""
    return RoundSigning.objects.filter(contest=contest, state=State.RUNNING).exists()


def digest_of(contest: Contest) -> str:
    """Return the digest of the round as it is now. Five statements."""
    material = material_of(contest)
    return digest(contest, material, results.standings(material))


def digest(contest: Contest, material: Bundle, standings: Sequence[Standing]) -> str:
    """Return the SHA-256 of what is signed, in canonical form."""
    return versions.digest({"contest": contest.code} | versions.round_of(material, standings))


@people_of("round", gettext_noop("judges"), gettext_noop("leader"), gettext_noop("chief"), gettext_noop("organiser"))
def signers(key: str, name: str) -> list[str]:
    """Return whom a policy finds by `subject:<name>`: numbers of the judges who mark (in the panel's order), of the group leader,
    of the chief judge, of the organiser.

    Not asked: trainees and observers, who left the panel, who has nothing to mark, who is recused from every entry.
    """
    contest = Contest.objects.filter(signings=int(key)).select_related("chief_judge", "organiser").first()
    if contest is None:
        return []
    if name in {"chief", "organiser"}:
        person = contest.chief_judge if name == "chief" else contest.organiser
        return [person.number] if person else []
    entries = contest.entries.filter(status="").count()
    panel = contest.panel.filter(role__in=[Role.JUDGE, Role.TECHNICAL], left_at=None, employee__isnull=False)
    marking = panel.exclude(sheet__aspects=[]).filter(sheet__isnull=False)
    asked = marking.annotate(barred=Count("recusals", filter=Q(recusals__entry__status=""))).filter(
        Q(barred__lt=entries) | Q(barred=0)
    )
    if name == "leader":
        asked = asked.filter(is_leader=True)
    return list(asked.order_by("position").values_list("employee__number", flat=True))


@describe("round")
def round_facts(key: str) -> Description | None:
    """Describe `round:<pk>` to who signs it: the totals by code, unless the board is frozen; None when it is gone."""
    row = RoundSigning.objects.select_related("contest").filter(pk=key).first() if key.isdigit() else None
    if row is None:
        return None
    facts: list[tuple[str, Any]] = [(_("Contest"), row.contest.title), (_("Sign-off"), row.number)]
    if row.cause:
        facts.append((_("Why it is signed again"), row.cause))
    if marks_are_held(None, row.contest):
        facts.append((_("Totals"), held_words()))
    else:
        facts += [(f"{rank or '—'} · {code}", total) for rank, code, total in row.rows[:MOST_LINES]]
        if (rest := len(row.rows) - MOST_LINES) > 0:
            facts.append(("…", ngettext("%(n)s more entry", "%(n)s more entries", rest) % {"n": rest}))
    return Description([*facts, (_("Digest"), row.digest)], f"/contests/{row.contest.code}/sign-off/")


def held_words() -> str:
    """Say why the totals are not shown, and what is signed all the same."""
    return _("The board is frozen: totals are shown when it is open again. The digest fixes what is signed.")


@dataclass(frozen=True)
class Progress:
    """Where a sign-off stands, for a page: the way with who has signed, who is next, and what this person may do."""

    row: RoundSigning
    approval: Approval | None
    steps: list[StepLine]
    is_mine: bool
    may_urge: bool
    may_ask_again: bool
    earlier: list[RoundSigning]

    @property
    def is_running(self) -> bool:
        """Whether somebody is still asked."""
        return self.row.state == State.RUNNING

    @property
    def receipt_key(self) -> str:
        """The key of the signed round in the log."""
        return f"{self.row.contest.code}:{self.row.number}"

    @property
    def tag(self) -> str:
        """The class of the tag that shows the state."""
        return {State.RUNNING: "live", State.SIGNED: "ok", State.REFUSED: "error"}.get(State(self.row.state), "warn")


def progress_of(contest: Contest, person: Employee, *, at: datetime) -> Progress | None:
    """Return where the sign-off of a contest stands; None where there never was one. At most 15 statements."""
    rows = list(contest.signings.order_by("-number"))
    if not rows:
        return None
    row = rows[0]
    found = Approval.objects.filter(subject=row.subject).select_related("policy", "applicant", "task__process")
    approval = found.order_by("-pk").first()
    detail = detail_of(approval, person, at=at) if approval else None
    is_chief = contest.chief_judge_id == person.pk
    is_running = row.state == State.RUNNING and approval is not None and approval.finished_at is None
    return Progress(
        row=row,
        approval=approval,
        steps=detail.steps if detail else [],
        is_mine=is_running and detail is not None and person.number in detail.waiting,
        may_urge=is_running and approval is not None and approval.applicant_id == person.pk,
        may_ask_again=is_chief
        and contest.state == Contest.State.REVIEW
        and row.state in {State.REFUSED, State.VOID}
        and not marking_again(contest),
        earlier=rows[1:],
    )


@dataclass(frozen=True)
class OnPad:
    """Where signatures stand, for a judge's tablet: of the sheets while judging lasts, of the round from then on.

    `state` is '' while judges mark, else that of the sign-off; `signed` are the names of who signed it, in order, `asked` of
    who is asked now; `link` leads this judge to sign, '' when it is not their turn; `reason` says why it is void or refused.
    """

    signed_sheets: int
    sheets: int
    state: str = ""
    signed: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    reason: str = ""
    link: str = ""


def on_pad(contest: Contest, person_id: int | None) -> OnPad:
    """Return where the signatures of a contest stand, as this judge sees it. One statement; four from the first sign-off on."""
    counting = Sheet.objects.filter(contest=contest.pk, member__left_at=None).exclude(aspects=[])
    counted = counting.exclude(member__role=Role.TRAINEE).aggregate(
        all=Count("pk"), signed=Count("pk", filter=Q(signed_at__isnull=False))
    )
    row = None if contest.state == Contest.State.JUDGING else latest(contest)
    if row is None:
        return OnPad(counted["signed"], counted["all"])
    waiting = list(Waiting.objects.filter(approval__subject=row.subject).select_related("person").order_by("pk"))
    mine = next((one.approval_id for one in waiting if one.person_id == person_id), None)
    given = Ballot.objects.filter(approval__subject=row.subject, verb="approve", person__isnull=False)
    names = given.order_by("position").values_list("person__name", flat=True)
    return OnPad(
        counted["signed"], counted["all"], state=row.state, signed=tuple(dict.fromkeys(names)),
        asked=tuple(dict.fromkeys(one.person.name for one in waiting)) if row.state == State.RUNNING else (),
        reason=row.reason, link=f"/approvals/{mine}/" if mine and row.state == State.RUNNING else "",
    )  # fmt: skip


def waiting_rounds(person: Employee) -> list[Approval]:
    """Return the sign-offs that wait for this person, oldest first. One statement."""
    waiting = Waiting.objects.filter(person=person, approval__subject__startswith="round:")
    return [row.approval for row in waiting.select_related("approval").order_by("since")]


def due(at: datetime) -> QuerySet[RoundSigning]:
    """Return the sign-offs something made void and nobody has begun anew; not while a judge marks again."""
    newer = RoundSigning.objects.filter(contest=OuterRef("contest"), number__gt=OuterRef("number"))
    marking = Sheet.objects.filter(contest=OuterRef("contest"), state=Sheet.State.OPEN)
    void = RoundSigning.objects.filter(state=State.VOID, ended_at__lte=at - PAUSE, contest__state=Contest.State.REVIEW)
    return void.filter(~Exists(newer), ~Exists(marking)).order_by("ended_at")


def not_signed_by(row: RoundSigning) -> tuple[str, ...]:
    """Return the names of those who are asked now (running), or whom a deadline passed over (signed). Two statements."""
    asked = Waiting.objects if row.state == State.RUNNING else Waiting.asked
    people = list(asked.filter(approval__subject=row.subject).select_related("person").order_by("since", "person"))
    if row.state == State.RUNNING:
        return tuple(one.person.name for one in people)
    acts = list(
        Ballot.objects.filter(approval__subject=row.subject).values_list("person", "on_behalf_of", "reason", "verb")
    )
    if not any(reason.startswith("overdue-pass") for _person, _other, reason, _verb in acts):
        return ()
    acted = {pk for person, other, _reason, verb in acts if verb in {"approve", "recuse"} for pk in (person, other)}
    return tuple(one.person.name for one in people if one.person_id not in acted)
