from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Who must agree: policies, approvals, the inbox."""

    name = "engine.approvals"

    def ready(self) -> None:
        """Count in the frame what waits for a person."""
        from django.utils.translation import gettext_lazy as _

        from engine.approvals.models import Waiting
        from engine.approvals.queries import policy_labels, waiting_counts
        from engine.approvals.rules import reads_ballot
        from engine.live.counters import bulk
        from engine.proof import rules as proof
        from frontend.kit.shell import counter
        from people.domain.substitutes import policy_choices

        counter("inbox", Waiting.objects.all)
        bulk("inbox", waiting_counts)
        policy_choices.append(policy_labels)
        proof.shown_by("ballot", reads_ballot, _("opinion on an approval"))
