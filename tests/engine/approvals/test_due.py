"""What is due, by unit, for those who answer for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from engine.approvals.models import Approval
from tests.factories.approvals import NOW, act, make_approval, make_policy

pytestmark = pytest.mark.django_db


def as_(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def policy(company):
    return make_policy(
        {"key": "unit", "approvers": ["manager:1"], "deadline": "1h"}, {"key": "hr", "approvers": ["role:hr"]}
    )


def test_due_is_shown_by_plant_with_who_is_waited_for(company, policy):
    make_approval(company.worker, title="很久以前", at=NOW - timedelta(days=30))
    act(make_approval(company.worker, title="已过"), company.leader)

    page = as_(company.hr).get("/approvals/deadlines/")

    assert [(line.name, line.overdue, line.total) for line in page.context["lines"]] == [(company.plant.name, 1, 1)]
    assert [(line["row"].title, line["asked"]) for line in page.context["table"]] == [("很久以前", company.leader.name)]
    assert page.context["table"][0]["is_overdue"]


def test_one_unit_and_csv(company, policy):
    make_approval(company.worker, title="=cmd()", at=NOW)

    assert len(as_(company.hr).get(f"/approvals/deadlines/?unit={company.other_team.code}").context["table"]) == 0
    text = (
        as_(company.hr).get(f"/approvals/deadlines/?unit={company.plant.code}&format=csv").content.decode("utf-8-sig")
    )
    assert "'=cmd()" in text
    assert company.leader.number in text


def test_only_for_those_who_answer_for_it(company, policy):
    for person, status in ((company.worker, 403), (company.leader, 403), (company.auditor, 200)):
        assert as_(person).get("/approvals/deadlines/").status_code == status


@pytest.mark.parametrize("rows", [1, 3])
def test_deadlines_take_sixteen_statements(company, policy, rows, django_assert_max_num_queries):
    for number in range(rows):
        make_approval(company.worker, title=str(number))
    client = as_(company.hr)

    with django_assert_max_num_queries(16):
        assert len(client.get("/approvals/deadlines/").context["table"]) == rows


def test_a_deadline_in_a_year_whose_holidays_are_unknown_is_a_warning(company, policy):
    client, warning = as_(company.hr), "Deadlines fall into 2099, whose public holidays are not known yet"
    approval = make_approval(company.worker)
    assert "not known yet" not in client.get("/approvals/deadlines/").content.decode()

    Approval.objects.filter(pk=approval.pk).update(due_at=NOW.replace(year=2099))
    page = client.get("/approvals/deadlines/").content.decode()

    assert warning in page
    assert 'href="/people/calendar/2099/"' in page


def test_nothing_due_says_so(company):
    assert "Nothing has a deadline now" in as_(company.hr).get("/approvals/deadlines/").content.decode()


def test_everything_of_a_leaver_goes_to_another(company):
    make_policy({"key": "s1", "approvers": ["user:1002", "user:1001"], "mode": "in-turn"})
    one, other = make_approval(company.worker, title="一"), make_approval(company.worker, title="二")
    act(other, company.shop_head)
    company.leader.is_active = False
    company.leader.save()
    client = as_(company.administrator)

    shown = client.get("/approvals/hand-over/?leaver=1001&to=1104")
    assert [row.title for row in shown.context["rows"]] == ["一", "二"]  # in the first their turn has not come
    done = client.post("/approvals/hand-over/", {"leaver": "1001", "to": company.hr.number})

    assert [refusal for _row, refusal in done.context["results"]] == ["", ""]
    assert [one.person.number for one in other.waiting.select_related("person")] == [company.hr.number]
    assert act(one, company.shop_head).status == "running"
    assert act(one, company.hr).status == "approved"
    assert as_(company.hr).get("/approvals/hand-over/").status_code == 403
    assert "Nobody is called" in client.get("/approvals/hand-over/?leaver=4711&to=1104").content.decode()


@pytest.mark.parametrize("items", [1, 3])
def test_who_has_left_and_is_still_asked_stands_on_the_page(company, items, django_assert_max_num_queries):
    make_policy({"key": "unit", "approvers": ["manager:1"]})
    for number in range(items):
        make_approval(company.worker, title=str(number), subject=f"request:{number}")
    client = as_(company.administrator)
    assert "still asked" not in client.get("/approvals/hand-over/").content.decode()
    company.leader.is_active, company.leader.left_on = False, NOW.date()
    company.leader.save()
    company.team.head = company.shop_head
    company.team.save()

    with django_assert_max_num_queries(7):
        page = client.get("/approvals/hand-over/")

    [row] = page.context["left"]
    assert (row.person, row.items, row.heir) == (company.leader, items, company.shop_head)
    assert "?leaver=1001&amp;to=1002" in page.content.decode()
    shown = client.get("/approvals/hand-over/?leaver=1001&to=1002")
    assert len(shown.context["rows"]) == items
    client.post("/approvals/hand-over/", {"leaver": "1001", "to": "1002"})
    assert client.get("/approvals/hand-over/").context["left"] == []


def test_leaver_without_a_unit_head_is_filled_in(company):
    page = as_(company.administrator).get("/approvals/hand-over/?leaver=1001")

    assert 'value="1001"' in page.content.decode()
    assert not page.context["form"].is_bound


def test_picture_of_a_process_is_for_those_who_take_part(company):
    from rewards import flows
    from tests.factories.rewards import AT, give_points, make_leave

    give_points(company.worker, 900)
    item = make_leave(company)
    import uuid

    row = flows.request(
        hold=uuid.uuid4(), item=item, employee=company.worker, points=item.points, at=AT, wanted_on=None
    )

    for person, status in ((company.worker, 200), (company.leader, 200), (company.auditor, 200), (company.judge, 404)):
        assert as_(person).get(f"/processes/{row.process_id}/where.svg").status_code == status


def test_only_what_one_may_open_is_a_link(company, policy):
    approval = make_approval(company.worker, title="半天假")
    address = f'href="/approvals/{approval.pk}/"'

    theirs, all_of_them = (as_(person).get("/approvals/deadlines/").content.decode() for person in (company.organiser, company.auditor))  # fmt: skip

    assert address not in theirs
    assert address in all_of_them
    assert "半天假" in theirs
