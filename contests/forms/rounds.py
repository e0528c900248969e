"""What makes a next round."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from contests.models.contest import CODE


class NextRoundForm(forms.Form):
    """Its name, and who advances."""

    title = forms.CharField(label=_("title"), max_length=200)
    code = forms.CharField(label=_("code"), max_length=64, validators=[CODE])
    round_title = forms.CharField(label=_("round"), max_length=60)
    top = forms.IntegerField(label=_("How many advance"), min_value=1, max_value=10_000)
    per_unit = forms.IntegerField(label=_("At most of one unit (empty: no limit)"), min_value=1, required=False)
    ties = forms.ChoiceField(
        label=_("A tie at the line"),
        choices=[
            ("all", _("all of them advance")),
            ("none", _("none of them advances")),
            ("order", _("who started earlier advances")),
        ],
    )
