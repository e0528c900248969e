"""Panels: drawn by a published seed, drawn again only with a reason, asked by policies in their drawn order."""

from __future__ import annotations

import hashlib
import random

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from engine.approvals.domain import panels
from engine.approvals.models import Panel
from engine.approvals.pure import lots
from engine.events.models import Event
from tests.factories.approvals import NOW, make_approval, make_policy

db = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # a refusal undoes its own transaction, not the test's
words = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=8)


@given(st.sets(words, max_size=8), words, st.randoms())
def test_order_is_the_same_whoever_comes_first(members, seed, shuffle: random.Random):
    given_order = sorted(members)
    shuffle.shuffle(given_order)

    assert lots.order("x", seed, given_order) == lots.order("x", seed, sorted(members))
    assert sorted(lots.order("x", seed, given_order)) == sorted(members)


def test_lot_is_what_a_terminal_says():
    expected = hashlib.sha256(
        b"panel:welding\nseed\n1001"
    ).hexdigest()  # printf 'panel:welding\nseed\n1001' | sha256sum

    assert lots.lot("welding", "seed", "1001") == expected


@pytest.mark.parametrize(("name", "seed", "members"), [("", "s", ["a"]), ("n", "", ["a"]), ("n", "s", ["a\nb"]), ("n", "s", ["a", "a"])])  # fmt: skip
def test_lots_refuse_what_two_could_read_differently(name, seed, members):
    with pytest.raises(ValueError, match=r"must not|two lots"):
        lots.order(name, seed, members)


def draw(company, members=("1001", "1002"), **more):
    return panels.draw("welding", members, by=company.hr, at=NOW, **({"title": "焊工专家"} | more))


@db
def test_draw_keeps_the_seed_and_is_on_record(company):
    panel = draw(company)

    assert panel.members == lots.order("welding", panel.seed, ["1001", "1002"])
    event = Event.objects.get(subject="panel:welding")
    assert (event.action, event.by, event.data["seed"], event.data["members"]) == (
        "panel.drawn", company.hr, panel.seed, panel.members)  # fmt: skip


@committed
def test_second_draw_wants_a_reason_and_both_stay(company):
    before = draw(company)
    with pytest.raises(panels.DrawnBefore):
        draw(company, reason="  ")

    after = draw(company, members=("1001", "1002", company.worker.number), reason="one more expert")

    assert Panel.objects.get().seed == after.seed != before.seed
    assert [row.data["reason"] for row in Event.objects.filter(subject="panel:welding").order_by("pk")] == [
        "", "one more expert"]  # fmt: skip


@committed
@pytest.mark.parametrize(("name", "members", "title"), [
    ("Welding", ("1001",), "x"), ("a:b", ("1001",), "x"), ("w", (), "x"), ("w", ("1001", "1001"), "x"),
    ("w", ("1001", "nobody"), "x"), ("w", ("1001",), " "),
])  # fmt: skip
def test_faulty_panel_changes_nothing(company, name, members, title):
    with pytest.raises(ValidationError):
        panels.draw(name, members, title=title, by=company.hr, at=NOW)

    assert (Panel.objects.count(), Event.objects.count()) == (0, 0)


@db
def test_policy_asks_the_first_of_the_drawn_order(company):
    panel = draw(company)
    make_policy({"key": "experts", "approvers": ["panel:welding:1"], "mode": "any"})

    approval = make_approval(company.worker)

    assert [row.person.number for row in approval.waiting.select_related("person")] == panel.members[:1]


def as_(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@db
@pytest.mark.parametrize(
    ("method", "path"), [("get", ""), ("get", "welding/"), ("post", "draw/"), ("post", "welding/draw/")]
)
def test_pages_refuse_who_does_not_answer_for_policies(company, method, path):
    draw(company)

    for person in (company.worker, company.leader, company.judge):
        assert getattr(as_(person), method)(f"/approvals/panels/{path}").status_code == 403
    assert as_(company.auditor).get(f"/approvals/panels/{path}").status_code == (200 if method == "get" else 405)
    if method == "post":
        assert as_(company.auditor).post(f"/approvals/panels/{path}").status_code == 403


@db
def test_page_draws_shows_and_draws_again(company):
    client = as_(company.hr)

    made = client.post(
        "/approvals/panels/draw/", {"name": "welding", "title": "Experts", "members": "1001，1002"}, follow=True
    )
    refused = client.post("/approvals/panels/welding/draw/", {"members": "1001", "reason": ""})
    again = client.post(
        "/approvals/panels/welding/draw/", {"members": "1001 1002", "reason": "conflict found"}, follow=True
    )

    seeds = [row.data["seed"] for row in Event.objects.filter(subject="panel:welding").order_by("pk")]
    assert (made.status_code, refused.status_code, again.status_code, len(seeds)) == (200, 422, 200, 2)
    assert seeds[0] in made.content.decode()
    assert all(seed in again.content.decode() for seed in seeds)
    assert "conflict found" in again.content.decode()


@committed
def test_page_says_what_is_wrong_and_keeps_what_was_typed(company):
    draw(company)
    client = as_(company.hr)

    twice = client.post("/approvals/panels/draw/", {"name": "welding", "title": "x", "members": "1001"})
    unknown = client.post("/approvals/panels/draw/", {"name": "fitters", "title": "钳工", "members": "1001 9999"})

    assert (twice.status_code, unknown.status_code) == (422, 422)
    assert "say why" in twice.content.decode()
    assert "9999" in unknown.content.decode()
    assert "钳工" in unknown.content.decode()
    assert Panel.objects.count() == 1


@db
@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_few_statements(company, count, django_assert_max_num_queries):
    for number in range(count):
        panels.draw(f"p{number}", ["1001", "1002"], title="x", by=company.hr, at=NOW)
    client = as_(company.hr)

    with django_assert_max_num_queries(7):
        client.get("/approvals/panels/")
    with django_assert_max_num_queries(9):
        client.get("/approvals/panels/p0/")
