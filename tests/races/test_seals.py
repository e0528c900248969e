"""Two supervisors confirm the same envelope at once: it is opened once."""

from __future__ import annotations

from functools import partial

import pytest

from contests.domain import judging, seals
from engine.events.models import Event
from tests.factories.contests import AT, make_judging, mark_everything
from tests.factories.people import make_company
from tests.races.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_envelope_is_opened_once() -> None:
    company = make_company()
    contest = make_judging(company, contestants=2, is_sealed=True)
    mark_everything(contest, company.judge)
    contest = judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    seals.ask_opening(contest=contest, layer="code", by=company.secrecy_officer, at=AT)

    answers = at_once(
        *(partial(seals.confirm_opening, contest=contest, layer="code", by=person, at=AT)
          for person in (company.auditor, company.union_chair))
    )  # fmt: skip

    assert sorted(type(answer).__name__ for answer in answers) == ["Seal", "WrongOpening"]
    assert Event.objects.filter(action="seal.opened").count() == 1
