"""The counts in the frame follow what waits, over a real server; nobody hears another's."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.factories.approvals import act, make_approval, make_policy
from tests.factories.people import make_company
from tests.serving import served

pytestmark = [pytest.mark.django_db(transaction=True)]


def listen(address, person=None):
    headers = {}
    if person is not None:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}
    return connect(f"{address.replace('http', 'ws')}/ws/counters/", additional_headers=headers, origin=address)


def heard(socket):
    return json.loads(socket.recv(timeout=15))["counts"]["inbox"]


def test_counts_follow_what_waits():
    company = make_company()
    make_policy(("all", "manager:1"), ("any", "role:hr"))
    with served() as address, listen(address, company.leader) as leader, listen(address, company.hr) as hr:
        assert (heard(leader), heard(hr)) == (0, 0)

        approval = make_approval(company.worker)
        assert heard(leader) == 1

        act(approval, company.leader)
        assert (heard(leader), heard(hr)) == (0, 1)


def test_a_stranger_is_told_to_sign_in():
    with served() as address, listen(address) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)

    assert closed.value.rcvd.code == 4401
