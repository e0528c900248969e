"""Seasons, levels and award rules of the demo company: a past season to rehearse on, a present one with streaks and boards."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from config.demo.company import Company
from config.demo.season import agree
from engine.approvals.models import Approval
from people.models import Employee
from rewards import flows
from rewards.domain import award_rules, rehearsals, rule_book, seasons
from rewards.models import Happening, RuleVersion, Season

LEVELS = (("青铜", 100), ("白银", 500), ("黄金", 1000), ("铂金", 2500), ("钻石", 5000))
COURSES = ("安全生产月专题课", "PLC 与工业网络实训", "应急救护员取证培训", "班组长能力提升班")
RULES = (
    ("take-part", "参赛鼓励", "plant", {"event": "contest.taken-part", "points": {"fixed": 30}, "caps": {"month": 60, "season": 300}}),
    ("podium", "登上领奖台", "company", {
        "event": "contest.placed", "points": {"fact": "rank", "bands": [[1, 1, 200], [2, 3, 120], [4, 8, 50]]}, "caps": {"season": 600}}),
    ("learning", "坚持学习", "plant", {
        "event": "course.attended", "points": {"fact": "hours", "each": 5}, "caps": {"month": 100, "season": 400},
        "streak": {"length": 3, "span": "month", "bonus": 60}}),
)  # fmt: skip


class Rules:
    """Writes rules, plays last season's events, lets this season's be decided."""

    def __init__(self, company: Company, *, seed: int, now: datetime, small: bool) -> None:
        self.company, self.now, self.random = company, now, Random(seed)  # noqa: S311
        self.people = 150 if small else 1200
        self.chair = company.by_role["union_chair"][0]
        self.organiser = company.by_role["organiser"][0]
        self.learning: RuleVersion | None = None

    def write(self) -> None:
        """Two seasons, five levels, three rules in force; before anything else happens."""
        year, at = timezone.localdate(self.now).year, self.now - timedelta(days=355)
        for one in (year - 1, year):
            seasons.save(season=None, code=str(one), name=f"{one} 赛季", from_on=date(one, 1, 1), until_on=date(one, 12, 31),
                         by=self.chair, at=at)  # fmt: skip
        seasons.set_levels(levels=LEVELS, by=self.chair, at=at)
        for code, title, budget, definition in RULES:
            draft = rule_book.create(code=code, title=title, budget=budget, definition=definition, expiry_months=24,
                                     by=self.organiser, at=at)  # fmt: skip
            self.learning = rule_book.publish(version=draft, by=self.chair, at=at)

    def remember(self) -> None:
        """What happened last season: kept as events, decided by nobody, so that rules can be rehearsed on them."""
        year = timezone.localdate(self.now).year - 1
        rows = []
        for person in self.random.sample(self.company.workers, min(self.people, len(self.company.workers))):
            for number in range(self.random.randint(1, 9)):
                day = date(year, 1, 1) + timedelta(days=self.random.randrange(365))
                at = timezone.make_aware(datetime(day.year, day.month, day.day, 9))  # noqa: DTZ001
                facts = {"course": self.random.choice(COURSES), "hours": self.random.choice((2, 4, 8, 8, 16))}
                rows.append(Happening(event="course.attended", key=f"course:{year}-{number}", employee=person, facts=facts,
                                      at=at, on=day, decided_at=at))  # fmt: skip
        Happening.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)

    def play(self) -> None:
        """Courses of the last months are decided as they happened; contests of the season too."""
        learners = self.random.sample(self.company.workers, min(self.people // 5, len(self.company.workers)))
        for days in (62, 34, 5):
            at = self.now - timedelta(days=days)
            came = self.random.sample(learners, round(len(learners) * 0.7))
            occurrences = [
                award_rules.Occurrence(f"course:{at:%Y-%m}", person, {"course": COURSES[days % 4], "hours": self.random.choice((2, 4, 8))})
                for person in came
            ]  # fmt: skip
            award_rules.note(event="course.attended", occurrences=occurrences, at=at)
            while award_rules.decide_due(at=at):
                pass
        hidden = [person.pk for person in learners[::25]]
        Employee.objects.filter(pk__in=hidden).update(is_name_hidden=True)

    def rehearse(self) -> None:
        """A draft of a more generous rule is tried on last season."""
        if self.learning is None:
            return
        last = Season.objects.order_by("from_on").first()
        definition = {
            **self.learning.definition,
            "points": {"fact": "hours", "each": 8},
            "caps": {"month": 150, "season": 600},
        }
        draft = rule_book.save_draft(rule=self.learning.rule, title=self.learning.rule.title, definition=definition, budget="plant",
                                     expiry_months=24, by=self.organiser, at=self.now - timedelta(days=2))  # fmt: skip
        for version in (self.learning, draft):
            if last is not None:
                rehearsals.run(
                    rehearsals.ask(version=version, season=last, by=self.organiser, at=self.now - timedelta(days=2))
                )

    def raise_eyebrows(self) -> None:
        """One worker is proposed again and again, agreed to at night: the auditor finds it."""
        worker = self.company.workers[7]
        night = timezone.localtime(self.now).replace(hour=23, minute=20, second=0, microsecond=0) - timedelta(days=40)
        for number in range(5):
            at = night + timedelta(days=7 * number)
            row = flows.propose_award(key=uuid.uuid4(), by=self.organiser, at=at, lines=[(worker.number, 180)], reason="夜班抢修保供",
                                      budget_unit=self.company.root)  # fmt: skip
            agree(Approval.objects.filter(subject=row.subject), at=at + timedelta(seconds=30))
