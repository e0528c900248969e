"""contests/domain/seals.py: no name in the tables until two people have opened both envelopes, in reverse."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from contests.domain import judging, results, seals
from contests.models import Contest, Entry, Seal
from contests.queries import gate as gates
from contests.queries.owners import own_entry
from tests.factories.contests import AT, make_judging, mark_everything
from tests.factories.people import Company, make_employee
from tests.support import refused


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_judging(company, contestants=4, people=[company.worker], is_sealed=True)


def closed(contest: Contest, company: Company) -> Contest:
    mark_everything(contest, company.judge)
    return judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")


def open_layer(contest: Contest, company: Company, layer: str) -> None:
    seals.ask_opening(contest=contest, layer=layer, by=company.secrecy_officer, at=AT)
    seals.confirm_opening(contest=contest, layer=layer, by=company.auditor, at=AT)


def test_entries_hold_no_person_while_sealed(contest: Contest) -> None:
    rows = list(Entry.objects.filter(contest=contest))

    assert {(row.name == row.code, row.unit, row.employee) for row in rows} == {(True, "", None)}
    assert Contest.objects.get().code_seed == ""


def test_tables_of_a_sealed_contest_do_not_tell_who_is_behind_a_code(contest: Contest, company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM contests_entry")
        entries = repr(cursor.fetchall())
        cursor.execute("SELECT * FROM contests_seal")
        sealed = repr(cursor.fetchall())

    for person in (company.worker.name, company.worker.number, "选手1"):
        assert person not in entries + sealed


def test_contestants_find_their_own_code_and_nobody_elses(contest: Contest, company: Company) -> None:
    mine = own_entry(company.worker, contest)

    assert mine is not None
    assert own_entry(company.stranger, contest) is None
    assert own_entry(company.chief_judge, contest) is None


def test_opened_in_reverse_by_two_the_people_come_back(contest: Contest, company: Company) -> None:
    mine = own_entry(company.worker, contest)
    contest = closed(contest, company)

    open_layer(contest, company, "code")
    assert Entry.objects.get(pk=mine.pk).employee is None
    open_layer(contest, company, "order")

    entry = Entry.objects.get(pk=mine.pk)
    assert (entry.employee, entry.name) == (company.worker, company.worker.name)
    assert Entry.objects.filter(contest=contest, employee=None).count() == 0


def test_envelopes_open_only_in_their_turn_by_another_person_after_judging(contest: Contest, company: Company) -> None:
    from contests.domain.setup import WrongState

    with refused(WrongState):
        seals.ask_opening(contest=contest, layer="code", by=company.secrecy_officer, at=AT)
    contest = closed(contest, company)
    with refused(seals.WrongOpening, code="not-its-turn"):
        seals.ask_opening(contest=contest, layer="order", by=company.secrecy_officer, at=AT)
    with refused(seals.WrongOpening, code="not-asked"):
        seals.confirm_opening(contest=contest, layer="code", by=company.auditor, at=AT)
    seals.ask_opening(contest=contest, layer="code", by=company.secrecy_officer, at=AT)
    for person in (company.secrecy_officer, company.judge, company.organiser):
        with refused(seals.WrongOpening, code="same-person"):
            seals.confirm_opening(contest=contest, layer="code", by=person, at=AT)


def test_result_waits_for_the_envelopes(contest: Contest, company: Company) -> None:
    contest = closed(contest, company)

    with refused(seals.SealedStill, code="sealed"):
        results.begin_notice(contest=contest, until=AT, by=company.union_chair, at=AT)
    assert "sealed" in {row.code for row in gates.look(contest, at=AT).findings}
    for layer in ("code", "order"):
        open_layer(contest, company, layer)
    results.begin_notice(contest=contest, until=AT, by=company.union_chair, at=AT)
    assert "sealed" not in {row.code for row in gates.look(contest, at=AT).findings}


@pytest.mark.parametrize(
    "change",
    [{"ciphertext": "AAAA"}, {"commitment": "0" * 64}],
)
def test_changed_envelope_is_refused(contest: Contest, company: Company, change: dict[str, str]) -> None:
    contest = closed(contest, company)
    seals.ask_opening(contest=contest, layer="code", by=company.secrecy_officer, at=AT)
    Seal.objects.filter(layer="code").update(**change)

    with refused(seals.Tampered):
        seals.confirm_opening(contest=contest, layer="code", by=company.auditor, at=AT)
    assert Seal.objects.get(layer="code").opened_at is None


def test_what_was_announced_is_the_hash_of_what_is_opened(contest: Contest, company: Company) -> None:
    from contests.pure import versions

    contest = closed(contest, company)
    row = Seal.objects.get(contest=contest, layer="code")
    assert seals.content_of(contest, row) is None

    open_layer(contest, company, "code")

    row.refresh_from_db()
    content = seals.content_of(contest, row)
    assert content is not None
    assert versions.digest(content) == row.commitment
    assert json.loads(json.dumps(content)) == content


def test_who_came_late_to_the_company_is_nobody_under_seal(contest: Contest, company: Company) -> None:
    assert own_entry(make_employee(company.team), contest) is None
