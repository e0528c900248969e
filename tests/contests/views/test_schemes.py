"""contests/views/schemes.py, contests/forms/scheme.py: the editor, Excel, photos, frozen rules and amendments."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from contests.domain import amendments
from contests.forms import scheme as forms
from contests.models import AspectPicture, Contest, RulesVersion
from frontend.kit import sheets
from tests.contests.views.test_wizard import aspect, editor
from tests.factories.contests import AT, make_contest, make_judging, make_published, make_scheme, mark_everything
from tests.factories.people import Company


def enter(person: object) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client


def sent(contest: Contest, **changes: Any) -> dict[str, str]:
    """The stored scheme as the editor would send it, changed."""
    return {"data": json.dumps(forms.data_of(contest.marking_scheme, contest.guides) | changes)}


def test_what_the_editor_shows_and_sends_back_is_the_same_scheme(company: Company) -> None:
    contest = make_contest(company)

    answer = enter(company.organiser).post(f"/contests/{contest.code}/scheme/", sent(contest))

    assert answer.status_code == 302
    assert Contest.objects.get().marking_scheme == contest.marking_scheme


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", ""),
        ("[1]", ""),
        ('{"group": 7}', "group"),
        ('{"contest": "x", "group": [], "aspect": [], "ranking": {}}', "group"),
        ("[" * 100_000, ""),
    ],
)
def test_nonsense_is_named_and_stores_nothing(company: Company, text: str, where: str) -> None:
    contest = make_contest(company)

    answer = enter(company.organiser).post(f"/contests/{contest.code}/scheme/", {"data": text})

    assert answer.status_code == 422
    assert where in {fault.split(".")[0] for fault, _text in answer.context["faults"]}
    assert Contest.objects.get().scheme == contest.scheme


def test_level_texts_stand_beside_the_aspect_they_belong_to(company: Company) -> None:
    contest = make_contest(company)
    data = json.loads(editor(aspect(1))["data"])
    data["guides"] = {"aspect-1": {"levels": ["有裂纹", "合格", "", "优", "?"]}, "gone": {"levels": ["x"]}}

    enter(company.organiser).post(f"/contests/{contest.code}/scheme/", {"data": json.dumps(data)})

    assert Contest.objects.get().guides == {"aspect-1": {"levels": ["有裂纹", "合格", "", "优"]}}


def test_excel_out_and_in_again_is_the_same_scheme(company: Company) -> None:
    contest = make_contest(company)
    client = enter(company.organiser)
    book = client.get(f"/contests/{contest.code}/scheme/scheme.xlsx")

    shown = client.post(
        f"/contests/{contest.code}/scheme/upload/", {"file": SimpleUploadedFile("评分表.xlsx", book.content)}
    )

    assert shown.status_code == 200
    read = forms.read(json.dumps(shown.context["data"]), contest)
    assert read.scheme is not None
    assert read.scheme.aspects == contest.marking_scheme.aspects
    assert read.scheme.groups == contest.marking_scheme.groups
    assert Contest.objects.get().scheme == contest.scheme  # nothing stored yet


def test_level_texts_go_through_excel_and_a_table_without_them_leaves_them(company: Company) -> None:
    contest = make_contest(company)
    guides = {"seam": {"levels": ["有裂纹", "合格", "", "优"]}}
    Contest.objects.filter(pk=contest.pk).update(guides=guides)
    client = enter(company.organiser)
    full = client.get(f"/contests/{contest.code}/scheme/scheme.xlsx").content
    lines = [["实操", "焊缝外观", "10", "seam"], ["实操", "安全", "10", "safety"]]
    narrow = sheets.xlsx_response("x.xlsx", ["Group", "Aspect", "Full marks", "code"], lines).content

    for book in (full, narrow):
        answer = client.post(
            f"/contests/{contest.code}/scheme/upload/", {"file": SimpleUploadedFile("评分表.xlsx", book)}
        )
        assert answer.context["data"]["guides"] == guides


def test_faults_of_an_excel_table_name_their_cells(company: Company) -> None:
    contest = make_contest(company)
    header = ["Group", "Aspect", "Full marks", "Step", "Factor"]
    lines = [["实操", "焊缝", "十分", "0.5", "1"], ["实操", "", "10", "0.5", "-"]]
    book = sheets.xlsx_response("x.xlsx", header, lines).content

    answer = enter(company.organiser).post(
        f"/contests/{contest.code}/scheme/upload/", {"file": SimpleUploadedFile("x.xlsx", book)}
    )

    assert answer.status_code == 422
    assert {where for where, _text in answer.context["faults"]} == {"C2", "B3", "E3"}


@pytest.mark.parametrize("content", [b"", b"\x89PNG nonsense", b"PK\x03\x04 broken"])
def test_what_is_no_table_is_refused(company: Company, content: bytes) -> None:
    contest = make_contest(company)

    answer = enter(company.organiser).post(
        f"/contests/{contest.code}/scheme/upload/", {"file": SimpleUploadedFile("x.xlsx", content)}
    )

    assert answer.status_code == 422


def test_scheme_of_an_earlier_contest_is_shown_and_not_stored(company: Company) -> None:
    earlier = make_published(company, code="earlier")
    draft = make_contest(company, code="later")
    Contest.objects.filter(pk=draft.pk).update(scheme={})

    answer = enter(company.organiser).get("/contests/later/scheme/?from=earlier")

    assert answer.context["data"]["aspect"] == forms.data_of(earlier.marking_scheme, {})["aspect"]
    assert Contest.objects.get(code="later").scheme == {}


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return SimpleUploadedFile("x.png", out.getvalue())


def test_photo_is_reencoded_shown_on_the_pad_and_removed(company: Company) -> None:
    contest = make_contest(company)
    client = enter(company.organiser)
    where = f"/contests/{contest.code}/scheme/pictures/"

    client.post(where, {"aspect": "seam", "kind": "good", "file": photo()})
    row = AspectPicture.objects.get()
    address = Contest.objects.get().guides["seam"]["pictures"]["good"]
    served = client.get(address)
    client.post(where, {"aspect": "seam", "kind": "good"})

    assert (row.content_type, served.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert AspectPicture.objects.count() == 0
    assert Contest.objects.get().guides == {}


@pytest.mark.parametrize("data", [{"aspect": "nothing", "kind": "good"}, {"aspect": "seam", "kind": "ugly"}, {}])
def test_photo_of_nothing_is_refused(company: Company, data: dict[str, str]) -> None:
    contest = make_contest(company)

    enter(company.organiser).post(f"/contests/{contest.code}/scheme/pictures/", data | {"file": photo()})

    assert AspectPicture.objects.count() == 0


def test_text_that_is_no_picture_is_refused(company: Company) -> None:
    contest = make_contest(company)
    file = SimpleUploadedFile("x.png", b"<svg onload=alert(1)>")

    enter(company.organiser).post(
        f"/contests/{contest.code}/scheme/pictures/", {"aspect": "seam", "kind": "bad", "file": file}
    )

    assert AspectPicture.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_chief_freezes_previews_and_amends(company: Company) -> None:
    contest = make_judging(company)
    mark_everything(contest, company.judge)
    chief = enter(company.chief_judge)
    where = f"/contests/{contest.code}/scheme/"
    groups = [{**row, "weight": "2"} for row in contest.scheme["group"]]

    preview = chief.post(where, sent(contest, group=groups) | {"preview": "1"})
    refused = chief.post(where, sent(contest, group=groups) | {"reason": ""})
    done = chief.post(where, sent(contest, group=groups) | {"reason": "权重写错"})
    page = chief.get(f"/contests/{contest.code}/rules/")

    assert len(preview.context["shifts"]) == 3
    assert refused.status_code == 422
    assert done.status_code == 302
    assert [row.number for row in page.context["versions"]] == [2, 1]
    assert RulesVersion.objects.get(number=2).reason == "权重写错"


def test_chief_signs_the_rules_while_registration_is_open(company: Company) -> None:
    contest = make_published(company)

    enter(company.chief_judge).post(f"/contests/{contest.code}/rules/freezing/")

    assert RulesVersion.objects.get().by == company.chief_judge


def test_amending_is_for_the_chief_judge(company: Company) -> None:
    contest = make_published(company)
    amendments.freeze(contest=contest, by=company.chief_judge, at=AT)

    enter(company.organiser).post(f"/contests/{contest.code}/scheme/", sent(contest) | {"reason": "x"})

    assert RulesVersion.objects.count() == 1


def test_rows_of_the_table_hold_everything_of_an_aspect() -> None:
    scheme = make_scheme()

    header, lines = forms.lines_of(scheme, {"seam": {"levels": ["有裂纹", "合格", "", "优"]}})

    assert [len(line) for line in lines] == [len(header)] * 3
    assert len(header) == len(forms.COLUMNS)
    assert [line[-6:-2] for line in lines[:2]] == [[""] * 4, ["有裂纹", "合格", "", "优"]]
    assert [line[2] for line in lines] == ["笔试", "焊缝外观", "安全文明"]
