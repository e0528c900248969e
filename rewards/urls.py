"""Addresses of the mall, wallets, granted leave, the catalogue and budgets."""

from django.urls import path

from rewards.views import awards, desk, mall

app_name = "rewards"
urlpatterns = [
    path("", mall.mall, name="mall"),
    path("items/<int:pk>/", mall.redeem, name="redeem"),
    path("redemptions/", mall.redemptions, name="redemptions"),
    path("redemptions/<uuid:pk>/", mall.redemption, name="redemption"),
    path("redemptions/<uuid:pk>/cancellation/", mall.cancel, name="cancel"),
    path("wallet/", mall.wallet, name="wallet"),
    path("leave/", desk.leave, name="leave"),
    path("leave/<int:pk>.ics", mall.calendar, name="calendar"),
    path("catalogue/", desk.catalogue, name="catalogue"),
    path("catalogue/new/", desk.create, name="create-item"),
    path("catalogue/<int:pk>/", desk.item, name="item"),
    path("catalogue/<int:pk>/offer/", desk.offer, name="offer"),
    path("catalogue/<int:pk>/sessions/", desk.add_session, name="add-session"),
    path("awards/", awards.awards, name="awards"),
    path("awards/new/", awards.propose, name="propose-award"),
    path("awards/<uuid:pk>/", awards.award, name="award"),
    path("budgets/", desk.budget_list, name="budgets"),
    path("budgets/grants/", desk.grant_budget, name="grant-budget"),
]
