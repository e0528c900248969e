"""contests/domain/changes.py and changing.py: shown, applied whole, dropped, taken back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from contests.domain import changes, corrections, judging, marking, panels, results, setup
from contests.domain.corrections import NoReason
from contests.domain.setup import WrongState
from contests.models import Change, Contest, Factor, Mark, Operation, Penalty, ResultRow, ResultVersion, Sheet
from contests.pure.marks import Op
from contests.queries.changes import BadStep
from contests.queries.material import standings_of
from engine.events.models import Event
from engine.live.models import Board
from people.models import Employee
from rewards.domain import ledger
from rewards.domain.ledger import BudgetEmpty
from rewards.queries import balance
from tests.factories.contests import AT, make_contest, make_judging, make_scheme, sheet_of
from tests.factories.people import Company, make_employee
from tests.factories.results import UNTIL, draft, make_final, make_noticed, make_reviewed, mark, new_mark, penalty
from tests.support import refused


def apply(change: Change, company: Company, **more: str) -> Change:
    return changes.apply(change_id=change.pk, by=company.chief_judge, at=UNTIL, **more)


def take_back(change: Change, company: Company, reason: str = "记错了") -> Change:
    return changes.take_back(change_id=change.pk, reason=reason, by=company.chief_judge, at=UNTIL)


def shown(contest: Contest) -> list[tuple[str, int | None, str, int]]:
    """Return what everybody reads: entry, rank, total, points."""
    rows = ResultRow.objects.filter(contest=contest).select_related("entry")
    return [(row.entry.code, row.rank, str(row.total), row.award_points) for row in rows]


def live(contest: Contest) -> list[tuple[str, int | None, str]]:
    return [(row.entry.entry, row.rank, str(row.total)) for row in standings_of(contest)]


def points(contest: Contest, entry: str) -> int:
    person = contest.entries.get(code=entry).employee
    assert isinstance(person, Employee)
    return balance(person).available


BEFORE = [("02", 1, "90.00", 300), ("01", 2, "70.00", 10), ("03", 3, "50.00", 10)]


def test_a_draft_shows_the_difference_and_changes_nothing(company: Company) -> None:
    contest = make_noticed(company)

    change = draft(contest, company, penalty("02", "30"))

    assert [(row["entry"], row["before"]["rank"], row["after"]["rank"], row["after"]["points"])
            for row in change.difference["rows"]] == [("01", 2, 1, 300), ("02", 1, 2, 10)]  # fmt: skip
    assert (change.state, shown(contest)) == ("draft", BEFORE)
    assert not Penalty.objects.exists()


def test_the_same_key_again_is_the_same_draft(company: Company) -> None:
    contest = make_noticed(company)
    given = {"contest": contest, "key": uuid4(), "reason": "x", "by": company.chief_judge, "at": AT}

    once = changes.propose(steps=[penalty("02", "30")], **given)
    twice = changes.propose(steps=[penalty("01", "1")], **given)

    assert (twice.pk, twice.steps) == (once.pk, once.steps)


def test_applied_on_notice_everything_shown_is_rewritten(company: Company) -> None:
    contest = make_noticed(company)

    change = apply(draft(contest, company, penalty("02", "30"), new_mark("03", "100")), company)

    assert shown(contest) == [("03", 1, "100.00", 300), ("01", 2, "70.00", 10), ("02", 3, "60.00", 10)]
    version = ResultVersion.objects.get(number=2)
    assert (version.kind, version.reason, version.by) == ("corrected", "核对原始记录", company.chief_judge)
    assert (change.state, change.applied_by, change.applied_at) == ("applied", company.chief_judge, UNTIL)
    told = Event.objects.get(action="change.applied")
    assert (told.subject, told.data["change"], sorted(told.data["entries"])) == (
        contest.subject, str(change.pk), ["02", "03"]
    )  # fmt: skip
    assert not Event.objects.filter(action="points.corrected").exists()


def test_a_changed_mark_leaves_its_operation(company: Company) -> None:
    contest = make_reviewed(company)

    apply(draft(contest, company, new_mark("01", "75")), company)

    cell = Mark.objects.get(entry__code="01", aspect="paper")
    kept = Operation.objects.get(device="chief-judge")
    assert (str(cell.value), cell.version) == ("75", 2)
    assert (kept.by, kept.note, kept.base_version, kept.server_version) == (company.chief_judge, "核对原始记录", 1, 2)
    assert Sheet.objects.get(member__employee=company.judge).version == 4


def test_before_the_notice_no_version_is_made(company: Company) -> None:
    contest = make_reviewed(company)

    apply(draft(contest, company, penalty("02", "30")), company)

    assert live(contest)[0] == ("01", 1, "70.00")
    assert not ResultVersion.objects.exists()


def test_every_kind_of_step_in_one_correction_is_taken_back_whole(company: Company) -> None:
    contest = make_reviewed(company)
    old = corrections.penalise(contest=contest, entry="01", points="5", reason="超时", by=company.chief_judge, at=AT)
    corrections.set_factor(contest=contest, entry="02", aspect="paper", factor="1.1", by=company.chief_judge, at=AT)
    contest = results.begin_notice(contest=contest, until=UNTIL, by=None, at=AT)
    before, told = live(contest), shown(contest)
    steps = [
        new_mark("01", "80"), new_mark("01", "85"), new_mark("02", ""), penalty("03", "2.5"),
        {"kind": "cancel-penalty", "penalty": str(old.pk)}, {"kind": "status", "entry": "02", "status": "dq"},
        {"kind": "factor", "entry": "02", "aspect": "paper", "factor": ""},
        {"kind": "factor", "entry": "01", "aspect": "paper", "factor": "1.2"},
    ]  # fmt: skip

    change = apply(draft(contest, company, *steps), company)
    after = shown(contest)
    preview = changes.back_of(change)
    back = take_back(change, company)

    assert after == [("01", 1, "102.00", 300), ("03", 2, "47.50", 10), ("02", None, "0.00", 0)]
    assert preview is not None
    assert {row.entry: row.after.rank for row in preview.rows} == {"02": 1, "01": 2, "03": 3}
    assert (back.state, live(contest), shown(contest)) == ("reverted", before, told)
    assert [row.kind for row in ResultVersion.objects.all()] == ["notice", "corrected", "corrected"]
    assert contest.entries.get(code="02").status_reason == ""
    assert Penalty.objects.get(pk=old.pk).cancelled_at is None
    assert [str(row.factor) for row in Factor.objects.all()] == ["1.1"]
    assert Event.objects.get(action="change.taken-back").data["why"] == "记错了"
    assert changes.back_of(back) is None


def test_after_the_final_result_points_are_corrected_by_reversal(company: Company) -> None:
    contest = make_final(company)

    apply(draft(contest, company, penalty("02", "30")), company)

    assert (points(contest, "01"), points(contest, "02"), points(contest, "03")) == (300, 10, 10)
    assert Event.objects.get(action="points.corrected").data == {
        "event": "contest:welding-2026:r3",
        "paid": 290,
        "taken": 290,
    }
    assert ledger.verify() is None


def test_taken_back_after_the_final_result_points_go_back(company: Company) -> None:
    contest = make_final(company)
    first = apply(draft(contest, company, penalty("02", "30")), company)
    second = apply(draft(contest, company, {"kind": "status", "entry": "01", "status": "dq"}), company)
    middle = [points(contest, code) for code in ("01", "02", "03")]

    take_back(second, company)
    take_back(first, company)

    assert middle == [0, 300, 10]
    assert [points(contest, code) for code in ("01", "02", "03")] == [10, 300, 10]
    assert shown(contest) == BEFORE
    assert ledger.verify() is None


def test_the_board_of_a_final_contest_shows_the_correction(company: Company) -> None:
    contest = make_final(company)

    apply(draft(contest, company, penalty("02", "30")), company)

    board = Board.objects.get(code=contest.code)
    assert (board.state, [row["rank"] for row in sorted(board.rows, key=lambda row: str(row["id"]))]) == (
        "final",
        [1, 2, 3],
    )


def test_an_empty_budget_undoes_the_whole_correction(company: Company) -> None:
    contest = make_final(company, points=320)
    change = draft(contest, company, new_mark("01", "90"))

    with refused(BudgetEmpty, code="budget_empty"):
        apply(change, company)

    change.refresh_from_db()
    assert (change.state, shown(contest), points(contest, "01")) == ("draft", BEFORE, 10)


def test_a_result_that_changed_meanwhile_is_shown_again_first(company: Company) -> None:
    contest = make_reviewed(company)
    change = draft(contest, company, penalty("02", "30"))
    corrections.penalise(contest=contest, entry="03", points="1", reason="x", by=company.chief_judge, at=AT)

    with refused(changes.Stale, code="stale"):
        apply(change, company)
    again = changes.revise(change_id=change.pk)

    assert apply(again, company, shown=again.difference["digest"]).state == "applied"


def test_what_is_applied_is_what_was_seen(company: Company) -> None:
    contest = make_noticed(company)
    change = draft(contest, company, penalty("02", "30"))
    seen = change.difference["digest"]
    changes.revise(change_id=change.pk, steps=[penalty("02", "60")])

    with refused(changes.Stale, code="stale"):
        apply(change, company, shown=seen)


def test_a_draft_without_steps_is_not_applied(company: Company) -> None:
    change = draft(make_noticed(company), company)

    with refused(changes.NothingToDo, code="no-steps"):
        apply(change, company)


def test_a_dropped_draft_is_neither_applied_nor_taken_back(company: Company) -> None:
    change = draft(make_noticed(company), company, penalty("02", "30"))
    changes.drop(change_id=change.pk, by=company.chief_judge, at=AT)

    for act in (apply, take_back):
        with refused(changes.NotADraft, code="change-state"):
            act(change, company)
    with refused(changes.NotADraft, code="change-state"):
        changes.revise(change_id=change.pk, steps=[])
    assert Event.objects.get(action="change.dropped").data["reason"] == "核对原始记录"


def test_what_was_changed_again_is_not_taken_back(company: Company) -> None:
    contest = make_noticed(company)
    first = apply(draft(contest, company, new_mark("01", "80")), company)
    apply(draft(contest, company, new_mark("01", "85")), company)

    with refused(changes.ChangedSince, code="changed-since"):
        take_back(first, company)

    assert changes.back_of(first) is None


def test_reasons_are_asked_for(company: Company) -> None:
    contest = make_noticed(company)
    change = apply(draft(contest, company, new_mark("01", "80")), company)

    with refused(NoReason, code="reason"):
        draft(contest, company, reason="  ")
    with refused(NoReason, code="reason"):
        take_back(change, company, "")


def test_before_judging_there_is_nothing_to_correct(company: Company) -> None:
    contest = make_noticed(company)
    Contest.objects.update(state="drawn")
    contest.refresh_from_db()

    with refused(WrongState, code="wrong-state"):
        draft(contest, company)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"kind": "magic"}, "kind"),
        ({"kind": "penalty", "entry": "01", "points": "1", "extra": "x"}, "kind"),
        (penalty("99", "1"), "unknown-entry"),
        (penalty("01", "0"), "number"),
        (penalty("01", "NaN"), "number"),
        (new_mark("99", "1"), "unknown-entry"),
        (new_mark("01", "1", aspect="z"), "unknown-aspect"),
        (new_mark("01", "1", judge="J9"), "judge"),
        (new_mark("01", "1", judge="C1"), "judge"),
        (new_mark("01", "x"), "not-a-number"),
        (new_mark("01", "101"), "out-of-range"),
        (new_mark("01", "7.5"), "off-grid"),
        ({"kind": "cancel-penalty", "penalty": "999999"}, "penalty"),
        ({"kind": "cancel-penalty", "penalty": "x"}, "penalty"),
        ({"kind": "status", "entry": "01", "status": "gone"}, "status"),
        ({"kind": "factor", "entry": "01", "aspect": "paper", "factor": "-1"}, "number"),
        ({"kind": "void-span", "since": "x", "until": "y", "judge": ""}, "span"),
        ({"kind": "void-span", "since": "2026-11-20T09:00:00+08:00", "until": "2026-11-20T09:00:00+08:00"}, "span"),
        ({"kind": "void-span", "since": "2026-11-20T09:00:00", "until": "2026-11-20T10:00:00"}, "span"),
        ({"kind": "void-span", "since": "2026-11-20T09:00:00Z", "until": "2026-11-20T10:00:00Z", "judge": "J9"}, "judge"),
    ],
)  # fmt: skip
def test_a_step_that_cannot_be_is_refused(company: Company, step: dict[str, str], code: str) -> None:
    contest = make_noticed(company)

    with refused(BadStep, code=code):
        draft(contest, company, step)


def test_a_penalty_is_cancelled_once(company: Company) -> None:
    contest = make_reviewed(company)
    row = corrections.penalise(contest=contest, entry="01", points="5", reason="x", by=company.chief_judge, at=AT)
    step = {"kind": "cancel-penalty", "penalty": str(row.pk)}

    with refused(BadStep, code="penalty"):
        draft(contest, company, step, step)


def test_fifty_steps_at_most(company: Company) -> None:
    contest = make_noticed(company)

    with refused(BadStep, code="too-many"):
        draft(contest, company, *[penalty("01", "0.1")] * 51)


def test_a_mark_of_a_sheet_that_is_still_the_judges_is_not_changed(company: Company) -> None:
    contest = make_judging(company)
    mark(contest, company, {"01": "70"})

    with refused(BadStep, code="open"):
        draft(contest, company, new_mark("01", "80"))


def test_the_chief_judge_settles_three_marks_that_are_far_apart(company: Company) -> None:
    contest = make_contest(company)
    aspect = {"code": "look", "group": "g", "title": "外观", "kind": "judgement", "max": 9, "combine": "worldskills"}
    scheme = make_scheme(group=[{"code": "g", "title": "g"}], aspect=[aspect], ranking={"order": ["total"]})
    setup.set_scheme(contest=contest, scheme=scheme, by=company.organiser, at=AT)
    for _ in range(2):
        panels.assign(contest=contest, employee=make_employee(company.root), by=company.organiser, at=AT)
    contest = make_judging(company, contestants=1, contest=contest)
    sheets = Sheet.objects.filter(contest=contest, member__role="judge").select_related("member__employee")
    for sheet, value in zip(sheets.order_by("pk"), "023", strict=True):
        op = Op(str(uuid4()), "01", "look", value, 0)
        marking.record(sheet_id=sheet.pk, ops=[op], by=sheet.member.employee, at=AT)
    judging.close(contest=contest, by=company.chief_judge, at=AT, reason="时间到")
    contest.refresh_from_db()

    apply(draft(contest, company, new_mark("01", "2", aspect="look", judge="C1")), company)

    assert live(contest) == [("01", 1, "6.00")]


class TestPowerCut:
    """From 09:00 to 09:30 the light was out: what was marked then does not count."""

    NINE = AT + timedelta(hours=1)
    HALF = AT + timedelta(hours=1, minutes=30)

    @pytest.fixture
    def contest(self, company: Company) -> Contest:
        """01 was marked before and during, 02 during, 03 during and again afterwards."""
        contest = make_judging(company)
        mark(contest, company, {"01": "70"}, at=AT)
        mark(contest, company, {"02": "90", "03": "20"}, at=self.NINE)
        mark(contest, company, {"01": "40"}, at=self.NINE + timedelta(minutes=10), base=1)
        mark(contest, company, {"03": "55"}, at=self.HALF, base=1)
        return contest

    def span(self, judge: str = "") -> dict[str, str]:
        return {"kind": "void-span", "since": self.NINE.isoformat(), "until": self.HALF.isoformat(), "judge": judge}

    def values(self) -> dict[str, str]:
        rows = Mark.objects.values_list("entry__code", "value")
        return {entry: "" if value is None else str(value) for entry, value in rows}

    def test_marks_given_then_are_set_back_and_come_back(self, contest: Contest, company: Company) -> None:
        change = apply(draft(contest, company, self.span()), company)
        voided = self.values()

        take_back(change, company)

        assert voided == {"01": "70", "02": "", "03": "55"}
        assert self.values() == {"01": "40", "02": "90", "03": "55"}

    def test_another_judges_marks_stay(self, contest: Contest, company: Company) -> None:
        change = draft(contest, company, self.span("C1"))

        assert change.difference["rows"] == []

    def test_the_judge_goes_on_from_the_mark_that_was_set_back(self, contest: Contest, company: Company) -> None:
        apply(draft(contest, company, self.span()), company)

        sheet = sheet_of(contest, company.judge)
        late = Op(str(uuid4()), "01", "paper", "45", 2)
        fresh = Op(str(uuid4()), "01", "paper", "75", 3)
        answers = marking.record(sheet_id=sheet.pk, ops=[late, fresh], by=company.judge, at=self.HALF)

        assert [(answer.answer, answer.value) for answer in answers] == [("conflict", "70"), ("ok", "75")]

    def test_marked_again_since_it_is_not_taken_back(self, contest: Contest, company: Company) -> None:
        change = apply(draft(contest, company, self.span()), company)
        mark(contest, company, {"02": "88"}, at=self.HALF, base=2)

        with refused(changes.ChangedSince, code="changed-since"):
            take_back(change, company)


def test_a_mark_without_its_history_is_not_set_back(company: Company) -> None:
    contest = make_judging(company)
    sheet, entry = sheet_of(contest, company.judge), contest.entries.get(code="01")
    Mark.objects.create(sheet=sheet, entry=entry, aspect="paper", value=70, version=1)  # as an import writes it
    mark(contest, company, {"01": "40"}, at=TestPowerCut.NINE, base=1)

    with refused(BadStep, code="unknown-before"):
        draft(contest, company, TestPowerCut().span())


def test_refusals_say_what_to_do(company: Company) -> None:
    change = draft(make_noticed(company), company)
    changes.drop(change_id=change.pk, by=company.chief_judge, at=AT)

    with pytest.raises(ValidationError) as caught:
        apply(change, company)

    assert getattr(caught.value, "status", None) == 409
