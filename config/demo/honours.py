"""Badges of the demo company: what may be earned, who has earned it, one taken back; the log sequenced and signed."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.demo.company import Company
from contests.models import ResultRow
from engine.proof import sequencer
from people.models import Employee
from rewards.domain import badges, credentials

BADGES = (
    ("podium", "登榜", "在公司级技能竞赛中进入前三名。", "正式成绩公布时名列前三。"),
    ("competitor", "敢打敢拼", "完成一场公司级技能竞赛。", "报名、到场并完成全部环节，成绩有效。"),
    ("five-stars", "技能之星", "技能等级达到高级技师。", "由人力资源部门核定为高级技师（五级）。"),
    ("steady-hands", "稳手", "连续三个月零返工。", "质检记录连续三个月无返工。"),
)
MOST_STARS = 12


def give(company: Company, *, worker: Employee, now: datetime) -> int:
    """Make the badges, give them for results and levels, take one back; return how many were given."""
    organiser, at = company.by_role["organiser"][0], now - timedelta(days=30)
    for code, title, description, criteria in BADGES:
        fields = {"title": title, "description": description, "criteria": criteria, "is_active": True}
        badges.save_class(badge=None, by=organiser, at=now - timedelta(days=200), code=code, **fields)
    given = 0
    rows = ResultRow.objects.filter(contest__state="final", entry__employee__isnull=False, rank__isnull=False)
    for row in rows.select_related("contest", "entry__employee").order_by("contest", "rank"):
        code = "podium" if row.rank is not None and row.rank <= 3 else "competitor"
        reason = f"{row.contest.title}第 {row.rank} 名" if code == "podium" else row.contest.title
        person = row.entry.employee
        if person is not None:
            badges.give(badge=code, employee=person, at=at, cause=row.contest.subject, reason=reason)
            given += 1
    for person in [row for row in company.workers if row.skill_level >= 5][:MOST_STARS]:
        badges.give(badge="five-stars", employee=person, at=at, cause="level:5", reason="核定为高级技师", by=organiser)
        given += 1
    words = {"by": organiser, "at": at}
    badges.give(badge="steady-hands", employee=worker, cause="quality:2026-2", reason="第二季度零返工", **words)
    wrong = badges.give(badge="five-stars", employee=worker, cause="level:typo", reason="核定为高级技师", **words)
    badges.revoke(award=wrong, reason="等级录入有误", by=organiser, at=at + timedelta(days=1))
    while credentials.sign_waiting():
        pass
    sequencer.run(at=now)
    return given + 2
