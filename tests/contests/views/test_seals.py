"""contests/views/seals.py, and what every page, API answer, export and frame says of who is behind a code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from contests.domain import judging
from contests.models import Contest, Entry, Seal
from contests.queries.owners import own_entry
from engine.events.models import Event
from engine.live import domain as live
from engine.live import frames
from engine.live.models import Board, Delta
from tests.factories.contests import AT, make_judging, mark_everything
from tests.factories.people import Company, make_company, make_employee

pytestmark = pytest.mark.django_db(transaction=True)
PLANTED = "欧阳𠮷铁锚"
LEAST_ROUTES = 60  # of a contest, its board and its sheets: fewer, and the list is not found any more


@pytest.fixture
def company() -> Company:
    return make_company()


def enter(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_two_people_open_both_envelopes_on_their_pages(company: Company) -> None:
    contest = make_judging(company, contestants=2, is_sealed=True)
    mark_everything(contest, company.judge)
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    officer, auditor = enter(company.secrecy_officer), enter(company.auditor)

    for layer in ("code", "order"):
        officer.post(f"/contests/{contest.code}/seals/{layer}/asking/")
        auditor.post(f"/contests/{contest.code}/seals/{layer}/opening/")
    page = officer.get(f"/contests/{contest.code}/seals/")

    assert Seal.objects.filter(opened_at=None).count() == 0
    assert page.context["drawn_again"] is True


def routes(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """Every route of the project, as it is written."""
    for each in patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, route)
        else:
            yield route


def pages_of(contest: Contest, sheet: int) -> list[str]:
    """Every address about a contest, its board, its envelopes or a sheet, found in the project's routes; and the lists."""
    values = {"str:code": contest.code, "int:sheet_id": str(sheet), "str:layer": "code", "str:name": "practical"}
    own = []
    for route in routes(get_resolver().url_patterns):
        filled = re.sub(r"<(\w+:\w+)>", lambda found: values.get(found[1], found[0]), route)
        if filled != route and "<" not in filled and filled.startswith(("contests/", "boards/", "api/v1/contests/")):
            own.append(f"/{filled}")
    assert len(own) > LEAST_ROUTES
    return [
        *own, f"/contests/sheets/{sheet}/", f"/contests/{contest.code}/verify/?format=json",
        f"/contests/{contest.code}/statistics/?format=json", f"/boards/{contest.code}.json?full=1",
        f"/contests/{contest.code}/judging/?part=first", "/contests/", "/contests/desk/", "/contests/sheets/",
        "/contests/events/", "/boards/", "/approvals/", "/notices/", "/", "/processes/", f"/search/?q={PLANTED}",
    ]  # fmt: skip


@pytest.mark.parametrize("is_sealed", [True, False])
@pytest.mark.parametrize("persona", ["judge", "chief_judge", "organiser", "union_chair", "auditor", "secrecy_officer",
                                     "administrator", "stranger", "hr"])  # fmt: skip
def test_no_page_shows_a_planted_name_beside_its_code(company: Company, persona: str, is_sealed: bool) -> None:
    planted = make_employee(company.team, trade=company.trade, name=PLANTED)
    contest = make_judging(company, contestants=3, people=[planted], is_blind=True, is_sealed=is_sealed)
    mark_everything(contest, company.judge)
    live.publish(contest.code)
    sheet = contest.sheets.filter(member__employee=company.judge).values_list("pk", flat=True).get()
    client = enter(company.personas[persona])

    shown = []
    for path in pages_of(contest, sheet):
        answer = client.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if PLANTED.encode() in content or json.dumps(PLANTED).strip('"').encode() in content:
            shown.append(path)

    # Who works here and who has registered is no secret; which code they drew is.
    open_lists = (
        "/search/",
        "/approvals/",
        *(f"/contests/{contest.code}/{path}/" for path in ("registrations", "registration/team")),
    )
    assert [path for path in shown if not path.startswith(open_lists)] == []


@pytest.mark.parametrize("is_sealed", [True, False])
def test_boards_frames_and_events_name_codes_alone(company: Company, is_sealed: bool) -> None:
    planted = make_employee(company.team, trade=company.trade, name=PLANTED)
    contest = make_judging(company, contestants=3, people=[planted], is_blind=True, is_sealed=is_sealed)
    mark_everything(contest, company.judge)
    live.publish(contest.code)
    code = (own_entry(planted, contest) or Entry()).code

    board = Board.objects.get(code=contest.code)
    told = frames.encode(frames.snapshot(board)) + json.dumps(
        list(Delta.objects.values_list("frame", flat=True)), ensure_ascii=False
    )
    assert code in told
    assert PLANTED not in told
    for event in Event.objects.filter(subject=contest.subject):
        words = json.dumps(event.data, ensure_ascii=False)
        assert PLANTED not in words
        assert not (code in words.split('"') and str(planted.pk) in words and "registration" not in event.action)


def test_contestant_sees_the_own_code_and_no_other_name(company: Company) -> None:
    planted = make_employee(company.team, trade=company.trade, name=PLANTED)
    contest = make_judging(company, contestants=3, people=[planted], is_sealed=True)
    own = own_entry(planted, contest)
    assert own is not None

    mine = enter(planted).get(f"/contests/{contest.code}/").content.decode()
    other = enter(company.stranger).get(f"/contests/{contest.code}/").content.decode()

    assert f"<b>{own.code}</b>" in mine
    assert f"<b>{own.code}</b>" not in other
