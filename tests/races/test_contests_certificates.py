"""Certificates at once: nobody gets two, no number is given twice, a correction and an issue agree."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from contests.domain import certificates, changes
from contests.models import Certificate, ResultRow
from tests.factories.certificates import UNTIL, make_final, make_issued, make_template
from tests.factories.people import make_company
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_six_who_issue_at_once_issue_once() -> None:
    company = make_company()
    contest, template = make_final(company, contestants=5), make_template(company)
    issue = partial(certificates.issue, contest=contest, template=template, by=company.organiser, at=UNTIL)

    answers = at_once(*[issue] * 6)

    assert sorted(answer.made for answer in answers) == [0, 0, 0, 0, 0, 5]
    assert Certificate.objects.count() == 5


def test_a_certificate_revoked_by_six_at_once_is_revoked_once() -> None:
    company = make_company()
    _contest, rows = make_issued(company)
    revoke = partial(certificates.revoke, certificate_id=rows[0].pk, reason="误发", by=company.organiser, at=UNTIL)

    answers = at_once(*[revoke] * 6)

    assert sum(isinstance(answer, Certificate) for answer in answers) == 1
    assert sum(isinstance(answer, certificates.WrongCertificate) for answer in answers) == 5


def test_what_is_issued_beside_a_correction_says_what_stands() -> None:
    company = make_company()
    contest, template = make_final(company), make_template(company)
    change = changes.propose(
        contest=contest, key=uuid4(), steps=[{"kind": "penalty", "entry": "01", "points": "9.25"}],
        reason="异议成立", by=company.chief_judge, at=UNTIL,
    )  # fmt: skip

    answers = at_once(
        partial(certificates.issue, contest=contest, template=template, by=company.organiser, at=UNTIL),
        partial(changes.apply, change_id=change.pk, by=company.chief_judge, at=UNTIL),
    )

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    stored = {row.entry_id: (str(row.rank), format(row.total, "f")) for row in ResultRow.objects.all()}
    valid = Certificate.objects.filter(state="valid")
    assert {row.entry_id: (row.facts["rank"], row.facts["total"]) for row in valid} == stored
