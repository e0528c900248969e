"""A festival of skills over several disciplines: one of them for teams, units ranked over all of them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from config.demo.company import Company
from config.demo.season import agree, sign_round
from contests import flows
from contests.domain import corrections, events, gate, marking, panels, setup, signing, teams
from contests.models import Contest, Registration, Sheet
from contests.pure.marks import Op
from contests.pure.scheme import Aspect, Group, Ranking, Scheme
from contests.pure.scheme import Contest as Head
from contests.queries import gate as gates
from engine.approvals.models import Approval
from people.models import Employee

CODE, TITLE = "festival-10", "第十届职工技能运动会"
TEAM_CODE, TEAM_TITLE = "rescue-2026", f"{TITLE}·煤气泄漏应急处置（团体）"
ROLES = ("队长", "侦检", "堵漏")
JUDGED = (("search", "侦检与警戒", 30), ("stop", "堵漏操作", 40), ("safety", "安全防护", 30))
TEAMS = 6
HELD_DAYS_AGO = 9
AWARDS = {
    "rows": [
        {"rank_from": rank, "rank_to": rank, "points": points} for rank, points in ((1, 1500), (2, 900), (3, 600))
    ],
    "participation_points": 150,
    "team": "split",
}


class Festival:
    """Builds on the season; everything random comes from one seed."""

    def __init__(self, company: Company, *, seed: int, now: datetime) -> None:
        self.company, self.now, self.random = company, now, Random(seed + 10)  # noqa: S311
        self.organiser = company.by_role["organiser"][0]
        self.held = now - timedelta(days=HELD_DAYS_AGO)

    def work(self) -> Contest:
        """Hold the contest of teams, then put it and this year's disciplines under one roof."""
        contest = self._teams()
        event = events.create(
            code=CODE, title=TITLE, by=self.organiser, at=self.now, place="职工实训基地", is_public=True,
            description="以赛促学、以赛提技：仪表、焊工、电气装置和应急处置团体四个赛项，各单位按名次得分排团体总分。",
        )  # fmt: skip
        codes = (TEAM_CODE, "instrument-2026", "welding-2026", "plc-2026")
        for discipline in Contest.objects.filter(code__in=codes):
            events.attach(event=event, contest=discipline, by=self.organiser, at=self.now)
        sealed = Contest.objects.select_related("chief_judge").get(code="plc-2026")
        if sealed.chief_judge is not None:
            code = sealed.entries.order_by("-start_order").values_list("code", flat=True)[0]
            flows.propose_disqualification(
                contest=sealed, entry=code, reason="赛前擅自通电试机，监考记录第 3 条", by=sealed.chief_judge,
                at=self.now - timedelta(minutes=40),
            )  # fmt: skip
        return contest

    def _teams(self) -> Contest:
        at, day = self.held - timedelta(days=20), timezone.localdate(self.held)
        contest = setup.create(
            code=TEAM_CODE, title=TEAM_TITLE, by=self.organiser, at=at, place="煤气柜区演练场", quota=TEAMS, team_size=3,
            description="三人一队：队长、侦检、堵漏，限时 20 分钟。超时每分钟扣 1 分。",
            registration_opens_at=at, registration_closes_at=self.held - timedelta(days=2), held_from_on=day,
            held_until_on=day, award_table=AWARDS, budget_unit=self.company.root, is_public=True, is_blind=False,
            same_unit="warn", notice_working_days=3, time_rule={"limit": "20", "points": "1", "begun": True, "most": "10", "aspect": ""},
        )  # fmt: skip
        setup.set_scheme(contest=contest, scheme=_scheme(), by=self.organiser, at=at)
        chief, *others = self.company.by_role["judge"]
        panels.assign(contest=contest, employee=chief, role="chief", by=self.organiser, at=at)
        for judge in others[:3]:
            panels.assign(contest=contest, employee=judge, by=self.organiser, at=at)
        flows.submit(contest=contest, by=self.organiser, at=at)
        agree(Approval.objects.filter(subject=contest.subject), at=at)
        self._register(Contest.objects.get(pk=contest.pk), {row.pk for row in (chief, *others)}, at)
        return self._hold(contest, chief)

    def _register(self, contest: Contest, judging: set[int], at: datetime) -> None:
        """Let a team of each plant apply; in one of them a substitute steps in."""
        for plant in self.company.plants[:TEAMS]:
            near = Employee.objects.select_related("unit", "trade").filter(
                unit__path__startswith=plant.path, is_active=True
            )
            able = [row for row in near.exclude(pk__in=judging).order_by("number") if row.skill_level >= 2]
            people = self.random.sample(able, 4)
            row = flows.apply_team(
                contest=contest, unit=plant, name=f"{plant.name}应急队", by=people[0], at=at + timedelta(hours=3),
                members=list(zip(people[:3], ROLES, strict=True)), substitutes=[(people[3], "")],
            )  # fmt: skip
            agree(Approval.objects.filter(subject=row.subject), at=at + timedelta(hours=4))
        first = Registration.objects.filter(contest=contest, state=Registration.State.CONFIRMED).first()
        if first is not None:
            key = {mate.is_substitute: mate.pk for mate in first.team.order_by("-pk")}
            leaving = first.team.exclude(employee=first.employee).filter(is_substitute=False).first()
            if leaving is not None:
                teams.substitute(
                    registration=first, leaving=leaving.pk, entering=key[True], reason="检修抢修顶岗，不能参赛",
                    by=self.organiser, at=at + timedelta(days=5),
                )  # fmt: skip

    def _hold(self, contest: Contest, chief: Employee) -> Contest:
        before, at = self.held - timedelta(days=2), self.held
        officer = self.company.by_role["secrecy_officer"][0]
        flows.close_registration(contest=contest, by=self.organiser, at=before)
        flows.draw(contest=contest, by=officer, at=before, seed=f"{TEAM_CODE}-{before:%Y%m%d}")
        contest = flows.start_judging(contest=contest, by=self.organiser, at=at)
        entries = list(contest.entries.order_by("start_order").values_list("code", flat=True))
        level = {code: self.random.gauss(0.82, 0.07) for code in entries}
        for sheet in Sheet.objects.filter(contest=contest).select_related("member__employee"):
            judge = sheet.member.employee
            if judge is None or not sheet.aspects:
                continue
            ops = [self._op(code, aspect, most, level[code]) for code in entries for aspect, _title, most in JUDGED]
            marking.record(sheet_id=sheet.pk, ops=ops, by=judge, at=at)
            sheet.refresh_from_db()
            signing.sign_off(sheet_id=sheet.pk, version=sheet.version, by=judge, at=at + timedelta(hours=2))
        corrections.penalise_time(
            contest=contest,
            entry=entries[1],
            minutes="2.5",
            reason="用时 22 分 30 秒",
            by=chief,
            at=at + timedelta(hours=2),
        )
        return self._finish(contest, chief, at + timedelta(hours=3))

    def _op(self, entry: str, aspect: str, most: int, level: float) -> Op:
        halves = round(most * 2 * min(1.0, max(0.4, level + self.random.gauss(0, 0.03))))
        key = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        return Op(key, entry, aspect, str(Decimal(halves) / 2), 0, "demo", self.held.isoformat())

    def _finish(self, contest: Contest, chief: Employee, at: datetime) -> Contest:
        contest = flows.close_judging(contest=contest, by=chief, at=at)
        sign_round(contest, at=at)
        for code in gates.look(contest, at=at).quota.missing:
            gate.review(contest=contest, entry=code, is_right=True, note="", by=chief, at=at)
        for finding in gates.look(contest, at=at).findings:
            if finding.level == "warning":
                gate.answer(
                    contest=contest, code=finding.code, found=finding.found, reason="裁判组复核后确认", by=chief, at=at
                )
        contest.refresh_from_db()
        if not Approval.objects.filter(subject=contest.subject, finished_at=None).exists():
            flows.submit_result(contest=contest, by=chief, at=at)
        agree(Approval.objects.filter(subject=contest.subject), at=at + timedelta(hours=1))
        contest.refresh_from_db()
        return flows.end_notice(
            contest=contest, by=self.company.by_role["administrator"][0], at=min(contest.notice_until or at, self.now)
        )


def _scheme() -> Scheme:
    aspects = tuple(
        Aspect(
            code=code, group="drill", title=title, kind="judgement", minimum=Decimal(0), maximum=Decimal(most),
            step=Decimal("0.5"), combine="mean",
        )
        for code, title, most in JUDGED
    )  # fmt: skip
    return Scheme(
        contest=Head(code=TEAM_CODE, title=TEAM_TITLE, places=2),
        groups=(Group(code="drill", title="演练"),),
        aspects=aspects,
        ranking=Ranking(order=("total", "aspect:stop")),
    )
