"""Open Badges 3.0: a badge as a verifiable credential, its status list, and both baked into pictures.

Sources: Open Badges 3.0 (1EdTech, context 3.0.3), W3C Verifiable Credentials 2.0, W3C Bitstring Status List 1.0, did:web.
"""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

CONTEXT = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
KEYWORD = b"openbadgecredential"
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
LIST_BITS = 131_072  # the least a status list may have: who looks one badge up hides among all of them
Json = dict[str, Any]


class NotAPng(ValueError):
    """The bytes are no PNG picture."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who gives badges: its identifier (did:web where the site has https, else an address), name and home page."""

    id: str
    name: str
    url: str

    def profile(self) -> Json:
        """Return the Profile that stands in every credential."""
        return {"id": self.id, "type": ["Profile"], "name": self.name, "url": self.url}


@dataclass(frozen=True, slots=True)
class Achievement:
    """What a badge is given for; `id` and `picture` are public addresses."""

    id: str
    title: str
    description: str
    criteria: str
    picture: str

    def document(self) -> Json:
        """Return the Achievement that stands in every credential."""
        return {
            "id": self.id,
            "type": ["Achievement"],
            "achievementType": "Badge",
            "name": self.title,
            "description": self.description,
            "criteria": {"narrative": self.criteria},
            "image": {"id": self.picture, "type": "Image"},
        }


def issuer_id(site: str) -> str:
    """Return the issuer's identifier: did:web of an https site (a port written %3A), else an address of the site."""
    parts = urlsplit(site)
    if parts.scheme != "https":
        return f"{site}/mall/badges/issuer.json"
    return f"did:web:{parts.netloc.replace(':', '%3A')}"


def moment(at: datetime) -> str:
    """Write a moment as these documents have it: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def credential(
    *, address: str, issuer: Issuer, achievement: Achievement, subject: str, reason: str, given_at: datetime,
    status_list: str, index: int,
) -> Json:  # fmt: skip
    """Return the JWT payload of a badge: the credential itself with the registered claims (Open Badges 3.0, 8.2.4).

    Args:
        address: public address where the badge can be looked up.
        subject: identifier of the person, telling nothing about who they are.
        reason: the sentence the badge was given with, its evidence.
        status_list, index: where it is looked up whether the badge was revoked.
    """
    document: Json = {
        "@context": list(CONTEXT),
        "id": address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement.title,
        "issuer": issuer.profile(),
        "validFrom": moment(given_at),
        "credentialSubject": {"id": subject, "type": ["AchievementSubject"], "achievement": achievement.document()},
        "credentialSchema": [SCHEMA],
        "credentialStatus": {
            "id": f"{status_list}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(index),
            "statusListCredential": status_list,
        },
    }
    if reason:
        document["evidence"] = [{"id": address, "type": ["Evidence"], "narrative": reason}]
    return document | {"iss": issuer.id, "sub": subject, "jti": address, "nbf": int(given_at.timestamp())}


def status_list(*, address: str, issuer: Issuer, revoked: Iterable[int], at: datetime, until: datetime) -> Json:
    """Return the JWT payload of a status list: a bit for each badge, set when it was revoked; trusted until `until`."""
    return {
        "@context": [CONTEXT[0]],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.id,
        "validFrom": moment(at),
        "validUntil": moment(until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(revoked),
        },
        "iss": issuer.id,
        "jti": address,
        "nbf": int(at.timestamp()),
        "exp": int(until.timestamp()),
    }


def encoded(revoked: Iterable[int]) -> str:
    """Return a bitstring as status lists have it: index 0 is the highest bit of the first byte; gzip, base64url behind a `u`."""
    bits = bytearray(LIST_BITS // 8)
    for index in revoked:
        bits[index // 8] |= 0x80 >> (index % 8)
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")


def place(number: int) -> tuple[int, int]:
    """Return in which list, and at which index, badge `number` is looked up."""
    return divmod(number, LIST_BITS)


def did_document(did: str, key_id: str, jwk: Mapping[str, str]) -> Json:
    """Return the document of a did:web: the one key that signs."""
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": did,
        "verificationMethod": [{"id": key_id, "type": "JsonWebKey2020", "controller": did, "publicKeyJwk": dict(jwk)}],
        "assertionMethod": [key_id],
        "authentication": [key_id],
    }


def baked_png(picture: bytes, token: str) -> bytes:
    """Return a PNG with the credential in it: one iTXt chunk `openbadgecredential`, uncompressed, before the picture's data.

    Raises:
        NotAPng: the bytes are none.
    """
    if not picture.startswith(PNG_HEAD) or picture[12:16] != b"IHDR":
        raise NotAPng("no PNG picture")
    after_head = len(PNG_HEAD) + 12 + int.from_bytes(picture[8:12], "big")
    data = KEYWORD + b"\0\0\0\0\0" + token.encode()
    body = b"iTXt" + data
    chunk = len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    return picture[:after_head] + chunk + picture[after_head:]


def baked_svg(picture: bytes, token: str, title: str) -> bytes:
    """Return an SVG that shows a PNG picture and carries the credential as `openbadges:credential verify=…`."""
    image = base64.b64encode(picture).decode()
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{NAMESPACE}" viewBox="0 0 600 600" role="img" '
        f"aria-label={quoteattr(title)}>"
        f"<openbadges:credential verify={quoteattr(token)}></openbadges:credential>"
        f'<image width="600" height="600" href="data:image/png;base64,{image}"/></svg>\n'
    ).encode()
