"""Contests for tests, at each stage of their life, with nothing random in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from contests.domain import draw, judging, panels, registration, setup
from contests.models import Contest, Registration, Sheet
from contests.pure.bundle import read_scheme
from contests.pure.scheme import Scheme
from people.models import Employee
from tests.factories.people import Company, make_employee

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def make_scheme(**changes: Any) -> Scheme:
    """Theory (one measured value, 0–100) and practical (two judgements, 0–10 by 0.5)."""
    data: dict[str, Any] = {
        "contest": {"code": "any", "title": "any", "places": 2},
        "group": [{"code": "theory", "title": "理论"}, {"code": "practical", "title": "实操"}],
        "aspect": [
            {
                "code": "paper", "group": "theory", "title": "笔试", "kind": "measurement",
                "min": 0, "max": 100, "step": 1, "combine": "sum",
            },
            {
                "code": "seam", "group": "practical", "title": "焊缝外观", "kind": "judgement",
                "min": 0, "max": 10, "step": "0.5", "combine": "mean",
            },
            {
                "code": "safety", "group": "practical", "title": "安全文明", "kind": "judgement",
                "min": 0, "max": 10, "step": "0.5", "combine": "mean",
            },
        ],
        "ranking": {"order": ["total", "group:practical"]},
    }  # fmt: skip
    return read_scheme(data | changes)


def make_contest(company: Company, code: str = "welding-2026", **fields: Any) -> Contest:
    """A complete draft, open for registration for a week from AT once published, with its chief and one judge."""
    defaults: dict[str, Any] = {
        "title": "第十届职工技能运动会·焊工",
        "trade": company.trade,
        "registration_opens_at": AT - timedelta(days=1),
        "registration_closes_at": AT + timedelta(days=7),
        "held_from_on": date(2026, 12, 5),
        "quota": 3,
        "budget_unit": company.root,
        "award_table": {"rows": [{"rank_from": 1, "rank_to": 1, "points": 300}], "participation_points": 10},
    }
    contest = setup.create(code=code, by=company.organiser, at=AT, **(defaults | fields))
    contest = setup.set_scheme(contest=contest, scheme=make_scheme(), by=company.organiser, at=AT)
    panels.assign(contest=contest, employee=company.chief_judge, role="chief", by=company.organiser, at=AT)
    panels.assign(contest=contest, employee=company.judge, by=company.organiser, at=AT)
    contest.refresh_from_db()
    return contest


def publish(contest: Contest, company: Company) -> Contest:
    setup.submit(contest=contest, by=company.organiser, at=AT)
    return setup.publish(contest=contest, by=company.union_chair, at=AT)


def make_published(company: Company, **fields: Any) -> Contest:
    return publish(make_contest(company, **fields), company)


def register(contest: Contest, employee: Employee, *, at: datetime = AT) -> Registration:
    """Apply and confirm at once; the state says whether there was a seat."""
    applied = registration.apply(contest=contest, employee=employee, by=employee, at=at)
    return registration.confirm(registration_id=applied.pk, by=None, at=at)


def make_contestants(company: Company, count: int) -> list[Employee]:
    return [make_employee(company.team, trade=company.trade, name=f"选手{number}") for number in range(1, count + 1)]


def make_judging(
    company: Company,
    *,
    contestants: int = 3,
    people: Sequence[Employee] = (),
    contest: Contest | None = None,
    **fields: Any,
) -> Contest:
    """A contest (a draft given, or a new one) in judging; entries 01 … n, one judge marking everything."""
    contest = publish(contest or make_contest(company, **({"quota": None} | fields)), company)
    for person in [*people, *make_contestants(company, contestants)]:
        register(contest, person)
    registration.close(contest=contest, by=company.organiser, at=AT)
    draw.draw(contest=contest, seed="open", code_seed="secret", by=company.organiser, at=AT)
    return judging.start(contest=contest, by=company.organiser, at=AT)


def sheet_of(contest: Contest, employee: Employee) -> Sheet:
    return Sheet.objects.select_related("contest", "member__employee", "member__replaces").get(contest=contest, member__employee=employee)
