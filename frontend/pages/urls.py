"""Addresses of the pages that belong to no single app."""

from django.urls import path

from frontend.pages import home, preferences, search, setup, site

app_name = "frontend"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("setup/", setup.setup, name="setup"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("manifest.webmanifest", site.manifest, name="manifest"),
    path("favicon.ico", site.favicon, name="favicon"),
    path("sw.js", site.service_worker, name="service-worker"),
    path("source/", site.source, name="source"),
    path("healthz", site.healthz, name="healthz"),
]
