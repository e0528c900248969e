"""What the rules of a contest ask for, on the page where its people find it: combining, time, theory, teams, seals, rounds."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect

from contests import flows
from contests.domain import judging, marking, panels, results, rounds, setup
from contests.models import Contest, Entry, Mark, Penalty, Registration
from contests.pure.marks import Op
from contests.pure.scheme import COMBINES
from engine.approvals.models import Approval
from engine.events.models import Event
from tests.factories import contests as made
from tests.factories.contests import AT, make_contest, make_judging, make_scheme, sheet_of
from tests.factories.people import Company, give_role, make_employee, make_unit
from tests.factories.results import UNTIL, make_noticed, mark
from tests.factories.round_signing import agree
from tests.factories.teams import begin, make_people, make_team_contest, other_plant, register

DESK = (1360, 900)
HOW = {  # the words of the editor, and what the verifier makes of 7, 8 and 10 (worldskills: 1, 2 and 2 of 10 points)
    "mean": ("平均", "25/3"),
    "trimmed-mean": ("去掉", "8"),
    "median": ("中位数", "8"),
    "sum": ("求和", "25"),
    "worldskills": ("0–3", "5.56"),
}


@pytest.fixture
def combined(people: Company) -> Contest:
    """One aspect for each combine rule, three judges, two entries."""
    draft = make_contest(people, quota=None)
    aspects = [
        {"code": combine, "group": "practical", "title": combine, "kind": "judgement", "min": 0, "max": 10, "step": 1,
         "combine": combine} | ({"trim": 1, "trim_from": 3} if combine == "trimmed-mean" else {})
        for combine in COMBINES
    ]  # fmt: skip
    scheme = make_scheme(group=[{"code": "practical", "title": "实操"}], aspect=aspects, ranking={"order": ["total"]})
    setup.set_scheme(contest=draft, scheme=scheme, by=people.organiser, at=AT)
    for number in (1, 2):
        judge = make_employee(people.root, name=f"评委{number}", number=f"88{number}")
        give_role(judge, "judge")
        panels.assign(contest=draft, employee=judge, by=people.organiser, at=AT)
    contest = make_judging(people, contestants=2, contest=draft)
    members = contest.panel.filter(role="judge").select_related("employee").order_by("position")
    for member, value, level in zip(members, ("7", "8", "10"), ("1", "2", "2"), strict=True):
        assert member.employee is not None
        ops = [
            Op(str(uuid4()), entry, code, level if code == "worldskills" else value, 0)
            for entry in ("01", "02")
            for code in COMBINES
        ]
        sheet = sheet_of(contest, member.employee)
        answers = marking.record(sheet_id=sheet.pk, ops=ops, by=member.employee, at=AT)
        assert {answer.answer for answer in answers} == {"ok"}
    return contest


def test_every_combine_rule_is_chosen_in_the_editor_and_computed_in_the_browser(
    visit: Any, people: Company, combined: Contest
) -> None:
    editor = visit(people.chief_judge.number, size=DESK).go(f"/contests/{combined.code}/scheme/")
    for combine, (words, _made) in HOW.items():
        chosen = editor.locator(f"[data-code={combine}] select").filter(has_text=words).first
        expect(chosen).to_have_value(combine)
        assert [option.get_attribute("value") for option in chosen.locator("option").all()] == list(COMBINES)
    Contest.objects.filter(pk=combined.pk).update(state="final", result_detail="marks")

    page = visit(people.worker.number).go(f"/contests/{combined.code}/verify/")

    expect(page.locator("[data-verify][data-done=right]")).to_be_visible()
    page.locator(".verify-entry summary").first.click()
    expect(page.locator(".verify-entry").first.locator(".verify-line")).to_have_count(len(HOW))
    told = page.locator(".verify-entry").first.inner_text()
    assert all(result in told for _words, result in HOW.values()), told


def test_time_over_the_limit_costs_what_the_rule_says_and_who_did_not_start_has_a_reason(
    visit: Any, people: Company
) -> None:
    contest = make_judging(people, contestants=2)
    Contest.objects.filter(pk=contest.pk).update(time_rule={"limit": "60", "points": "2", "most": "10"})
    page = visit(people.chief_judge.number, size=DESK).go(f"/contests/{contest.code}/judging/entries/")
    expect(page.locator("main")).to_contain_text("规定用时 60 分钟")

    row = page.locator("tbody tr", has_text="01").first
    row.locator("summary").first.click()
    row.locator("#minutes-01").fill("2.5")
    row.locator("#minutes-reason-01").fill("超时两分半")
    row.get_by_role("button", name="按超时扣分").click()
    expect(page.locator("tbody tr", has_text="01").first).to_contain_text("−6")
    other = page.locator("tbody tr", has_text="02").first
    other.locator("summary").first.click()
    other.locator("#status-02").select_option("dns")
    other.locator("#status-reason-02").fill("未到场")
    other.get_by_role("button", name="设定状态").click()

    expect(page.locator("tbody tr", has_text="02").first).to_contain_text("未到场")
    assert Penalty.objects.get().points == 6
    assert Entry.objects.get(contest=contest, code="02").status == "dns"


def test_a_disqualification_is_in_force_once_the_chair_has_agreed(visit: Any, people: Company) -> None:
    contest = make_judging(people, contestants=2)
    row = flows.propose_disqualification(
        contest=contest, entry="01", reason="替考", by=people.chief_judge, at=timezone.now()
    )
    approval = Approval.objects.get(subject=row.subject)
    page = visit(people.union_chair.number).go(f"/approvals/{approval.pk}/")

    page.get_by_role("button", name="通过", exact=True).first.click()
    page.wait_for_load_state()
    desk = visit(people.chief_judge.number, size=DESK).go(f"/contests/{contest.code}/judging/entries/")

    expect(desk.locator("tbody tr", has_text="01").first).to_contain_text("取消资格")
    assert Entry.objects.get(contest=contest, code="01").status == "dq"


def test_theory_comes_from_a_filled_template_after_the_difference_was_seen(
    visit: Any, people: Company, tmp_path: Path
) -> None:
    contest = make_judging(people, contestants=2)
    page = visit(people.judge.number, size=DESK).go("/contests/sheets/")
    page.get_by_role("link", name="从 Excel 导入分数").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="模板").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    column = next(cell.column for cell in book.active[1] if "paper" in str(cell.value))
    for line, value in ((2, 88), (3, 76)):
        book.active.cell(line, column).value = value
    book.save(tmp_path / "theory.xlsx")

    page.locator("input[type=file]").set_input_files(tmp_path / "theory.xlsx")
    page.get_by_role("button", name="查看变化").click()
    expect(page.locator("main")).to_contain_text("88")
    assert not Mark.objects.exists()
    page.get_by_role("button", name="全部记录").click()
    page.wait_for_load_state()

    assert sorted(float(mark.value or 0) for mark in Mark.objects.filter(aspect="paper")) == [76.0, 88.0]
    assert Contest.objects.get(pk=contest.pk).state == "judging"


def test_captain_lets_a_substitute_step_in(visit: Any, people: Company) -> None:
    contest = make_team_contest(people)
    captain, mate, reserve = make_people(people, "队长", "队员", "替补")
    row = register(contest, people.team, [captain, mate], [reserve])
    begin(contest, people, until="drawn")
    page = visit(captain.number).go(f"/contests/registrations/{row.pk}/team/")

    page.select_option("#leaving", label="队员")
    page.select_option("#entering", label="替补")
    page.fill("#reason", "手伤")
    page.get_by_role("button", name="替换").click()

    expect(page.locator("main")).to_contain_text("手伤")
    expect(page.locator("#leaving")).to_have_count(0)
    assert {one.employee.name for one in row.team.filter(left_at=None).select_related("employee")} == {"队长", "替补"}


def test_lots_are_drawn_in_two_steps_sealed_and_opened_by_two_in_reverse(visit: Any, people: Company) -> None:
    contest = make_contest(people, quota=None, is_sealed=True, notice_working_days=0)
    contest = flows.submit(contest=contest, by=people.organiser, at=AT)
    agree(Approval.objects.get(subject=contest.subject), people.union_chair)
    for person in [people.worker, *made.make_contestants(people, 2)]:
        made.register(contest, person)
    flows.close_registration(contest=contest, by=people.organiser, at=AT)
    organiser = visit(people.organiser.number, size=DESK).go(f"/contests/{contest.code}/manage/")
    organiser.fill("#seed", "当天上证指数收盘 3210.55")
    organiser.get_by_role("button", name="抽签").click()
    expect(organiser.get_by_role("button", name="开始评分")).to_be_visible()

    # Everybody can draw the start order again; of the codes only the digests of two envelopes are announced.
    phone = visit(people.worker.number)
    page = phone.go(f"/contests/{contest.code}/")
    page.get_by_role("link", name="自己验证抽签").click()
    expect(page.locator(".note.ok")).to_contain_text("与出场顺序完全一致")
    seals = list(contest.seals.values_list("commitment", flat=True))
    expect(page.locator("code.digest")).to_contain_text(["3210.55", *seals])
    lots = page.locator("tbody code.digest").all_inner_texts()
    assert lots == sorted(lots)
    assert len(lots) == 3
    assert not phone.overflows()
    flows.start_judging(contest=contest, by=people.organiser, at=AT)
    flows.close_judging(contest=contest, by=people.chief_judge, at=AT, reason="时间到")
    address = f"/contests/{contest.code}/seals/"
    officer, auditor = (visit(one.number, size=DESK) for one in (people.secrecy_officer, people.auditor))

    for opened in (1, 2):
        page = officer.go(address)
        assert people.worker.name not in page.content()
        page.get_by_role("button", name="申请启封").click()
        expect(page.locator("main")).to_contain_text("待监督人确认")
        page = auditor.go(address)
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="确认启封").click()
        expect(page.locator(".tag.ok")).to_have_count(opened)

    expect(page.locator(".note.ok")).to_contain_text("与密封内容完全一致")
    page.locator("details summary").last.click()
    expect(page.locator("details").last).to_contain_text(f"{people.worker.number} →")
    acts = Event.objects.filter(subject=contest.subject, action__startswith="seal.").order_by("pk")
    assert list(acts.values_list("action", "by")) == [
        ("seal.opening-asked", people.secrecy_officer.pk), ("seal.opened", people.auditor.pk),
    ] * 2  # fmt: skip
    assert not Entry.objects.filter(contest=contest, employee=None).exists()


def test_next_round_is_made_and_those_who_advance_are_brought_up(visit: Any, people: Company) -> None:
    before = make_noticed(people)
    page = visit(people.organiser.number, size=DESK).go(f"/contests/{before.code}/next-round/")
    page.fill("#id_code", "welding-final")
    page.fill("#id_top", "2")
    page.get_by_role("button", name="创建下一轮").click()
    page.wait_for_url("**/welding-final/edit/")
    twin = Contest.objects.get(code="welding-final")
    assert [line.verdict.outcome for line in rounds.preview(twin)] == ["advances", "advances", "reserve"]
    Contest.objects.filter(pk=twin.pk).update(state="published")

    page.goto(page.url.replace("/edit/", "/round/"))
    page.locator("form button.primary").click()
    page.wait_for_load_state()

    states = Registration.objects.filter(contest=twin).order_by("applied_at").values_list("state", flat=True)
    assert list(states) == ["confirmed", "confirmed", "waitlisted"]


def test_ties_at_the_line_and_full_units_are_said_before_anybody_advances(visit: Any, people: Company) -> None:
    coke = make_unit("coke", "焦化厂", parent=people.root, kind="plant")
    elsewhere = [*make_people(people, "轧钢工", unit=other_plant(people)), *make_people(people, "炼焦工", unit=coke)]
    contest = make_judging(people, contestants=3, people=elsewhere)
    own = dict(contest.entries.values_list("name", "code"))
    points = {"选手1": "95", "选手2": "90", "轧钢工": "80", "炼焦工": "80", "选手3": "70"}
    mark(contest, people, {own[name]: value for name, value in points.items()})
    judging.close(contest=contest, by=people.chief_judge, at=AT, reason="时间到")
    results.begin_notice(contest=contest, until=UNTIL, by=people.union_chair, at=AT)
    page = visit(people.organiser.number, size=DESK).go(f"/contests/{contest.code}/next-round/")

    # Two places, at most one of a unit, and nobody who ties at the line: the quota frees a place two tie for.
    page.fill("#id_code", "welding-final")
    page.fill("#id_top", "2")
    page.fill("#id_per_unit", "1")
    page.select_option("#id_ties", "none")
    page.get_by_role("button", name="创建下一轮").click()
    page.wait_for_url("**/welding-final/edit/")
    page.goto(page.url.replace("/edit/", "/round/"))

    told = [" ".join(cell.split()) for cell in page.locator("tbody td:last-child").all_inner_texts()]
    assert told == ["晋级", "未晋级 本单位名额已满", "递补 界线并列", "递补 界线并列", "未晋级 本单位名额已满"]
