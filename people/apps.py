from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """WHO: employees, units, roles, working calendar, sign-in."""

    name = "people"
