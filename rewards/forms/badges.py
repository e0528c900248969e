"""Parse and explain what is typed about badges."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from frontend.kit import uploads
from frontend.kit.faces import missing
from people.models import Employee
from rewards.models import BadgeClass

MOST_BYTES = 6 * 2**20
SIDE = 600


class BadgeForm(forms.ModelForm[BadgeClass]):
    """A badge class; its picture becomes a square PNG."""

    upload = forms.FileField(
        label=_("Picture (square; none: one is drawn from the title)"), required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )  # fmt: skip

    class Meta:
        model = BadgeClass
        fields = ("code", "title", "description", "criteria", "is_active")
        help_texts = {
            "code": _("Part of the badge's address for ever, such as steady-hands."),
            "criteria": _("What verifiers read: what somebody did to earn it."),
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 2}), "criteria": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True

    def clean_title(self) -> str:
        """Refuse a title whose characters no font here has: it is drawn on the badge."""
        title: str = self.cleaned_data["title"]
        if absent := missing(title):
            raise forms.ValidationError(_("These characters cannot be drawn: %(absent)s"), params={"absent": absent})
        return title

    def clean_upload(self) -> bytes:
        """Return the picture as a square PNG without anything the camera wrote into it, or nothing."""
        upload = self.cleaned_data["upload"]
        if not upload:
            return b""
        picture = ImageOps.exif_transpose(uploads.image(upload, most_bytes=MOST_BYTES)).convert("RGBA")
        square = ImageOps.pad(picture, (SIDE, SIDE), Image.Resampling.LANCZOS, color=(0, 0, 0, 0))
        out = io.BytesIO()
        square.save(out, "PNG", optimize=True)
        return out.getvalue()


class GiveForm(forms.Form):
    """Give a badge to somebody by hand."""

    number = forms.CharField(label=_("Employee number"), max_length=30)
    reason = forms.CharField(label=_("For what"), max_length=300)

    def clean_number(self) -> Employee:
        """Return the employee."""
        found = Employee.objects.filter(number=self.cleaned_data["number"].strip(), is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("No active employee has this number."))
        return found
