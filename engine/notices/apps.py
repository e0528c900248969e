from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """WHO IS TOLD: notices, and the channels that carry them."""

    name = "engine.notices"

    def ready(self) -> None:
        """Count in the frame what has not been read."""
        from engine.live.counters import bulk
        from engine.notices.queries import unread, unread_counts
        from frontend.kit.shell import counter

        counter("notices", unread)
        bulk("notices", unread_counts)
