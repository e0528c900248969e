"""contests/views/certificate_templates.py: the editor, its live picture, uploads."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from contests.models import CertificateTemplate
from contests.pure.certificate import default_layout, read_layout
from tests.factories.certificates import make_issued, make_template
from tests.factories.people import Company, make_company

pytestmark = pytest.mark.django_db(transaction=True)
KEEPERS = {"organiser", "union_chair", "administrator"}
HOME = "/contests/certificates/templates/"


@pytest.fixture
def company() -> Company:
    return make_company()


def enter(person: object) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def form(**changes: Any) -> dict[str, Any]:
    """Give what the editor sends for our own design."""
    layout: dict[str, Any] = default_layout()
    data: dict[str, Any] = {
        "title": "荣誉证书", "page": layout["page"], "others": layout["others"], "has_qr": "on",
        **{f"qr_{name}": value for name, value in layout["qr"].items()},
    }  # fmt: skip
    for prefix, rows in (("text", layout["texts"]), ("award", layout["awards"])):
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        for index, row in enumerate(rows):
            data |= {f"{prefix}-{index}-{name}": value for name, value in row.items() if value is not False}
    return data | changes


def picture(kind: str = "PNG", size: tuple[int, int] = (600, 400), mode: str = "RGB") -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new(mode, size, (0, 120, 0, 0) if mode == "RGBA" else (0, 120, 0)).save(target, kind)
    return SimpleUploadedFile("b.png", target.getvalue(), "image/png")


def test_templates_are_kept_by_who_organises(company: Company) -> None:
    template = make_template(company)

    for path in (HOME, f"{HOME}new/", f"{HOME}{template.pk}/", f"{HOME}{template.pk}/picture.png"):
        answers = {name: enter(person).get(path).status_code for name, person in company.personas.items()}
        assert {name for name, status in answers.items() if status == 200} == KEEPERS
    for path in (f"{HOME}new/", f"{HOME}{template.pk}/", f"{HOME}preview/", f"{HOME}{template.pk}/archive/"):
        for name, person in company.personas.items():
            if name not in KEEPERS:
                assert enter(person).post(path, form()).status_code == 403
    assert CertificateTemplate.objects.count() == 1


def test_our_own_design_is_saved_as_it_is_shown(company: Company) -> None:
    answer = enter(company.organiser).post(f"{HOME}new/", form())

    assert answer.status_code == 302
    assert read_layout(CertificateTemplate.objects.get().layout) == read_layout(default_layout())


def test_rows_can_be_left_out_and_the_code_too(company: Company) -> None:
    data = form(**{"text-10-DELETE": "on", "award-2-DELETE": "on"})
    del data["has_qr"]

    enter(company.organiser).post(f"{HOME}new/", data)

    layout = CertificateTemplate.objects.get().layout
    assert (len(layout["texts"]), len(layout["awards"]), layout["qr"]) == (10, 2, None)


@pytest.mark.parametrize(
    "changes",
    [{"text-0-text": "{nickname}"}, {"text-0-x": "2"}, {"qr_size": "5"}, {"qr_size": ""}, {"award-1-rank_from": "1"},
     {"title": " "}, {"text-3-colour": "red"}],
)  # fmt: skip
def test_faults_come_back_with_the_form(company: Company, changes: dict[str, str]) -> None:
    answer = enter(company.organiser).post(f"{HOME}new/", form(**changes))

    assert answer.status_code == 422
    assert CertificateTemplate.objects.count() == 0
    assert "wrong-text" in answer.text or 'role="alert"' in answer.text


def test_the_picture_follows_what_is_typed(company: Company) -> None:
    client = enter(company.organiser)

    first = client.post(f"{HOME}preview/", form())
    second = client.post(f"{HOME}preview/", form(**{"text-0-text": "优秀证书"}))

    found = [re.search(r"base64,([A-Za-z0-9+/=]+)", answer.text) for answer in (first, second)]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].group(1) != found[1].group(1)
    assert Image.open(io.BytesIO(base64.b64decode(found[0].group(1)))).size == (891, 630)
    assert CertificateTemplate.objects.count() == 0


@pytest.mark.parametrize("changes", [{"text-0-text": "{nickname}"}, {"text-0-size": "x"}])
def test_the_picture_gives_way_to_the_fault(company: Company, changes: dict[str, str]) -> None:
    answer = enter(company.organiser).post(f"{HOME}preview/", form(**changes))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "base64" not in answer.text


def test_an_unprintable_character_is_shown_beside_the_picture(company: Company) -> None:
    answer = enter(company.organiser).post(f"{HOME}preview/", form(**{"text-0-text": "证书\U0001f9e8"}))

    assert answer.status_code == 200
    assert "\U0001f9e8</b>" in answer.text


def test_a_background_is_decoded_and_encoded_anew(company: Company) -> None:
    client = enter(company.organiser)

    client.post(f"{HOME}new/", form(background=picture("PNG", (5000, 3000), "RGBA")))
    template = CertificateTemplate.objects.get()

    stored = Image.open(io.BytesIO(bytes(template.background or b"")))
    assert (stored.format, max(stored.size), template.background_type) == ("JPEG", 3508, "image/jpeg")
    assert stored.getpixel((10, 10)) == (255, 255, 255)  # what was transparent is paper
    shown = client.post(f"{HOME}preview/", form(template=str(template.pk)))
    assert shown.status_code == 200
    client.post(f"{HOME}{template.pk}/", form(drops_background="on"))
    template.refresh_from_db()
    assert not template.background


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"<svg onload='x()'/>", b"GIF89a" + b"0" * 50, b"\x89PNG\r\n\x1a\n" + b"0" * 50, b""]
)
def test_what_is_no_picture_is_refused_whatever_its_name(company: Company, content: bytes) -> None:
    upload = SimpleUploadedFile("b.png", content, "image/png")

    answer = enter(company.organiser).post(f"{HOME}new/", form(background=upload))

    assert answer.status_code == 422
    assert CertificateTemplate.objects.count() == 0


def test_a_used_template_is_replaced_and_issued_ones_stay(company: Company) -> None:
    _contest, rows = make_issued(company)
    client = enter(company.organiser)

    page = client.get(f"{HOME}{rows[0].template_id}/")
    client.post(f"{HOME}{rows[0].template_id}/", form(others="参赛"))

    assert page.context["is_used"] is True
    assert [row.is_archived for row in CertificateTemplate.objects.order_by("pk")] == [True, False]
    rows[0].refresh_from_db()
    assert rows[0].layout["others"] == "优秀奖"


def test_a_template_goes_out_of_use(company: Company) -> None:
    template = make_template(company)

    enter(company.organiser).post(f"{HOME}{template.pk}/archive/")

    assert CertificateTemplate.objects.get().is_archived


def test_the_list_costs_the_same_for_any_number(company: Company, django_assert_max_num_queries: Any) -> None:
    client = enter(company.organiser)
    make_template(company)
    client.get(HOME)
    for number in range(6):
        make_template(company, others=str(number))

    with django_assert_max_num_queries(8):
        assert client.get(HOME).status_code == 200
