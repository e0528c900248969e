"""Contests as workers see them: find, read, register, withdraw, my own, results."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests import flows
from contests.forms.registration import RegistrationForm
from contests.models import Contest, Registration
from contests.queries import appeals, contests, registrations, result_sheets, results
from contests.queries.awards import chosen_fund
from contests.queries.conditions import conditions_of
from contests.queries.eligibility import eligibility
from frontend.kit.doors import SIGNED_IN, door, one
from people.models import Employee
from rewards.queries.funds import name_of

ROWS = 12
CHIPS = (
    ("open", gettext_lazy("Open")),
    ("running", gettext_lazy("Running")),
    ("finished", gettext_lazy("Finished")),
    ("mine", gettext_lazy("Mine")),
    ("", gettext_lazy("All")),
)


@door(SIGNED_IN)
def listing(request: HttpRequest) -> HttpResponse:
    """List contests with chips and search. 4 SQL statements for any number."""
    person, now = cast("Employee", request.user), timezone.now()
    chip, words = request.GET.get("chip", "open"), request.GET.get("q", "").strip()[:60]
    found = contests.listed(person, at=now, chip=chip if chip in dict(CHIPS) else "", words=words)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": contests.rows_of(page.object_list, at=now),
        "chips": CHIPS,
        "chip": chip,
        "q": words,
    }
    return render(request, "contests/list.html", context)


@door("contests.view_contest", see="contests.view_contest",
      contest=one(Contest.objects.select_related("trade", "organiser", "chief_judge", "event"), code="code"))  # fmt: skip
def detail(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show a contest to one person, with the one thing they can do now. At most 12 SQL statements."""
    person, now = cast("Employee", request.user), timezone.now()
    context = {
        "detail": contests.detail(person, contest, at=now),
        "contest": contest,
        "may_manage": person.has_perm("contests.manage_contest", contest),
        "may_chair": person.has_perm("contests.chair_contest", contest),
        "conditions": conditions_of(contest),
        "award": contest.award_table,
        "fund": name_of(chosen_fund(contest.award_table)),
        "groups": _groups(contest),
    }
    return render(request, "contests/detail.html", context)


def _groups(contest: Contest) -> list[dict[str, object]]:
    """Return the marking scheme as a worker reads it: groups with their aspects."""
    if not contest.has_scheme:
        return []
    scheme = contest.marking_scheme
    return [{"group": group, "aspects": scheme.aspects_of(group.code)} for group in scheme.groups]


@door("contests.register", methods=("GET", "POST"), see="contests.view_contest",
      contest=one(Contest.objects.select_related("trade"), code="code"))  # fmt: skip
def register(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Register oneself; the form is filled with what is known. Twice is refused by the verb. Teams have a page of their own."""
    if contest.team_size > 1:
        return redirect("contests:register-team", contest.code)
    person, now = cast("Employee", request.user), timezone.now()
    form = RegistrationForm(request.POST or None, initial={"phone": person.phone})
    if request.method == "POST" and form.is_valid():
        try:
            flows.apply(contest=contest, employee=person, by=person, at=now, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("You have applied. Your unit head and the union decide next."))
            return redirect("contests:detail", contest.code)
    context = {"form": form, "contest": contest, "person": person, "eligibility": eligibility(person, contest, at=now)}
    return render(request, "contests/register.html", context, status=422 if form.errors else 200)


@door("contests.withdraw_registration", methods=("POST",),
      registration=one(Registration.objects.select_related("contest", "employee"), pk="pk"))  # fmt: skip
def withdraw(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Take a registration back; whoever waits moves up."""
    reason = request.POST.get("reason", "")[:300]
    flows.withdraw(registration=registration, by=cast("Employee", request.user), at=timezone.now(), reason=reason)
    messages.success(request, _("The registration is withdrawn."))
    return redirect("contests:detail", registration.contest.code)


@door(SIGNED_IN)
def mine(request: HttpRequest) -> HttpResponse:
    """List my contests: registrations, code, rank. 4 SQL statements, one more for each waitlisted."""
    return render(request, "contests/mine.html", {"rows": registrations.mine(cast("Employee", request.user))})


@door("contests.view_results", see="contests.view_contest", contest=one(Contest.objects, code="code"))
def result(request: HttpRequest, contest: Contest) -> HttpResponse:
    """Show the published result as the organiser chose, and each contestant the arithmetic of their own."""
    lines = result_sheets.public_lines(contest)
    page = Paginator(lines, 50).get_page(request.GET.get("page"))
    shows_groups = contest.result_detail != Contest.ResultDetail.RANKS
    groups = results.groups_of(contest) if shows_groups else ()
    versions = list(contest.result_versions.order_by("-number").only("number", "digest", "at", "kind", "reason"))
    context = {
        "contest": contest,
        "page": page,
        "rows": [(line, [(group.title, line.groups.get(group.code, "")) for group in groups]) for line in page],
        "groups": groups,
        "has_penalties": shows_groups,
        "may_see_scores": cast("Employee", request.user).has_perm("contests.view_scores", contest),
        "mine": results.mine(cast("Employee", request.user), contest),
        "is_final": contest.state == Contest.State.FINAL,
        "versions": versions,
        "proof_key": f"{contest.code}:{versions[0].number}" if versions else "",
        "appeals": appeals.offer(cast("Employee", request.user), contest, at=timezone.now()),
    }
    return render(request, "contests/result.html", context)
