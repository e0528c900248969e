from django.apps import AppConfig


class LiveConfig(AppConfig):
    """WHO SEES IT NOW: boards, deltas, publisher, hub, screens."""

    name = "engine.live"
