"""The log's page, receipts, the auditor's page: what they show, and to whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from engine.proof import domain, keys, sequencer, tasks, verifying, witnesses
from engine.proof import rules as rights
from engine.proof.models import Checkpoint, Leaf, Verification
from engine.proof.pure import note
from tests.factories.people import Company
from tests.factories.proof import AT, fill, grow, without_triggers

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shown(monkeypatch: pytest.MonkeyPatch, company: Company) -> None:
    """Records of the kind `test` are the worker's."""
    monkeypatch.setitem(rights.SHOWN, "test", lambda person, key: person == company.worker and key != "2")


def enter(person: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_page_shows_checkpoint_key_and_witnesses(company: Company) -> None:
    grow(3, 4)
    key = note.VerifierKey("congress.example", note.COSIGNATURE, bytes(32))
    witnesses.add(key=str(key), url="https://w.example", at=AT)

    page = enter(company.stranger).get("/log/").content.decode()

    assert "7" in page
    assert str(keys.verifier_key()) in page
    assert "congress.example" in page
    assert "has not signed yet" in page
    assert "/log/audit/" not in page


@pytest.mark.parametrize("path", ["/log/", "/log/print/"])
def test_page_stands_without_a_checkpoint(company: Company, path: str) -> None:
    assert "No checkpoint yet" in enter(company.worker).get(path).content.decode()


@pytest.mark.parametrize("counts", [(1,), (3, 30, 300)])
def test_statements_do_not_grow(company: Company, counts: tuple[int, ...], django_assert_max_num_queries: Any) -> None:
    grow(*counts)
    client, auditor = enter(company.worker), enter(company.auditor)

    for path, most, who in (("/log/", 9, client), ("/log/print/", 8, client), ("/log/receipts/test/0/", 40, client),
                            ("/log/audit/", 12, auditor), ("/log/audit/progress/", 8, auditor)):  # fmt: skip
        with django_assert_max_num_queries(most):
            assert who.get(path).status_code == 200, path


def test_paper_carries_the_note_and_two_codes(company: Company) -> None:
    grow(3)

    page = enter(company.worker).get("/log/print/").content.decode()

    assert Checkpoint.objects.get().note.split("\n")[2] in page.replace("&#x27;", "'")
    assert page.count("<svg") >= 2
    assert page.count('class="qr"') == 2


def test_receipt_is_for_whom_the_record_belongs_to(company: Company) -> None:
    grow(3)
    answers = {
        name: [enter(person).get(f"/log/receipts/test/{key}/{tail}").status_code for key in "02" for tail in ("", "receipt.tlog-proof")]
        for name, person in company.personas.items()
    }  # fmt: skip

    assert answers.pop("worker") == [200, 200, 404, 404]
    assert set(map(tuple, answers.values())) == {(404, 404, 404, 404)}


def test_kind_nobody_registered_is_read_by_nobody(company: Company) -> None:
    fill(1, kind="unknown")

    for person in company.personas.values():
        assert enter(person).get("/log/receipts/unknown/0/").status_code == 404


def test_receipt_shows_the_record_and_hands_out_the_proof(company: Company) -> None:
    grow(3, 4)
    client = enter(company.worker)

    page = client.get("/log/receipts/test/1/").content.decode()
    file = client.get("/log/receipts/test/1/receipt.tlog-proof")
    early = client.get("/log/receipts/test/1/receipt.tlog-proof?size=3").content.decode()

    assert '<dt>name</dt><dd class="digest">焊工</dd>' in page
    assert 'class="qr"' in page
    assert file["Content-Disposition"] == 'attachment; filename="test-1.tlog-proof"'
    assert file["Cache-Control"] == "private, no-store"
    assert early.endswith(Checkpoint.objects.get(size=3).note)
    for size in ("4", "x", "-1", "99999999999999999999"):
        assert client.get(f"/log/receipts/test/1/receipt.tlog-proof?size={size}").status_code == 404


def test_receipt_before_the_sequencer_and_after_erasing(company: Company) -> None:
    fill(1)
    client = enter(company.worker)

    assert "try again in a few seconds" in client.get("/log/receipts/test/0/").content.decode()
    sequencer.run(at=AT)
    domain.erase(kind="test", key="0")
    page = client.get("/log/receipts/test/0/").content.decode()
    assert "was erased" in page
    assert "<dt>name</dt>" not in page


def compare(company: Company, *texts: str, **files: Any) -> Any:
    uploads = [SimpleUploadedFile(f"{place}.txt", text.encode()) for place, text in enumerate(texts)]
    return enter(company.auditor).post("/log/audit/", {"text": "", "papers": uploads} | files)


def test_log_that_grew_continues_what_was_kept(company: Company) -> None:
    grow(3, 4)
    fill(2, kind="other", first=100)
    sequencer.run(at=timezone.now())

    answer = compare(
        company,
        Checkpoint.objects.get(size=3).note,
        str(domain.proof_of(Leaf.objects.get(index=5), Checkpoint.objects.get(size=7))),
    )

    found = answer.context["found"]
    assert answer.status_code == 200
    assert (found.is_consistent, found.since, found.kinds, found.difference) == (True, 7, [("other", 2)], None)
    assert [paper.verdict for paper in found.papers] == ["continued", "continued"]


def rewrite(index: int) -> None:
    """Write the log anew from a leaf on, signed with its own key."""
    with without_triggers() as cursor:
        cursor.execute("DELETE FROM proof_checkpoint")
        cursor.execute("DELETE FROM proof_node")
        cursor.execute("UPDATE proof_head SET size = 0")
        cursor.execute('UPDATE proof_leaf SET "index" = NULL')
        cursor.execute("UPDATE proof_leaf SET data = %s WHERE key = %s", [b"x" * 32, str(index)])
    sequencer.run(at=AT)


@committed
def test_rewritten_log_is_found_and_more_papers_say_where(company: Company) -> None:
    grow(4, 9)
    notes = [row.note for row in Checkpoint.objects.order_by("size")]
    proofs = {index: str(domain.proof_of(Leaf.objects.get(index=index))) for index in (6, 7, 9)}
    rewrite(6)

    only = compare(company, notes[1]).context["found"]
    both = compare(company, *notes).context["found"]
    more = compare(company, *notes, proofs[9]).context["found"]
    most = compare(company, *notes, proofs[9], proofs[7])

    assert [paper.verdict for paper in both.papers] == ["continued", "rewritten"]
    assert not both.is_consistent
    assert only.difference == (0, 12)
    assert both.difference == (4, 12)
    assert more.difference == (4, 7)
    assert most.context["found"].difference == (6, 6)
    assert "The first record that differs is number 6." in most.content.decode()
    assert 'data-outcome="inconsistent"' in most.content.decode()


@committed
def test_log_that_was_cut_says_what_is_missing(company: Company) -> None:
    grow(4, 9)
    late = Checkpoint.objects.get(size=13).note
    with without_triggers() as cursor:
        cursor.execute("DELETE FROM proof_checkpoint WHERE size = 13")

    found = compare(company, late).context["found"]

    assert (found.missing, found.is_consistent) == ((4, 12), False)


@committed
def test_log_that_lost_hashes_is_said_to_be_damaged(company: Company) -> None:
    grow(4)
    with without_triggers() as cursor:
        cursor.execute("DELETE FROM proof_node")

    assert [paper.verdict for paper in compare(company, Checkpoint.objects.get().note).context["found"].papers] == [
        "damaged"
    ]


@pytest.mark.parametrize(
    "text", ["", "hello", "c2sp.org/tlog-proof@v1\nindex 0\n\nx", "other/log\n3\nAAAA\n\n\u2014 other/log AAAAAAA=\n"]
)
def test_what_is_no_paper_of_this_log_is_refused(company: Company, text: str) -> None:
    grow(3)

    answer = enter(company.auditor).post("/log/audit/", {"text": text})

    assert answer.status_code == 422
    assert answer.context.get("found") is None


def test_forged_paper_and_binary_file_are_refused(company: Company) -> None:
    grow(3)
    forged = Checkpoint.objects.get().note.replace("\n3\n", "\n2\n")

    assert compare(company, forged).status_code == 422
    assert compare(company, papers=[SimpleUploadedFile("x", b"\xff\xfe")]).status_code == 422
    assert compare(company, papers=[SimpleUploadedFile("x", b"x" * 300_000)]).status_code == 422


@committed
def test_whole_log_is_computed_by_the_worker_with_progress(company: Company) -> None:
    grow(3)
    client = enter(company.auditor)

    assert client.post("/log/audit/verification/").status_code == 302
    row = Verification.objects.get()
    assert client.post("/log/audit/verification/", follow=True).status_code == 200
    assert Verification.objects.count() == 1  # one at a time
    assert "HX-Refresh" not in client.get("/log/audit/progress/").headers

    tasks.verify.func(row.pk)

    row.refresh_from_db()
    assert (row.done, row.total, row.fault) == (3, 3, "")
    assert row.ended_at is not None
    assert client.get("/log/audit/progress/")["HX-Refresh"] == "true"
    assert "Everything adds up: 3 records" in client.get("/log/audit/").content.decode()


@committed
def test_what_the_worker_finds_is_shown(company: Company) -> None:
    grow(3)
    with without_triggers() as cursor:
        cursor.execute('UPDATE proof_leaf SET record = %s WHERE "index" = 1', [b"{}"])
    row = verifying.ask(by=company.auditor, at=timezone.now())

    tasks.verify.func(row.pk)

    assert (
        "leaf 1 (test:1): the record is not what was hashed"
        in enter(company.auditor).get("/log/audit/").content.decode()
    )


def test_worker_that_died_does_not_bar_the_next(company: Company) -> None:
    verifying.ask(by=company.auditor, at=AT)

    assert verifying.ask(by=company.auditor, at=AT + verifying.SILENT).pk
    assert Verification.objects.count() == 2


def test_only_auditors_have_it_computed(company: Company) -> None:
    answers = {}
    for name, person in company.personas.items():
        answers[name] = enter(person).post("/log/audit/verification/").status_code
        Verification.objects.all().delete()

    assert {name for name, status in answers.items() if status == 302} == {"auditor", "administrator", "union_chair"}
    assert set(answers.values()) == {302, 403}
