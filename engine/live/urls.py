"""Addresses of boards."""

from django.urls import path

from engine.live import views

app_name = "live"
urlpatterns = [
    path("", views.boards, name="list"),
    path("pair/", views.pair, name="pair"),
    path("pair/<int:pk>/end/", views.unpair, name="unpair"),
    path("screen/", views.screen, name="screen"),
    path("<str:code>.json", views.snapshot, name="snapshot"),
    path("<str:code>/", views.phone, name="board"),
    path("<str:code>/wall/", views.wall, name="wall"),
    path("<str:code>/control/", views.control, name="control"),
    path("<str:code>/control/<str:verb>/", views.act, name="act"),
]
