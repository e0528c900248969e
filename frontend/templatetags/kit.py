"""Template tags every page may use without loading them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from lucide.templatetags.lucide import lucide

register = template.Library()


@lru_cache(maxsize=512)
def _svg(name: str, css_class: str) -> str:
    return str(lucide(name, size=None, **{"class": css_class, "aria-hidden": "true", "focusable": "false"}))


@register.simple_tag
def icon(name: str, css_class: str = "icon") -> SafeString:
    """Return an icon of the lucide set as inlined SVG, hidden from screen readers: the words beside it speak."""
    return mark_safe(_svg(name, css_class))  # noqa: S308 the set's own drawing


@register.simple_tag
def points(amount: int | None) -> SafeString:
    """Return points with thousands separated and the unit: 1,280 分."""
    return format_html(
        '<span class="points">{} <small>{}</small></span>', f"{amount or 0:,}", pgettext("unit", "points")
    )


@register.simple_tag
def when(moment: date | datetime | None, *, day_only: bool = False) -> SafeString:
    """Return a moment as a <time>, in the union's zone, without the year when it is this one; — for none."""
    if moment is None:
        return mark_safe("—")
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    this_year = local.year == timezone.localdate().year
    with_time = isinstance(moment, datetime) and not day_only
    # Translators: a date of this year / of another year, as Django's date filter writes it
    shown = date_format(local, _("j M") if this_year else _("j M Y"))
    if with_time:
        shown = f"{shown} {local:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), shown)


@register.simple_tag
def span(duration: timedelta | None) -> str:
    """Return a length of time in its two largest units: 2 d 3 h, 5 min; — for none."""
    if duration is None:
        return "—"
    minutes = round(duration.total_seconds() / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    # Translators: days, hours, minutes, as short as a table wants them
    parts = [(days, _("%(n)s d")), (hours, _("%(n)s h")), (rest, _("%(n)s min"))]
    shown = [words % {"n": number} for number, words in parts if number][:2]
    return " ".join(shown) or _("%(n)s min") % {"n": 0}


@register.inclusion_tag("parts/pager.html", takes_context=True)
def pager(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Show where one is in a paged list and the way to the other pages; the filters of the address are kept."""
    request = context["request"]
    query = request.GET.copy()
    query.pop("page", None)
    prefix = f"?{query.urlencode()}&page=" if query else "?page="
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "prefix": prefix, "numbers": list(numbers), "gap": page.paginator.ELLIPSIS}


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Show a form field with its label, help and errors, tied together for screen readers."""
    described = [f"{bound.id_for_label}_help"] if bound.help_text else []
    described += [f"{bound.id_for_label}_wrong"] if bound.errors else []
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    kind = getattr(bound.field.widget, "input_type", "")
    several = kind == "radio" or (getattr(bound.field.widget, "allow_multiple_selected", False) and kind == "checkbox")
    return {
        "bound": bound,
        "widget": bound.as_widget(attrs=attributes),
        "is_check": kind == "checkbox" and not several,
        "is_group": several,
    }


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """Return the present address's query with some parameters changed (None or '' removes one); paging restarts."""
    params = context["request"].GET.copy()
    params.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.filter
def thousands(number: int | None) -> str:
    """Return a whole number with commas: 381,040 (Django's own groups by four in Chinese, which nobody reads)."""
    return f"{number or 0:,}"


@register.filter
def initial(name: str) -> str:
    """Return the character an avatar shows: the surname's first."""
    return (name or "?")[:1]


@register.filter
def may(person: Any, permission: str) -> bool:
    """Return whether a person has a permission that needs no object: `{% if user|may:"contests.use_desk" %}`."""
    return bool(person.has_perm(permission))
