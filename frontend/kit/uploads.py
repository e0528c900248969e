"""Uploads are checked by what they contain, not by what they are called."""

from __future__ import annotations

import io
import warnings
import zipfile
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

PDF = b"%PDF-"
ZIP = b"PK\x03\x04"
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
MOST_PIXELS = 40_000_000
IMAGE_FORMATS = ("JPEG", "PNG", "WEBP")


class Refused(ValidationError):
    """The file cannot be taken; the message says why and what to send instead."""


def size(upload: UploadedFile[Any], *, most_bytes: int) -> None:
    """Refuse a file that is empty or larger than `most_bytes`."""
    if not upload.size:
        raise Refused(_("The file is empty. Choose another one."), code="empty")
    if upload.size > most_bytes:
        raise Refused(
            _("The file has %(size)s MB; at most %(most)s MB are taken. Split it or make it smaller."),
            code="too-large",
            params={"size": f"{upload.size / 2**20:.1f}", "most": f"{most_bytes / 2**20:.0f}"},
        )


def sheet(upload: UploadedFile[Any], *, most_bytes: int) -> UploadedFile[Any]:
    """Return the upload when it is an .xlsx workbook or a text table, whatever its name says.

    Raises:
        Refused: too large, an old .xls, a picture, a zip bomb, a zip that is no workbook, no text.
    """
    size(upload, most_bytes=most_bytes)
    content = upload.read()
    upload.seek(0)
    if content.startswith(ZIP):
        _demand_workbook(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            _("This is an old Excel file (.xls) or one with a password. Save it as .xlsx without a password."),
            code="old-excel",
        )
    elif b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(_("This is neither an Excel workbook (.xlsx) nor a CSV table."), code="not-a-sheet")
    return upload


def _demand_workbook(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            unpacked = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile:
        raise Refused(_("The Excel file is damaged. Open it in Excel and save it again."), code="damaged") from None
    if "xl/workbook.xml" not in names:
        raise Refused(_("This is a ZIP file, not an Excel workbook. Choose the .xlsx itself."), code="not-a-sheet")
    if unpacked > MOST_UNPACKED_BYTES:
        raise Refused(
            _("Unpacked, the workbook is far too large. Copy the table into a new one."), code="too-large-unpacked"
        )


def document(upload: UploadedFile[Any], *, most_bytes: int, most_side: int = 2400) -> tuple[bytes, str]:
    """Return (content, content type) of a picture or a PDF; pictures are re-encoded, which drops where they were taken.

    Raises:
        Refused: too large, neither a picture nor a PDF, damaged.
    """
    size(upload, most_bytes=most_bytes)
    head = upload.read(5)
    upload.seek(0)
    if head == PDF:
        return upload.read(), "application/pdf"
    try:
        return picture(upload, most_bytes=most_bytes, side=most_side), "image/jpeg"
    except Refused as refusal:
        if refusal.code == "not-an-image":
            raise Refused(_("This is neither a picture (JPEG, PNG, WebP) nor a PDF."), code="not-a-document") from None
        raise


def picture(upload: UploadedFile[Any], *, most_bytes: int, side: int) -> bytes:
    """Return the picture as JPEG, turned upright, at most `side` pixels long; re-encoding drops where it was taken.

    Raises:
        Refused: too large in bytes or pixels, no picture, damaged.
    """
    found = ImageOps.exif_transpose(image(upload, most_bytes=most_bytes))
    found.thumbnail((side, side))
    out = io.BytesIO()
    found.convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


def image(upload: UploadedFile[Any], *, most_bytes: int) -> Image.Image:
    """Return the picture, decoded; what cannot be decoded as JPEG, PNG or WebP is refused.

    Raises:
        Refused: too large in bytes or pixels, another format, damaged.
    """
    size(upload, most_bytes=most_bytes)
    try:
        with warnings.catch_warnings():
            # Our own limit is lower than the one Pillow warns at, and is a refusal.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(upload, formats=IMAGE_FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused(_("The picture has too many pixels. Take a smaller one."), code="too-many-pixels")
        picture.load()
    except Image.DecompressionBombError:
        raise Refused(_("The picture has too many pixels. Take a smaller one."), code="too-many-pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Refused(_("This is no JPEG, PNG or WebP picture, or it is damaged."), code="not-an-image") from None
    return picture
