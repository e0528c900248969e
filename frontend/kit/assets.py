"""Which apps' static files are served."""

from __future__ import annotations

from django.apps import apps
from django.contrib.staticfiles.finders import AppDirectoriesFinder

SERVED = ("django_htmx",)


class AppFinder(AppDirectoriesFinder):
    """Find static files of the named apps only: viewflow alone would add 49 MB for pages nobody sees."""

    def __init__(self, app_names: list[str] | None = None, *args: object, **kwargs: object) -> None:
        super().__init__([app.name for app in apps.get_app_configs() if app.name in SERVED], *args, **kwargs)
