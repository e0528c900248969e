"""Addresses of processes."""

from django.urls import path

from engine.flows import views

app_name = "flows"
urlpatterns = [
    path("", views.analytics, name="analytics"),
    path("<str:name>.svg", views.picture, name="picture"),
]
