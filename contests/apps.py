from django.apps import AppConfig


class ContestsConfig(AppConfig):
    """Skill contests: registration, draw, marking, results."""

    name = "contests"

    def ready(self) -> None:
        """Tell the engine what a contest's board shows and what approvals about contests are about."""
        from django.utils.translation import gettext_lazy as _

        from contests.domain import round_signing, standings, unit_boards  # noqa: F401
        from contests.queries import appeals, boards, proofs, subjects  # noqa: F401
        from engine.approvals.subjects import guard
        from engine.live import domain, rules
        from engine.proof import rules as proof

        guard("round")(round_signing.demand_unchanged)
        rules.controlled_by("contest", boards.controls)
        rules.controlled_by("event", boards.controls_event)
        domain.own_row_by("contest", boards.own_row)
        domain.own_row_by("event", boards.own_unit)
        domain.own_row_by("season", boards.own_unit)
        proof.shown_by("result", proofs.reads_result, _("result"))
        proof.shown_by("sheet", proofs.reads_sheet, _("signed score sheet"))
        proof.shown_by("round", proofs.reads_round, _("signed round"))
