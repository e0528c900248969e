from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """WHO: employees, units, roles, working calendar, sign-in."""

    name = "people"

    def ready(self) -> None:
        from django.utils import timezone

        from frontend.kit.apidoors import tokens_from
        from people.domain import tokens

        tokens_from(lambda secret: tokens.find(secret, at=timezone.now()))
