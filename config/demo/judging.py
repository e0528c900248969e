"""What the season does not show by itself: a worldskills panel at work, an appeal, certificates."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from config.demo.company import Company
from config.demo.schemes import AWARD_TABLE
from config.demo.season import WORKERS_CONTEST, agree
from contests import flows
from contests.domain import amendments, certificates, marking, panels, setup
from contests.models import Contest, Sheet, Unveiling
from contests.pure.marks import Op
from contests.pure.scheme import Aspect, Group, Ranking, Scheme
from contests.pure.scheme import Contest as Head
from engine.approvals.models import Approval
from people.models import Employee

CODE, TITLE = "plc-2026", "第十届职工技能运动会·电气装置（世赛评判）"
JUDGEMENTS = (
    ("wiring", "接线工艺", 30, ("接线松动、裸露铜丝", "牢固，走线基本整齐", "横平竖直，标识齐全", "可作示范样板")),
    ("panel", "盘面布置", 20, ("元件歪斜、漏装", "位置正确", "布局合理，便于检修", "优于图纸要求")),
    ("habit", "作业习惯", 20, ("工具乱放、未验电", "符合规程", "有条不紊", "可录制教学视频")),
)
CONTESTANTS = 8


class Judging:
    """Builds on the season; everything random comes from one seed."""

    def __init__(self, company: Company, *, seed: int, now: datetime) -> None:
        self.company, self.now, self.random = company, now, Random(seed + 7)  # noqa: S311
        self.organiser = company.by_role["organiser"][0]

    def work(self) -> None:
        """Run a worldskills contest half way, let one appeal wait, issue a year's certificates."""
        self._worldskills()
        self._appeal()
        template = certificates.ensure_template(by=self.organiser, at=self.now)
        finals = Contest.objects.filter(state=Contest.State.FINAL)
        for final in {finals.order_by("-held_from_on")[0], finals.get(code=WORKERS_CONTEST)}:
            certificates.issue(contest=final, template=template, by=self.organiser, at=self.now)

    def _worldskills(self) -> None:
        now = self.now - timedelta(hours=3)
        live = Contest.objects.get(code="welding-2026")
        chief, judges = live.chief_judge, [row.employee for row in live.panel.filter(role="judge").order_by("position")]
        contest = setup.create(
            code=CODE, title=TITLE, by=self.organiser, at=now, trade=None, place="电修车间实训室", quota=CONTESTANTS,
            description="评判项由三位裁判背靠背给出 0～3 级，同时亮分；相差超过 1 级的由裁判组长组织重评。",
            registration_opens_at=now - timedelta(days=20), registration_closes_at=now + timedelta(hours=1),
            held_from_on=timezone.localdate(now) + timedelta(days=1), award_table=AWARD_TABLE,
            budget_unit=self.company.root, is_public=True, is_blind=True, is_sealed=True, same_unit="warn", notice_working_days=3,
        )  # fmt: skip
        guides = {code: {"levels": list(levels)} for code, _title, _most, levels in JUDGEMENTS}
        setup.set_scheme(contest=contest, scheme=_scheme(), guides=guides, by=self.organiser, at=now)
        panels.assign(contest=contest, employee=chief, role="chief", by=self.organiser, at=now)
        members = [panels.assign(contest=contest, employee=row, by=self.organiser, at=now) for row in judges[:3]]
        panels.assign(contest=contest, employee=judges[3], role="trainee", by=self.organiser, at=now)
        panels.assign(contest=contest, employee=judges[4], role="technical", by=self.organiser, at=now)
        panels.set_leader(contest=contest, member=members[0], by=self.organiser, at=now)
        flows.submit(contest=contest, by=self.organiser, at=now)
        agree(Approval.objects.filter(subject=contest.subject), at=now)
        contest.refresh_from_db()
        self._begin(contest, chief, {row.pk for row in judges if row is not None}, now)
        self._mark(contest)

    def _begin(self, contest: Contest, chief: Employee | None, judging: set[int], now: datetime) -> None:
        able = [row for row in self.company.workers if row.trade and row.trade.code == "electrician"]
        for person in self.random.sample([row for row in able if row.pk not in judging], CONTESTANTS):
            row = flows.apply(contest=contest, employee=person, by=person, at=now)
            agree(Approval.objects.filter(subject=row.subject), at=now)
        amendments.freeze(contest=contest, by=chief, at=now)
        flows.close_registration(contest=contest, by=self.organiser, at=now)
        officer = self.company.by_role["secrecy_officer"][0]
        flows.draw(contest=contest, by=officer, at=now, seed=f"{CODE}-draw")
        flows.start_judging(contest=contest, by=self.organiser, at=now)

    def _mark(self, contest: Contest) -> None:
        """Three contestants are marked; of the third one aspect is contested; the fourth waits for two judges."""
        entries = list(contest.entries.order_by("start_order").values_list("code", flat=True))
        sheets = Sheet.objects.select_related("member__employee").filter(contest=contest).order_by("member__position")
        for place, sheet in enumerate(row for row in sheets if row.member.role in {"judge", "technical"}):
            seen = entries[:4] if sheet.member.code == "J2" else entries[:3]
            ops = [
                self._op(entry, aspect, self._value(aspect, place, number))
                for number, entry in enumerate(seen)
                for aspect in sheet.aspects
            ]
            if sheet.member.employee is not None:
                marking.record(sheet_id=sheet.pk, ops=ops, by=sheet.member.employee, at=self.now - timedelta(hours=1))
        if not Unveiling.objects.filter(contest=contest, spread__gt=1).exists():
            raise AssertionError("the demo shows one contested mark")

    def _value(self, aspect: str, place: int, number: int) -> str:
        if aspect == "function":
            return str(Decimal(self.random.randint(30, 60)) / 2)
        if (aspect, number) == ("habit", 2):
            return str((1, 3, 2)[place % 3])
        return str(self.random.choice((2, 2, 3)) if number else 2)

    def _op(self, entry: str, aspect: str, value: str) -> Op:
        key = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        return Op(key, entry, aspect, value, 0, "demo", self.now.isoformat())

    def _appeal(self) -> None:
        """The fourth of the contest on public notice thinks one mark too low."""
        contest = Contest.objects.filter(state=Contest.State.NOTICE).first()
        row = contest.result_rows.filter(rank=4).select_related("entry__employee").first() if contest else None
        if contest is None or row is None or row.entry.employee is None:
            return
        flows.appeal(
            contest=contest, key=uuid.UUID(int=self.random.getrandbits(128), version=4), by=row.entry.employee,
            at=self.now - timedelta(hours=5), kind="appeal", entry=row.entry.code, aspect="practical-2",
            text="回路接线已按图完成并通过通断测试，请核对第二项评分表与现场照片。",
        )  # fmt: skip


def _scheme() -> Scheme:
    aspects = [
        Aspect(code=code, group="judgement", title=title, kind="judgement", minimum=Decimal(0), maximum=Decimal(most),
               step=Decimal(1), combine="worldskills")
        for code, title, most, _levels in JUDGEMENTS
    ]  # fmt: skip
    function = Aspect(
        code="function", group="measurement", title="功能测试", kind="measurement", minimum=Decimal(0),
        maximum=Decimal(30), step=Decimal("0.5"), combine="mean",
    )  # fmt: skip
    return Scheme(
        contest=Head(code=CODE, title=TITLE, places=2),
        groups=(Group(code="measurement", title="测量"), Group(code="judgement", title="评判")),
        aspects=(function, *aspects),
        ranking=Ranking(order=("total", "group:measurement")),
    )
