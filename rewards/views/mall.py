"""The mall, redeeming, the wall of honour."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from frontend.kit.doors import door, one
from people.models import Employee
from rewards import flows
from rewards.domain.kinds import kind_of
from rewards.domain.redemption import PriceChanged
from rewards.forms.mall import RedeemForm
from rewards.models import Item, ItemPicture, Redemption
from rewards.queries import balance
from rewards.queries import mall as queries
from rewards.queries.buyers import buyer_of, lacks_of, sentences
from rewards.queries.funds import name_of
from rewards.queries.funds import names as fund_names
from rewards.queries.stock import left_of
from rewards.views.catalogue import add_refusal

ROWS = 24


def _person(request: HttpRequest) -> Employee:
    return cast("Employee", request.user)


@door("rewards.use_mall")
def mall(request: HttpRequest) -> HttpResponse:
    """Show what points buy, with my balance. 14 SQL statements for any number, at most 16 with several funds."""
    person, today = _person(request), timezone.localdate()
    wallet, funds, buyer = balance(person), queries.available_by_fund(person, on=today), buyer_of(person)
    asked = {name: request.GET.get(name, "").strip()[:60] for name in ("chip", "q", "sort", "shelf")}
    shelf = int(asked["shelf"]) if asked["shelf"].isdecimal() and len(asked["shelf"]) < 10 else None
    items = queries.shown(
        queries.offered_to(person, on=today), words=asked["q"], category=shelf, kind=asked["chip"], sort=asked["sort"]
    )
    if asked["chip"] == "affordable":
        items = queries.within_reach(items, buyer, person, funds, on=today)
    page = Paginator(items, ROWS).get_page(request.GET.get("page"))
    chips = [("", _("All")), ("affordable", _("I can have now")), *((kind.value, kind.label) for kind in Item.Kind)]
    sorts = [
        ("price", _("cheapest first")),
        ("-price", _("dearest first")),
        ("popular", _("most wanted")),
        ("new", _("newest")),
    ]
    cards = queries.cards(
        page.object_list, buyer, funds, on=today, names=fund_names() if any(row.fund for row in page) else {}
    )
    context = {
        "wallet": wallet, "page": page, "cards": cards, "chips": chips,
        "sorts": sorts, "shelves": queries.shelves(person, on=today), "shelf": shelf, "is_filtered": any(asked.values()),
        **asked,
    }  # fmt: skip
    return render(request, "rewards/mall.html", context)


@door(
    "rewards.redeem",
    methods=("GET", "POST"),
    see="rewards.view_item",
    item=one(Item.objects.select_related("category"), pk="pk"),
)
def redeem(request: HttpRequest, item: Item) -> HttpResponse:
    """Show an item and ask for it; pressed twice it is one request, and a price that changed is shown before it counts."""
    person = _person(request)
    about = kind_of(item).about(item, person, at=timezone.now())
    form = RedeemForm(
        request.POST or None, item=item, about=about, initial={"hold": uuid.uuid4(), "points": item.points}
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = flows.request(item=item, employee=person, at=timezone.now(), **form.cleaned_data)
        except PriceChanged as refusal:
            form = RedeemForm({**request.POST.dict(), "points": refusal.points}, item=item, about=about)
            form.add_error(None, refusal)
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, ASKED[row.state])
            return redirect("rewards:redemption", row.pk)
    page = _item_page(person, item, form, about)
    return render(request, "rewards/redeem.html", page, status=422 if form.errors else 200)


ASKED: dict[str, Any] = {
    Redemption.State.RESERVED: gettext_lazy("Asked. The points are reserved until it is decided."),
    Redemption.State.WAITLISTED: gettext_lazy("You are on the waiting list. The points are reserved while you wait."),
    Redemption.State.READY: gettext_lazy("It is yours. Show the code where it is collected."),
    Redemption.State.FULFILLED: gettext_lazy("It is yours."),
}


def _item_page(person: Employee, item: Item, form: RedeemForm, about: Any) -> dict[str, Any]:
    now = timezone.now()
    today = timezone.localdate(now)
    fresh = Item.objects.select_related("category").get(pk=item.pk)
    available = queries.available_by_fund(person, on=today).get(fresh.fund, 0)
    why_not = [*sentences(lacks_of(fresh, person, at=now)), *kind_of(fresh).why_not(fresh, about)]
    left = left_of([fresh.stock_account])[fresh.stock_account] if fresh.is_limited else None
    if not fresh.is_offered(today):
        why_not.insert(0, _("This is not offered now."))
    if left == 0:
        why_not.append(_("Nothing is left. Look again later."))
    missing = max(0, fresh.points - available)
    if missing:
        why_not.append(
            ngettext("%(n)s point is missing.", "%(n)s points are missing.", missing) % {"n": f"{missing:,}"}
        )
    return {
        "about": about, "item": fresh, "kind": kind_of(fresh), "form": form, "available": available, "after": available - fresh.points,
        "fund": name_of(fresh.fund), "missing": missing, "why_not": why_not, "left": left, "pictures": fresh.pictures.defer("content", "thumbnail"),
        "taken_first": queries.taken_first(person, fresh, on=today), "kind_part": f"rewards/kinds/{fresh.kind}_item.html",
    }  # fmt: skip


@door("rewards.view_picture", picture=one(ItemPicture.objects.select_related("item"), pk="pk"))
def picture(request: HttpRequest, picture: ItemPicture, digest: str, size: str) -> HttpResponse:
    """Hand out a picture; its address names its content, so browsers keep it."""
    if digest != picture.digest or size not in {"small", "large"}:
        raise Http404
    content = bytes(picture.thumbnail if size == "small" else picture.content)
    headers = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="image/webp", headers=headers)


@door("rewards.use_mall")
def honours(request: HttpRequest) -> HttpResponse:
    """Show the wall of honour. 6 SQL statements for any number."""
    page = Paginator(queries.honours(), ROWS).get_page(request.GET.get("page"))
    return render(request, "rewards/honours.html", {"page": page})
