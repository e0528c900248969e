"""A proof is checked in the browser over plain http; the auditor compares what was kept."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from engine.proof import domain
from engine.proof.models import Checkpoint, Leaf
from engine.proof.pure import checkpoint as checkpoints
from tests.factories.people import Company
from tests.factories.proof import grow


def upload(text: str) -> Any:
    return {"name": "receipt.tlog-proof", "mimeType": "text/plain", "buffer": text.encode()}


def test_proof_dropped_on_the_page_is_checked_there(visit: Any, people: Company) -> None:
    grow(5, 8)
    text = str(domain.proof_of(Leaf.objects.get(index=7)))
    page = visit(people.worker.number, language="en-US").go("/log/")
    field, answer = page.locator("#proof-file"), page.locator("[data-proof-answer]")

    field.set_input_files(upload(text))
    expect(answer).to_have_attribute("data-state", "good")
    expect(answer).to_contain_text("record 7 of 13")
    expect(answer.locator("dd").first).to_contain_text("焊工")

    page.locator("summary").click()
    page.locator("#proof-root").fill(checkpoints.to_base64(bytes(Checkpoint.objects.get(size=5).root)))
    page.locator("#proof-root").blur()
    expect(answer).to_contain_text("another checkpoint")

    page.locator("#proof-root").fill("")
    field.set_input_files(upload(text.replace("index 7", "index 6")))
    expect(answer).to_have_attribute("data-state", "bad")


def test_auditor_pastes_a_checkpoint(visit: Any, people: Company) -> None:
    grow(5, 8)
    page = visit(people.auditor.number, language="en-US").go("/log/audit/")

    page.locator("#id_text").fill(Checkpoint.objects.get(size=5).note)
    page.get_by_role("button", name="Compare").click()

    expect(page.locator("[data-outcome=consistent]")).to_contain_text("8 records came after")
