"""The further verbs on the page: each form, the preview of a return, suggestions, signature, the record."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation
from fpdf import FPDF
from PIL import Image

from engine.approvals import tasks
from engine.approvals.models import Approval, Attachment, Ballot, Cc, Signature, Waiting
from engine.approvals.record import as_pdf, canonical, facts_of, time_line
from engine.notices.models import Notice
from frontend.kit import pdf as documents
from tests.factories.approvals import NOW, act, make_approval, make_policy

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def as_(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def press(client, approval, verb, **fields):
    row = Approval.objects.get(pk=approval.pk)
    given = {"ballot": uuid.uuid4(), "round": row.round, "verb": verb, "note": ""} | fields
    return client.post(f"/approvals/{approval.pk}/act/", given)


def asked(approval):
    return sorted(Waiting.objects.filter(approval=approval).values_list("person__number", flat=True))


@pytest.fixture
def approval(company):
    make_policy(("all", "manager:1"), ("any", "role:hr"))
    return make_approval(company.worker)


def test_transfer_by_number_and_by_name(company, approval):
    assert press(as_(company.leader), approval, "transfer", who="1002 炉长").status_code == 302
    assert asked(approval) == ["1002"]

    assert press(as_(company.shop_head), approval, "transfer", who=company.hr.name).status_code == 302
    assert asked(approval) == [company.hr.number]


@pytest.mark.parametrize(
    ("who", "says"), [("nobody", "Nobody is called"), ("", "Name one person"), ("1002,1104", "Name one person")]
)
def test_transfer_to_whom_it_may_not_is_explained(company, approval, who, says):
    response = press(as_(company.leader), approval, "transfer", who=who)

    assert response.status_code == 422
    assert says in response.content.decode()
    assert asked(approval) == ["1001"]


@committed
def test_forged_target_changes_nothing(transactional_db, company, approval):
    for to in ("s2", "s1", "nothing"):
        response = press(as_(company.leader), approval, "return", to=to, note="x")
        assert (response.status_code, asked(approval)) == (422, ["1001"])
        assert "cannot be returned" in response.content.decode()


def test_added_people_act_first_and_can_be_removed(company, approval):
    leader = as_(company.leader)

    press(leader, approval, "add", people="1002, 1104", where="before", mode="any")
    assert asked(approval) == ["1002", "1104"]
    page = leader.get(f"/approvals/{approval.pk}/").content.decode()
    assert "Remove" in page
    press(leader, approval, "remove", person="1104")
    assert asked(approval) == ["1002"]


def test_opinion_comes_back(company, approval):
    press(as_(company.leader), approval, "delegate", who="1002")
    assert asked(approval) == ["1002"]
    press(as_(company.shop_head), approval, "approve", note="可以")

    assert asked(approval) == ["1001"]
    assert "Ask for an opinion" in as_(company.leader).get(f"/approvals/{approval.pk}/").content.decode()


def test_copies_can_be_read_and_show_when_they_were(company, approval):
    press(as_(company.leader), approval, "cc", people=company.stranger.number)

    assert as_(company.stranger).get(f"/approvals/{approval.pk}/").status_code == 200
    assert Cc.objects.get().read_at is not None


def test_who_is_asked_leaves_a_read_receipt(company, approval):
    as_(company.leader).get(f"/approvals/{approval.pk}/")

    assert Waiting.objects.get(approval=approval).read_at is not None
    assert "has read it" in as_(company.worker).get(f"/approvals/{approval.pk}/").content.decode()


def test_return_shows_first_what_it_would_undo(company, approval):
    act(approval, company.leader)

    page = as_(company.hr).get(f"/approvals/{approval.pk}/return-preview/?to=s1&resume=redo").content.decode()

    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert "Then asked: Unit head" in words
    assert "Cancelled: HR" in words
    assert company.leader.name in words
    assert Approval.objects.get(pk=approval.pk).status == "running"


def test_suggestions_need_two_characters(company):
    client = as_(company.worker)

    assert "<option" not in client.get("/approvals/people/?who=1").content.decode()
    assert "1001 " in client.get("/approvals/people/?who=10").content.decode()
    assert (
        company.leader.name in client.get(f"/approvals/people/?people=1002,{company.leader.name[:2]}").content.decode()
    )


def drawing() -> bytes:
    out = BytesIO()
    Image.new("RGBA", (60, 18), (0, 0, 0, 0)).save(out, "PNG")
    return out.getvalue()


@committed
def test_signature_where_the_policy_asks_for_it(transactional_db, company):
    make_policy({"key": "s1", "approvers": ["user:1001"], "signature": True})
    approval = make_approval(company.worker)
    client = as_(company.leader)
    assert "data-signature" in client.get(f"/approvals/{approval.pk}/").content.decode()

    missing = press(client, approval, "approve")
    broken = press(client, approval, "approve", signature="data:image/png;base64,QUJD")
    done = press(client, approval, "approve", signature="data:image/png;base64," + base64.b64encode(drawing()).decode())

    assert (missing.status_code, broken.status_code, done.status_code) == (422, 422, 302)
    assert bytes(Signature.objects.get().png) == drawing()
    assert Ballot.objects.get(verb="approve").action == {"do": "approve", "by": "1001", "round": 1}


def picture(*, name="现场.png") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def test_files_are_kept_with_the_act_and_only_for_who_may_see_it(company, approval):
    response = press(as_(company.leader), approval, "comment", note="见照片", file=picture())

    assert response.status_code == 302
    row = Attachment.objects.get()
    assert (row.name, row.content_type, row.ballot.verb) == ("现场.png", "image/jpeg", "comment")
    address = f"/approvals/{approval.pk}/files/{row.pk}/"
    assert address in as_(company.worker).get(f"/approvals/{approval.pk}/").content.decode()
    answer = as_(company.worker).get(address)
    assert (answer.status_code, answer["Content-Type"], bytes(answer.content)[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert as_(company.stranger).get(address).status_code == 404
    assert as_(company.worker).get(f"/approvals/{approval.pk}/files/{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"<script>alert(1)</script>", "neither a picture"), (b"PK\x03\x04zip", "neither a picture"), (b"", "empty"),
     (b"\x89PNG\r\n\x1a\nbroken", "neither a picture"), (b"%PDF-" + b"0" * (8 * 1024 * 1024), "at most 8 MB")],
)  # fmt: skip
def test_other_files_are_refused_by_their_content(company, approval, content, says):
    response = press(as_(company.leader), approval, "comment", note="x", file=SimpleUploadedFile("a.png", content))

    assert response.status_code == 422
    assert says in response.content.decode()
    assert Attachment.objects.count() == 0
    assert not Ballot.objects.filter(verb="comment").exists()


def test_record_can_be_checked_without_the_server(company, approval):
    act(approval, company.leader, note="同意，安全第一")
    row = Approval.objects.select_related("policy", "applicant__unit", "task__process").get(pk=approval.pk)

    response = as_(company.worker).get(f"/approvals/{approval.pk}/record.pdf")
    facts = facts_of(row)

    assert response.content.startswith(b"%PDF-")
    assert [line["verb"] for line in facts["acts"]] == ["submit", "approve"]
    assert hashlib.sha256(canonical(facts)).hexdigest() != hashlib.sha256(canonical(facts | {"title": "x"})).hexdigest()
    assert as_(company.stranger).get(f"/approvals/{approval.pk}/record.pdf").status_code == 404


def test_record_names_steps_rounds_and_what_no_longer_counts(company):
    make_policy({"key": "unit", "title": "班组", "approvers": ["manager:1"]}, {"key": "hr", "title": "人力", "approvers": ["role:hr"]})  # fmt: skip
    approval = make_approval(company.worker)
    act(approval, company.leader, note="同意")
    act(approval, company.hr, "return", note="补材料")
    act(approval, company.worker, "submit")
    row = Approval.objects.select_related("policy", "applicant__unit", "task__process").get(pk=approval.pk)

    with translation.override("zh-hans"):
        lines = [line.words for line in time_line(row, facts_of(row), at=NOW)]

    assert lines == [
        "焊工赵磊提交 · 第 1 轮", "班长王建国通过 · 班组 · 第 1 轮 · 已失效\n“同意”", "工会hr退回 · 人力 · 第 1 轮\n“补材料”",
        "焊工赵磊提交 · 第 2 轮",
    ]  # fmt: skip


def test_record_is_refused_rather_than_printed_with_a_hole(company, approval, settings):
    row = Approval.objects.select_related("policy", "applicant__unit").get(pk=approval.pk)
    row.title = "表情 \U0001fae0"

    with pytest.raises(documents.MissingGlyphs, match=r"font|FONT_FILE"):
        as_pdf(row, at=NOW)
    assert isinstance(documents.document(["汉字 abc"], title="x"), FPDF)


def test_saved_views_are_ones_own(company, approval):
    leader = as_(company.leader)
    leader.post("/approvals/views/", {"name": "逾期", "query": "tab=waiting&state=overdue"})

    page = leader.get("/approvals/?tab=waiting&state=overdue")
    [view] = page.context["views"]
    assert (view.name, view.query, list(page.context["rows"])) == ("逾期", "tab=waiting&state=overdue", [])
    assert as_(company.hr).post(f"/approvals/views/{view.pk}/forget/").status_code == 404
    assert leader.post(f"/approvals/views/{view.pk}/forget/").status_code == 302
    assert leader.get("/approvals/").context["views"] == []


def test_draft_waits_for_the_applicant_to_name_people(company):
    make_policy({"key": "s1", "approvers": ["applicant-picks:1"]})
    approval = make_approval(company.worker)
    worker = as_(company.worker)
    assert approval.status == "draft"
    assert [row.title for row in worker.get("/approvals/?tab=drafts").context["rows"]] == ["一天假"]
    assert "People for “People who are named” (1)" in worker.get(f"/approvals/{approval.pk}/").content.decode()

    assert press(worker, approval, "submit", **{"picks-s1": "1002"}).status_code == 302

    assert asked(approval) == ["1002"]


def test_mention_of_somebody_who_may_not_read_it_is_said_and_the_applicant_hears(company, approval):
    client = as_(company.leader)

    response = press(client, approval, "comment", note="@1302 @1301 看一下")
    shown = client.get(response["Location"]).content.decode()
    press(client, approval, "comment", note="@1302 再看一下")
    tasks.tell_news(at=timezone.now())

    assert "1302 does not hear of it" in shown
    told = Notice.objects.filter(kind="approval.commented")
    assert [row.person for row in told] == [company.worker, company.worker]


def test_mention_of_somebody_who_reads_along_warns_of_nothing(company, approval):
    client = as_(company.leader)

    response = press(client, approval, "comment", note="@1301 看一下")

    assert "does not hear" not in client.get(response["Location"]).content.decode()
