"""contests/domain/signing.py: signed exactly as seen, complete, and opened again only with a reason."""

from __future__ import annotations

import hashlib
import json
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from contests.domain import corrections, judging, marking, setup, signing
from contests.models import Contest, Sheet
from contests.pure.marks import Op
from contests.queries import sheets
from engine.events.models import Event
from engine.proof import domain as proof
from tests.factories.contests import AT, make_judging, sheet_of
from tests.factories.people import Company
from tests.support import refused

ASPECTS = ("paper", "seam", "safety")


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_judging(company, contestants=2)


@pytest.fixture
def sheet(contest: Contest, company: Company) -> Sheet:
    return sheet_of(contest, company.judge)


def mark_all(sheet: Sheet, *entries: str) -> None:
    ops = [Op(str(uuid4()), entry, aspect, "8.0", 0) for entry in entries for aspect in ASPECTS]
    answers = marking.record(sheet_id=sheet.pk, ops=ops, by=sheet.member.employee, at=AT)
    assert {answer.answer for answer in answers} == {"ok"}


def sign(sheet: Sheet, version: int = 6, **more) -> Sheet:
    return signing.sign_off(sheet_id=sheet.pk, version=version, by=sheet.member.employee, at=AT, **more)


def test_a_complete_sheet_is_signed_with_its_digest(sheet: Sheet) -> None:
    mark_all(sheet, "01", "02")

    signed = sign(sheet, signature="data:image/png;base64,AAAA")

    rows = sorted([entry, aspect, "8"] for entry in ("01", "02") for aspect in ASPECTS)
    told = json.dumps(["welding-2026", "J1", rows], ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(told.encode()).hexdigest()
    assert (signed.state, signed.signed_version, signed.signed_at, signed.digest) == ("signed", 6, AT, digest)
    assert Event.objects.get(action="sheet.signed").data["digest"] == digest


def test_the_receipt_is_found_whatever_zone_the_clock_that_signed_had(sheet: Sheet) -> None:
    mark_all(sheet, "01", "02")
    here = AT.astimezone(ZoneInfo("Asia/Shanghai"))

    signing.sign_off(sheet_id=sheet.pk, version=6, by=sheet.member.employee, at=here)

    (row,) = sheets.mine(sheet.member.employee)
    assert proof.find(kind="sheet", key=row.receipt_key) is not None


def test_blanks_are_named(sheet: Sheet) -> None:
    mark_all(sheet, "01")

    with refused(signing.HasBlanks, code="has-blanks") as caught:
        sign(sheet, 3)

    assert caught.value.blanks == [("02", aspect) for aspect in ASPECTS]
    assert all(word in caught.value.messages[0] for word in ("3", "笔试", "焊缝外观", "安全文明"))


def test_a_cleared_mark_is_a_blank(sheet: Sheet) -> None:
    mark_all(sheet, "01", "02")
    marking.record(sheet_id=sheet.pk, ops=[Op(str(uuid4()), "02", "seam", None, 1)], by=sheet.member.employee, at=AT)

    with refused(signing.HasBlanks) as caught:
        sign(sheet, 7)

    assert caught.value.blanks == [("02", "seam")]


def test_who_did_not_start_leaves_no_blank(sheet: Sheet, contest: Contest, company: Company) -> None:
    mark_all(sheet, "01")
    corrections.set_status(contest=contest, entry="02", status="dns", reason="缺席", by=company.chief_judge, at=AT)

    assert sign(sheet, 3).state == "signed"


@pytest.mark.parametrize("version", [0, 5, 7])
def test_another_version_than_seen_is_refused(sheet: Sheet, version: int) -> None:
    mark_all(sheet, "01", "02")

    with refused(signing.OtherVersion, code="other-version"):
        sign(sheet, version)

    sheet.refresh_from_db()
    assert sheet.state == "open"


def test_another_digest_than_seen_is_refused(sheet: Sheet) -> None:
    mark_all(sheet, "01", "02")

    with refused(signing.OtherVersion, code="other-version"):
        sign(sheet, digest="0" * 64)


def test_a_sheet_is_signed_once(sheet: Sheet) -> None:
    mark_all(sheet, "01", "02")
    sign(sheet)

    with refused(signing.NotOpen, code="not-open"):
        sign(sheet)


@pytest.mark.parametrize("signature", ["x" * 200_001, "a\x00", "\ud800", "签名"])
def test_a_signature_that_is_no_picture_is_refused(sheet: Sheet, signature: str) -> None:
    mark_all(sheet, "01", "02")

    with refused(ValidationError, code="signature"):
        sign(sheet, signature=signature)


def test_the_chief_opens_a_signed_sheet_with_a_reason(sheet: Sheet, company: Company) -> None:
    mark_all(sheet, "01", "02")
    sign(sheet)

    with refused(ValidationError, code="reason"):
        signing.reopen(sheet_id=sheet.pk, reason="", by=company.chief_judge, at=AT)
    opened = signing.reopen(sheet_id=sheet.pk, reason="笔误", by=company.chief_judge, at=AT)

    assert (opened.state, opened.digest, opened.signed_at) == ("open", "", None)
    with refused(ValidationError, code="open"):
        signing.reopen(sheet_id=sheet.pk, reason="再来", by=company.chief_judge, at=AT)


def test_after_judging_no_sheet_opens_again(sheet: Sheet, contest: Contest, company: Company) -> None:
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")

    with refused(setup.WrongState, code="wrong-state"):
        signing.reopen(sheet_id=sheet.pk, reason="笔误", by=company.chief_judge, at=AT)
