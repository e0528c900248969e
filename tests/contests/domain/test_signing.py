"""contests/domain/signing.py: signed exactly as seen, complete, and opened again only with a reason."""

from __future__ import annotations

import hashlib
import json
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from contests.domain import corrections, judging, marking, setup, signing
from contests.models import Contest, PanelMember, Seal, Sheet
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


def test_before_and_after_judging_no_sheet_opens_again(contest: Contest, sheet: Sheet, company: Company) -> None:
    Contest.objects.filter(pk=contest.pk).update(state="notice")

    with refused(setup.WrongState, code="wrong-state"):
        signing.reopen(sheet_id=sheet.pk, reason="笔误", by=company.chief_judge, at=AT)


def test_in_review_a_closed_sheet_opens_and_is_signed_or_locked_again(
    sheet: Sheet, contest: Contest, company: Company
) -> None:
    mark_all(sheet, "01", "02")
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")

    opened = signing.reopen(sheet_id=sheet.pk, reason=" 02 号记错 ", by=company.chief_judge, at=AT)
    ops = [Op(str(uuid4()), "02", "seam", "9", 1)]
    answers = marking.record(sheet_id=sheet.pk, ops=ops, by=company.judge, at=AT)
    signed = sign(sheet, 7)

    assert (opened.state, opened.reopened_reason) == ("open", "02 号记错")
    assert [answer.answer for answer in answers] == ["ok"]
    assert (signed.state, signed.signed_at, signed.reopened_reason) == ("signed", AT, "")
    assert Event.objects.get(action="sheet.reopened").data["judge"] == "J1"
    signing.reopen(sheet_id=sheet.pk, reason="再看", by=company.chief_judge, at=AT)
    with refused(ValidationError, code="reason"):
        signing.lock(sheet_id=sheet.pk, reason=" ", by=company.chief_judge, at=AT)
    locked = signing.lock(sheet_id=sheet.pk, reason="裁判已离场", by=company.chief_judge, at=AT)
    assert (locked.state, locked.signed_at, locked.reopened_reason) == ("closed", None, "")
    assert Event.objects.get(action="sheet.locked").data["reason"] == "裁判已离场"
    with refused(signing.NotOpen, code="not-open"):
        signing.lock(sheet_id=sheet.pk, reason="裁判已离场", by=company.chief_judge, at=AT)


def test_while_judging_lasts_the_chief_locks_no_single_sheet(sheet: Sheet, company: Company) -> None:
    with refused(setup.WrongState, code="wrong-state"):
        signing.lock(sheet_id=sheet.pk, reason="裁判已离场", by=company.chief_judge, at=AT)


@pytest.mark.parametrize("why", ["left", "nobody", "imported"])
def test_in_review_no_sheet_opens_that_nobody_marks(sheet: Sheet, contest: Contest, company: Company, why: str) -> None:
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    member = PanelMember.objects.filter(pk=sheet.member_id)
    if why == "left":
        member.update(left_at=AT)
    elif why == "nobody":
        member.update(employee=None)
    else:
        Contest.objects.filter(pk=contest.pk).update(is_imported=True)

    with refused(signing.NobodyMarks, code="nobody"):
        signing.reopen(sheet_id=sheet.pk, reason="笔误", by=company.chief_judge, at=AT)


def test_once_an_envelope_is_open_no_sheet_is(sheet: Sheet, contest: Contest, company: Company) -> None:
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    Seal.objects.create(contest=contest, layer="code", ciphertext="x", commitment="0" * 64, sealed_at=AT, opened_at=AT)

    with refused(signing.NamesKnown, code="names-known"):
        signing.reopen(sheet_id=sheet.pk, reason="笔误", by=company.chief_judge, at=AT)
