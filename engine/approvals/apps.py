from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Who must agree: policies, approvals, the inbox."""

    name = "engine.approvals"

    def ready(self) -> None:
        """Count in the frame what waits for a person."""
        from engine.approvals.models import Waiting
        from engine.approvals.queries import policy_labels, waiting_counts
        from engine.live.counters import bulk
        from frontend.kit.shell import counter
        from people.domain.substitutes import policy_choices

        counter("inbox", Waiting.objects.all)
        bulk("inbox", waiting_counts)
        policy_choices.append(policy_labels)
