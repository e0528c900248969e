"""Contests for tests, at each stage of their life, with nothing random in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from contests.domain import draw, gate, judging, marking, panels, registration, setup
from contests.models import Contest, Mark, Registration, Sheet
from contests.pure.bundle import read_scheme
from contests.pure.marks import Op
from contests.pure.scheme import Scheme
from contests.queries import gate as gates
from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from people.models import Employee
from tests.factories.people import Company, make_employee

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
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
        "same_unit": "warn",  # everybody of the small company is of one plant
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


def make_worldskills(
    company: Company, judges: Sequence[Employee], *, contestants: int = 2, guides: dict[str, Any] | None = None
) -> Contest:
    """In judging: one worldskills aspect marked by the company's judge and two more, the second of all three leads."""
    draft = make_contest(company, quota=None)
    seam = {
        "code": "seam", "group": "practical", "title": "焊缝外观", "kind": "judgement",
        "min": 0, "max": 10, "step": 1, "combine": "worldskills",
    }  # fmt: skip
    scheme = make_scheme(group=[{"code": "practical", "title": "实操"}], aspect=[seam], ranking={"order": ["total"]})
    setup.set_scheme(contest=draft, scheme=scheme, guides=guides or {}, by=company.organiser, at=AT)
    leader, _last = (panels.assign(contest=draft, employee=judge, by=company.organiser, at=AT) for judge in judges[1:])
    panels.set_leader(contest=draft, member=leader, by=company.organiser, at=AT)
    return make_judging(company, contestants=contestants, contest=draft)


def give(contest: Contest, judge: Employee, aspect: str, **values: str) -> None:
    """Let a judge give entries (`e01="8"`) a mark for one aspect, whatever was there before."""
    sheet = sheet_of(contest, judge)
    held = dict(Mark.objects.filter(sheet=sheet, aspect=aspect).values_list("entry__code", "version"))
    ops = [Op(str(uuid4()), name[1:], aspect, value, held.get(name[1:], 0)) for name, value in values.items()]
    answers = marking.record(sheet_id=sheet.pk, ops=ops, by=judge, at=AT)
    assert {answer.answer for answer in answers} == {"ok"}


def mark_everything(contest: Contest, judge: Employee, *, at: datetime = AT) -> Sheet:
    """Give every cell of a judge's sheet a mark, another one for each entry."""
    sheet = sheet_of(contest, judge)
    codes = list(contest.entries.order_by("code").values_list("code", flat=True))
    ops = [
        Op(str(uuid4()), code, aspect, str(number % 10), 0)
        for number, code in enumerate(codes, start=1)
        for aspect in sheet.aspects
    ]
    for start in range(0, len(ops), 50):
        marking.record(sheet_id=sheet.pk, ops=ops[start : start + 50], by=judge, at=at)
    return sheet_of(contest, judge)


def clear_gate(contest: Contest, by: Employee, *, at: datetime = AT) -> None:
    """Review what is chosen, answer every warning; errors remain."""
    found = gates.look(contest, at=at)
    for code in found.quota.missing:
        gate.review(contest=contest, entry=code, is_right=True, note="", by=by, at=at)
    for finding in gates.look(contest, at=at).findings:
        if finding.level == "warning":
            gate.answer(contest=contest, code=finding.code, found=finding.found, reason="已核实", by=by, at=at)


def sign_round(contest: Contest, *, at: datetime = AT) -> None:
    """Let everybody who is asked sign the round, one after the other."""
    row = contest.signings.get(state="running")
    approval = Approval.objects.get(subject=row.subject)
    while approval.status == "running":
        waiting = approval.waiting.select_related("person").order_by("pk").first()
        assert waiting is not None
        approval = approvals.decide(
            approval.pk, ballot=uuid4(), person=waiting.person, verb="approve", at=at, signature=PNG
        )


def sheet_of(contest: Contest, employee: Employee) -> Sheet:
    return Sheet.objects.select_related("contest", "member__employee", "member__replaces").get(
        contest=contest, member__employee=employee
    )
