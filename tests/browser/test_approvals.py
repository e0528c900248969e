"""Approvals in a browser: steps one below the other, facts beside the verbs, a list that fits under one thumb."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from playwright.sync_api import expect

from engine.approvals.models import Ballot, Policy
from tests.factories.approvals import act, make_approval, make_policy
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
BLOCK = {"parallel": {"安全": [{"key": "safety", "title": "安全员", "approvers": ["role:auditor"]}],
                      "人力": [{"key": "hr", "title": "人力资源", "approvers": ["role:hr"]}]}}  # fmt: skip


@pytest.fixture
def approval(people: Any) -> Any:
    make_policy({"key": "unit", "title": "班组长", "approvers": ["manager:1"]}, BLOCK,
                {"key": "chair", "title": "工会主席", "approvers": ["role:union_chair"]})  # fmt: skip
    row = make_approval(people.worker)
    return act(row, people.leader, note="同意")


def boxes(page: Any, selector: str) -> list[dict[str, float]]:
    """Where each stands."""
    return [one.bounding_box() for one in page.locator(selector).all()]


@pytest.mark.parametrize("size", [(390, 844), (1360, 900)])
def test_steps_stand_one_below_the_other(visit, people, approval, size):
    page = visit("1104", size=size).go(f"/approvals/{approval.pk}/")

    steps = boxes(page, ".way > li")

    assert len(steps) == 4
    assert all(above["y"] + above["height"] <= below["y"] + 1 for above, below in itertools.pairwise(steps))
    assert min(step["width"] for step in steps) > 280


def test_desk_shows_facts_beside_the_verbs(visit, people, approval):
    page = visit("1104", size=(1360, 900)).go(f"/approvals/{approval.pk}/")

    facts, acts = boxes(page, ".approval-main")[0], boxes(page, ".approval-acts")[0]

    assert facts["width"] > 450
    assert acts["width"] > 340
    assert acts["x"] >= facts["x"] + facts["width"]


def test_drawer_begins_with_what_it_is_about(visit, people, approval):
    page = visit("1104", size=(1360, 700)).go("/approvals/")

    page.locator("a[data-item]").click()
    page.locator("dialog.drawer textarea[name=note]").first.wait_for()

    assert page.evaluate("document.querySelector('dialog.drawer').scrollTop") == 0
    assert page.evaluate("document.activeElement.name") == "note"

    # What one may do stands at the bottom of the drawer however far it is scrolled.
    approve = page.locator("dialog.drawer button[name=verb][value=approve]")
    for where in ("0", "300", "document.querySelector('dialog.drawer').scrollHeight"):
        page.evaluate(f"document.querySelector('dialog.drawer').scrollTop = {where}")
        box = approve.bounding_box()
        assert 500 < box["y"] < 700 - box["height"]
    page.keyboard.type("同意")
    approve.click()
    page.wait_for_url("**/approvals/")
    assert Ballot.objects.get(verb="approve", person=people.hr).note == "同意"


def test_phone_filters_take_two_lines(visit, people, approval):
    page = visit("1104").go("/approvals/")

    rows = {
        round(box["y"] / 24)
        for box in boxes(page, ".inbox-filters input[type=search], .inbox-filters select, .inbox-filters .button")
    }

    assert len(rows) == 2
    assert page.locator(".inbox-filters").bounding_box()["height"] < 130


@pytest.mark.parametrize("size", [(390, 844), (1360, 900)])
def test_policy_is_put_together_without_writing_sources(visit, people, approval, size):
    hr = visit("1104", size=size)
    page = hr.go("/approvals/policies/request/edit/")
    expect(page.locator("[data-step]").first.locator(".asks")).to_contain_text("申请人的直接单位负责人")

    page.locator("[data-add-row]").click()
    step = page.locator("[data-step]", has=page.locator("input[name=steps-4-key]"))
    step.locator("input[name$='-title']").fill("安全评审")
    step.locator("input[name$='-key']").fill("review")
    step.locator("[data-source-kind]").select_option("role")
    step.locator("[data-for=role]").select_option("judge")
    step.locator("[data-source-in]").click()
    step.locator("[data-source-kind]").select_option("user")
    step.locator("[data-for=person]").fill("1001 班长王建国")
    step.locator("[data-for=person]").press("Enter")
    step.locator("select[name$='-mode']").select_option("vote")
    expect(step.locator(".asks li")).to_have_count(2)
    expect(step).to_contain_text("共 3 人：通过需 2 票，2 票反对即否决")
    step.locator("[data-source-out='user:1001']").click()
    expect(step).to_contain_text("共 2 人：通过需 2 票，1 票反对即否决")
    for _ in range(4):
        step.locator("[data-step-move='-1']").click()
    page.locator("[data-step]").last.locator("[data-step-out]").click()
    assert not hr.overflows()
    assert hr.violations() == []
    page.locator("button[name=check]").click()
    expect(page.locator("#checked")).to_contain_text("安全评审")
    expect(page.locator("[data-step] input[name$='-key']").first).to_have_value("review")
    page.locator("button[name=publish]").click()
    page.wait_for_url("**/approvals/policies/request/")

    steps = Policy.objects.get(version=2).definition["steps"]
    assert steps[0] == {"key": "review", "title": "安全评审", "approvers": ["role:judge"], "mode": "vote"}
    assert [row["key"] for row in steps if "key" in row] == ["review", "unit"]
    assert list(steps[2]["parallel"]) == ["安全", "人力"]


SMALL = """() => [...document.querySelectorAll("main a, main button, main select, main textarea, main summary, main input:not([type=hidden], [type=checkbox])")]
  .filter((one) => one.offsetParent && !one.closest("p, dd, .crumbs, .note"))
  .map((one) => [one.tagName, (one.innerText || one.name).slice(0, 20), Math.round(one.getBoundingClientRect().height)])
  .filter(([, , height]) => height < 44)"""


@pytest.mark.parametrize("path", ["/approvals/", "/approvals/?state=running", "/approvals/{approval}/", "/approvals/bulk/?pick={approval}",
                                  "/approvals/deadlines/", "/approvals/policies/", "/approvals/policies/request/edit/", "/notices/"])  # fmt: skip
def test_what_a_thumb_presses_is_large_enough(visit, people, approval, path):
    phone = visit("1104")
    page = phone.go(path.format(approval=approval.pk))
    page.wait_for_load_state("networkidle")

    assert page.evaluate(SMALL) == []
    assert not phone.overflows()


@pytest.mark.parametrize("number", ["9", "10", "128"])
def test_count_of_any_length_stands_on_one_line_in_its_badge(visit, people, approval, number):
    page = visit("1104").go("/approvals/")
    count = page.locator(".top .count, .tabbar .count")
    count.evaluate_all(
        "(found, number) => found.forEach((each) => { each.hidden = false; each.textContent = number; })", number
    )

    assert count.count() == 2
    assert count.evaluate_all(
        "(found) => found.every((each) => each.scrollWidth <= each.clientWidth && each.scrollHeight <= each.clientHeight)"
    )


def test_inbox_counts_and_says_live_that_something_new_waits(visit, people, approval):
    page = visit("1104").go("/approvals/")
    expect(page.locator(".tabbar .count, .tabs .count").first).to_have_text("1")
    expect(page.locator("[data-more]")).to_be_hidden()
    page.wait_for_timeout(1500)  # the socket is open

    act(make_approval(people.stranger, subject="request:2"), people.shop_head)

    expect(page.locator(".tabbar .count")).to_contain_text("2 项待处理", timeout=10_000)
    page.locator("[data-more] a").click()
    expect(page.locator("tr[data-row]")).to_have_count(2)


def test_link_of_a_message_leads_there_after_signing_in(visit, people, approval):
    phone = visit()
    page = phone.go(f"/approvals/{approval.pk}/")
    page.fill("#id_username", "1104")
    page.fill("#id_password", PASSWORD)
    page.click("button.primary")

    page.wait_for_url(f"**/approvals/{approval.pk}/")
    page.locator("button[name=verb][value=approve]").click()
    page.wait_for_url("**/approvals/")
    assert Ballot.objects.filter(verb="approve", person=people.hr).exists()
