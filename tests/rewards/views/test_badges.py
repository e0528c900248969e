"""Badges from end to end: given, downloaded, verified by openbadgeslib, revoked; the public page; the desk; wrong personas."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openbadgeslib.ob3 import OB3Verifier
from openbadgeslib.ob3.verifier import OB3VerificationError
from openbadgeslib.verify import verify_badge
from PIL import Image

from rewards import tasks
from rewards.domain import badges
from rewards.models import BadgeAward, BadgeClass
from tests.factories.people import Company
from tests.factories.rewards import AT

SITE = "https://jinbang.example"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = SITE, ["*"]


@pytest.fixture
def badge(company: Company) -> BadgeClass:
    fields = {"title": "稳手", "description": "三个月无返工", "criteria": "连续三个月零返工", "is_active": True}
    return badges.save_class(badge=None, by=company.organiser, at=AT, code="steady-hands", **fields)


@pytest.fixture
def award(company: Company, badge: BadgeClass) -> BadgeAward:
    return badges.give(badge="steady-hands", employee=company.worker, at=AT, cause="rule:1", reason="三个月零返工")


def enter(person: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def download(address: str) -> bytes:
    """Fetch what a verifier fetches from the site, without a network and without signing in."""
    assert address.startswith(SITE)
    answer = Client().get(address.removeprefix(SITE), secure=True)
    assert answer.status_code == 200, address
    return answer.content


def fetched(person: Any, award: BadgeAward, kind: str) -> bytes:
    answer = enter(person).get(f"/mall/badges/{award.key}/badge.{kind}")
    assert answer.status_code == 200
    return answer.content


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_baked_badge_is_verified_by_who_knows_nothing_of_us(company: Company, award: BadgeAward, kind: str) -> None:
    baked = fetched(company.worker, award, kind)

    found = verify_badge(baked, "3", resolve_did=True, check_status=True, download=download)

    assert (found.valid, found.trusted, found.reason) == (True, True, None)
    assert found.issuer_did == "did:web:jinbang.example"
    assert found.credential.achievement.name == "稳手"
    assert found.credential.achievement.criteria_narrative == "连续三个月零返工"
    said = re.sub(r"[0-9a-f-]{36}", "", str(found.credential.raw))  # a UUID may hold any four digits
    assert company.worker.number not in said
    assert company.worker.name not in said
    for address in (found.credential.achievement.id, found.credential.achievement.image_url, found.credential.id):
        assert download(address)


def test_revoked_badge_is_refused_by_the_verifier(company: Company, award: BadgeAward) -> None:
    baked = fetched(company.worker, award, "png")
    other = badges.give(badge="steady-hands", employee=company.stranger, at=AT, cause="rule:1", reason="x")

    badges.revoke(award=award, reason="误发", by=company.organiser, at=AT)

    found = verify_badge(baked, "3", resolve_did=True, check_status=True, download=download)
    assert not found.valid
    assert "revocation" in str(found.reason)
    theirs = verify_badge(
        fetched(company.stranger, other, "png"), "3", resolve_did=True, check_status=True, download=download
    )
    assert theirs.valid


def test_changed_badge_is_refused_by_the_verifier(company: Company, award: BadgeAward) -> None:
    token = fetched(company.worker, award, "jwt").decode()
    head, payload, signature = token.split(".")
    verifier = OB3Verifier.for_issuer_did("did:web:jinbang.example", download=download)

    assert verifier.verify(token).achievement.name == "稳手"
    with pytest.raises(OB3VerificationError):
        verifier.verify(f"{head}.{payload[:-2]}AA.{signature}")


def test_credential_keeps_the_words_it_was_given_with(company: Company, award: BadgeAward, badge: BadgeClass) -> None:
    assert tasks.sign_badges(at=AT) == 1
    assert tasks.sign_badges(at=AT) == 0
    before = fetched(company.worker, award, "jwt")

    badges.save_class(
        badge=badge, by=company.organiser, at=AT, title="铁手", description="x", criteria="y", is_active=True
    )

    assert fetched(company.worker, award, "jwt") == before


def test_page_without_signing_in_shows_only_what_is_public(company: Company, award: BadgeAward) -> None:
    answer = Client(headers={"accept-language": "en"}).get(f"/mall/badges/{award.key}/")
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "This badge is genuine" in page
    assert company.worker.name in page
    for hidden in (f">{company.worker.number}<", company.team.name, "rule:1"):
        assert hidden not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    badges.revoke(award=award, reason="误发", by=company.organiser, at=AT)
    page = Client(headers={"accept-language": "en"}).get(f"/mall/badges/{award.key}/").content.decode()
    assert "was taken back" in page
    assert "误发" in page


def test_files_are_for_their_owner(company: Company, award: BadgeAward) -> None:
    for name, person in company.personas.items():
        answers = {
            enter(person).get(f"/mall/badges/{award.key}/{file}").status_code
            for file in ("badge.png", "badge.svg", "badge.jwt", "share.png")
        }
        assert answers == ({200} if name == "worker" else {404}), name
    badges.revoke(award=award, reason="误发", by=company.organiser, at=AT)
    assert enter(company.worker).get(f"/mall/badges/{award.key}/badge.png").status_code == 404


def test_picture_to_share_holds_the_name(company: Company, award: BadgeAward) -> None:
    content = enter(company.worker).get(f"/mall/badges/{award.key}/share.png").content

    with Image.open(io.BytesIO(content)) as shown:
        assert shown.size == (1080, 1440)


def png(side: int = 700, colour: str = "#0B6E3B") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (side, side // 2), colour).save(out, "PNG")
    return SimpleUploadedFile("x.png", out.getvalue())


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "code": "helper",
        "title": "热心人",
        "description": "帮助他人",
        "criteria": "带徒三人",
        "is_active": "on",
    } | changes


def test_organiser_makes_and_changes_a_badge(company: Company) -> None:
    client = enter(company.organiser)

    assert client.post("/mall/badges/manage/new/", typed(upload=png())).status_code == 302
    row = BadgeClass.objects.get(code="helper")
    with Image.open(io.BytesIO(bytes(row.picture))) as shown:
        assert (shown.size, shown.format) == ((600, 600), "PNG")
    assert client.post("/mall/badges/manage/helper/", typed(code="other", title="热心师傅")).status_code == 302
    row.refresh_from_db()
    assert (row.code, row.title, bool(row.picture)) == ("helper", "热心师傅", True)


@pytest.mark.parametrize(
    "changes",
    [{"code": "Not A Code"}, {"title": ""}, {"title": "\U0001f9ff"}, {"criteria": ""},
     {"upload": SimpleUploadedFile("x.png", b"GIF89a")}, {"upload": SimpleUploadedFile("x.svg", b"<svg onload='x'/>")}],
)  # fmt: skip
def test_faulty_badge_is_refused_with_words(company: Company, changes: dict[str, Any]) -> None:
    answer = enter(company.organiser).post("/mall/badges/manage/new/", typed(**changes))

    assert answer.status_code == 422
    assert not BadgeClass.objects.exists()


def test_badge_is_given_by_hand_never_to_oneself(company: Company, badge: BadgeClass) -> None:
    client = enter(company.organiser)

    for number in (company.worker.number, company.worker.number, company.organiser.number, "nobody", ""):
        client.post("/mall/badges/manage/steady-hands/gifts/", {"number": number, "reason": "抢修"})

    [row] = BadgeAward.objects.all()
    assert (row.employee, row.given_by, row.reason) == (company.worker, company.organiser, "抢修")


@pytest.mark.django_db(transaction=True)
def test_badge_is_taken_back_once_and_with_a_reason(company: Company, award: BadgeAward) -> None:
    client = enter(company.organiser)
    address = f"/mall/badges/manage/steady-hands/{award.pk}/revocation/"

    client.post(address, {"reason": " "})
    award.refresh_from_db()
    assert award.revoked_at is None
    client.post(address, {"reason": "误发"})
    client.post(address, {"reason": "again"})
    award.refresh_from_db()
    assert (award.revocation_reason, award.revoked_by) == ("误发", company.organiser)
    assert client.post("/mall/badges/manage/steady-hands/999/revocation/", {"reason": "x"}).status_code == 404


def test_desk_is_for_who_manages_badges(company: Company, award: BadgeAward) -> None:
    paths = ["/mall/badges/manage/steady-hands/"]
    posts = ["/mall/badges/manage/steady-hands/gifts/", f"/mall/badges/manage/steady-hands/{award.pk}/revocation/"]
    for name, person in company.personas.items():
        client, may = enter(person), name in {"organiser", "union_chair", "hr", "administrator"}
        assert {client.get(path).status_code for path in paths} == ({200} if may else {403}), name
        if not may:
            assert {client.post(path).status_code for path in posts} == {403}, name


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow(
    company: Company, badge: BadgeClass, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        badges.give(badge="steady-hands", employee=company.worker, at=AT, cause=f"rule:{number}", reason="x")
    tasks.sign_badges(at=AT)

    for person, path, most in ((company.worker, "/mall/badges/", 7), (company.organiser, "/mall/badges/manage/", 8),
                               (company.organiser, "/mall/badges/manage/steady-hands/", 11)):  # fmt: skip
        client = enter(person)
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200
    with django_assert_max_num_queries(1):
        Client().get("/mall/badges/status/0/", secure=True)


def test_site_without_https_is_verified_with_the_key_it_serves(
    company: Company, badge: BadgeClass, settings: Any
) -> None:
    import json

    from jwt.algorithms import OKPAlgorithm

    settings.SITE_URL = "http://10.0.0.5:8000"
    row = badges.give(badge="steady-hands", employee=company.worker, at=AT, cause="lan", reason="x")
    token = fetched(company.worker, row, "jwt").decode()
    [jwk] = Client().get("/mall/badges/jwks.json").json()["keys"]

    found = OB3Verifier(OKPAlgorithm.from_jwk(json.dumps(jwk))).verify(token)

    assert found.issuer.id == "http://10.0.0.5:8000/mall/badges/issuer.json"
    assert Client().get("/mall/badges/issuer.json").json()["id"] == found.issuer.id
