"""contests/queries/gate.py: every named check, with a contest in which it finds something and the same one mended."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from contests.domain import (
    amendments,
    corrections,
    disqualification,
    draw,
    judging,
    marking,
    panels,
    presence,
    round_signing,
    seals,
    setup,
    signing,
)
from contests.models import Appeal, Contest, RoundSigning, Sheet, Tablet
from contests.pure.marks import Op
from contests.queries import gate as gates
from people.models import Employee
from tests.factories import contests as made
from tests.factories.contests import AT, make_contest, make_judging, make_scheme, sheet_of
from tests.factories.people import Company, give_role, make_employee

ROOT = Path(__file__).resolve().parents[3]
ASPECTS = ("paper", "seam", "safety")
HUNDRED = {
    "group": [{"code": "practical", "title": "实操"}], "ranking": {"order": ["total"]},
    "aspect": [{"code": "seam", "group": "practical", "title": "焊缝外观", "kind": "judgement", "min": 0, "max": 100,
                "step": 1, "combine": "mean"}],
}  # fmt: skip
WORLDSKILLS = HUNDRED | {"aspect": [HUNDRED["aspect"][0] | {"combine": "worldskills"}]}  # type: ignore[index]
Mend = Callable[[], object]


def panel(company: Company, contest: Contest, count: int) -> list[Employee]:
    """The judge of every contest and as many more as make `count`."""
    judges = [company.judge]
    for number in range(1, count):
        judges.append(make_employee(company.root, name=f"评委{number}", number=f"88{number}"))
        give_role(judges[-1], "judge")
        panels.assign(contest=contest, employee=judges[-1], by=company.organiser, at=AT)
    return judges


def running(company: Company, *, judges: int = 1, contestants: int = 3, scheme: dict[str, object] = HUNDRED) -> Contest:
    """A contest in judging under this scheme, one aspect of 100 points."""
    contest = make_contest(company, quota=None)
    contest = setup.set_scheme(contest=contest, scheme=make_scheme(**scheme), by=company.organiser, at=AT)
    panel(company, contest, judges)
    return make_judging(company, contest=contest, contestants=contestants)


def give(contest: Contest, judge: Employee, **values: str) -> None:
    """Give marks for the seam: e01="80" for entry 01."""
    sheet = sheet_of(contest, judge)
    ops = [Op(str(uuid4()), entry[1:], "seam", value, 0) for entry, value in values.items()]
    answers = marking.record(sheet_id=sheet.pk, ops=ops, by=judge, at=AT)
    assert {answer.answer for answer in answers} == {"ok"}


def clear(contest: Contest, judge: Employee, entry: str) -> None:
    sheet = sheet_of(contest, judge)
    marking.record(sheet_id=sheet.pk, ops=[Op(str(uuid4()), entry, "seam", None, 1)], by=judge, at=AT)


def close(contest: Contest, company: Company) -> Contest:
    return judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")


def sign(sheet: Sheet, judge: Employee) -> None:
    signing.sign_off(sheet_id=sheet.pk, version=Sheet.objects.get(pk=sheet.pk).version, by=judge, at=AT)


# --- what goes wrong: each returns the contest and what mends it; None: it stays, as a note, or for a person to answer ---


def no_scheme(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    kept = contest.scheme
    Contest.objects.filter(pk=contest.pk).update(scheme={})
    return contest, lambda: Contest.objects.filter(pk=contest.pk).update(scheme=kept)


def blank(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    give(contest, company.judge, e01="80", e02="70")
    return contest, lambda: give(contest, company.judge, e03="60")


def contested(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company, judges=3, contestants=1, scheme=WORLDSKILLS)
    for number, value in (("J1", "0"), ("J2", "3"), ("J3", "2")):
        judge = contest.panel.get(code=number).employee
        assert judge is not None
        give(contest, judge, e01=value)
    by = {"by": company.chief_judge, "at": AT}
    return contest, lambda: corrections.settle(
        contest=contest, entry="01", aspect="seam", value="2", reason="复看", **by
    )


def nobody(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    return contest, lambda: give(contest, company.judge, e01="80")


def absent(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    give(contest, company.judge, e01="80", e02="70", e03="60")
    corrections.set_status(contest=contest, entry="03", status="dns", reason="未到", by=company.chief_judge, at=AT)
    return contest, lambda: clear(contest, company.judge, "03")


def floored(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    give(contest, company.judge, e01="80", e02="70", e03="60")
    by = {"by": company.chief_judge, "at": AT}
    row = corrections.penalise(contest=contest, entry="03", points="500", reason="违规", **by)
    return contest, lambda: corrections.cancel_penalty(penalty_id=row.pk, reason="误判", **by)


def weights(company: Company) -> tuple[Contest, Mend | None]:
    half = HUNDRED | {"aspect": [HUNDRED["aspect"][0] | {"max": 50}]}  # type: ignore[index]
    contest = running(company, scheme=half)
    give(contest, company.judge, e01="40", e02="30", e03="20")
    whole = Contest(scheme=contest.scheme)
    whole.scheme = contest.scheme | {"aspect": [row | {"max": "100"} for row in contest.scheme["aspect"]]}
    return contest, lambda: Contest.objects.filter(pk=contest.pk).update(scheme=whole.scheme)


def unsent(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    sheet = sheet_of(contest, company.judge)
    presence.report(sheet=sheet, device="a", unsent=2, at=AT)
    return contest, lambda: presence.report(sheet=sheet, device="a", unsent=0, at=AT)


def silent(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    sheet = sheet_of(contest, company.judge)
    presence.report(sheet=sheet, device="a", unsent=2, at=AT - timedelta(hours=1))
    assert Tablet.objects.get().unsent == 2
    return contest, lambda: presence.report(sheet=sheet, device="a", unsent=0, at=AT)


def unsigned(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    give(contest, company.judge, e01="80", e02="70", e03="60")
    contest = close(contest, company)
    sheet = sheet_of(contest, company.judge)

    def mend() -> None:
        signing.reopen(sheet_id=sheet.pk, reason="补签", by=company.chief_judge, at=AT)
        sign(sheet, company.judge)

    return contest, mend


def sheet_open(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    give(contest, company.judge, e01="80", e02="70", e03="60")
    contest = close(contest, company)
    sheet = sheet_of(contest, company.judge)
    signing.reopen(sheet_id=sheet.pk, reason="补签", by=company.chief_judge, at=AT)
    return contest, lambda: sign(sheet, company.judge)


def late(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    sheet = sheet_of(contest, company.judge)
    contest = close(contest, company)
    ops = [Op(str(uuid4()), "03", "seam", "5", 0)]
    assert [row.answer for row in marking.record(sheet_id=sheet.pk, ops=ops, by=company.judge, at=AT)] == ["locked"]
    return contest, None


def signing_round(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    give(contest, company.judge, e01="80", e02="70", e03="60")
    contest = close(contest, company)
    row = round_signing.begin(contest=contest, by=company.chief_judge, at=AT)
    return contest, lambda: round_signing.sign(pk=row.pk, signatures=[], by=company.organiser, at=AT)


def judge_absent(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company, judges=2)
    give(contest, company.judge, e01="80", e02="70", e03="60")
    second = contest.panel.get(code="J2").employee
    assert second is not None
    return contest, lambda: give(contest, second, e01="81")


def equal_sheets(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company, judges=3, contestants=12)
    values = {f"e{number:02}": str(40 + number * 5 % 47) for number in range(1, 13)}
    people = [member.employee for member in contest.panel.filter(role="judge").select_related("employee")]
    for person, change in zip(people, (0, 0, 3), strict=True):
        assert person is not None
        give(contest, person, **{entry: str(int(value) + change) for entry, value in values.items()})
    return contest, lambda: [clear(contest, company.judge, f"{number:02}") for number in (1, 2)]


def replaced(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    heir = make_employee(company.other_team, name="接替裁判")
    member = contest.panel.get(code="J1")
    panels.replace(contest=contest, member=member, employee=heir, reason="急病", by=company.chief_judge, at=AT)
    return contest, None


def recused(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company, judges=2)
    sheet = sheet_of(contest, company.judge)
    panels.recuse(sheet_id=sheet.pk, entry="01", reason="师徒", by=company.chief_judge, at=AT)
    return contest, None


def ties(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    give(contest, company.judge, e01="80", e02="80", e03="60")
    by = {"by": company.chief_judge, "at": AT}
    return contest, lambda: corrections.penalise(contest=contest, entry="02", points="1", reason="超时", **by)


def sealed(company: Company) -> tuple[Contest, Mend | None]:
    contest = made.publish(make_contest(company, quota=None, is_sealed=True), company)
    for person in made.make_contestants(company, 2):
        made.register(contest, person)
    from contests.domain import registration

    registration.close(contest=contest, by=company.organiser, at=AT)
    draw.draw(contest=contest, seed="open", code_seed="secret", by=company.organiser, at=AT)
    judging.start(contest=contest, by=company.organiser, at=AT)
    contest = close(contest, company)

    def mend() -> None:
        for layer in ("code", "order"):
            seals.ask_opening(contest=contest, layer=layer, by=company.secrecy_officer, at=AT)
            seals.confirm_opening(contest=contest, layer=layer, by=company.auditor, at=AT)

    return contest, mend


def no_employee(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    Contest.objects.filter(pk=contest.pk).update(is_blind=False)
    entry = contest.entries.filter(code="01")
    person = entry.get().employee
    entry.update(employee=None)
    return contest, lambda: entry.update(employee=person)


def review(company: Company) -> tuple[Contest, Mend | None]:
    from contests.domain import gate

    contest = running(company)
    give(contest, company.judge, e01="80", e02="70", e03="60")
    contest = close(contest, company)
    codes = ("01", "02", "03")
    by = {"by": company.chief_judge, "at": AT}
    return contest, lambda: [gate.review(contest=contest, entry=code, is_right=True, note="", **by) for code in codes]


def appeals(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    Appeal.objects.create(id=uuid4(), contest=contest, kind="objection", by=company.worker, text="?", at=AT)
    return contest, lambda: Appeal.objects.update(state="withdrawn")


def disqualified(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    row = disqualification.propose(contest=contest, entry="01", reason="替考", by=company.chief_judge, at=AT)
    return contest, lambda: disqualification.agree(pk=row.pk, by=company.union_chair, at=AT)


def amended(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    scheme = contest.marking_scheme
    aspect = replace(scheme.aspects[0], factor=scheme.aspects[0].factor * 2)
    changed = replace(scheme, aspects=(aspect,))
    amendments.amend(contest=contest, scheme=changed, reason="系数写错", by=company.chief_judge, at=AT)
    return contest, None


def corrected(company: Company) -> tuple[Contest, Mend | None]:
    contest = running(company)
    give(contest, company.judge, e01="80", e02="70", e03="60")
    contest = close(contest, company)
    sheet = sheet_of(contest, company.judge)
    by = {"by": company.chief_judge, "at": AT}
    corrections.correct(sheet_id=sheet.pk, entry="01", aspect="seam", value="90", reason="抄错", **by)
    return contest, None


CHECKS: dict[str, tuple[str, Callable[[Company], tuple[Contest, Mend | None]]]] = {
    "scheme": ("error", no_scheme),
    "blank": ("error", blank),
    "contested": ("error", contested),
    "nobody": ("error", nobody),
    "absent": ("error", absent),
    "floored": ("note", floored),
    "weights": ("warning", weights),
    "unsent": ("error", unsent),
    "silent": ("warning", silent),
    "sheet-open": ("error", sheet_open),
    "unsigned": ("warning", unsigned),
    "late": ("warning", late),
    "round": ("error", signing_round),
    "judge-absent": ("warning", judge_absent),
    "equal-sheets": ("warning", equal_sheets),
    "replaced": ("note", replaced),
    "recused": ("note", recused),
    "ties": ("warning", ties),
    "sealed": ("error", sealed),
    "no-employee": ("warning", no_employee),
    "review": ("error", review),
    "appeals": ("error", appeals),
    "disqualification": ("error", disqualified),
    "amended": ("warning", amended),
    "corrected": ("note", corrected),
}
ELSEWHERE = {"round-overdue"}  # tests/contests/flows/test_round_signing.py: it takes a deadline of the approval


def found(contest: Contest) -> dict[str, str]:
    return {row.code: row.level for row in gates.look(Contest.objects.get(pk=contest.pk), at=AT).findings}


@pytest.mark.parametrize("code", CHECKS)
def test_check_finds_what_is_wrong_and_nothing_once_it_is_mended(company: Company, code: str) -> None:
    level, build = CHECKS[code]
    contest, mend = build(company)

    assert found(contest)[code] == level
    if mend is not None:
        mend()
        assert code not in found(contest)


def test_a_sound_contest_has_none_of_them_but_the_review(company: Company) -> None:
    contest = running(company, judges=2)
    for person, change in ((company.judge, 0), (contest.panel.get(code="J2").employee, 5)):
        assert person is not None
        give(contest, person, e01=str(80 + change), e02=str(70 - change), e03="60")
        sign(sheet_of(contest, person), person)
    contest = close(contest, company)

    assert found(contest) == {"review": "error"}
    assert not RoundSigning.objects.exists()


def test_every_check_of_the_gate_has_its_contest_here() -> None:
    source = (ROOT / "contests/queries/gate.py").read_text(encoding="utf-8")
    named = set(re.findall(r'Finding\(\s*"([a-z-]+)"', source)) | {"blank", "contested"}

    assert named == set(CHECKS) | ELSEWHERE
