"""Employees, their roles and passwords; tokens of other systems."""

from __future__ import annotations

from datetime import datetime, time
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.kit import sheets
from frontend.kit.doors import door, one
from people.domain import roles, sign_in, tokens
from people.forms.staff import RoleForm, TokenForm
from people.models import Employee, RoleGrant, SystemToken, Unit
from people.queries import visible_to, within

ROWS = 50


@door("people.view_employees")
def employees(request: HttpRequest) -> HttpResponse:
    """List employees with search, unit and state filters; export what is filtered. 4 SQL statements for any number."""
    rows = visible_to(cast("Employee", request.user), timezone.localdate()).order_by("number")
    wanted, unit_code = request.GET.get("q", "").strip(), request.GET.get("unit", "")
    state = request.GET.get("state", "present")
    if wanted:
        rows = rows.filter(Q(number__startswith=wanted) | Q(name__icontains=wanted))
    units = list(Unit.objects.exclude(kind=Unit.Kind.TEAM))
    unit = next((row for row in units if row.code == unit_code), None)
    if unit is not None:
        rows = rows.filter(within(unit))
    if state in {"present", "left"}:
        rows = rows.filter(left_on__isnull=state == "present")
    if request.GET.get("format") == "xlsx":
        return _export(rows)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "q": wanted, "units": units, "unit_code": unit_code, "state": state}
    return render(request, "people/employees.html", context)


def _export(rows: object) -> HttpResponse:
    """Write the list in the roster's own columns, so that it can be changed and imported again."""
    header = ["工号", "姓名", "单位", "工种", "技能等级", "手机", "邮箱", "入职日期"]
    lines = [
        [row.number, row.name, row.unit.code if row.unit else "", row.trade.name if row.trade else "",
         row.get_skill_level_display() if row.skill_level else "", row.phone, row.email,
         row.joined_on.isoformat() if row.joined_on else ""]
        for row in rows  # type: ignore[attr-defined]
    ]  # fmt: skip
    return sheets.xlsx_response("employees.xlsx", header, lines)


@door("people.view_employee", methods=("GET",), see="people.view_employee",
      employee=one(Employee.objects.select_related("unit__parent__parent", "trade"), number="number"))  # fmt: skip
def employee(request: HttpRequest, employee: Employee) -> HttpResponse:
    """Show one person and, to the administrator, what may be done. 4 SQL statements."""
    grants = RoleGrant.objects.filter(employee=employee).select_related("unit").order_by("-from_on", "role")
    form = RoleForm(initial={"from_on": timezone.localdate()})
    context = {"employee": employee, "grants": grants, "form": form, "today": timezone.localdate()}
    return render(request, "people/employee.html", context)


@door("people.manage_roles", methods=("POST",), employee=one(Employee.objects, number="number"))
def grant_role(request: HttpRequest, employee: Employee) -> HttpResponse:
    """Give a role."""
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            roles.grant(employee=employee, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The role is given."))
            return redirect("people:employee", employee.number)
    grants = RoleGrant.objects.filter(employee=employee).select_related("unit")
    context = {"employee": employee, "grants": grants, "form": form, "today": timezone.localdate()}
    return render(request, "people/employee.html", context, status=422)


@door("people.manage_roles", methods=("POST",), grant=one(RoleGrant.objects.select_related("employee"), pk="pk"))
def end_role(request: HttpRequest, grant: RoleGrant) -> HttpResponse:
    """End a role today."""
    try:
        roles.end(grant_id=grant.pk, on=timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The role has ended."))
    return redirect("people:employee", grant.employee.number)


@door("people.manage_roles", methods=("POST",), employee=one(Employee.objects, number="number"))
def reset_password(request: HttpRequest, employee: Employee) -> HttpResponse:
    """Take a forgotten password away and show the code for a new first sign-in, once."""
    code = sign_in.reset_password(employee=employee)
    return render(request, "people/new_code.html", {"employee": employee, "code": code})


@door("people.manage_tokens", methods=("GET", "POST"))
def system_tokens(request: HttpRequest) -> HttpResponse:
    """List the tokens of other systems and make one; its secret is shown this once. 2 SQL statements."""
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        holder = Employee.objects.filter(number=form.cleaned_data["number"], is_active=True).first()
        if holder is None:
            form.add_error("number", _("Nobody active has this number."))
        else:
            ends = form.cleaned_data["expires_on"]
            expires_at = timezone.make_aware(datetime.combine(ends, time.max)) if ends else None
            _row, secret = tokens.create(
                name=form.cleaned_data["name"], employee=holder, scopes=form.cleaned_data["scopes"],
                at=timezone.now(), expires_at=expires_at,
            )  # fmt: skip
            form = TokenForm()
    rows = SystemToken.objects.select_related("employee")
    context = {"form": form, "secret": secret, "rows": rows, "now": timezone.now()}
    return render(request, "people/tokens.html", context, status=422 if form.errors else 200)


@door("people.manage_tokens", methods=("POST",), token=one(SystemToken.objects, pk="pk"))
def revoke_token(request: HttpRequest, token: SystemToken) -> HttpResponse:
    """End a token now."""
    tokens.revoke(token=token, at=timezone.now())
    messages.success(request, _("The token is revoked."))
    return redirect("people:tokens")
