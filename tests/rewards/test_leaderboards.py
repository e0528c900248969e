"""Boards of points follow the ledger, agree with SQL, and never tell a hidden name."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.test import Client

from engine.live import domain as live
from engine.live import frames
from engine.live.models import Board, Delta
from rewards.domain import leaderboards as boards
from rewards.domain import ledger
from rewards.pure.transfers import Transfer
from rewards.queries import boards as boards_queries
from rewards.queries import leaderboards
from rewards.queries.boards import lines, row_id
from tests.factories.people import make_employee
from tests.factories.rewards import AT
from tests.factories.rules import fill, make_season

pytestmark = pytest.mark.django_db
MONTH = leaderboards.month_of(date(2026, 11, 1))


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """No index of another test's database; looked at anew each time."""
    monkeypatch.setattr(leaderboards, "FRESH_SECONDS", 0.0)
    leaderboards.forget()
    boards._seen.clear()
    yield
    leaderboards.forget()


def award(number, points, *, at=AT, **fields):
    given = {"debit": "budget:company", "credit": f"wallet:{number}", "kind": "award"} | fields
    row = Transfer(id=str(uuid.uuid4()), amount=points, **given)
    ledger.demand([row], at=at)
    return row


def ranks(period=MONTH):
    return [tuple(row) for row in leaderboards.index_of(period).board.page(0, 100)]


def test_ranks_follow_awards_and_what_is_taken_back(company):
    fill(10_000)
    award("1301", 50)
    award("1302", 70)
    assert ranks() == [(1, "1302", 70), (2, "1301", 50)]

    extra = award("1301", 20)
    award("1001", 10)
    assert ranks() == [(1, "1301", 70), (1, "1302", 70), (3, "1001", 10)]

    award("1301", 20, debit="wallet:1301", credit="budget:company", kind="reverse", reference=extra.id)
    assert ranks() == [(1, "1302", 70), (2, "1301", 50), (3, "1001", 10)]


def test_spending_reserving_and_other_months_count_nothing(company):
    fill(10_000)
    award("1301", 50)
    award("1302", 90, at=AT - timedelta(days=40))
    award("1301", 30, debit="wallet:1301", credit="spent", kind="redeem")
    reserved = award("1001", 40, flags=frozenset({"pending"}))
    assert ranks() == [(1, "1301", 50)]

    ledger.demand([Transfer(id=str(uuid.uuid4()), flags=frozenset({"post"}), pending_id=reserved.id, amount=25)], at=AT)

    assert ranks() == [(1, "1301", 50), (2, "1001", 25)]


def test_wallets_of_several_funds_are_one_person(company):
    fill(100)
    fill(100, "budget:company@union")
    award("1301", 50)
    award("1301", 30, debit="budget:company@union", credit="wallet:1301@union")

    assert ranks() == [(1, "1301", 80)]


def test_a_number_committed_late_is_still_counted(company):
    """An index that has read number n+1 takes n in when it appears."""
    fill(10_000)
    award("1301", 50)
    index = leaderboards.index_of(MONTH)
    late = award("1302", 70)
    award("1001", 10)
    number = leaderboards.newest_transfer()
    index.seen |= {number}  # read before the one in front of it was committed
    index.board.add("1001", 10)
    index.rows, index.points = index.rows + 1, index.points + 10

    again = leaderboards.follow(index)

    assert again is index
    assert late
    assert [tuple(row) for row in again.board.page(0, 9)] == [(1, "1302", 70), (2, "1301", 50), (3, "1001", 10)]


def test_an_index_that_is_wrong_is_read_anew(company, monkeypatch):
    fill(10_000)
    award("1301", 50)
    index = leaderboards.index_of(MONTH)
    index.board.add("1302", 999)
    index.points += 999
    monkeypatch.setattr(leaderboards, "AUDIT_SECONDS", 0.0)

    assert ranks() == [(1, "1301", 50)]


def test_units_count_their_people_of_today(company, monkeypatch):
    fill(10_000)
    for number, points in (("1301", 50), ("1302", 70), ("1001", 20), ("1104", 5)):
        award(number, points)
    index = leaderboards.index_of(MONTH)
    teams = [(row.rank, row.unit.name, row.points, row.people) for row in leaderboards.unit_places(index, "team")]
    plants = [(row.unit.name, row.points) for row in leaderboards.unit_places(index, "plant")]

    company.worker.unit = company.other_team
    company.worker.save()
    monkeypatch.setattr(leaderboards, "AUDIT_SECONDS", 0.0)
    moved = leaderboards.unit_places(leaderboards.index_of(MONTH), "team")

    assert teams == [(1, "甲班", 70, 2), (1, "乙班", 70, 1)]
    assert plants == [("炼钢厂", 140)]
    assert [(row.rank, row.unit.name, row.points) for row in moved] == [(1, "乙班", 120), (2, "甲班", 20)]


def test_live_boards_of_the_month_and_the_season_open_and_follow(company):
    make_season()
    fill(10_000)
    award("1301", 50)

    opened = [boards.stir(at=AT) for _ in range(2)]
    while live.publish_next(at=AT):
        pass
    before = frames.snapshot(Board.objects.get(code="points-person-season-2026"))
    award("1302", 70)
    boards.stir(at=AT)
    while live.publish_next(at=AT):
        pass

    board = Board.objects.get(code="points-person-season-2026")
    delta = Delta.objects.get(board=board, seq=board.seq).frame
    assert opened == [8, 0]
    assert [(row["rank"], row["name"], row["total"]) for row in before["rows"]] == [(1, "焊工赵磊", "50")]
    assert [(row["rank"], row["name"], row["total"]) for row in delta["rows"]] == [
        (1, "钳工孙芳", "70"),
        (2, "焊工赵磊", "50"),
    ]
    assert live.own_row(board, company.worker) == row_id("1301")
    assert Board.objects.get(code="points-team-month-2026-11").rows[0]["cells"] == {"people": "1"}


def test_hidden_name_is_shown_to_its_owner_alone(company):
    fill(10_000)
    worker = make_employee(company.team, number="hg1301", name="焊工赵磊", is_name_hidden=True)  # no digest has an h
    award(worker.number, 50)
    places = leaderboards.index_of(MONTH).board.page(0, 9)

    (others,) = lines(places, viewer=company.stranger)
    (own,) = lines(places, viewer=worker)

    assert (others.name, others.unit, others.is_mine) == ("匿名", "转炉车间 甲班", False)
    assert (own.name, own.is_mine) == ("焊工赵磊", True)
    assert worker.number not in others.id


def test_many_people_have_the_ranks_sql_counts(company):
    from django.db import connection

    fill(10_000)
    people = [make_employee(company.team) for _ in range(30)]
    ledger.demand(
        [Transfer(id=str(uuid.uuid4()), debit="budget:company", credit=f"wallet:{row.number}", kind="award", amount=1 + place % 7)
         for place, row in enumerate(people)], at=AT
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT credit, RANK() OVER (ORDER BY SUM(amount) DESC) FROM rewards_transfer WHERE kind = 'award' GROUP BY credit"
        )
        wanted = {credit.removeprefix("wallet:"): rank for credit, rank in cursor.fetchall()}

    board = leaderboards.index_of(MONTH).board

    assert {row.number: board.rank(row.number) for row in people} == wanted


def as_(person):
    from django.test import Client

    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def publish(at=AT):
    boards.stir(at=at)
    while live.publish_next(at=at):
        pass


NAME = "planted-name-of-somebody-who-hides"


def test_hidden_name_is_in_no_page_frame_snapshot_or_export(company, monkeypatch):
    """First shown, then hidden: what boards said before is forgotten too."""
    from django.utils import timezone

    make_season("now", first=date(2020, 1, 1), last=date(2090, 1, 1))
    company.worker.name = NAME
    company.worker.save()
    fill(10_000)
    now = timezone.now()
    award("1301", 50, at=now)
    award("1302", 70, at=now)
    publish(now)
    code = "points-person-season-now"
    old = Board.objects.get(code=code)
    assert NAME in str(old.rows)
    assert NAME in as_(company.stranger).get("/mall/leaderboard/").content.decode()

    as_(company.worker).post("/people/me/name-on-boards/", {"is_hidden": "1"})
    publish(now)

    board = Board.objects.get(code=code)
    assert board.epoch != old.epoch
    assert frames.missing(board, old.epoch, old.seq - 1) is None
    said = [board.rows, board.held, list(Delta.objects.values_list("frame", flat=True))]
    pages = {
        persona: [
            as_(company.personas[persona]).get(address).content.decode()
            for address in ("/mall/leaderboard/", "/mall/leaderboard/?who=team", "/mall/leaderboard/?format=csv",
                            f"/boards/{code}/", f"/boards/{code}.json", f"/boards/{code}.json?full=1", f"/boards/{code}/wall/", "/boards/")
        ]
        for persona in ("stranger", "leader", "hr", "auditor", "administrator")
    }  # fmt: skip
    assert NAME not in str(said)
    assert "匿名" in str(said)
    assert {persona: [NAME in page for page in found] for persona, found in pages.items()} == dict.fromkeys(
        pages, [False] * 8
    )
    assert NAME in as_(company.worker).get("/mall/leaderboard/").content.decode()

    as_(company.worker).post("/people/me/name-on-boards/", {"is_hidden": "0"})
    publish(now)
    assert NAME in str(Board.objects.get(code=code).rows)


def test_page_pins_my_place_and_pages_through(company):
    from django.utils import timezone

    fill(100_000)
    now = timezone.now()
    people = [make_employee(company.team) for _ in range(60)]
    rows = [
        Transfer(
            id=str(uuid.uuid4()),
            debit="budget:company",
            credit=f"wallet:{row.number}",
            kind="award",
            amount=100 - n // 2,
        )
        for n, row in enumerate([*people, company.worker])
    ]
    ledger.demand(rows, at=now)

    first = as_(company.worker).get("/mall/leaderboard/").context
    third = as_(company.worker).get("/mall/leaderboard/?page=3").context

    assert (first["mine"]["rank"], first["mine"]["to_next"], first["mine"]["page"], first["mine"]["of"]) == (
        61,
        1,
        3,
        61,
    )
    assert [row.rank for row in first["rows"][:5]] == [1, 1, 3, 3, 5]
    assert [row.rank for row in first["mine"]["around"]] == [59, 59, 61]
    assert (len(third["rows"]), third["rows"][-1].is_mine) == (11, True)
    assert as_(company.hr).get("/mall/leaderboard/").context["mine"] is None


def test_live_board_shows_a_hundred_and_my_own_place_beyond(company, django_assert_max_num_queries):
    import json

    from django.utils import timezone

    make_season("now", first=date(2020, 1, 1), last=date(2090, 1, 1))
    fill(1_000_000)
    now = timezone.now()
    crowd = [make_employee(company.team) for _ in range(110)]
    rows = [
        Transfer(
            id=str(uuid.uuid4()), debit="budget:company", credit=f"wallet:{row.number}", kind="award", amount=points
        )
        for points, row in enumerate([company.worker, *crowd], 1)
    ]
    ledger.demand(rows, at=now)
    publish(now)
    code = "points-person-season-now"
    board = Board.objects.get(code=code)
    client = as_(company.worker)

    page = client.get(f"/boards/{code}/").content.decode()
    with django_assert_max_num_queries(8):
        own = client.get(f"/boards/{code}/own.json").json()["row"]

    assert (len(board.rows), own["rank"], own["name"], own["total"]) == (100, 111, "焊工赵磊", "1")
    assert own["id"] == boards_queries.own_row(board.key, company.worker) not in {row["id"] for row in board.rows}
    assert 'href="/mall/leaderboard/?who=person&amp;period=season-now"' in page
    assert json.dumps(own["id"]).strip('"') in page
    assert as_(company.hr).get(f"/boards/{code}/own.json").json() == {"row": None}
    assert Client().get(f"/boards/{code}/own.json").status_code == 302
    team = Board.objects.get(code="points-team-season-now")
    assert boards_queries.own_row(team.key, company.worker) == team.rows[0]["id"]
    assert boards_queries.own_row(team.key, company.hr) == ""
    assert client.get(f"/boards/{team.code}/own.json").json() == {"row": None}


@pytest.mark.parametrize("who", ["person", "team", "plant"])
@pytest.mark.parametrize("people", [1, 3])
def test_page_takes_fifteen_statements(company, django_assert_max_num_queries, who, people):
    from django.utils import timezone

    fill(10_000)
    for person in (company.worker, company.stranger, company.leader)[:people]:
        award(person.number, 10, at=timezone.now())
    client = as_(company.worker)
    client.get("/mall/leaderboard/")

    with django_assert_max_num_queries(15):
        answer = client.get(f"/mall/leaderboard/?who={who}")

    assert answer.status_code == 200


def test_live_board_is_linked_where_there_is_one(company):
    from django.utils import timezone

    at = timezone.localtime()  # the month is the union's, which begins before UTC's
    make_season()
    fill(10_000)
    award("1301", 50, at=at)
    client = as_(company.worker)
    path = f"/mall/leaderboard/?who=person&period=month-{at:%Y-%m}"
    live_page = f"/boards/points-person-month-{at:%Y-%m}/"
    assert live_page not in client.get(path).content.decode()

    boards.stir(at=at)

    assert f'href="{live_page}"' in client.get(path).content.decode()
    assert client.get(live_page).status_code == 200


def test_export_is_for_those_who_answer_for_points(company):
    codes = {
        name: as_(person).get("/mall/leaderboard/?format=xlsx").status_code for name, person in company.personas.items()
    }

    allowed = {"union_chair", "organiser", "hr", "auditor", "administrator"}
    assert codes == {name: 200 if name in allowed else 403 for name in company.personas}
    assert as_(company.worker).get("/mall/leaderboard/?who=moon").status_code == 404
