from django.apps import AppConfig


class RewardsConfig(AppConfig):
    """WHAT FOR: points, and what they buy."""

    name = "rewards"

    def ready(self) -> None:
        from django.utils import timezone
        from django.utils.translation import gettext_lazy as _

        from engine.approvals import subjects
        from engine.live import domain as live
        from engine.proof import rules as proof
        from rewards.domain.leave import demand_cover
        from rewards.queries import boards, describe_manual_award, describe_redemption, leave_desk, rules
        from rewards.queries.budgets import describe_bulk_award, describe_top_up
        from rewards.queries.receipts import reads_every_record, reads_transfer

        subjects.describe("redemption")(describe_redemption)
        subjects.describe("manual-award")(describe_manual_award)
        subjects.describe("top-up")(describe_top_up)
        subjects.describe("bulk-award")(describe_bulk_award)
        subjects.brief("redemption")(lambda keys: leave_desk.briefs(keys, at=timezone.now()))
        subjects.guard("redemption")(demand_cover)
        subjects.describe("rule-decision")(rules.describe_decision)
        live.source("points")(boards.content)
        live.own_row_by("points", boards.own_row)
        live.whole_by("points", address=boards.address, own_line=boards.own_line)
        proof.shown_by("transfer", reads_transfer, _("transfer of points"))
        proof.shown_by("refusal", reads_every_record, _("refused transfer"))
        proof.shown_by("account", reads_every_record, _("account of points"))
