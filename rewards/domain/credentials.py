"""Sign badges as Open Badges 3.0 credentials, and the list of those that were revoked."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings
from django.urls import reverse
from jwt.algorithms import OKPAlgorithm

from engine.proof import keys
from rewards.models import BadgeAward, BadgeClass
from rewards.pure import badge as badges

ALGORITHM = "EdDSA"
NAME = "金榜 · 职工技能竞赛"
WITHOUT_SITE = "http://localhost:8000"
TRUSTED = timedelta(days=1)
AT_ONCE = 200


def site() -> str:
    """Return the address under which the world knows this site; badges are only of use where SITE_URL is set."""
    return settings.SITE_URL or WITHOUT_SITE


def address(name: str, *arguments: Any) -> str:
    """Return the public address of a page of badges."""
    return site() + reverse(f"rewards:{name}", args=arguments)


def issuer() -> badges.Issuer:
    """Return who gives badges."""
    return badges.Issuer(badges.issuer_id(site()), settings.BADGE_ISSUER or NAME, site())


def public_jwk() -> dict[str, str]:
    """Return the public key as a JWK (RFC 8037), named by its thumbprint (RFC 7638)."""
    jwk = json.loads(OKPAlgorithm.to_jwk(keys.private(settings.BADGE_KEY_FILE).public_key()))
    wanted = {name: jwk[name] for name in ("crv", "kty", "x")}
    digest = hashlib.sha256(json.dumps(wanted, separators=(",", ":"), sort_keys=True).encode()).digest()
    return wanted | {"kid": jwt.utils.base64url_encode(digest).decode(), "alg": ALGORITHM, "use": "sig"}


def key_id() -> str:
    """Return the name of the key in a signature's header: where it is found from the issuer's identifier."""
    return f"{issuer().id}#{public_jwk()['kid']}"


def signed(payload: dict[str, Any]) -> str:
    """Return a payload as a compact JWT; its header carries the key's name and the key."""
    jwk = {name: value for name, value in public_jwk().items() if name in {"crv", "kty", "x"}}
    headers = {"kid": key_id(), "jwk": jwk}
    return jwt.encode(payload, keys.private(settings.BADGE_KEY_FILE), algorithm=ALGORITHM, headers=headers)


def pseudonym(number: str) -> str:
    """Return the identifier of a person in credentials: the same for all their badges, and nobody finds the number from it."""
    digest = hmac.digest(
        keys.private(settings.BADGE_KEY_FILE).private_bytes_raw(), f"badge:{number}".encode(), "sha256"
    )
    return f"urn:uuid:{UUID(bytes=digest[:16], version=4)}"


def achievement(badge: BadgeClass) -> badges.Achievement:
    """Return what a badge is given for, with its public addresses."""
    return badges.Achievement(
        id=address("badge-class", badge.code), title=badge.title, description=badge.description,
        criteria=badge.criteria, picture=address("badge-picture", badge.code),
    )  # fmt: skip


def credential_of(award: BadgeAward) -> str:
    """Return a badge's signed credential; signed now, and kept for ever, when it was not yet. At most 2 SQL statements."""
    if award.credential:
        return award.credential
    number, index = badges.place(award.pk)
    payload = badges.credential(
        address=address("badge", award.key), issuer=issuer(), achievement=achievement(award.badge),
        subject=pseudonym(award.employee.number), reason=award.reason, given_at=award.given_at,
        status_list=address("badge-status", number), index=index,
    )  # fmt: skip
    # Of two at once one is kept: both answer with that one.
    BadgeAward.objects.filter(pk=award.pk, credential="").update(credential=signed(payload))
    award.refresh_from_db(fields=["credential"])
    return award.credential


def sign_waiting() -> int:
    """Sign badges that wait for it, at most two hundred; return how many."""
    waiting = BadgeAward.objects.filter(credential="").select_related("badge", "employee").order_by("id")[:AT_ONCE]
    return sum(1 for award in waiting if credential_of(award))


def status_list(number: int, *, at: datetime) -> str:
    """Return a signed status list: the revoked badges among 131,072; to be trusted for a day. 1 SQL statement."""
    first = number * badges.LIST_BITS
    rows = BadgeAward.objects.filter(pk__gte=first, pk__lt=first + badges.LIST_BITS, revoked_at__isnull=False)
    revoked = [badges.place(pk)[1] for pk in rows.values_list("pk", flat=True)]
    listed = address("badge-status", number)
    return signed(badges.status_list(address=listed, issuer=issuer(), revoked=revoked, at=at, until=at + TRUSTED))
