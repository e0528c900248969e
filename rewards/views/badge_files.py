"""What the world reads of badges: issuer, key, classes, the status list, the page that verifies one; and its owner's files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from frontend.kit.doors import PUBLIC, door, one
from rewards.domain import credentials
from rewards.models import BadgeAward, BadgeClass
from rewards.pure import badge as badges
from rewards.queries import badge_pictures

CLASS = one(BadgeClass.objects, code="code")
AWARD = one(BadgeAward.objects.select_related("badge", "employee"), key="key")


def _json(document: dict[str, Any], kind: str = "application/json") -> HttpResponse:
    answer = JsonResponse(document, content_type=kind, json_dumps_params={"ensure_ascii": False})
    answer["Access-Control-Allow-Origin"] = "*"  # a verifier in another site's page may read what is public anyway
    patch_cache_control(answer, public=True, max_age=300)
    return answer


@door(PUBLIC)
def issuer(request: HttpRequest) -> HttpResponse:
    """Serve the issuer's profile. No SQL."""
    keys = {"verificationMethod": [{"id": credentials.key_id(), "publicKeyJwk": credentials.public_jwk()}]}
    return _json({"@context": list(badges.CONTEXT)} | credentials.issuer().profile() | keys, "application/ld+json")


@door(PUBLIC)
def jwks(request: HttpRequest) -> HttpResponse:
    """Serve the public key as a JWK set. No SQL."""
    return _json({"keys": [credentials.public_jwk()]}, "application/jwk-set+json")


@door(PUBLIC)
def did(request: HttpRequest) -> HttpResponse:
    """Serve the document of did:web. No SQL."""
    return _json(
        badges.did_document(credentials.issuer().id, credentials.key_id(), credentials.public_jwk()),
        "application/did+ld+json",
    )


@door(PUBLIC, badge=CLASS)
def achievement(request: HttpRequest, badge: BadgeClass) -> HttpResponse:
    """Serve what a badge is given for. 1 SQL statement."""
    document = {"@context": list(badges.CONTEXT)} | credentials.achievement(badge).document()
    return _json(document | {"creator": credentials.issuer().profile()}, "application/ld+json")


@door(PUBLIC, badge=CLASS)
def picture(request: HttpRequest, badge: BadgeClass) -> HttpResponse:
    """Serve a badge's picture. 1 SQL statement."""
    answer = HttpResponse(badge_pictures.of_class(badge), content_type="image/png")
    patch_cache_control(answer, public=True, max_age=300)
    return answer


@door(PUBLIC)
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve a signed status list: which of 131,072 badges were revoked. 1 SQL statement."""
    answer = HttpResponse(credentials.status_list(pk, at=timezone.now()), content_type="application/vc+jwt")
    answer["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(answer, public=True, max_age=60)
    return answer


@door(PUBLIC, award=AWARD)
def verify(request: HttpRequest, award: BadgeAward) -> HttpResponse:
    """Say whether a badge is genuine: title, what for, whose, since when, whether revoked; nothing else. At most 3 SQL statements."""
    context = {"award": award, "badge": award.badge, "issuer": credentials.issuer().name}
    answer = render(request, "rewards/badges/verify.html", context)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(answer, private=True, max_age=60)
    return answer


def _file(content: bytes | str, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)


@door("rewards.download_badge", see="rewards.download_badge", award=AWARD)
def baked_png(request: HttpRequest, award: BadgeAward) -> HttpResponse:
    """Hand out the badge as a PNG that carries its credential."""
    baked = badges.baked_png(badge_pictures.of_class(award.badge), credentials.credential_of(award))
    return _file(baked, "image/png", f"{award.badge.code}.png")


@door("rewards.download_badge", see="rewards.download_badge", award=AWARD)
def baked_svg(request: HttpRequest, award: BadgeAward) -> HttpResponse:
    """Hand out the badge as an SVG that carries its credential."""
    baked = badges.baked_svg(badge_pictures.of_class(award.badge), credentials.credential_of(award), award.badge.title)
    return _file(baked, "image/svg+xml", f"{award.badge.code}.svg")


@door("rewards.download_badge", see="rewards.download_badge", award=AWARD)
def token(request: HttpRequest, award: BadgeAward) -> HttpResponse:
    """Hand out the credential itself, for a wallet."""
    return _file(credentials.credential_of(award), "application/vc+jwt", f"{award.badge.code}.jwt")


@door("rewards.download_badge", see="rewards.download_badge", award=AWARD)
def share(request: HttpRequest, award: BadgeAward) -> HttpResponse:
    """Hand out the picture to be shared."""
    return _file(
        badge_pictures.share(award, credentials.address("badge", award.key)),
        "image/png",
        f"{award.badge.code}-share.png",
    )
