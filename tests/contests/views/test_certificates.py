"""contests/views/certificates.py: issue, list, print, mine, verify; each as every wrong role."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult
from PIL import Image

from contests import tasks
from contests.domain import certificates
from contests.models import Certificate, CertificateTemplate, Contest, Entry
from tests.factories.certificates import UNTIL, make_final, make_issued, make_template
from tests.factories.contests import make_judging
from tests.factories.people import Company, make_employee

pytestmark = pytest.mark.django_db(transaction=True)
MANAGERS = {"organiser", "union_chair", "administrator"}
DESK = (
    "certificates/",
    "certificates/ready/",
    "certificates/preview.png",
    "certificates/progress/",
    "certificates/all.pdf",
)
POSTS = ("certificates/issue/", "certificates/{pk}/revocation/", "certificates/{pk}/reissue/")


def enter(person: object) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def owner(row: Certificate) -> Any:
    assert row.employee is not None
    return row.employee


def run_jobs() -> None:
    for job in DBTaskResult.objects.filter(status="READY"):
        tasks.issue_certificates.func(*job.args_kwargs["args"])
        job.delete()


@pytest.mark.parametrize("path", DESK)
def test_desk_pages_open_for_who_runs_the_contest(company: Company, path: str) -> None:
    contest, _rows = make_issued(company)

    answers = {n: enter(p).get(f"/contests/{contest.code}/{path}").status_code for n, p in company.personas.items()}

    assert {name for name, status in answers.items() if status == 200} == MANAGERS
    assert {status for name, status in answers.items() if name not in MANAGERS} == {403}


@pytest.mark.parametrize("path", POSTS)
def test_nobody_else_issues_or_revokes(company: Company, path: str) -> None:
    contest, rows = make_issued(company)
    address = f"/contests/{contest.code}/{path.format(pk=rows[0].pk)}"

    for name, person in company.personas.items():
        if name not in MANAGERS:
            assert enter(person).post(address, {"reason": "x"}).status_code == 403
    assert set(Certificate.objects.values_list("state", flat=True)) == {"valid"}
    assert Certificate.objects.count() == len(rows)


def test_another_organiser_runs_no_contest_of_a_colleague(company: Company) -> None:
    from tests.factories.people import give_role

    contest, rows = make_issued(company)
    other = make_employee(company.root)
    give_role(other, "organiser")

    assert enter(other).get(f"/contests/{contest.code}/certificates/").status_code == 403
    assert enter(other).get(f"/contests/certificates/{rows[0].pk}/certificate.pdf").status_code == 403


def test_before_the_result_is_final_there_is_nothing_to_do(company: Company) -> None:
    contest = make_judging(company)

    assert enter(company.organiser).get(f"/contests/{contest.code}/certificates/").status_code == 403


def test_a_press_lets_the_worker_issue_and_two_presses_issue_once(company: Company) -> None:
    contest = make_final(company)
    client = enter(company.organiser)

    for _ in range(2):
        assert client.post(f"/contests/{contest.code}/certificates/issue/").status_code == 302
    waiting = client.get(f"/contests/{contest.code}/certificates/progress/")
    run_jobs()
    done = client.get(f"/contests/{contest.code}/certificates/progress/")

    assert 'role="status"' in waiting.text
    assert "HX-Refresh" not in waiting
    assert done["HX-Refresh"] == "true"
    assert Certificate.objects.count() == 3
    assert CertificateTemplate.objects.count() == 1


def test_an_unprintable_name_is_refused_at_the_press(company: Company) -> None:
    contest = make_final(company)
    Entry.objects.filter(contest=contest, code="03").update(name="王\U0001f9e8")
    client = enter(company.organiser)

    page = client.get(f"/contests/{contest.code}/certificates/")
    refused = client.post(f"/contests/{contest.code}/certificates/issue/", headers={"accept": "application/json"})

    assert "王\U0001f9e8" in page.text
    assert "disabled" in page.text
    assert refused.status_code in {302, 422}
    assert DBTaskResult.objects.count() == 0


def test_the_list_costs_the_same_for_any_number(company: Company) -> None:
    small, _rows = make_issued(company, contestants=2)
    counts = []
    client = enter(company.organiser)
    client.get("/contests/")
    for contest in (small, make_issued(company, contestants=12, code="large")[0]):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"/contests/{contest.code}/certificates/").status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[1] <= 20


def test_the_list_is_searched_and_filtered(company: Company) -> None:
    contest, rows = make_issued(company)
    certificates.revoke(certificate_id=rows[0].pk, reason="误发", by=company.organiser, at=UNTIL)
    client = enter(company.organiser)

    revoked = client.get(f"/contests/{contest.code}/certificates/?state=revoked")
    found = client.get(f"/contests/{contest.code}/certificates/?q={rows[1].number}")

    assert [row.pk for row in revoked.context["page"]] == [rows[0].pk]
    assert [row.pk for row in found.context["page"]] == [rows[1].pk]


def test_all_are_printed_as_one_file(company: Company) -> None:
    contest, _rows = make_issued(company)

    answer = enter(company.organiser).get(f"/contests/{contest.code}/certificates/all.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.count(b"/Type /Page\n") == 3
    assert enter(company.organiser).get(f"/contests/{contest.code}/certificates/all.pdf?part=9").status_code == 404


def test_revoking_and_issuing_again_by_page(company: Company) -> None:
    contest, rows = make_issued(company)
    client = enter(company.organiser)

    without = client.post(f"/contests/{contest.code}/certificates/{rows[0].pk}/revocation/", {"reason": " "})
    client.post(f"/contests/{contest.code}/certificates/{rows[0].pk}/revocation/", {"reason": "误发"})
    client.post(f"/contests/{contest.code}/certificates/{rows[0].pk}/reissue/")

    rows[0].refresh_from_db()
    assert without.status_code in {302, 422}
    assert (rows[0].state, rows[0].reason) == ("revoked", "误发")
    assert rows[0].superseded_by is not None


def test_a_certificate_of_another_contest_is_not_found(company: Company) -> None:
    contest, _rows = make_issued(company)
    _other, others = make_issued(company, code="other")
    client = enter(company.organiser)

    assert (
        client.post(f"/contests/{contest.code}/certificates/{others[0].pk}/revocation/", {"reason": "x"}).status_code
        == 404
    )
    assert client.post(f"/contests/{contest.code}/certificates/{others[0].pk}/reissue/").status_code == 404


@pytest.mark.parametrize(("path", "kind"), [("certificate.pdf", "application/pdf"), ("share.png", "image/png")])
def test_a_certificate_is_its_owners_and_the_organisers(company: Company, path: str, kind: str) -> None:
    _contest, rows = make_issued(company)
    address = f"/contests/certificates/{rows[0].pk}/{path}"

    mine = enter(owner(rows[0])).get(address)
    answers = {name: enter(person).get(address).status_code for name, person in company.personas.items()}

    assert (mine.status_code, mine["Content-Type"]) == (200, kind)
    assert "no-store" in mine["Cache-Control"]
    assert {name for name, status in answers.items() if status == 200} == MANAGERS
    assert enter(owner(rows[1])).get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_what_is_no_longer_true_is_not_printed(company: Company) -> None:
    _contest, rows = make_issued(company)
    certificates.revoke(certificate_id=rows[0].pk, reason="误发", by=company.organiser, at=UNTIL)

    answer = enter(owner(rows[0])).get(f"/contests/certificates/{rows[0].pk}/certificate.pdf")

    assert answer["Content-Type"] != "application/pdf"
    assert answer.status_code in {302, 422}


def test_my_page_shows_mine_alone(company: Company) -> None:
    _contest, rows = make_issued(company)

    mine = enter(owner(rows[0])).get("/contests/certificates/mine/")
    none = enter(company.stranger).get("/contests/certificates/mine/")

    assert f"/contests/certificates/{rows[0].pk}/share.png" in mine.text
    assert f"/contests/certificates/{rows[1].pk}/" not in mine.text
    assert "share.png" not in none.text


def test_the_share_picture_fits_phones(company: Company) -> None:
    _contest, rows = make_issued(company)

    answer = enter(owner(rows[0])).get(f"/contests/certificates/{rows[0].pk}/share.png?download=1")

    assert Image.open(io.BytesIO(answer.content)).size == (1080, 1440)
    assert f"{rows[0].number}.png" in answer["Content-Disposition"]


def test_anybody_can_verify_without_signing_in_and_sees_no_more_than_is_public(company: Company) -> None:
    _contest, rows = make_issued(company)
    facts = rows[0].facts
    Certificate.objects.filter(pk=rows[0].pk).update(facts=facts | {"unit": "保密单位", "total": "77.77"})

    with CaptureQueriesContext(connection) as queries:
        answer = Client().get(f"/verify/{rows[0].token}/")

    assert answer.status_code == 200
    for name in ("number", "name", "contest", "award"):
        assert facts[name] in answer.text
    for hidden in ("保密单位", "77.77", owner(rows[0]).number, "share.png"):
        assert hidden not in answer.text
    assert 'name="robots" content="noindex' in answer.text
    assert "noindex" in answer["X-Robots-Tag"]
    assert len(queries) == 1


def test_the_page_says_when_a_certificate_was_replaced_and_by_what_not(company: Company) -> None:
    from contests.domain import changes

    contest, rows = make_issued(company)
    step = {"kind": "penalty", "entry": rows[0].entry.code, "points": "9"}
    change = changes.propose(
        contest=contest, key=uuid4(), steps=[step], reason="异议成立", by=company.chief_judge, at=UNTIL
    )
    changes.apply(change_id=change.pk, by=company.chief_judge, at=UNTIL)
    new = Certificate.objects.get(supersedes=rows[0])

    answer = Client().get(f"/verify/{rows[0].token}/")

    assert answer.context["state"] == "superseded"
    assert new.token not in answer.text
    assert new.number not in answer.text
    assert "异议成立" not in answer.text
    assert Client().get(f"/verify/{new.token}/").context["state"] == "valid"


def test_an_unknown_token_is_not_found(company: Company) -> None:
    assert Client().get("/verify/preview/").status_code == 404


def test_codes_lead_to_the_site_when_it_is_known(company: Company, settings: Any, rf: Any) -> None:
    from contests.views.certificates import address

    assert address(rf.get("/"), "abc") == "http://testserver/verify/abc/"
    settings.SITE_URL = "https://jinbang.example"
    assert address(rf.get("/"), "abc") == "https://jinbang.example/verify/abc/"


def test_the_preview_shows_the_chosen_template(company: Company) -> None:
    contest = make_final(company)
    plain = make_template(company)
    empty = make_template(company, texts=[{"text": "x", "x": 100, "y": 100, "size": 10, "align": "left",
                                           "colour": "#000000", "width": 50}], qr=None)  # fmt: skip
    client = enter(company.organiser)

    pictures = [
        client.get(f"/contests/{contest.code}/certificates/preview.png?template={row.pk}&sample=1").content
        for row in (plain, empty)
    ]

    assert Image.open(io.BytesIO(pictures[0])).size == (1188, 840)
    assert len(pictures[0]) > len(pictures[1])
    assert Contest.objects.get(pk=contest.pk).state == "final"


def test_without_a_font_the_page_says_so_and_issues_nothing(company: Company, settings: Any) -> None:
    contest = make_final(company)
    settings.FONT_FILE = "/no/such/font.otf"
    client = enter(company.organiser)

    page = client.get(f"/contests/{contest.code}/certificates/")
    client.post(f"/contests/{contest.code}/certificates/issue/")

    assert "FONT_FILE" in page.text
    assert DBTaskResult.objects.count() == 0
