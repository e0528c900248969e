"""contests/views/appeals.py: the result's button, handing in, hearing, who may enter."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from contests.models import Appeal, Change, Contest, Evidence
from people.models import Employee
from tests.contests.flows.test_appeals import hand_in, impartial, loser, name, uphold, vote
from tests.contests.flows.test_contest import fund, noticed
from tests.factories.contests import AT
from tests.factories.people import Company, make_company

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doors' clock stands at the beginning of the public notice."""
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.fixture
def contest(company: Company) -> Contest:
    contest = noticed(company)
    fund(company)
    return contest


def sign_in(person: Employee) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def png() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return SimpleUploadedFile("试卷.png", out.getvalue())


def sent(**more: object) -> dict[str, object]:
    return {"key": str(uuid4()), "kind": "appeal", "text": "登记错误", "entry": "", "aspect": "paper", **more}


def test_a_contestant_goes_from_the_result_to_the_appeal(contest: Contest, company: Company) -> None:
    client = sign_in(company.worker)
    new = reverse("contests:appeal-new", args=[contest.code])

    page = client.get(reverse("contests:result", args=[contest.code]))
    answer = client.post(new, sent(evidence=[png()]))

    appeal = Appeal.objects.get()
    assert new.encode() in page.content
    assert (answer.status_code, answer["Location"]) == (302, reverse("contests:appeal", args=[appeal.pk]))
    assert (appeal.by, appeal.entry.employee, appeal.aspect) == (company.worker, company.worker, "paper")
    assert Evidence.objects.get().content_type == "image/jpeg"
    again = client.get(reverse("contests:result", args=[contest.code]))
    assert answer["Location"].encode() in again.content


def test_who_does_not_take_part_hands_in_an_objection(contest: Contest, company: Company) -> None:
    client = sign_in(company.stranger)
    page = client.get(reverse("contests:appeal-new", args=[contest.code]))

    client.post(reverse("contests:appeal-new", args=[contest.code]), sent(entry=contest.entries.first().code))

    assert b'name="kind"' not in page.content
    assert (Appeal.objects.get().kind, Appeal.objects.get().entry) == ("objection", contest.entries.first())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "files",
    [
        [SimpleUploadedFile("x.jpg", b"<script>")], [SimpleUploadedFile("x.pdf", b"")],
        [SimpleUploadedFile(f"{n}.pdf", b"%PDF-1.4") for n in range(6)],
    ],
    ids=["neither picture nor PDF", "empty", "six files"],
)  # fmt: skip
def test_evidence_is_judged_by_its_content(files: list[SimpleUploadedFile]) -> None:
    company = make_company()
    contest = noticed(company)

    answer = sign_in(company.worker).post(reverse("contests:appeal-new", args=[contest.code]), sent(evidence=files))

    assert answer.status_code == 422
    assert not Appeal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_after_the_notice_the_page_says_until_when(monkeypatch: pytest.MonkeyPatch) -> None:
    company = make_company()
    contest = noticed(company)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 20, tzinfo=UTC))
    client, new = sign_in(company.worker), reverse("contests:appeal-new", args=[contest.code])

    page, answer = client.get(new), client.post(new, sent())

    assert b'<time datetime="2026-11-25T23:59:59+08:00"' in page.content
    assert (answer.status_code, Appeal.objects.count()) == (422, 0)
    assert new.encode() not in client.get(reverse("contests:result", args=[contest.code])).content


def test_evidence_is_sent_as_a_file(contest: Contest, company: Company) -> None:
    client = sign_in(company.worker)
    client.post(reverse("contests:appeal-new", args=[contest.code]), sent(evidence=[png()]))
    row = Evidence.objects.select_related("appeal").get()

    answer = client.get(reverse("contests:appeal-evidence", args=[row.appeal_id, row.pk]))
    other = hand_in(contest, company.stranger, kind="objection")

    assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        200,
        "image/jpeg",
        "nosniff",
    )
    assert (
        sign_in(company.organiser).get(reverse("contests:appeal-evidence", args=[other.pk, row.pk])).status_code == 404
    )


def test_the_organiser_names_the_panel_and_arbitrators_find_the_vote(contest: Contest, company: Company) -> None:
    appeal = hand_in(contest, company.worker)
    people = impartial(company)
    client, address = sign_in(company.organiser), reverse("contests:appeal", args=[appeal.pk])

    before = client.get(address)
    answer = client.post(
        reverse("contests:appeal-panel", args=[appeal.pk]),
        {f"person-{n}": f"{person.number} {person.name}" for n, person in enumerate(people, 1)},
    )
    appeal.refresh_from_db()

    assert b'name="person-3"' in before.content
    assert (answer.status_code, appeal.state) == (302, "hearing")
    assert b"/approvals/" in sign_in(people[0]).get(address).content
    assert b'class="actions"' not in client.get(address).content


@pytest.mark.django_db(transaction=True)
def test_a_conflict_comes_back_to_the_form() -> None:
    company = make_company()
    contest = noticed(company)
    appeal = hand_in(contest, company.worker)
    people = [*impartial(company, 2), company.judge]
    client, address = sign_in(company.organiser), reverse("contests:appeal-panel", args=[appeal.pk])

    conflict = client.post(address, {f"person-{n}": person.number for n, person in enumerate(people, 1)})
    unknown = client.post(address, {"person-1": "0000", "person-2": "x", "person-3": ""})

    assert (conflict.status_code, unknown.status_code) == (422, 422)
    assert company.judge.name.encode() in conflict.content
    assert unknown.context["form"].errors.keys() == {"person-1", "person-2", "person-3"}
    assert not appeal.arbitrators.exists()


def test_an_upheld_appeal_leads_to_its_correction(contest: Contest, company: Company) -> None:
    appeal = hand_in(contest, loser(contest, company))
    chief = sign_in(company.chief_judge)
    listing = reverse("contests:changes", args=[contest.code])
    page = chief.get(reverse("contests:appeal", args=[appeal.pk]))

    answer = chief.post(f"{listing}?appeal={appeal.pk}", {"key": str(uuid4()), "reason": "申诉成立"})
    change = Change.objects.get()
    steps = {
        "kind": "mark",
        "mark-entry": appeal.entry.code,
        "mark-aspect": "paper",
        "mark-judge": "J1",
        "mark-value": "95",
    }
    chief.post(reverse("contests:change-steps", args=[change.pk]), steps)
    uphold(contest, company, appeal)
    shown = chief.get(reverse("contests:appeal", args=[appeal.pk]))
    chief.post(reverse("contests:change-apply", args=[change.pk]), {"shown": ""})

    change.refresh_from_db()
    assert f"{listing}?appeal={appeal.pk}".encode() in page.content
    assert answer["Location"] == reverse("contests:change", args=[change.pk])
    assert answer["Location"].encode() in shown.content
    assert change.state == "applied"


def test_nothing_changes_is_said_with_its_reason(contest: Contest, company: Company) -> None:
    appeal = uphold(contest, company, hand_in(contest, company.worker))

    sign_in(company.organiser).post(reverse("contests:appeal-settle", args=[appeal.pk]), {"reason": "名次不变"})

    appeal.refresh_from_db()
    assert appeal.process.status == "DONE"


def test_the_appellant_withdraws(contest: Contest, company: Company) -> None:
    appeal = hand_in(contest, company.worker)

    sign_in(company.worker).post(reverse("contests:appeal-withdraw", args=[appeal.pk]), {"reason": "已说明"})

    appeal.refresh_from_db()
    assert appeal.state == "withdrawn"


def test_the_union_chair_accepts_a_late_appeal_for_somebody(contest: Contest, company: Company) -> None:
    address = reverse("contests:appeal-late", args=[contest.code])
    chair = sign_in(company.union_chair)

    page = chair.get(address)
    chair.post(address, sent(number=company.worker.number))

    assert page.status_code == 200
    assert Appeal.objects.get().by == company.worker


def test_the_list_says_what_waits(contest: Contest, company: Company) -> None:
    rows = [hand_in(contest, company.worker), hand_in(contest, company.stranger, kind="objection")]
    people = name(rows[0], company)
    vote(rows[0], (people[0], "refuse"), (people[1], "refuse"))

    page = sign_in(company.organiser).get(reverse("contests:appeals", args=[contest.code]))

    assert [(row.appeal, row.needs_arbitrators) for row in page.context["rows"]] in (
        [(rows[0], False), (rows[1], True)], [(rows[1], True), (rows[0], False)]
    )  # fmt: skip


ROLES = (
    "worker", "stranger", "leader", "union_chair", "organiser", "judge", "chief_judge", "secrecy_officer", "hr", "auditor",
    "administrator",
)  # fmt: skip
RUN = {"union_chair", "organiser", "administrator", "chief_judge"}


def doors() -> Iterator[tuple[str, set[str], int]]:
    """Who is let in by GET; the others get this code."""
    yield "contests:appeals", RUN | {"auditor"}, 403
    yield "contests:appeal-new", set(ROLES), 403
    yield "contests:appeal-late", {"union_chair"}, 403
    yield "contests:appeal", RUN | {"auditor", "worker", "arbitrator"}, 404


@pytest.mark.parametrize(("page", "let_in", "otherwise"), list(doors()), ids=[row[0] for row in doors()])
def test_pages_open_for_whom_they_are(
    contest: Contest, company: Company, page: str, let_in: set[str], otherwise: int
) -> None:
    appeal = hand_in(contest, company.worker)
    people = {role: getattr(company, role) for role in ROLES} | {"arbitrator": name(appeal, company)[0]}
    argument = appeal.pk if page == "contests:appeal" else contest.code
    let_in = let_in | {"arbitrator"} if page == "contests:appeal-new" else let_in

    answers = {role: sign_in(person).get(reverse(page, args=[argument])).status_code for role, person in people.items()}

    assert answers == {role: 200 if role in let_in else otherwise for role in people}


@pytest.mark.parametrize(
    ("page", "let_in"),
    [
        ("contests:appeal-panel", {"union_chair", "organiser", "administrator"}),
        ("contests:appeal-settle", RUN),
        ("contests:appeal-withdraw", {"worker"}),
    ],
)
def test_acts_are_refused_to_whom_they_are_not(contest: Contest, company: Company, page: str, let_in: set[str]) -> None:
    appeal = hand_in(contest, company.worker)
    sees = RUN | {"auditor", "worker"}

    answers = {
        role: sign_in(getattr(company, role)).post(reverse(page, args=[appeal.pk])).status_code
        for role in ROLES
        if role not in let_in
    }

    assert answers == {role: 403 if role in sees else 404 for role in answers}


def test_who_appeals_does_not_name_the_own_panel(contest: Contest, company: Company) -> None:
    appeal = hand_in(contest, company.organiser, kind="objection")

    answer = sign_in(company.organiser).post(reverse("contests:appeal-panel", args=[appeal.pk]))

    assert answer.status_code == 403


@pytest.mark.parametrize("count", [1, 8])
def test_pages_make_the_same_statements_for_any_number(
    contest: Contest, company: Company, count: int, django_assert_max_num_queries: Any
) -> None:
    rows = [hand_in(contest, company.worker) for _ in range(count)]
    name(rows[0], company)
    client = sign_in(company.organiser)

    for page, most in (("appeals", 8), ("appeal-new", 12)):
        with django_assert_max_num_queries(most):
            client.get(reverse(f"contests:{page}", args=[contest.code]))
    for row in (rows[0], rows[-1]):
        with django_assert_max_num_queries(16):
            client.get(reverse("contests:appeal", args=[row.pk]))
