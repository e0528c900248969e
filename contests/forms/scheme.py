"""The marking scheme as a form: rows of aspects, checked by the pure reader, which names every fault."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contests.models import Contest
from contests.pure import decimals
from contests.pure.scheme import ROUND_PLACES, Scheme

COMBINES = (
    ("trimmed-mean", _("mean without the extremes")),
    ("mean", _("mean")),
    ("median", _("median")),
    ("sum", _("sum")),
    ("worldskills", _("WorldSkills 0–3")),
)
KINDS = (("judgement", _("judgement (every judge)")), ("measurement", _("measurement (one value)")))
ROUNDINGS = (("half-up", _("half up")), ("half-even", _("half to even")), ("truncate", _("cut off")))


class AspectForm(forms.Form):
    """One aspect. `group` is the title of its group; rows with the same title belong together."""

    group = forms.CharField(label=_("Group"), max_length=60)
    title = forms.CharField(label=_("Aspect"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    maximum = forms.DecimalField(label=_("Full marks"), min_value=0, max_digits=9, decimal_places=3, initial=10)
    step = forms.DecimalField(label=_("Step"), min_value=0, max_digits=9, decimal_places=3, initial="0.5")
    combine = forms.ChoiceField(label=_("Marks are combined by"), choices=COMBINES)
    factor = forms.DecimalField(label=_("Factor"), max_digits=9, decimal_places=4, initial=1)
    code = forms.CharField(widget=forms.HiddenInput, required=False)


AspectRows = forms.formset_factory(AspectForm, extra=1, can_delete=True, can_order=False, max_num=200)


class SchemeForm(forms.Form):
    """What holds for the whole sheet."""

    places = forms.IntegerField(label=_("Decimals kept"), min_value=0, max_value=6, initial=2)
    rounding = forms.ChoiceField(label=_("Rounding"), choices=ROUNDINGS)
    trim = forms.IntegerField(
        label=_("Dropped at each end"), min_value=1, max_value=5, initial=1,
        help_text=_("Where extremes are dropped: how many highest and how many lowest marks."),
    )  # fmt: skip
    trim_from = forms.IntegerField(label=_("From this many judges"), min_value=3, max_value=50, initial=5)


def data_of(contest: Contest, head: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the forms' values in the shape of contest.toml, for `contests.pure.bundle.read_scheme`.

    Codes of rows that had one are kept; new ones are numbered on.
    """
    groups: dict[str, str] = {}
    taken = {row["code"] for row in rows if row["code"]}
    aspects = []
    number = 0
    for row in rows:
        group = groups.setdefault(row["group"].strip(), f"group-{len(groups) + 1}")
        code = row["code"]
        while not code:
            number += 1
            code = "" if f"aspect-{number}" in taken else f"aspect-{number}"
        taken.add(code)
        aspects.append(_aspect(row, head, code=code, group=group))
    order = ["total", *(f"group:{code}" for code in reversed(groups.values()))]
    return {
        "contest": {
            "code": contest.code,
            "title": contest.title,
            "places": head["places"],
            "rounding": head["rounding"],
        },
        "group": [{"code": code, "title": title, "weight": 1} for title, code in groups.items()],
        "aspect": aspects,
        "ranking": {"order": order},
    }


def _aspect(row: dict[str, Any], head: dict[str, Any], *, code: str, group: str) -> dict[str, Any]:
    aspect = {
        "code": code,
        "group": group,
        "title": row["title"],
        "kind": row["kind"],
        "min": 0,
        "max": row["maximum"],
        "step": row["step"],
        "combine": row["combine"],
        "factor": row["factor"],
    }
    if row["kind"] == "measurement":
        aspect["combine"] = "mean"
    elif row["combine"] == "trimmed-mean":
        aspect |= {"trim": head["trim"], "trim_from": head["trim_from"]}
    return aspect


def initial_of(scheme: Scheme) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the forms show of a stored scheme."""
    titles = {group.code: group.title for group in scheme.groups}
    rows = [
        {
            "group": titles[aspect.group],
            "title": aspect.title,
            "kind": aspect.kind,
            "maximum": decimals.text(aspect.maximum),
            "step": decimals.text(aspect.step),
            "combine": aspect.combine,
            "factor": decimals.text(aspect.factor),
            "code": aspect.code,
        }
        for aspect in scheme.aspects
    ]
    trimmed = next((aspect for aspect in scheme.aspects if aspect.combine == "trimmed-mean"), None)
    head = {
        "places": scheme.contest.places,
        "rounding": scheme.contest.rounding,
        "trim": trimmed.trim if trimmed else 1,
        "trim_from": trimmed.trim_from if trimmed else 5,
    }
    return head, rows


def is_plain(scheme: Scheme) -> bool:
    """Return whether the form can show the scheme without losing anything; else only its file can be exchanged."""
    weights_plain = all(group.weight == 1 for group in scheme.groups)
    aspects_plain = all(
        aspect.minimum == 0 and not aspect.zero_is_missing and aspect.round == ROUND_PLACES for aspect in scheme.aspects
    )
    return weights_plain and aspects_plain and scheme.contest.scale == "points" and not scheme.ranking.ascending
