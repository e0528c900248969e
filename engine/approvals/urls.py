"""Addresses of the inbox."""

from django.urls import URLPattern, URLResolver, path

from engine.approvals import views

app_name = "approvals"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.inbox, name="inbox"),
    path("bulk/", views.bulk, name="bulk"),
    path("<int:pk>/", views.item, name="item"),
    path("<int:pk>/act/", views.decide, name="decide"),
]
