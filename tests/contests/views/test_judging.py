"""contests/views/judging.py: the chief judge's desk and the gate."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contests.domain import gate, judging, signing
from contests.models import EntryReview, GateAnswer, PanelMember, Recusal, Sheet
from contests.queries import gate as gates
from tests.factories.contests import AT, make_judging, mark_everything, sheet_of
from tests.factories.people import Company, make_employee


def signed(client: Client, person: object) -> Client:
    client.force_login(person)  # type: ignore[arg-type]
    return client


@pytest.mark.parametrize("contestants", [1, 3])
def test_the_desk_costs_the_same_for_any_size(client: Client, company: Company, contestants: int) -> None:
    contest = make_judging(company, contestants=contestants)
    signed(client, company.chief_judge)
    client.get(f"/contests/{contest.code}/judging/")

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/contests/{contest.code}/judging/")

    assert answer.status_code == 200
    assert len(queries) == DESK_STATEMENTS


DESK_STATEMENTS = 19


def test_the_desk_reads_its_living_parts_alone(client: Client, company: Company) -> None:
    contest = make_judging(company, contestants=2)
    signed(client, company.chief_judge)
    base = f"/contests/{contest.code}/judging/"

    heat, first, contested = (
        client.get(base + query, headers={"HX-Request": "true"}) for query in ("", "?part=first", "?part=contested")
    )

    assert contested.content.lstrip().startswith(b'<section class="card" id="contested" hidden')
    assert heat.content.lstrip().startswith(b'<div id="heat"')
    assert first.content.lstrip().startswith(b'<section class="card" id="first"')
    signed(client, company.judge)
    assert client.get(f"{base}?part=first", headers={"HX-Request": "true"}).status_code in {403, 404}


@pytest.mark.parametrize("contestants", [1, 3])
def test_the_gate_costs_the_same_for_any_size(client: Client, company: Company, contestants: int) -> None:
    contest = make_judging(company, contestants=contestants)
    mark_everything(contest, company.judge)
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    signed(client, company.chief_judge)
    client.get(f"/contests/{contest.code}/gate/")

    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/contests/{contest.code}/gate/")

    assert answer.status_code == 200
    assert len(queries) == GATE_STATEMENTS


GATE_STATEMENTS = 29


@pytest.mark.django_db(transaction=True)
def test_the_chief_replaces_recuses_reopens_and_names_a_leader(client: Client, company: Company) -> None:
    contest = make_judging(company, contestants=2)
    mark_everything(contest, company.judge)
    sheet = sheet_of(contest, company.judge)
    signing.sign_off(sheet_id=sheet.pk, version=6, by=company.judge, at=AT)
    heir = make_employee(company.other_team, name="接替裁判")
    signed(client, company.chief_judge)
    base = f"/contests/{contest.code}/judging/"

    client.post(f"{base}reopening/", {"sheet": sheet.pk, "reason": "笔误"})
    assert Sheet.objects.get(pk=sheet.pk).state == "open"
    client.post(f"{base}recusal/", {"member": sheet.member_id, "entry": "01", "reason": "亲属"})
    assert Recusal.objects.get().entry.code == "01"
    client.post(f"{base}leader/", {"member": sheet.member_id})
    assert PanelMember.objects.get(pk=sheet.member_id).is_leader
    client.post(f"{base}replacement/", {"member": sheet.member_id, "number": heir.number, "reason": "急病"})

    assert PanelMember.objects.get(pk=sheet.member_id).replaced_by == PanelMember.objects.get(employee=heir)


@pytest.mark.django_db(transaction=True)
def test_in_review_the_chief_opens_a_sheet_again_and_locks_it(client: Client, company: Company) -> None:
    contest = make_judging(company, contestants=2)
    sheet = mark_everything(contest, company.judge)
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    signed(client, company.chief_judge)
    base = f"/contests/{contest.code}/judging/"

    before = client.get(base).content.decode()
    client.post(f"{base}reopening/", {"sheet": sheet.pk, "reason": "02 号记错"})
    opened = client.get(base).content.decode()
    client.post(f"{base}locking/", {"sheet": sheet.pk, "reason": "裁判已离场"})

    assert "reopen-sheet" in before
    assert "lock-sheet" not in before
    assert "lock-sheet" in opened
    assert Sheet.objects.get(pk=sheet.pk).state == "closed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["reopening/", "locking/"])
def test_nobody_else_opens_or_locks_a_sheet(client: Client, company: Company, where: str) -> None:
    contest = make_judging(company, contestants=1)
    sheet = mark_everything(contest, company.judge)
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    if where == "locking/":
        signing.reopen(sheet_id=sheet.pk, reason="笔误", by=company.chief_judge, at=AT)
    state = Sheet.objects.get(pk=sheet.pk).state

    for person in (company.judge, company.worker, company.organiser, company.auditor, company.administrator):
        signed(client, person)
        answer = client.post(f"/contests/{contest.code}/judging/{where}", {"sheet": sheet.pk, "reason": "x"})
        assert answer.status_code in {403, 404}

    assert Sheet.objects.get(pk=sheet.pk).state == state


@pytest.mark.parametrize(
    ("where", "data"),
    [
        ("reopening/", {"sheet": "999999", "reason": "x"}),
        ("locking/", {"sheet": "999999", "reason": "x"}),
        ("locking/", {"sheet": "1", "reason": ""}),
        ("recusal/", {"member": "1", "entry": "zz", "reason": ""}),
        ("replacement/", {"member": "x", "number": "nobody", "reason": "x"}),
        ("again/", {"entry": "01", "aspect": "seam", "reason": "x"}),
        ("settlement/", {"entry": "01", "aspect": "seam", "value": "2", "reason": "x"}),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_what_makes_no_sense_is_told_and_changes_nothing(
    client: Client, company: Company, where: str, data: dict[str, str]
) -> None:
    contest = make_judging(company, contestants=1)
    signed(client, company.chief_judge)

    answer = client.post(f"/contests/{contest.code}/judging/{where}", data, follow=True)

    assert answer.status_code == 200
    assert b"toast error" in answer.content
    assert Recusal.objects.count() == 0


def test_the_gate_takes_reviews_and_reasons(client: Client, company: Company) -> None:
    contest = make_judging(company, contestants=2)
    mark_everything(contest, company.judge)
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    signed(client, company.chief_judge)
    base = f"/contests/{contest.code}/gate/"

    for code in ("01", "02"):
        client.post(f"{base}review/", {"entry": code, "verdict": "right"})
    for finding in gates.look(contest, at=AT).findings:
        client.post(f"{base}answer/", {"code": finding.code, "found": finding.found, "reason": "已核实"})

    assert EntryReview.objects.filter(is_right=True).count() == 2
    assert GateAnswer.objects.count() > 0
    assert gate.demand_open(contest, at=AT).is_open
