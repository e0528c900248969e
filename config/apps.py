from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition root: commands that need every app at once live here."""

    name = "config"
    label = "config"
