from django.apps import AppConfig


class RewardsConfig(AppConfig):
    """WHAT FOR: points, and what they buy."""

    name = "rewards"

    def ready(self) -> None:
        from engine.approvals import subjects
        from rewards.queries import describe_manual_award, describe_redemption

        subjects.describe("redemption")(describe_redemption)
        subjects.describe("manual-award")(describe_manual_award)
