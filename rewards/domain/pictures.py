"""Pictures of items: checked by their content, turned upright, re-encoded without anything the camera wrote into them."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from engine.events.domain import record
from frontend.kit import uploads
from people.models import Employee
from rewards.models import Item, ItemPicture

MOST_BYTES = 12 * 2**20
MOST_PICTURES = 8
SIDE, THUMBNAIL_SIDE = 1600, 480


class TooMany(ValidationError):
    """Nobody looks at that many."""

    def __init__(self) -> None:
        super().__init__(_("An item has at most %(most)s pictures."), code="too-many", params={"most": MOST_PICTURES})


def encoded(picture: Image.Image, side: int) -> tuple[bytes, tuple[int, int]]:
    """Return a picture as WebP, at most `side` pixels long, on white where it was transparent, and its size."""
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((side, side))
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    paper.save(out, "WEBP", quality=82)
    return out.getvalue(), paper.size


@transaction.atomic(savepoint=False)
def add(*, item: Item, upload: UploadedFile[Any], alt: str, by: Employee, at: datetime) -> ItemPicture:
    """Add a picture behind the others; the same picture again is the one that is there.

    Raises:
        uploads.Refused: too large in bytes or pixels, no JPEG, PNG or WebP, damaged.
        TooMany.
    """
    picture = uploads.image(upload, most_bytes=MOST_BYTES)
    content, (width, height) = encoded(picture, SIDE)
    thumbnail, _size = encoded(picture, THUMBNAIL_SIDE)
    digest = hashlib.sha256(content).hexdigest()[:16]
    Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    present = list(ItemPicture.objects.filter(item=item).defer("content", "thumbnail"))
    if (same := next((row for row in present if row.digest == digest), None)) is not None:
        return same
    if len(present) >= MOST_PICTURES:
        raise TooMany
    row = ItemPicture.objects.create(
        item=item, position=max((row.position for row in present), default=-1) + 1, digest=digest, alt=alt.strip()[:80],
        content=content, thumbnail=thumbnail, width=width, height=height,
    )  # fmt: skip
    record(f"item:{item.pk}", "item.picture-added", by=by, at=at, digest=digest)
    return row


@transaction.atomic(savepoint=False)
def place_first(*, picture: ItemPicture, by: Employee, at: datetime) -> None:
    """Put a picture before the others; the mall shows the first."""
    Item.objects.select_for_update(no_key=True).get(pk=picture.item_id)
    others = ItemPicture.objects.filter(item=picture.item_id).exclude(pk=picture.pk).values_list("pk", flat=True)
    for position, pk in enumerate([picture.pk, *others]):
        ItemPicture.objects.filter(pk=pk).update(position=position)
    record(f"item:{picture.item_id}", "item.pictures-ordered", by=by, at=at, first=picture.digest)


@transaction.atomic(savepoint=False)
def remove(*, picture: ItemPicture, by: Employee, at: datetime) -> None:
    """Take a picture away."""
    ItemPicture.objects.filter(pk=picture.pk).delete()
    record(f"item:{picture.item_id}", "item.picture-removed", by=by, at=at, digest=picture.digest)
