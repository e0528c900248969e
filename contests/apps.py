from django.apps import AppConfig


class ContestsConfig(AppConfig):
    """Skill contests: registration, draw, marking, results."""

    name = "contests"

    def ready(self) -> None:
        """Tell the engine what a contest's board shows and what approvals about contests are about."""
        from contests.domain import standings  # noqa: F401
        from contests.queries import appeals, boards, subjects  # noqa: F401
        from engine.live import domain, rules

        rules.controlled_by("contest", boards.controls)
        domain.own_row_by("contest", boards.own_row)
