"""Addresses of sign-in, one's account, employees, rosters and tokens."""

from django.urls import path

from people.views import account, calendar, roster, sign_in, staff, start, substitutes, ties, units, working_times

app_name = "people"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("start/", start.start, name="start"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("me/", account.account, name="account"),
    path("me/name-on-boards/", account.name_on_boards, name="name-on-boards"),
    path("me/password/", account.password, name="password"),
    path("calendar/", calendar.this_year, name="calendar"),
    path("calendar/<int:year>/", calendar.year, name="calendar-year"),
    path("calendar/<int:year>/days/", calendar.set_day, name="calendar-day"),
    path("calendar/<int:year>/known/", calendar.mark_known, name="calendar-known"),
    path("calendar/hours/", working_times.find_unit, name="working-times"),
    path("calendar/hours/<str:code>/", working_times.working_time, name="working-time"),
    path("substitutes/", substitutes.substitutes, name="substitutes"),
    path("substitutes/<int:pk>/end/", substitutes.end, name="end-substitute"),
    path("ties/", ties.ties, name="ties"),
    path("ties/<int:pk>/end/", ties.end, name="end-tie"),
    path("units/", units.units, name="units"),
    path("units/<str:code>/", units.unit, name="unit"),
    path("trades/", units.trades, name="trades"),
    path("employees/", staff.employees, name="employees"),
    path("employees/<str:number>/", staff.employee, name="employee"),
    path("employees/<str:number>/role-grants/", staff.grant_role, name="grant-role"),
    path("role-grants/<int:pk>/end/", staff.end_role, name="end-role"),
    path("employees/<str:number>/new-code/", staff.reset_password, name="reset-password"),
    path("roster/", roster.imports, name="roster"),
    path("roster/activation-codes/", roster.slips, name="activation-codes"),
    path("roster/<uuid:pk>/", roster.detail, name="roster-import"),
    path("roster/<uuid:pk>/confirmation/", roster.confirm, name="roster-confirm"),
    path("roster/<uuid:pk>/faults/", roster.faults, name="roster-faults"),
    path("tokens/", staff.system_tokens, name="tokens"),
    path("tokens/<int:pk>/revocation/", staff.revoke_token, name="revoke-token"),
]
