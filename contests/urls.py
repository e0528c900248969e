"""Addresses of contests: browse and register, run, mark."""

from django.urls import path

from contests.views import browse, desk, pad, wizard

app_name = "contests"
urlpatterns = [
    path("", browse.listing, name="list"),
    path("mine/", browse.mine, name="mine"),
    path("desk/", desk.desk, name="desk"),
    path("new/", wizard.create, name="create"),
    path("sheets/", pad.mine, name="pad"),
    path("sheets/<int:pk>/", pad.sheet, name="sheet"),
    path("registrations/<int:pk>/withdrawal/", browse.withdraw, name="withdraw"),
    path("<str:code>/", browse.detail, name="detail"),
    path("<str:code>/registration/", browse.register, name="register"),
    path("<str:code>/result/", browse.result, name="result"),
    path("<str:code>/manage/", desk.manage, name="manage"),
    *(path(f"<str:code>/steps/{name}/", desk.step(name), name=f"step-{name}") for name in desk.WALK),
    path("<str:code>/cancellation/", desk.cancel, name="cancel"),
    path("<str:code>/copy/", desk.copy, name="copy"),
    path("<str:code>/registrations/", desk.registration_list, name="registrations"),
    path("<str:code>/scores/", desk.scores, name="scores"),
    path("<str:code>/bundle.zip", desk.export, name="export"),
    path("<str:code>/edit/", wizard.edit, name="edit"),
    path("<str:code>/conditions/", wizard.conditions, name="conditions"),
    path("<str:code>/scheme/", wizard.scheme, name="scheme"),
    path("<str:code>/panel/", wizard.panel, name="panel"),
    path("<str:code>/panel/<int:pk>/release/", wizard.release, name="release"),
    path("<str:code>/awards/", wizard.awards, name="awards"),
]
