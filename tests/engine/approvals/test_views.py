"""Pages of the inbox: what they show, what a press does, what it costs."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engine.approvals import subjects
from engine.approvals.domain import approvals
from engine.approvals.models import Approval, Ballot, Waiting
from engine.approvals.tasks import refresh_substitutes, run_deadlines
from people.models import Substitute
from tests.factories.approvals import NOW, act, make_approval, make_policy

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # a refusal undoes the request's own transaction, not the test's


@pytest.fixture
def policy(company):
    return make_policy(("all", "manager:1"), ("any", "role:hr"))


def as_(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def press(client, approval, verb, **fields):
    """Send what the page's form would send."""
    row = Approval.objects.get(pk=approval.pk)
    given = {"ballot": uuid.uuid4(), "round": row.round, "verb": verb, "note": ""} | fields
    return client.post(f"/approvals/{approval.pk}/act/", given)


def main_verbs(page: str) -> list[str]:
    """The verbs of the action bar."""
    return re.findall(r'<button[^>]*name="verb" value="([\w-]+)"', page)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("path", ["/approvals/", "/approvals/bulk/", "/approvals/1/"])
def test_pages_ask_to_sign_in(db, path):
    response = Client().get(path)

    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/people/sign-in/")


@pytest.mark.parametrize("rows", [1, 3])
def test_inbox_takes_eight_statements_for_any_number_of_rows(company, policy, rows):
    for number in range(rows):
        make_approval(company.worker, title=f"请假 {number}")
    client = as_(company.leader)

    with CaptureQueriesContext(connection) as captured:
        response = client.get("/approvals/")

    assert [row.title for row in response.context["rows"]] == [f"请假 {number}" for number in range(rows)]
    assert len(captured) == 8, "\n".join(query["sql"] for query in captured)


@pytest.mark.parametrize("tab", ["done", "started", "copied"])
def test_other_lists_cost_no_more(company, policy, tab):
    act(make_approval(company.worker), company.leader)
    client = as_(company.leader)

    with CaptureQueriesContext(connection) as captured:
        response = client.get(f"/approvals/?tab={tab}")

    assert response.status_code == 200
    assert len(captured) <= 8


def test_long_year_costs_no_more(company, policy):
    """10,000 finished and 200 open approvals of one approver."""
    first = make_approval(company.worker)
    rows = [Approval(**{f.attname: getattr(first, f.attname) for f in Approval._meta.fields} | {
        "id": None, "status": "approved" if n < 10_000 else "running",
    }) for n in range(10_200)]  # fmt: skip
    rows = Approval.objects.bulk_create(rows, batch_size=2000)
    ended = first.created_at
    Waiting.asked.bulk_create(
        [Waiting(approval=row, person=company.leader, since=ended, ended_at=ended if row.status == "approved" else None)
         for row in rows], batch_size=2000)  # fmt: skip
    Ballot.objects.bulk_create(
        [Ballot(id=uuid.uuid4(), approval=row, position=9, person=company.leader, round=1, verb="approve", at=ended)
         for row in rows[:10_000]], batch_size=2000)  # fmt: skip
    client = as_(company.leader)

    for tab, total in (("waiting", 201), ("done", 10_000)):
        with CaptureQueriesContext(connection) as captured:
            response = client.get(f"/approvals/?tab={tab}")

        assert response.context["page"].paginator.count == total
        assert len(captured) == 8


def test_inbox_filters_and_says_when_nothing_is_found(company, policy):
    make_approval(company.worker, title="请假")
    client = as_(company.leader)

    assert len(client.get("/approvals/?q=请假&policy=request").context["rows"]) == 1
    assert "Nothing found" in text(client.get("/approvals/?q=培训"))
    assert "Nothing waits for you" in text(as_(company.judge).get("/approvals/"))


def test_item_shows_facts_time_line_and_what_may_be_done(company, policy):
    approval = make_approval(company.worker, facts={"积分": 500})
    act(approval, company.leader, note="工作积极")

    response = as_(company.hr).get(f"/approvals/{approval.pk}/")

    shown = text(response)
    assert "积分 500" in shown
    assert "焊工赵磊 submitted it" in shown
    assert "班长王建国 approved it Unit head 工作积极" in shown
    assert "HR being asked 工会hr" in shown
    assert main_verbs(response.content.decode()) == ["approve", "return", "refuse"]


def test_item_offers_each_person_only_their_verbs(company, policy):
    approval = make_approval(company.worker)

    def verbs(person):
        page = as_(person).get(f"/approvals/{approval.pk}/").content.decode()
        return main_verbs(page)

    assert verbs(company.worker) == ["withdraw"]
    assert verbs(company.auditor) == []
    act(approval, company.leader, "return", note="补材料")
    assert verbs(company.worker) == ["submit", "withdraw"]
    assert verbs(company.leader) == []


def test_item_is_not_there_for_others(company, policy):
    approval = make_approval(company.worker)

    assert as_(company.stranger).get(f"/approvals/{approval.pk}/").status_code == 404
    assert press(as_(company.stranger), approval, "approve").status_code == 404
    assert press(as_(company.auditor), approval, "approve").status_code == 403


@pytest.mark.parametrize(("link", "readers"), [("/mall/", {"leader", "hr"}), ("/people/employees/1301/", {"leader", "hr"}),
                                               ("/approvals/policies/", {"hr"}), ("/gone/", set())])  # fmt: skip
def test_item_links_to_its_subject_only_for_those_who_may_open_it(company, policy, link, readers):
    approval = make_approval(company.worker, link=link)
    act(approval, company.leader)

    for name in ("leader", "hr"):
        client = as_(company.personas[name])
        page = client.get(f"/approvals/{approval.pk}/").content.decode()
        assert (f'href="{link}">Open what it is about' in page) == (name in readers)
        assert (client.get(link).status_code == 200) == (name in readers)


def test_item_says_a_fact_once(company, policy, monkeypatch):
    monkeypatch.setitem(subjects._DESCRIBE, "request", lambda _key: ([("积分", "500"), ("天数", 1)], "/mall/"))
    approval = make_approval(company.worker, facts={"积分": 500})

    shown = text(as_(company.leader).get(f"/approvals/{approval.pk}/"))

    assert (shown.count("积分 500"), shown.count("天数 1")) == (1, 1)


def test_drawer_is_the_inside_of_the_page(company, policy):
    approval = make_approval(company.worker)

    response = as_(company.leader).get(f"/approvals/{approval.pk}/", headers={"HX-Request": "true"})

    page = response.content.decode()
    assert page.lstrip().startswith("<article")
    assert "data-close" in page


def test_item_takes_at_most_sixteen_statements(company, policy):
    approval = make_approval(company.worker)
    act(approval, company.leader)
    client = as_(company.hr)

    with CaptureQueriesContext(connection) as captured:
        client.get(f"/approvals/{approval.pk}/")

    assert len(captured) <= 16, "\n".join(query["sql"] for query in captured)


def test_approve_goes_back_to_the_list_one_came_from(company, policy):
    approval = make_approval(company.worker)

    response = press(as_(company.leader), approval, "approve", note="同意", next="/approvals/?q=a&page=2")

    assert (response.status_code, response["Location"]) == (302, "/approvals/?q=a&page=2")
    ballot = Ballot.objects.get(verb="approve")
    assert (ballot.person, ballot.note, ballot.round) == (company.leader, "同意", 1)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_next_leads_nowhere_else(company, policy, elsewhere):
    approval = make_approval(company.worker)

    assert press(as_(company.leader), approval, "approve", next=elsewhere)["Location"] == "/approvals/"


@pytest.mark.parametrize("verb", ["refuse", "return"])
def test_refusal_needs_a_reason(company, policy, verb):
    approval = make_approval(company.worker)
    client = as_(company.leader)

    response = press(client, approval, verb)
    assert response.status_code == 422
    assert "Write why: the applicant will read it." in text(response)
    assert Approval.objects.get(pk=approval.pk).status == "running"

    assert press(client, approval, verb, note="材料不全").status_code == 302
    assert Approval.objects.get(pk=approval.pk).status == {"refuse": "refused", "return": "returned"}[verb]


@committed
def test_late_press_is_told_and_shows_what_is_now(transactional_db, company, policy):
    approval = make_approval(company.worker)
    act(approval, company.leader)

    response = press(as_(company.leader), approval, "refuse", note="等等")

    assert response.status_code == 409
    assert "You are not asked about this, or somebody has decided it already." in text(response)
    assert main_verbs(response.content.decode()) == []


@committed
def test_stale_page_is_told_and_gets_a_fresh_form(transactional_db, company, policy):
    approval = make_approval(company.worker)
    act(approval, company.leader, "return", note="补材料")
    act(approval, company.worker, "submit")

    sent = uuid.uuid4()
    response = press(as_(company.leader), approval, "approve", round=1, note="同意", ballot=sent)

    assert response.status_code == 409
    page = response.content.decode()
    assert 'name="round" value="2"' in page
    assert str(sent) not in page
    assert "同意" in page


def test_second_press_of_one_form_changes_nothing(company, policy):
    approval = make_approval(company.worker)
    ballot = uuid.uuid4()
    client = as_(company.leader)
    press(client, approval, "approve", ballot=ballot)

    again = press(client, approval, "approve", ballot=ballot)

    assert again.status_code == 302
    assert Ballot.objects.filter(verb="approve").count() == 1


@committed
def test_bulk_shows_a_summary_then_a_result_for_each(transactional_db, company, policy):
    mine = [make_approval(company.worker, title=f"请假 {number}", facts={"积分": 500}) for number in range(3)]
    foreign = make_approval(company.stranger, title="别人的")
    client = as_(company.leader)
    chosen = "&".join(f"pick={row.pk}" for row in [*mine, foreign])

    page = client.get(f"/approvals/bulk/?{chosen}&next=/approvals/")
    lines = re.findall(r'name="line" value="([^"]+)"', page.content.decode())
    assert "1,500 积分" in text(page)
    assert len(lines) == 3
    act(mine[2], company.leader)  # decided on another screen meanwhile
    result = client.post("/approvals/bulk/", {"line": lines, "note": "同意", "next": "/approvals/"})

    assert [row["is_done"] for row in result.context["results"]] == [True, True, False]
    assert "2 decided, 1 not" in text(result)
    assert Ballot.objects.filter(verb="approve", note="同意").count() == 2
    again = client.post("/approvals/bulk/", {"line": lines, "note": "同意"})
    assert [row["is_done"] for row in again.context["results"]] == [True, True, False]
    assert Ballot.objects.filter(verb="approve").count() == 3


def test_bulk_ignores_what_is_no_line_and_what_one_may_not_see(company, policy):
    foreign = make_approval(company.worker)
    lines = ["x", "1:2", "1:x:y", f"{foreign.pk}:1:{uuid.uuid4()}"]

    result = as_(company.judge).post("/approvals/bulk/", {"line": lines})

    assert result.context["results"] == []
    assert Ballot.objects.filter(verb="approve").count() == 0


def test_copy_is_marked_read_once(company, policy):
    approval = make_approval(company.worker)
    copy = approval.copies.create(person=company.judge)

    as_(company.judge).get(f"/approvals/{approval.pk}/")
    copy.refresh_from_db()
    first = copy.read_at
    as_(company.judge).get(f"/approvals/{approval.pk}/")
    copy.refresh_from_db()

    assert first is not None
    assert copy.read_at == first


def test_item_says_whose_opinion_is_asked_and_for_whom_one_acts(company, policy):
    approval = make_approval(company.worker)
    act(approval, company.leader, "delegate", to=company.shop_head.number)
    Substitute.objects.create(person=company.shop_head, to=company.hr, from_at=NOW)
    refresh_substitutes(at=NOW)

    worker, asked, substitute = (
        text(as_(person).get(f"/approvals/{approval.pk}/"))
        for person in (company.worker, company.shop_head, company.hr)
    )

    assert "班长王建国 (主任李卫东 is asked for an opinion; 工会hr may act for them)" in worker
    opinion = "班长王建国 asks for your opinion: approve or refuse; then they decide themselves."
    assert opinion in asked
    assert "You act for" not in asked
    assert f"You act for 主任李卫东. {opinion}" in substitute
    assert "asks for your opinion" not in worker


def test_time_line_says_what_deadlines_and_administrators_did(company):
    make_policy({"key": "one", "approvers": [f"user:{company.hr.number}"], "deadline": "1h", "overdue": "hand-over"})
    approval = make_approval(company.worker)
    run_deadlines(at=NOW + timedelta(hours=4))
    make_policy({"key": "one", "approvers": [f"user:{company.hr.number}"]})
    approvals.migrate(approval.pk, ballot=uuid.uuid4(), by=company.administrator, at=NOW + timedelta(hours=5))

    shown = text(as_(company.worker).get(f"/approvals/{approval.pk}/"))

    assert "The system handed it over one Not decided in time: handed over automatically" in shown
    assert "工会administrator moved it to the newest version of its policy" in shown
