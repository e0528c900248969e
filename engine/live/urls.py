"""Addresses of boards."""

from django.urls import path

from engine.live import views

app_name = "live"
urlpatterns = [
    path("", views.boards, name="list"),
    path("pair/", views.pair, name="pair"),
    path("pair/<int:pk>/end/", views.unpair, name="unpair"),
    path("pair/<int:pk>/name/", views.rename, name="rename"),
    path("screen/", views.screen, name="screen"),
    path("<str:code>.json", views.snapshot, name="snapshot"),
    path("<str:code>/", views.phone, name="board"),
    path("<str:code>/own.json", views.own, name="own"),
    path("<str:code>/wall/", views.wall, name="wall"),
    path("<str:code>/embed/", views.embed, name="embed"),
    path("<str:code>/desk/", views.desk, name="desk"),
    path("<str:code>/desk/screens/", views.desk_screens, name="desk-screens"),
    path("<str:code>/desk/<str:verb>/", views.act, name="act"),
]
