"""Addresses of notices."""

from django.urls import path

from engine.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notices, name="list"),
    path("read/", views.read_all, name="read-all"),
    path("preferences/", views.preferences, name="preferences"),
    path("<uuid:pk>/", views.opened, name="open"),
]
