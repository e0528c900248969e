"""The mall's pages: what a person sees, what a changed price does, who may do what at the desks."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from rewards.domain import mall
from rewards.models import Item, Redemption, Seat
from rewards.queries import balance
from tests.factories.people import Company
from tests.factories.rewards import AT, ask, give_points, make_course, make_goods, make_leave, pieces_left
from tests.rewards.domain.test_pictures import photo
from tests.rewards.views.test_pages import enter

MUG = {"note": ""}


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_changed_price_is_shown_and_counts_only_when_pressed_again(company: Company, client: Client) -> None:
    item, hold = make_goods(company, points=50), str(uuid.uuid4())
    give_points(company.worker, 100)
    mall.save_item(item=item, by=company.hr, at=AT, points=80)
    enter(client, company.worker)

    stale = client.post(f"/mall/items/{item.pk}/", {"hold": hold, "points": "50"})
    asked = (stale.status_code, Redemption.objects.count())
    again = client.post(f"/mall/items/{item.pk}/", {"hold": hold, "points": stale.context["form"]["points"].value()})

    assert asked == (422, 0)
    assert "80" in stale.content.decode()
    assert (again.status_code, balance(company.worker).available) == (302, 20)


@pytest.mark.parametrize("points", ["0", "-5", "1.5", "9007199254740992", "1e3", "abc", ""])
def test_amounts_that_are_none_change_nothing(company: Company, client: Client, points: str) -> None:
    item = make_goods(company)
    give_points(company.worker, 100)
    enter(client, company.worker)

    answer = client.post(f"/mall/items/{item.pk}/", {"hold": str(uuid.uuid4()), "points": points})

    assert (answer.status_code, Redemption.objects.count(), pieces_left(item)) == (422, 0, 5)


@pytest.mark.django_db(transaction=True)
def test_form_of_somebody_else_is_refused(company: Company, client: Client) -> None:
    item, other = make_goods(company), make_goods(company, title="伞")
    give_points(company.worker, 100)
    give_points(company.stranger, 100)
    hold = str(uuid.uuid4())
    enter(client, company.worker).post(f"/mall/items/{item.pk}/", {"hold": hold, "points": "50"})

    other_item = client.post(f"/mall/items/{other.pk}/", {"hold": hold, "points": "50"})
    enter(client, company.stranger)
    other_person = client.post(f"/mall/items/{item.pk}/", {"hold": hold, "points": "50"})

    assert (other_item.status_code, other_person.status_code) == (422, 422)
    assert (balance(company.worker).available, balance(company.stranger).available) == (50, 100)


def test_hidden_item_is_seen_by_its_units_alone(company: Company, client: Client) -> None:
    item = make_goods(company, title="甲班专享", is_hidden_from_others=True)
    item.units.set([company.team])

    enter(client, company.worker)
    mine = ("甲班专享" in body(client, "/mall/"), client.get(f"/mall/items/{item.pk}/").status_code)
    enter(client, company.stranger)
    others = ("甲班专享" in body(client, "/mall/"), client.get(f"/mall/items/{item.pk}/").status_code)

    assert (mine, others) == ((True, 200), (False, 404))


def test_chip_shows_what_i_can_have_now(company: Company, client: Client) -> None:
    make_goods(company, title="买得起")
    make_goods(company, title="太贵", points=5000)
    make_goods(company, title="没货", left=0)
    make_goods(company, title="级别不够", min_skill_level=5)
    other = make_goods(company, title="别的单位")
    other.units.set([company.other_team])
    give_points(company.worker, 100)
    enter(client, company.worker)

    text = body(client, "/mall/?chip=affordable")

    assert [title in text for title in ("买得起", "太贵", "没货", "级别不够", "别的单位")] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_item_page_says_why_not(company: Company, client: Client) -> None:
    item = make_goods(company, min_skill_level=5, points=500)
    enter(client, company.worker)

    text = body(client, f"/mall/items/{item.pk}/")

    assert "仅限高级技师及以上职工" in text
    assert "还差 500 积分" in text


@pytest.mark.django_db(transaction=True)
def test_picture_is_served_by_its_content_to_those_who_see_the_item(company: Company, client: Client) -> None:
    item = make_goods(company, is_hidden_from_others=True)
    item.units.set([company.team])
    enter(client, company.hr)
    sent = client.post(
        f"/mall/catalogue/{item.pk}/pictures/", {"picture": SimpleUploadedFile("a.png", photo(form="PNG")), "alt": "杯"}
    )
    picture = item.pictures.get()
    address = f"/mall/pictures/{picture.pk}/{picture.digest}/small.webp"

    refused = client.post(f"/mall/catalogue/{item.pk}/pictures/", {"picture": SimpleUploadedFile("a.jpg", b"<svg/>")})
    answers = {name: enter(client, getattr(company, name)).get(address) for name in ("worker", "stranger")}

    assert (sent.status_code, refused.status_code) == (302, 422)
    assert (answers["worker"].status_code, answers["worker"]["Content-Type"]) == (200, "image/webp")
    assert answers["stranger"].status_code == 403
    assert (
        enter(client, company.worker).get(f"/mall/pictures/{picture.pk}/0000000000000000/small.webp").status_code == 404
    )


def test_mug_from_the_mall_to_the_hand(company: Company, client: Client) -> None:
    item = make_goods(company, left=1)
    give_points(company.worker, 50)
    enter(client, company.worker)
    asked = client.post(f"/mall/items/{item.pk}/", {"hold": str(uuid.uuid4()), "points": "50"})
    row = Redemption.objects.get()
    page = body(client, asked["Location"])
    enter(client, company.organiser)
    found = client.get(
        "/mall/hand-out/", {"code": f"{(row.pickup_code or '')[:4].lower()} {(row.pickup_code or '')[4:]}"}
    )
    shown = body(client, found["Location"])
    handed = [client.post(f"{found['Location']}handed/", {"place": "一号门"}, follow=True) for _ in range(2)]

    row.refresh_from_db()
    assert "<svg" in page
    assert company.worker.name in shown
    assert (row.handed_place, row.handed_by) == ("一号门", company.organiser)
    assert "一号门" in handed[1].content.decode()
    assert "工会保温杯" in body(client, "/mall/hand-out/?tab=done")
    assert client.get("/mall/hand-out/?format=csv").content.decode("utf-8-sig").count("\r\n") == 1


def test_desk_lists_prints_and_counts(company: Company, client: Client) -> None:
    item = make_goods(company, left=5)
    give_points(company.worker, 150)
    for _ in range(2):
        ask(item, company.worker)
    enter(client, company.hr)

    report = client.get("/mall/hand-out/stock/?format=csv").content.decode("utf-8-sig").splitlines()

    assert company.worker.name in body(client, "/mall/hand-out/?place=工会活动室")
    assert "× 2" in body(client, "/mall/hand-out/pick-list/")
    assert report[1].split(",")[2:] == ["3", "0", "2", "5", "0"]


@pytest.mark.parametrize("persona", ["worker", "leader", "judge", "auditor"])
def test_desks_are_for_those_who_keep_the_mall(company: Company, client: Client, persona: str) -> None:
    item = make_goods(company)
    give_points(company.worker, 50)
    row = ask(item, company.worker)
    session = make_course(company)[1]
    enter(client, company.personas[persona])

    codes = [
        client.get(f"/mall/hand-out/{row.pickup_code}/").status_code,
        client.post(f"/mall/hand-out/{row.pickup_code}/handed/").status_code,
        client.get(f"/mall/sessions/{session.pk}/").status_code,
        client.post(
            f"/mall/catalogue/{item.pk}/stock/", {"change": "5", "reason": "x", "key": str(uuid.uuid4())}
        ).status_code,
        client.post(f"/mall/catalogue/{item.pk}/copy/").status_code,
    ]

    assert codes == [403] * 5
    assert pieces_left(item) == 4


def test_attendance_by_code_gives_a_certificate(company: Company, client: Client) -> None:
    item, session = make_course(company)
    mall.save_item(item=item, by=company.hr, at=AT, asks_approval=False)
    give_points(company.worker, 100)
    row = ask(item, company.worker, session=session)
    start = timezone.now() - timedelta(hours=1)
    type(session).objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + timedelta(hours=4))
    enter(client, company.hr)

    page = client.get(f"/mall/sessions/{session.pk}/", {"code": row.pickup_code})
    client.post(f"/mall/seats/{Seat.objects.get().pk}/check-in/")
    enter(client, company.worker)
    record = company.worker.skill_records.get()
    pdf = client.get(f"/mall/records/{record.pk}.pdf")

    assert page["Location"].endswith(f"/{row.pickup_code}/")
    assert pdf.content.startswith(b"%PDF-")
    assert record.number in body(client, "/mall/records/")
    assert enter(client, company.stranger).get(f"/mall/records/{record.pk}.pdf").status_code == 404
    assert record.title in body(enter(client, company.hr), f"/mall/records/of/{company.worker.number}/")


def test_calendar_file_follows_the_session(company: Company, client: Client) -> None:
    item, session = make_course(company)
    enter(client, company.hr)
    before = client.get(f"/mall/sessions/{session.pk}.ics").content.decode()

    client.post(f"/mall/sessions/{session.pk}/cancellation/", {"reason": "停电"})

    after = client.get(f"/mall/sessions/{session.pk}.ics").content.decode()
    assert ("SEQUENCE:0" in before, "STATUS:CONFIRMED" in before) == (True, True)
    assert ("SEQUENCE:1" in after, "STATUS:CANCELLED" in after) == (True, True)
    assert item.title in before


@pytest.mark.django_db(transaction=True)
def test_refund_seen_on_the_page_is_the_refund_given(company: Company, client: Client) -> None:
    item = make_goods(company, refund_percent=50)
    give_points(company.worker, 50)
    row = ask(item, company.worker)
    enter(client, company.worker)

    stale = client.post(f"/mall/redemptions/{row.pk}/refund/", {"points": "50"})
    kept = Redemption.objects.get().state
    client.post(f"/mall/redemptions/{row.pk}/refund/", {"points": "25"})

    assert (stale.status_code, kept) == (302, Redemption.State.READY)
    assert balance(company.worker).available == 25


def test_honour_stands_on_the_wall_without_its_price(company: Company, client: Client) -> None:
    honour = make_goods(company, kind="honour", title="荣誉墙合影", points=777)
    give_points(company.worker, 777)
    ask(honour, company.worker)
    waiting = make_goods(company, kind="honour", title="与董事长共进午餐", asks_approval=True)
    give_points(company.leader, 777)
    ask(waiting, company.leader)
    enter(client, company.stranger)

    text = body(client, "/mall/honours/")

    assert [part in text for part in (company.worker.name, "荣誉墙合影")] == [True, True]
    assert [part in text for part in ("777", "与董事长共进午餐", company.leader.name)] == [False, False, False]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("persona", "address", "statements"),
    [("worker", "/mall/", 14), ("worker", "/mall/?chip=affordable&sort=popular", 14), ("worker", "/mall/honours/", 6),
     ("worker", "/mall/records/", 5), ("hr", "/mall/hand-out/", 7), ("hr", "/mall/hand-out/pick-list/", 5),
     ("hr", "/mall/hand-out/stock/", 6), ("hr", "/mall/catalogue/", 6), ("hr", "/mall/sessions/", 5)],
)  # fmt: skip
def test_list_pages_statements(
    company: Company, client: Client, rows: int, persona: str, address: str, statements: int,
    django_assert_max_num_queries: object,
) -> None:  # fmt: skip
    for number in range(rows):
        give_points(company.worker, 200)
        item = make_goods(company, title=f"杯{number}", category_name=f"分类{number}")
        item.units.set([company.team])
        ask(item, company.worker)
        ask(make_goods(company, kind="honour", title=f"合影{number}", is_limited=True), company.worker)
        make_course(company)
        make_leave(company)
    enter(client, company.personas[persona])
    client.get(address)

    with django_assert_max_num_queries(statements):
        answer = client.get(address)

    assert answer.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_catalogue_keeps_every_field(company: Company, client: Client) -> None:
    enter(client, company.organiser)
    fields = {
        "kind": "goods", "title": "雨伞", "description": "晴雨两用", "category_name": "生活", "points": "120", "fund": "",
        "asks_approval": "on", "pickup_place": "工会活动室", "pickup_days": "30",
        "offered_from_on": "2026-01-01", "offered_until_on": "2099-01-01",
        "yearly_cap": "2", "lifetime_cap": "3", "min_service_months": "6", "min_skill_level": "1", "min_earned_points": "10",
        "units": [str(company.plant.pk)], "refund_percent": "80", "refund_days_before": "0",
    }  # fmt: skip

    made = client.post("/mall/catalogue/new/", fields)
    item = Item.objects.get(title="雨伞")
    client.post(f"/mall/catalogue/{item.pk}/stock/", {"key": str(uuid.uuid4()), "change": "12", "reason": "到货"})
    changed = client.post(made["Location"], fields | {"points": "90", "units": []})
    client.post(f"{made['Location']}offer/", {"is_published": "1"})

    item.refresh_from_db()
    assert (item.category.name if item.category else "", item.points, item.refund_percent) == ("生活", 90, 80)
    assert (changed.status_code, item.state, pieces_left(item)) == (302, Item.State.PUBLISHED, 12)
    assert [row.points for row in item.prices.all()] == [90, 120]
    assert client.post(made["Location"], fields | {"points": "-1"}).status_code == 422
    assert client.post(made["Location"], fields | {"refund_percent": "101"}).status_code == 422
    assert client.post(made["Location"], fields | {"offered_until_on": "2025-01-01"}).status_code == 422
