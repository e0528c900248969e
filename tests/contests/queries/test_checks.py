"""contests/queries/checks.py, eligibility.py, panels.py, awards.py, sentences.py: what speaks against going on."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from contests.domain import panels, setup
from contests.models import Contest, PanelMember
from contests.pure import marks
from contests.pure.awards import Band
from contests.queries.awards import read_award_table
from contests.queries.checks import judging_checks
from contests.queries.eligibility import eligibility, read_conditions
from contests.queries.panels import conflicts_of
from contests.queries.sentences import SENTENCES, sentence
from tests.factories.contests import AT, make_contest, make_published, make_scheme, register
from tests.factories.people import Company, make_employee


def test_judging_needs_entries_a_chief_and_a_judge_for_each_aspect(company: Company) -> None:
    contest = make_contest(company)
    PanelMember.objects.filter(contest=contest).delete()

    failed = [check.name for check in judging_checks(contest) if not check.is_ok]

    assert failed == ["entries", "chief_judge", "aspect:paper", "aspect:seam", "aspect:safety"]


def test_worldskills_needs_exactly_three_judges_beside_the_chief(company: Company) -> None:
    contest = make_contest(company)
    aspect = {"code": "look", "group": "g", "title": "x", "kind": "judgement", "max": 9, "combine": "worldskills"}
    scheme = make_scheme(group=[{"code": "g", "title": "g"}], aspect=[aspect], ranking={"order": ["total"]})
    setup.set_scheme(contest=contest, scheme=scheme, by=company.organiser, at=AT)
    contest.refresh_from_db()

    found = []
    for _ in range(4):
        found.append(next(check.is_ok for check in judging_checks(contest) if check.name == "aspect:look"))
        panels.assign(contest=contest, employee=make_employee(company.root), by=company.organiser, at=AT)

    assert found == [False, False, True, False]


def test_who_meets_every_condition_is_eligible(company: Company) -> None:
    conditions = {"trades": ["welder"], "unit_ids": [company.shop.pk], "minimum_skill_level": 3}
    contest = make_published(company, conditions=conditions)

    assert eligibility(company.worker, contest, at=AT).reasons == []


def test_the_reasons_name_trade_level_and_unit(company: Company) -> None:
    conditions = {"trades": ["welder"], "unit_ids": [company.team.pk], "minimum_skill_level": 5}
    contest = make_published(company, conditions=conditions)

    with override("en"):
        reasons = eligibility(company.stranger, contest, at=AT).reasons

    assert "焊工" in reasons[0]
    assert len(reasons) == 3
    assert "senior technician" in reasons[2]


def test_who_left_is_not_eligible(company: Company) -> None:
    contest = make_published(company)

    assert eligibility(make_employee(company.team, is_active=False), contest, at=AT).reasons


def test_no_conditions_ask_nothing() -> None:
    read = read_conditions({})

    assert (read.trades, read.unit_ids, read.minimum_skill_level) == (frozenset(), frozenset(), 0)


def test_a_contestant_conflicts_always_and_a_colleague_as_the_contest_says(company: Company) -> None:
    contest = make_published(company)
    register(contest, company.worker)

    def found(person: object) -> list[tuple[str, bool]]:
        return [(conflict.kind, conflict.is_refused) for conflict in conflicts_of(person, contest)]

    assert found(company.worker) == [("contestant", True)]
    assert found(company.leader) == [("same_unit", False)]
    contest.same_unit = Contest.SameUnit.REFUSE
    assert found(company.leader) == [("same_unit", True)]
    assert found(company.union_chair) == []


def test_the_award_table_reads_as_bands_and_participation() -> None:
    table = {"rows": [{"rank_from": 1, "rank_to": 3, "points": 100}], "participation_points": 5}

    assert read_award_table(table) == ((Band(1, 3, 100),), 5)
    assert read_award_table({}) == ((), 0)
    with pytest.raises(ValidationError):
        read_award_table({"rows": [], "bonus": 1})


def test_every_refusal_of_the_core_has_its_sentence() -> None:
    codes = {"unknown_aspect", "unknown_entry", "not_a_number", "out_of_range", "off_grid", "bad_base_version"}

    assert all(code in (marks.Refusal.__doc__ or "") for code in codes)
    assert codes <= set(SENTENCES)
    with override("en"):
        assert sentence("out_of_range", {"minimum": "0", "maximum": "10"}) == "Give a mark from 0 to 10."
        assert sentence("") == ""
