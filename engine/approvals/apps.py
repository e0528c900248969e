from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Who must agree: policies, approvals, the inbox."""

    name = "engine.approvals"

    def ready(self) -> None:
        """Count in the frame what waits for a person."""
        from engine.approvals.queries import waiting_count
        from frontend.kit.shell import counter

        counter("inbox", waiting_count)
