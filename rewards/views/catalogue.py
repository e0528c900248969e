"""The catalogue's desk: items, pictures, stock, sessions."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.kit.doors import door, one
from people.models import Employee
from rewards import flows
from rewards.domain import mall, pictures, stock
from rewards.domain.kinds import KINDS
from rewards.forms.catalogue import ItemForm, PictureForm, ReasonForm, SessionForm, StockForm
from rewards.models import CourseSession, Item, ItemPicture
from rewards.queries import catalogue as queries

ROWS = 50
ITEM = one(Item.objects.select_related("category"), pk="pk")
PICTURE = one(ItemPicture.objects.select_related("item"), pk="pk")
SESSION = one(CourseSession.objects.select_related("item"), pk="pk")


def acting(request: HttpRequest) -> dict[str, Any]:
    """Return who acts and when, as verbs take it."""
    return {"by": cast("Employee", request.user), "at": timezone.now()}


def add_refusal(form: Any, refusal: ValidationError) -> None:
    """Show a refusal beside the fields it names."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


@door("rewards.manage_items")
def catalogue(request: HttpRequest) -> HttpResponse:
    """List every item, offered or not, filtered by state, kind and words. 6 SQL statements for any number."""
    state, kind, words = (request.GET.get(name, "").strip()[:60] for name in ("state", "kind", "q"))
    rows = queries.items(state=state, kind=kind, words=words)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "states": Item.State.choices,
        "kinds": Item.Kind.choices,
        "state": state,
        "kind": kind,
        "q": words,
    }
    return render(request, "rewards/catalogue.html", context)


@door("rewards.manage_items", methods=("GET", "POST"))
def create(request: HttpRequest) -> HttpResponse:
    """Make an item: first its kind is chosen, then the form has what that kind needs."""
    kind = (request.POST or request.GET).get("kind", "")
    if kind not in KINDS:
        return render(
            request, "rewards/new_item.html", {"kinds": [(row, Item.Kind(row.name).label) for row in KINDS.values()]}
        )
    form = ItemForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            item = mall.save_item(item=None, **form.wanted(), **acting(request))
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("rewards:item", item.pk)
    return render(request, "rewards/item.html", {"form": form, "kind": kind}, status=422 if form.errors else 200)


@door("rewards.manage_items", methods=("GET", "POST"), item=ITEM)
def item(request: HttpRequest, item: Item) -> HttpResponse:
    """Change an item; who asked before keeps the price they saw."""
    form = ItemForm(request.POST or None, instance=item, kind=item.kind)
    if request.method == "POST" and form.is_valid():
        try:
            mall.save_item(item=item, **form.wanted(), **acting(request))
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("rewards:item", item.pk)
    return _show(request, item, form=form)


def _show(request: HttpRequest, item: Item, **forms: Any) -> HttpResponse:
    fresh = Item.objects.select_related("category").get(pk=item.pk)
    context = {
        "item": fresh, "kind": fresh.kind, "left": queries.left(fresh), "form": ItemForm(instance=fresh, kind=fresh.kind),
        "pictures": fresh.pictures.defer("content", "thumbnail"), "picture_form": PictureForm(),
        "stock_form": StockForm(initial={"key": uuid.uuid4()}), "corrections": queries.corrections(fresh),
        "sessions": queries.sessions(fresh), "session_form": SessionForm(), "prices": fresh.prices.select_related("set_by")[:10],
    }  # fmt: skip
    has_errors = any(form.errors for form in forms.values())
    return render(request, "rewards/item.html", context | forms, status=422 if has_errors else 200)


@door("rewards.manage_items", methods=("POST",), item=ITEM)
def offer(request: HttpRequest, item: Item) -> HttpResponse:
    """Put an item into the mall, or take it out."""
    try:
        mall.publish(item=item, is_published=request.POST.get("is_published") == "1", **acting(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Saved."))
    return redirect("rewards:item", item.pk)


@door("rewards.manage_items", methods=("POST",), item=ITEM)
def duplicate(request: HttpRequest, item: Item) -> HttpResponse:
    """Make a draft like an item."""
    copy = mall.duplicate(item=item, **acting(request))
    messages.success(request, _("This is the copy, a draft."))
    return redirect("rewards:item", copy.pk)


@door("rewards.manage_items", methods=("POST",), item=ITEM)
def add_picture(request: HttpRequest, item: Item) -> HttpResponse:
    """Add a picture, checked by what it contains."""
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            pictures.add(
                item=item, upload=form.cleaned_data["picture"], alt=form.cleaned_data["alt"], **acting(request)
            )
        except ValidationError as refusal:
            form.add_error("picture", refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("rewards:item", item.pk)
    return _show(request, item, picture_form=form)


@door("rewards.manage_items", methods=("POST",), picture=PICTURE)
def first_picture(request: HttpRequest, picture: ItemPicture) -> HttpResponse:
    """Put a picture before the others."""
    pictures.place_first(picture=picture, **acting(request))
    return redirect("rewards:item", picture.item_id)


@door("rewards.manage_items", methods=("POST",), picture=PICTURE)
def remove_picture(request: HttpRequest, picture: ItemPicture) -> HttpResponse:
    """Take a picture away."""
    pictures.remove(picture=picture, **acting(request))
    return redirect("rewards:item", picture.item_id)


@door("rewards.manage_items", methods=("POST",), item=ITEM)
def correct_stock(request: HttpRequest, item: Item) -> HttpResponse:
    """Bring something in or correct a count, with the reason; pressed twice it is one correction."""
    form = StockForm(request.POST)
    if form.is_valid():
        try:
            stock.correct(item=item, **form.cleaned_data, **acting(request))
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("rewards:item", item.pk)
    return _show(request, item, stock_form=form)


@door("rewards.manage_items", methods=("POST",), item=ITEM)
def add_session(request: HttpRequest, item: Item) -> HttpResponse:
    """Add a session to a course."""
    form = SessionForm(request.POST)
    if form.is_valid():
        try:
            mall.save_session(item=item, session=None, **form.cleaned_data, **acting(request))
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("rewards:item", item.pk)
    return _show(request, item, session_form=form)


@door("rewards.manage_items", methods=("GET", "POST"), session=SESSION)
def session(request: HttpRequest, session: CourseSession) -> HttpResponse:
    """Change a session."""
    form = SessionForm(request.POST or None, instance=session)
    if request.method == "POST" and form.is_valid():
        try:
            mall.save_session(item=session.item, session=session, **form.cleaned_data, **acting(request))
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("rewards:attendance", session.pk)
    context = {"form": form, "session": session, "reason_form": ReasonForm()}
    return render(request, "rewards/session.html", context, status=422 if form.errors else 200)


@door("rewards.manage_items", methods=("POST",), session=SESSION)
def cancel_session(request: HttpRequest, session: CourseSession) -> HttpResponse:
    """Call a session off: everybody gets everything back and is told."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        context = {"form": SessionForm(instance=session), "session": session, "reason_form": form}
        return render(request, "rewards/session.html", context, status=422)
    people = flows.cancel_session(session=session, **form.cleaned_data, **acting(request))
    said = ngettext(
        "Called off; one person has the points back.", "Called off; %(n)s people have their points back.", people
    )
    messages.success(request, said % {"n": people})
    return redirect("rewards:item", session.item_id)
