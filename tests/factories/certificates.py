"""Contests with a final result, and certificates, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from contests.domain import certificates, judging, marking, results
from contests.models import Certificate, CertificateTemplate, Contest
from contests.pure.certificate import default_layout
from contests.pure.marks import Op
from people.models import Employee
from tests.factories.contests import AT, make_judging, sheet_of
from tests.factories.people import Company

UNTIL = AT + timedelta(days=5)


def make_final(company: Company, *, people: Sequence[Employee] = (), contestants: int = 3, **fields: Any) -> Contest:
    """A final result in which entry 01 has 70 points, 02 has 69, …; who is behind a code is drawn."""
    no_points: dict[str, Any] = {"award_table": {"rows": [], "participation_points": 0}}
    contest = make_judging(company, people=people, contestants=contestants, **(no_points | fields))
    sheet = sheet_of(contest, company.judge)
    codes = list(contest.entries.order_by("code").values_list("code", flat=True))
    ops = [Op(str(uuid4()), code, "paper", str(70 - place), 0) for place, code in enumerate(codes)]
    ops += [Op(str(uuid4()), codes[0], "seam", "8.5", 0)]
    for start in range(0, len(ops), 50):
        marking.record(sheet_id=sheet.pk, ops=ops[start : start + 50], by=company.judge, at=AT)
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    results.begin_notice(contest=contest, until=UNTIL, by=company.union_chair, at=AT)
    return results.publish(contest=contest, by=company.chief_judge, at=UNTIL)


def make_template(company: Company, **changes: Any) -> CertificateTemplate:
    """Our own design; `changes` go into its layout."""
    layout = default_layout() | changes
    return certificates.save_template(title="荣誉证书", layout=layout, by=company.organiser, at=AT)


def make_issued(company: Company, **fields: Any) -> tuple[Contest, list[Certificate]]:
    """A final contest whose certificates are all issued, by number."""
    contest = make_final(company, **fields)
    certificates.issue(contest=contest, template=make_template(company), by=company.organiser, at=UNTIL)
    return contest, list(Certificate.objects.filter(contest=contest).order_by("number"))
