"""Addresses of the inbox."""

from django.urls import URLPattern, URLResolver, path

from engine.approvals import views

app_name = "approvals"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.inbox, name="inbox"),
    path("bulk/", views.bulk, name="bulk"),
    path("people/", views.people, name="people"),
    path("<int:pk>/", views.item, name="item"),
    path("<int:pk>/record.pdf", views.record, name="record"),
    path("<int:pk>/act/", views.decide, name="decide"),
    path("<int:pk>/return-preview/", views.preview_return, name="return-preview"),
]
