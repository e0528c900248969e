"""Who witnesses the log, how fresh that is, and the page that says so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from engine.proof import domain, keys, standing, witnesses
from engine.proof.models import Checkpoint, Cosignature, Witness
from engine.proof.pure import note
from engine.proof.witness import Witness as Watcher
from tests.factories.people import Company
from tests.factories.proof import AT, grow
from tests.rewards.views.test_leave_pages import enter

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=1)


def name_witness(name: str, *, url: str = "https://w.example") -> Witness:
    key = note.VerifierKey(name, note.COSIGNATURE, name.encode().ljust(32, b"\0")[:32])
    return witnesses.add(key=str(key), url=url, at=AT)


def cosign(name: str, size: int, at: Any) -> None:
    checkpoint = Checkpoint.objects.get(size=size)
    Cosignature.objects.create(checkpoint=checkpoint, name=name, line=f"— {name} x", at=at)
    Witness.objects.filter(name=name).update(size=size)


@pytest.mark.parametrize(
    ("size", "hours", "fault", "expected"),
    [
        (0, None, "", False),
        (5, 1, "", True),
        (5, 23, "no answer", True),
        (5, 25, "", False),
        (12, 25, "", True),  # nothing has been written since
        (12, 25, "this log was rewritten", False),
    ],
)
def test_fresh_is_whoever_saw_the_newest_or_signed_within_a_day(size: int, hours: int | None, fault: str, expected: bool) -> None:  # fmt: skip
    grow(5, 7)
    row = name_witness("congress.example")
    if hours is not None:
        cosign("congress.example", size, AT - hours * HOURS)
    Witness.objects.filter(pk=row.pk).update(fault=fault)

    (found,) = standing.standings(at=AT)

    assert (found.is_fresh, found.size, found.behind) == (expected, size, 12 - size)


def test_removed_witnesses_count_no_longer_and_a_new_key_begins_anew() -> None:
    grow(5)
    name_witness("congress.example")
    name_witness("union.example")
    for name in ("congress.example", "union.example"):
        cosign(name, 5, AT)
    witnesses.remove(name="union.example")
    other = note.VerifierKey("congress.example", note.COSIGNATURE, bytes(32))
    witnesses.add(key=str(other), url="", at=AT)

    (found,) = standing.standings(at=AT)

    assert (found.witness.key, found.last_at, found.is_fresh) == (str(other), None, False)


def test_a_real_witness_shows_up_on_the_page(company: Company, client: Client, tmp_path: Path) -> None:
    grow(5)
    watcher = Watcher(tmp_path, "congress.example", [str(keys.verifier_key())])
    witnesses.add(key=str(watcher.key), url="https://w.example", at=AT)

    def post(_address: str, body: bytes) -> tuple[int, str]:
        return 200, watcher.add_checkpoint(body.decode(), now=1_700_000_000)

    enter(client, company.auditor)
    before = client.get("/log/witnesses/").content.decode()
    assert witnesses.submit(at=timezone.now(), post=post) == 1
    after = client.get("/log/witnesses/").content.decode()

    assert "已超过一天没有见证方签名" in before
    assert "从未签名" in before
    assert "还没有检查点得到见证签名" in before
    assert "有 1 个见证方正在见证本日志" in after
    assert '<td class="lead">5</td>' in after
    assert (str(keys.verifier_key()) in after, "manage.py log witness --key" in after) == (True, True)
    assert domain.latest() is not None


def test_nobody_at_all_is_a_warning(company: Company, client: Client) -> None:
    page = enter(client, company.administrator).get("/log/witnesses/").content.decode()

    assert "目前没有外部见证方" in page
    assert "manage.py log cosign --log http://testserver/log/" in page


def test_page_is_for_those_who_audit(company: Company, client: Client) -> None:
    codes = {
        name: enter(client, person).get("/log/witnesses/").status_code for name, person in company.personas.items()
    }

    assert {name for name, code in codes.items() if code == 200} == {"auditor", "administrator", "union_chair"}
    assert set(codes.values()) == {200, 403}


@pytest.mark.parametrize("count", [1, 3])
def test_statements_for_any_number(company: Company, client: Client, count: int, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    grow(*[2] * count)
    for place in range(count):
        name_witness(f"w{place}.example")
        for size in range(2, 2 * count + 1, 2):
            cosign(f"w{place}.example", size, AT)
    enter(client, company.auditor)
    client.get("/log/witnesses/")

    with django_assert_max_num_queries(11):
        page = client.get("/log/witnesses/")

    assert (len(page.context["rows"]), len(page.context["page"].object_list)) == (count, count)
