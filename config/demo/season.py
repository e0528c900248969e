"""A season of contests in every phase, made by the same verbs and flows people use."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import cos, sin
from random import Random

from django.db.models import QuerySet
from django.utils import timezone
from PIL import Image, ImageDraw

from config.demo.company import TRADES, Company
from config.demo.schemes import AWARD_TABLE, scheme
from contests import flows
from contests.domain import gate, marking, panels, setup, signing
from contests.models import Contest, Sheet
from contests.pure.marks import Op
from contests.queries import gate as gates
from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from people.models import Employee, Trade

JUDGES = 5
OPS_AT_ONCE = 50
WORKERS_CONTEST = "electrician-spring"  # the demo worker took part in it


@dataclass(frozen=True)
class Plan:
    """One contest of the season: which trade, when it is held (days from today), how far it has come."""

    code: str
    title: str
    trade: str
    held_in_days: int
    phase: str  # draft | open | full | judging | notice | final
    contestants: int
    quota: int
    place: str


PLANS = (
    Plan("turner-2025", "第九届职工技能运动会·车工", "turner", -330, "final", 16, 24, "机修车间实训区"),
    Plan("crane-2026", "2026年天车工技能比武", "crane", -240, "final", 20, 24, "转炉车间二跨"),
    Plan("fitter-2026", "2026年钳工装配大赛", "fitter", -160, "final", 24, 30, "一号实训车间"),
    Plan(WORKERS_CONTEST, "2026年春季维修电工技能比武", "electrician", -190, "final", 18, 24, "电修车间实训室"),
    Plan("analyst-2026", "2026年化学检验员技能竞赛", "analyst", -75, "final", 14, 20, "化学检验站"),
    Plan("instrument-2026", "第十届职工技能运动会·仪表维修工", "instrument", -4, "notice", 18, 24, "仪表实训室"),
    Plan("welding-2026", "第十届职工技能运动会·焊工（CO₂气保焊）", "welder", 0, "judging", 36, 40, "一号实训车间"),
    Plan("electrician-2026", "维修电工 PLC 排故大赛", "electrician", 16, "open", 22, 60, "电修车间实训室"),
    Plan("forklift-2026", "叉车司机安全技能竞赛", "forklift", 20, "open", 9, 30, "二号成品库"),
    Plan("rigger-2026", "起重工吊装技能比武", "rigger", 24, "full", 15, 12, "铆焊车间外场"),
    Plan("furnace-2027", "2027年高炉炼铁工技能竞赛", "furnace", 90, "draft", 0, 40, "高炉一车间"),
)  # fmt: skip


class Season:
    """Builds the contests; everything random comes from one seed."""

    def __init__(self, company: Company, *, seed: int, now: datetime, small: bool) -> None:
        self.company, self.now, self.random = company, now, Random(seed)  # noqa: S311
        self.share = 0.5 if small else 1.0
        self.organiser = company.by_role["organiser"][0]
        self.trades = {trade.code: trade for trade in Trade.objects.all()}

    def build(self) -> Iterator[Contest]:
        """Yield each contest once it has come as far as its plan says."""
        for plan in PLANS:
            yield self._build(plan)

    def _build(self, plan: Plan) -> Contest:
        held = timezone.localdate(self.now) + timedelta(days=plan.held_in_days)
        contest = self._draft(plan, held)
        if plan.phase == "draft":
            return contest
        opened = _at(held - timedelta(days=30), 9)
        flows.submit(contest=contest, by=self.organiser, at=min(opened, self.now))
        agree(Approval.objects.filter(subject=contest.subject), at=min(opened, self.now))
        self._register(contest, plan, opened)
        if plan.phase in {"open", "full"}:
            return Contest.objects.get(pk=contest.pk)
        self._draw_and_start(contest, held)
        if plan.phase != "judging":
            self._mark(contest, _at(held, 10))
            self._finish(contest, plan, held)
        contest.refresh_from_db()
        return contest

    def _draft(self, plan: Plan, held: date) -> Contest:
        """Make the contest with its rules, panel and award."""
        now = min(_at(held - timedelta(days=35), 9), self.now)
        chief, *others = self._judges(plan.trade)
        contest = setup.create(
            code=plan.code, title=plan.title, by=self.organiser, at=now,
            trade=self.trades[plan.trade], place=plan.place, quota=plan.quota,
            description=f"面向全集团{TRADES[plan.trade]}，理论与实操相结合，以赛促学、以赛提技。",
            registration_opens_at=_at(held - timedelta(days=30), 8),
            registration_closes_at=_at(held - timedelta(days=3), 18),
            held_from_on=held, held_until_on=held,
            conditions={"trades": [plan.trade], "unit_ids": [], "minimum_skill_level": 1},
            award_table=AWARD_TABLE, budget_unit=self.company.root, is_public=True, is_blind=False,
            same_unit="warn", notice_working_days=5,
        )  # fmt: skip
        contest = setup.set_scheme(
            contest=contest, scheme=scheme(plan.code, plan.title, plan.trade), by=self.organiser, at=now
        )
        panels.assign(contest=contest, employee=chief, role="chief", by=self.organiser, at=now)
        for judge in others[:JUDGES]:
            panels.assign(contest=contest, employee=judge, role="judge", by=self.organiser, at=now)
        panels.assign(contest=contest, employee=others[JUDGES], role="technical", by=self.organiser, at=now)
        return Contest.objects.get(pk=contest.pk)

    def _judges(self, trade: str) -> list[Employee]:
        """Return a chief, five judges and a technical official, the same people for the same trade."""
        chiefs, judges = self.company.by_role["chief_judge"], self.company.by_role["judge"]
        shift = 0 if trade == "welder" else self.random.randrange(len(judges))
        others = [judge for judge in judges[shift:] + judges[:shift] if judge not in chiefs]
        return [chiefs[0] if trade == "welder" else self.random.choice(chiefs), *others[: JUDGES + 1]]

    def _register(self, contest: Contest, plan: Plan, opened: datetime) -> None:
        """Let skilled people of the trade register; most applications are decided, the newest still wait."""
        judging = {member.employee_id for member in contest.panel.all()}
        trade_id = self.trades[plan.trade].pk
        able = [row for row in self.company.workers
                if row.trade_id == trade_id and row.skill_level >= 1 and row.pk not in judging]  # fmt: skip
        wanted = max(3, round(plan.contestants * self.share))
        chosen = self.random.sample(able, min(wanted, len(able)))
        is_over = plan.phase not in {"open", "full"}
        for number, employee in enumerate(chosen):
            at = min(opened + timedelta(hours=7 * number + self.random.randint(1, 6)), self.now - timedelta(minutes=5))
            registration = flows.apply(contest=contest, employee=employee, by=employee, at=at)
            if is_over or number < len(chosen) - 3:
                agree(Approval.objects.filter(subject=registration.subject), at=at + timedelta(minutes=3))

    def _draw_and_start(self, contest: Contest, held: date) -> None:
        officer = self.company.by_role["secrecy_officer"][0]
        closed = _at(held - timedelta(days=3), 18, 1)
        contest = Contest.objects.get(pk=contest.pk)
        flows.close_registration(contest=contest, by=self.organiser, at=min(closed, self.now))
        flows.draw(contest=contest, by=officer, at=min(closed, self.now), seed=f"{contest.code}-{held:%Y%m%d}")
        flows.start_judging(contest=contest, by=self.organiser, at=min(_at(held, 8), self.now))

    def _mark(self, contest: Contest, at: datetime) -> None:
        """Give every mark: each contestant has a level, each judge a habit."""
        entries = list(contest.entries.order_by("start_order"))
        level = {entry.code: self.random.gauss(0.8, 0.08) for entry in entries}
        aspects = {aspect.code: aspect for aspect in contest.marking_scheme.aspects}
        for sheet in Sheet.objects.filter(contest=contest).select_related("member__employee"):
            if not sheet.aspects:
                continue
            habit = self.random.gauss(0, 0.02)
            ops = [
                Op(op_id=str(uuid.UUID(int=self.random.getrandbits(128), version=4)), entry=entry.code, aspect=code,
                   value=_mark(aspects[code].mark_maximum, level[entry.code] + habit, self.random), base_version=0,
                   device="demo", at=at.isoformat())
                for entry in entries for code in sheet.aspects
            ]  # fmt: skip
            for start in range(0, len(ops), OPS_AT_ONCE):
                marking.record(sheet_id=sheet.pk, ops=ops[start : start + OPS_AT_ONCE], by=sheet.member.employee, at=at)
            sheet.refresh_from_db()
            signing.sign_off(sheet_id=sheet.pk, version=sheet.version, by=sheet.member.employee, at=at)

    def _finish(self, contest: Contest, plan: Plan, held: date) -> None:
        """Close the judging, agree to the result; after the public notice it is published and paid."""
        chief = contest.chief_judge
        contest = Contest.objects.get(pk=contest.pk)
        closed = _at(held, 17)
        contest = flows.close_judging(contest=contest, by=chief, at=closed)
        sign_round(contest, at=closed + timedelta(minutes=20))
        self._review(contest, chief, closed + timedelta(minutes=30))
        flows.submit_result(contest=contest, by=chief, at=closed + timedelta(minutes=40))
        agree(Approval.objects.filter(subject=contest.subject), at=closed + timedelta(hours=1))
        if plan.phase == "final":
            contest.refresh_from_db()
            flows.end_notice(contest=contest, by=self.company.by_role["administrator"][0], at=contest.notice_until)

    def _review(self, contest: Contest, chief: Employee, at: datetime) -> None:
        """Compare the chosen entries with the paper, answer what the gate warns of."""
        for code in gates.look(contest, at=at).quota.missing:
            gate.review(contest=contest, entry=code, is_right=True, note="", by=chief, at=at)
        for finding in gates.look(contest, at=at).findings:
            if finding.level == "warning":
                gate.answer(
                    contest=contest, code=finding.code, found=finding.found, reason="裁判组复核后确认", by=chief, at=at
                )


def sign_round(contest: Contest, *, at: datetime) -> None:
    """Let the panel sign a round that has just been closed."""
    subjects = [row.subject for row in contest.signings.all()]
    agree(Approval.objects.filter(subject__in=subjects), at=at, signature=_handwriting())


def _handwriting() -> bytes:
    """Return a line such as a finger draws, as PNG."""
    picture = Image.new("RGBA", (300, 90), (0, 0, 0, 0))
    points = [(x, 45 + 30 * sin(x / 11) * cos(x / 47)) for x in range(20, 280, 2)]
    ImageDraw.Draw(picture).line(points, fill=(20, 30, 60, 255), width=4, joint="curve")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def agree(asked: QuerySet[Approval], *, at: datetime, most: int = 99, signature: bytes = b"") -> None:
    """Let everybody who is asked approve, until nobody is or `most` have."""
    for approval in asked.filter(status="running"):
        row, given = approval, 0
        while row.status == "running" and given < most:
            given += 1
            person = Employee.objects.get(pk=row.waiting.order_by("pk").values_list("person", flat=True)[0])
            row = approvals.decide(
                row.pk, ballot=uuid.uuid4(), person=person, verb="approve", note="同意", at=at, signature=signature
            )


def _mark(maximum: Decimal, share: float, random: Random) -> str:
    """Return a mark on the half-point grid near `share` of the maximum."""
    halves = round(float(maximum) * 2 * min(1.0, max(0.3, share + random.gauss(0, 0.03))))
    return str(Decimal(halves) / 2)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
