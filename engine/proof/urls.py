"""Addresses of the transparency log, as C2SP tlog-tiles has them."""

from django.urls import path

from engine.proof import views

app_name = "proof"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("tile/<path:rest>", views.tile, name="tile"),
]
