from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Who must agree: policies, approvals, the inbox."""

    name = "engine.approvals"

    def ready(self) -> None:
        """Count in the frame what waits for a person."""
        from engine.approvals.queries import waiting_count, waiting_counts
        from engine.live.counters import bulk
        from frontend.kit.shell import counter

        counter("inbox", waiting_count)
        bulk("inbox", waiting_counts)
