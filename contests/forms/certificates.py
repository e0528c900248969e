"""Forms of the certificate editor: the template, its texts, its awards."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from contests.pure import certificate as layouts
from frontend.kit import uploads

MOST_BYTES = 8 * 1024 * 1024
MOST_SIDE = 3508  # A4 at 300 dots an inch
WHITE = (255, 255, 255)
ALIGNS = [
    ("center", _("in the middle")),
    ("left", _("at the left")),
    ("right", _("at the right")),
]


def background_of(upload: UploadedFile[Any]) -> bytes:
    """Return an uploaded picture as JPEG of our own making, upright, at most A4 at 300 dpi, transparent parts white.

    Raises:
        frontend.kit.uploads.Refused: too large, no picture, damaged.
    """
    picture = ImageOps.exif_transpose(uploads.image(upload, most_bytes=MOST_BYTES))
    picture.thumbnail((MOST_SIDE, MOST_SIDE))
    paper = Image.new("RGB", picture.size, WHITE)
    opaque = picture.convert("RGBA")
    paper.paste(opaque, mask=opaque.getchannel("A"))
    target = io.BytesIO()
    paper.save(target, "JPEG", quality=90)
    return target.getvalue()


class TemplateForm(forms.Form):
    """Title, page, background, QR code, the name of all other awards."""

    title = forms.CharField(label=_("Title of the template"), max_length=120)
    page = forms.ChoiceField(
        label=_("Page"), choices=[("A4-landscape", _("A4, lying")), ("A4-portrait", _("A4, upright"))]
    )
    background = forms.FileField(
        label=_("Background picture"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("JPEG, PNG or WebP up to 8 MB, in the proportions of the page. Without one our own border is drawn."),
    )  # fmt: skip
    drops_background = forms.BooleanField(label=_("Remove the present background"), required=False)
    others = forms.CharField(
        label=_("Award of all other ranks"), max_length=layouts.LONGEST_TITLE, required=False,
        help_text=_("Empty: only the ranks above get a certificate."),
    )  # fmt: skip
    has_qr = forms.BooleanField(label=_("QR code of the verification page"), required=False)
    qr_x = forms.FloatField(label=_("Code: mm from the left"), required=False, min_value=0, max_value=297)
    qr_y = forms.FloatField(label=_("Code: mm from the top"), required=False, min_value=0, max_value=297)
    qr_size = forms.FloatField(label=_("Code: side in mm"), required=False, min_value=0, max_value=200)

    def clean_background(self) -> bytes | None:
        upload = self.cleaned_data["background"]
        return background_of(upload) if upload else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("qr_x", "qr_y", "qr_size"):
            if data.get("has_qr") and name in data and data[name] is None:
                self.add_error(name, self.fields[name].error_messages["required"])
        return data


class TextForm(forms.Form):
    """One text and its place."""

    text = forms.CharField(label=_("Text"), max_length=layouts.LONGEST_TEXT)
    x = forms.FloatField(label=_("mm from the left"), min_value=0, max_value=297)
    y = forms.FloatField(label=_("mm from the top"), min_value=0, max_value=297)
    width = forms.FloatField(label=_("Width in mm"), min_value=5, max_value=297)
    size = forms.FloatField(label=_("Type size"), min_value=layouts.SIZES[0], max_value=layouts.SIZES[1])
    lines = forms.IntegerField(label=_("Lines at most"), min_value=1, max_value=layouts.MOST_LINES, initial=1)
    align = forms.ChoiceField(label=_("Aligned"), choices=ALIGNS)
    colour = forms.CharField(label=_("Colour"), max_length=7, widget=forms.TextInput(attrs={"type": "color"}))
    is_strong = forms.BooleanField(label=_("Bold"), required=False)


class AwardTitleForm(forms.Form):
    """What some ranks are called."""

    rank_from = forms.IntegerField(label=_("From rank"), min_value=1, max_value=99_999)
    rank_to = forms.IntegerField(label=_("To rank"), min_value=1, max_value=99_999)
    title = forms.CharField(label=_("Award"), max_length=layouts.LONGEST_TITLE)


TextRows = forms.formset_factory(TextForm, extra=0, can_delete=True, max_num=layouts.MOST_TEXTS)
AwardTitleRows = forms.formset_factory(AwardTitleForm, extra=0, can_delete=True, max_num=layouts.MOST_TEXTS)


def initial_of(layout: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the initial data of the three forms from a stored layout."""
    square = layout.get("qr")
    head = {"page": layout["page"], "others": layout.get("others", ""), "has_qr": square is not None}
    head |= {f"qr_{name}": value for name, value in (square or {"x": 20, "y": 20, "size": 25}).items()}
    return head, list(layout["texts"]), list(layout.get("awards", []))


def layout_of(head: dict[str, Any], texts: Any, awards: Any) -> dict[str, Any]:
    """Return a layout as plain data from the cleaned forms; rows marked for deletion are left out."""

    def kept(rows: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
        return [
            {name: row.cleaned_data[name] for name in names}
            for row in rows
            if row.cleaned_data and not row.cleaned_data.get("DELETE")
        ]

    square = {name: head[f"qr_{name}"] for name in ("x", "y", "size")} if head["has_qr"] else None
    names = ("text", "x", "y", "width", "size", "lines", "align", "colour", "is_strong")
    return {
        "page": head["page"], "texts": kept(texts, names), "qr": square,
        "awards": kept(awards, ("rank_from", "rank_to", "title")), "others": head["others"],
    }  # fmt: skip
