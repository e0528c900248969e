"""contests/api.py: what tablets and other systems send, and what they are told."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from contests.domain import judging, results
from contests.models import Contest, Mark, Operation, Sheet
from people.domain import tokens
from people.models import Employee
from tests.contests.management.test_contest import FILES
from tests.factories.contests import AT, make_judging, make_published, sheet_of
from tests.factories.people import Company

API = "/api/v1/contests"


@pytest.fixture
def contest(company: Company) -> Contest:
    return make_judging(company, contestants=2)


@pytest.fixture
def sheet(contest: Contest, company: Company) -> Sheet:
    return sheet_of(contest, company.judge)


def signed_in(person: Employee) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def op(**changes: Any) -> dict[str, Any]:
    return {"op_id": str(uuid4()), "entry": "01", "aspect": "seam", "value": "8.5", "base_version": 0} | changes


def post(client: Client, path: str, body: Any, **headers: str) -> Any:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    with transaction.atomic():  # the outermost one of a real request
        return client.post(f"{API}{path}", text, content_type="application/json", headers=headers)


def ops_path(sheet: Sheet) -> str:
    return f"/sheets/{sheet.pk}/ops"


def test_a_judge_lists_their_sheets(sheet: Sheet, company: Company) -> None:
    rows = signed_in(company.judge).get(f"{API}/sheets").json()

    assert [(row["sheet_id"], row["contest_code"], row["marked"], row["total"]) for row in rows] == [
        (sheet.pk, "welding-2026", 0, 6)
    ]


def test_a_sheet_has_all_a_tablet_needs_and_no_name(sheet: Sheet, company: Company) -> None:
    answer = signed_in(company.judge).get(f"{API}/sheets/{sheet.pk}")

    pad = answer.json()
    assert sorted(entry["code"] for entry in pad["entries"]) == ["01", "02"]
    assert [aspect["code"] for aspect in pad["aspects"]] == ["paper", "seam", "safety"]
    assert "选手" not in answer.content.decode()


def test_marks_are_stored_and_answered(sheet: Sheet, company: Company) -> None:
    answer = post(signed_in(company.judge), ops_path(sheet), {"ops": [op(), op(aspect="safety", value="8.3")]})

    assert answer.status_code == 200
    body = answer.json()
    assert [(row["answer"], row["value"], row["version"], row["code"]) for row in body["answers"]] == [
        ("ok", "8.5", 1, ""),
        ("invalid", None, 0, "off_grid"),
    ]
    assert (body["state"], body["version"]) == ("open", 1)
    assert Mark.objects.count() == 1


def test_a_lost_answer_can_be_asked_for_again(sheet: Sheet, company: Company) -> None:
    client, body = signed_in(company.judge), {"ops": [op()]}

    first, again = post(client, ops_path(sheet), body), post(client, ops_path(sheet), body)

    assert again.json() == first.json()
    assert (Operation.objects.count(), Mark.objects.get().version) == (1, 1)


def test_the_other_tablet_learns_what_the_server_holds(sheet: Sheet, company: Company) -> None:
    client = signed_in(company.judge)
    post(client, ops_path(sheet), {"ops": [op(value="8")]})

    answer = post(client, ops_path(sheet), {"ops": [op(value="9")]}).json()["answers"][0]

    assert (answer["answer"], answer["value"], answer["version"], answer["code"]) == ("conflict", "8", 1, "conflict")
    assert answer["reason"]


@pytest.mark.parametrize("value", [8.5, True, [], {}, "NaN", "=1+1", "👍", "9" * 50_000, " 8", "8,5", "８"])
def test_what_is_no_decimal_text_is_answered_invalid(sheet: Sheet, company: Company, value: Any) -> None:
    answer = post(signed_in(company.judge), ops_path(sheet), {"ops": [op(value=value)]})

    assert answer.status_code == 200
    assert answer.json()["answers"][0]["code"] == "not_a_number"
    assert not Mark.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"ops": [op() for _ in range(51)]},
        {"ops": []},
        {},
        {"ops": [{"op_id": 1}]},
        {"ops": "all"},
        [],
        "not json",
        "",
        b"\xff\xfe",
        '{"ops": NaN}',
    ],
    ids=["51", "none", "empty", "no-fields", "text", "list", "no-json", "nothing", "bytes", "nan"],
)
def test_a_request_of_another_shape_is_refused_whole(sheet: Sheet, company: Company, body: Any) -> None:
    answer = post(signed_in(company.judge), ops_path(sheet), body)

    assert answer.status_code in {400, 422}
    assert not Operation.objects.exists()


def test_fifty_one_operations_are_422(sheet: Sheet, company: Company) -> None:
    assert post(signed_in(company.judge), ops_path(sheet), {"ops": [op() for _ in range(51)]}).status_code == 422


def test_a_huge_body_is_refused(sheet: Sheet, company: Company) -> None:
    answer = post(signed_in(company.judge), ops_path(sheet), {"ops": [op(device="x" * 200_000)]})

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert not Operation.objects.exists()


@pytest.mark.parametrize("person", ["stranger", "organiser", "hr", "administrator"])
def test_a_strangers_sheet_does_not_exist(sheet: Sheet, company: Company, person: str) -> None:
    client = signed_in(company.personas[person])

    statuses = [
        client.get(f"{API}/sheets/{sheet.pk}").status_code,
        post(client, ops_path(sheet), {"ops": [op()]}).status_code,
        post(client, f"/sheets/{sheet.pk}/sign-off", {"version": 0}).status_code,
    ]

    assert statuses == [404, 404, 404]
    assert not Operation.objects.exists()


def test_who_may_look_may_not_mark(sheet: Sheet, company: Company) -> None:
    assert post(signed_in(company.chief_judge), ops_path(sheet), {"ops": [op()]}).status_code == 403


def test_without_signing_in_nothing_is_told(sheet: Sheet) -> None:
    client = Client()

    statuses = [
        client.get(f"{API}/sheets").status_code,
        client.get(f"{API}/sheets/{sheet.pk}").status_code,
        post(client, ops_path(sheet), {"ops": [op()]}).status_code,
        client.get(f"{API}/welding-2026/results").status_code,
        post(client, "/bundles", {"files": {}}).status_code,
    ]

    assert statuses == [401] * 5


def test_a_session_without_csrf_token_writes_nothing(sheet: Sheet, company: Company) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(company.judge, backend="django.contrib.auth.backends.ModelBackend")

    assert post(client, ops_path(sheet), {"ops": [op()]}).status_code == 403
    assert not Operation.objects.exists()


def bearer(person: Employee, *scopes: str) -> dict[str, str]:
    _row, secret = tokens.create(name="mes", employee=person, scopes=list(scopes), at=AT, expires_at=None)
    return {"Authorization": f"Bearer {secret}"}


def test_another_system_marks_within_its_scope(sheet: Sheet, company: Company) -> None:
    right, wrong = bearer(company.judge, "marks:write"), bearer(company.judge, "contests:read")

    assert post(Client(), ops_path(sheet), {"ops": [op()]}, **right).status_code == 200
    assert post(Client(), ops_path(sheet), {"ops": [op()]}, **wrong).status_code in {401, 403}
    assert Operation.objects.count() == 1


def test_a_complete_sheet_is_signed_and_then_locked(sheet: Sheet, company: Company) -> None:
    client = signed_in(company.judge)
    cells = [(entry, aspect) for entry in ("01", "02") for aspect in ("paper", "seam", "safety")]
    post(client, ops_path(sheet), {"ops": [op(entry=entry, aspect=aspect, value="8") for entry, aspect in cells]})

    stale = post(client, f"/sheets/{sheet.pk}/sign-off", {"version": 5})
    signed = post(client, f"/sheets/{sheet.pk}/sign-off", {"version": 6, "signature": "data:image/png;base64,AAAA"})
    late = post(client, ops_path(sheet), {"ops": [op(value="9", base_version=1)]})

    assert (stale.status_code, stale.json()["code"]) == (409, "other-version")
    assert (signed.status_code, signed.json()["state"]) == (200, "signed")
    assert late.json()["answers"][0]["answer"] == "locked"


def test_blanks_refuse_the_signature(sheet: Sheet, company: Company) -> None:
    answer = post(signed_in(company.judge), f"/sheets/{sheet.pk}/sign-off", {"version": 0})

    assert (answer.status_code, answer.json()["code"]) == (422, "has-blanks")


def test_standings_are_for_those_who_run_the_contest(contest: Contest, company: Company) -> None:
    path = f"{API}/welding-2026/standings"

    seen = {name: signed_in(person).get(path).status_code for name, person in company.personas.items()}

    allowed = {"organiser", "union_chair", "administrator", "auditor", "chief_judge"}
    assert seen == {name: 200 if name in allowed else 403 for name in company.personas}
    assert "选手" not in signed_in(company.chief_judge).get(path).content.decode()


def test_results_are_everybodys_with_the_public_notice(contest: Contest, sheet: Sheet, company: Company) -> None:
    path, client = f"{API}/welding-2026/results", signed_in(company.stranger)
    post(signed_in(company.judge), ops_path(sheet), {"ops": [op(aspect="paper", value="90")]})
    before = client.get(path).status_code
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="x")
    hidden = signed_in(company.chief_judge).get(path).json()["rows"]
    results.begin_notice(contest=contest, until=AT, by=None, at=AT)

    rows = client.get(path).json()["rows"]

    assert (before, hidden) == (403, [])
    assert [(row["rank"], row["entry"], row["total"]) for row in rows] == [(1, "01", "90.00"), (None, "02", "0.00")]
    assert rows[0]["groups"] == {"theory": "90.00", "practical": "0.00"}


@pytest.mark.parametrize("path", ["standings", "results", "bundle"])
def test_a_draft_does_not_exist_for_others(company: Company, path: str) -> None:
    Contest.objects.create(code="draft", title="x")

    assert signed_in(company.worker).get(f"{API}/draft/{path}").status_code == 404
    assert signed_in(company.worker).get(f"{API}/nothing/{path}").status_code == 404


def encoded(files: dict[str, str]) -> dict[str, str]:
    return {name: base64.b64encode(text.encode()).decode() for name, text in files.items()}


def test_a_bundle_goes_in_and_out(company: Company) -> None:
    client = signed_in(company.organiser)

    made = post(client, "/bundles", {"files": encoded(FILES)})
    out = client.get(f"{API}/welding-2026/bundle").json()["files"]
    again = post(client, "/bundles", {"files": out, "replace": True})

    assert (made.status_code, made.json()) == (
        201, {"code": "welding-2026", "state": "review", "entries": 3, "marks": 4},
    )  # fmt: skip
    assert base64.b64decode(out["results.csv"]).decode().startswith("rank,entry,name,unit,total,practical\n1,2,=cmd,")
    assert again.status_code == 201


def test_a_faulty_bundle_lists_its_faults(company: Company) -> None:
    files = encoded(FILES | {"judges.csv": "judge,name,role\nJ1,张敏,king\n"})

    answer = post(signed_in(company.organiser), "/bundles", {"files": files})

    assert answer.status_code == 422
    faults = answer.json()["faults"]
    assert (faults[0]["file"], faults[0]["line"], faults[0]["column"], faults[0]["found"]) == (
        "judges.csv",
        2,
        7,
        "king",
    )
    assert not Contest.objects.exists()


@pytest.mark.parametrize("files", [{"contest.toml": "%%%"}, {"contest.toml": "é"}])
def test_a_bundle_that_is_not_base64_is_refused(company: Company, files: dict[str, str]) -> None:
    answer = post(signed_in(company.organiser), "/bundles", {"files": files})

    assert (answer.status_code, answer.json()["code"]) == (422, "base64")


def test_a_taken_code_is_refused(company: Company) -> None:
    make_published(company)

    answer = post(signed_in(company.organiser), "/bundles", {"files": encoded(FILES), "replace": True})

    assert (answer.status_code, answer.json()["code"]) == (422, "not-replaceable")


def test_workers_import_nothing(company: Company) -> None:
    assert post(signed_in(company.worker), "/bundles", {"files": encoded(FILES)}).status_code == 403


def test_a_blind_contest_is_exported_once_it_is_public(contest: Contest, company: Company) -> None:
    client = signed_in(company.organiser)
    blind = client.get(f"{API}/welding-2026/bundle")
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="x")
    results.begin_notice(contest=contest, until=AT, by=None, at=AT)

    assert (blind.status_code, blind.json()["code"]) == (422, "blind")
    assert client.get(f"{API}/welding-2026/bundle").status_code == 200
