"""Certificates as organisers, winners and strangers use them: accessible, fitting, the picture follows what is typed."""

from __future__ import annotations

import io
from typing import Any

import pytest
import segno
from PIL import Image
from playwright.sync_api import expect

from contests import tasks
from contests.models import Certificate, Contest
from tests.factories.certificates import make_final, make_issued, make_template
from tests.factories.people import Company, make_employee

TITLE = "第十届职工技能运动会·焊工（CO₂气体保护焊及氩弧焊复合项目）总决赛"


@pytest.fixture
def issued(people: Company) -> tuple[Contest, list[Certificate]]:
    """A long title, a long name, a rare one."""
    names = ["欧阳买买提·阿卜杜热合曼江·伊布拉音", "𠮷㛃䶮"]
    others = [make_employee(people.team, trade=people.trade, name=name) for name in names]
    contest, rows = make_issued(people, people=[people.worker, *others], contestants=3, result_detail="marks")
    Contest.objects.filter(pk=contest.pk).update(title=TITLE)
    Certificate.objects.filter(pk=rows[1].pk).update(state="revoked", reason="误发")
    return contest, rows


@pytest.mark.parametrize(
    ("size", "language", "dark"),
    [
        ((390, 844), "zh-CN", False),
        ((1360, 900), "zh-CN", True),
        ((320, 700), "en-US", True),
        ((1360, 900), "en-US", False),
    ],
    ids=["phone-zh-light", "desk-zh-dark", "small-phone-en-dark", "desk-en-light"],
)
def test_pages_are_accessible_and_fit(
    visit: Any, people: Company, issued: Any, size: tuple[int, int], language: str, dark: bool
) -> None:
    contest, rows = issued
    mine = Certificate.objects.get(contest=contest, employee=people.worker)
    pages = {
        "organiser": [f"/contests/{contest.code}/certificates/", "/contests/certificates/templates/",
                      f"/contests/certificates/templates/{rows[0].template_id}/"],
        "worker": ["/contests/certificates/mine/", f"/contests/{contest.code}/result/", "/contests/mine/"],
        "": [f"/verify/{mine.token}/", f"/verify/{rows[1].token}/"],
    }  # fmt: skip
    problems: list[str] = []
    for name, paths in pages.items():
        visitor = visit(getattr(people, name).number if name else "", size=size, language=language, dark=dark)
        for path in paths:
            visitor.go(path)
            visitor.page.wait_for_load_state("networkidle")
            problems += [f"{path}: {fault}" for fault in visitor.violations()]
            problems += [f"{path} scrolls sideways"] if visitor.overflows() else []

    assert problems == []


def test_the_picture_follows_and_faults_take_its_place(visit: Any, people: Company) -> None:
    template = make_template(people)
    page = visit("1102", size=(1360, 900)).go(f"/contests/certificates/templates/{template.pk}/")
    first = page.wait_for_selector("#preview img").get_attribute("src")

    page.click("summary:has-text('荣誉证书')")
    page.fill("#id_text-0-text", "优秀证书")
    page.press("#id_text-0-text", "Tab")
    page.wait_for_function("before => document.querySelector('#preview img')?.src !== before", arg=first)
    page.fill("#id_text-0-text", "{nickname}")
    page.press("#id_text-0-text", "Tab")
    page.wait_for_selector("#preview [role=alert]")

    page.fill("#id_text-0-text", "优秀证书")
    page.click("text=QR >> nth=0") if page.locator("[data-add-row]").count() == 0 else page.locator(
        "[data-add-row]"
    ).nth(1).click()
    assert page.locator("#id_award-3-title").count() == 1


def test_issuing_shows_how_far_it_is_and_ends_with_the_list(visit: Any, people: Company) -> None:
    contest = make_final(people)
    page = visit("1102", size=(1360, 900)).go(f"/contests/{contest.code}/certificates/")

    page.click("#ready button.primary")
    page.wait_for_selector("#progress [role=status]")
    template = contest_template()
    tasks.issue_certificates.func(contest.pk, template, people.organiser.pk)

    page.wait_for_selector("table.cards tbody tr")
    assert page.locator("table.cards tbody tr").count() == 3


def modules(picture: bytes, at: tuple[float, float], size: float, count: int) -> list[list[bool]]:
    """Read a QR code of `count` modules from a picture: whether the middle of each is dark."""
    with Image.open(io.BytesIO(picture)) as image:
        grey, step = image.convert("L"), size / (count + 8)
        places = [(number + 4.5) * step for number in range(count)]
        return [
            [int(grey.getpixel((at[0] + x, at[1] + y)) or 0) < 128 for x in places]  # type: ignore[arg-type,call-overload]
            for y in places
        ]


def test_the_code_on_the_picture_leads_to_a_page_that_needs_no_signing_in_and_tells_only_what_is_public(
    visit: Any, server: str, people: Company
) -> None:
    contest, _rows = make_issued(people, people=[people.worker], contestants=2)
    mine = Certificate.objects.get(contest=contest, employee=people.worker)
    page = visit(people.worker.number).go("/contests/certificates/mine/")
    link = page.get_by_role("link", name="别人扫码后看到的页面").first
    address = server + str(link.get_attribute("href"))
    picture = page.request.get(server + str(page.locator("img.certificate-share").first.get_attribute("src"))).body()
    wanted = [[bool(dark) for dark in row] for row in segno.make_qr(address, error="m").matrix]

    stranger = visit().go(address.removeprefix(server))

    assert modules(picture, (70, 1144), 230, len(wanted)) == wanted
    expect(stranger.locator("h1")).to_have_text("证书真实有效")
    seen = stranger.inner_text("main")
    for told in (people.worker.name, mine.number, mine.facts["award"]):
        assert told in seen
    for hidden in (people.worker.number, people.team.name, "70.00", "78.50"):
        assert hidden not in seen
    assert stranger.goto(f"{server}/verify/{'x' * 22}/").status == 404


def test_a_name_that_cannot_be_printed_stops_everything_until_it_is_mended(visit: Any, people: Company) -> None:
    contest = make_final(people)
    names = {"01": "欧阳买买提·阿卜杜热合曼江", "02": "𠮷川", "03": "王\U0001f9e8"}
    for code, name in names.items():
        contest.entries.filter(code=code).update(name=name)
    organiser = visit(people.organiser.number, size=(1360, 900))
    page = organiser.go(f"/contests/{contest.code}/certificates/")
    expect(page.locator("#ready [role=alert]")).to_contain_text("\U0001f9e8")
    expect(page.locator("#ready button.primary")).to_be_disabled()

    contest.entries.filter(code="03").update(name="王伟")
    page = organiser.go(f"/contests/{contest.code}/certificates/")

    expect(page.locator("#ready")).to_contain_text("所有姓名、单位和标题均可打印。")
    expect(page.locator("#ready button.primary")).to_be_enabled()
    expect(page.locator("figure figcaption")).to_contain_text(["欧阳买买提·阿卜杜热合曼江", "𠮷川"])
    for picture in page.locator("figure img").all():
        picture.scroll_into_view_if_needed()
        page.wait_for_function("(picture) => picture.naturalWidth > 1000", arg=picture.element_handle())


def contest_template() -> int:
    from contests.models import CertificateTemplate

    return CertificateTemplate.objects.get().pk
