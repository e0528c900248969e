"""Whether a page would let somebody in, asked before its link is shown."""

from __future__ import annotations

import pytest

from frontend.kit.doors import opens

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/mall/", {"worker", "hr", "administrator"}),
        ("/approvals/policies/?q=1#top", {"hr", "administrator"}),
        ("/people/employees/1301/", {"worker", "hr", "administrator"}),
        ("/people/tokens/", {"administrator"}),
        ("/people/employees/none/", set()),
        ("/no/such/page/", set()),
        ("https://elsewhere.example/", set()),
    ],
)
def test_opens_is_what_the_door_answers(company, client, path, who):
    for name in ("worker", "stranger", "hr", "administrator"):
        person = company.personas[name]
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        is_open = path.startswith("/") and client.get(path).status_code == 200

        assert opens(person, path) == is_open
        assert name == "stranger" or is_open == (name in who)
