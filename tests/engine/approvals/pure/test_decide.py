"""The verbs and the examples of the specification, each as a short scenario."""

from __future__ import annotations

import pytest

from engine.approvals.pure.replay import replay
from tests.engine.approvals.pure.play import block, last, play, step

ABC = [step("one", "b"), step("two", "c"), step("three", "d")]
BLOCK = [step("A", "b"), block(B=[step("B", "c")], C=[step("C", "d")]), step("D", "e")]
UNITS = {"team": {"head": "b", "parent": "shop"}, "shop": {"head": "c", "parent": "plant"}, "plant": {"head": "d"}}
IN_TEAM = {"people": {name: {"unit": "team"} for name in "abcdefghxyz"}, "units": UNITS}


def test_the_example_of_the_page() -> None:
    shown = replay({
        "policy": {"name": "leave", "steps": [{"key": "unit", "approvers": ["user:b"], "mode": "all"}]},
        "people": {"a": {"unit": "shop-1"}, "b": {"unit": "shop-1"}},
        "units": {"shop-1": {"head": "b", "parent": "plant"}}, "applicant": "a",
        "actions": [{"by": "a", "do": "submit"}, {"by": "b", "do": "approve", "note": "同意"}],
    })  # fmt: skip

    assert shown == [
        {"status": "running", "round": 1, "steps": {"unit": "open"}, "waiting": ["b"], "returns": ["applicant"]},
        {"status": "approved", "round": 1, "steps": {"unit": "passed"}, "waiting": [], "returns": []},
    ]


class TestModes:
    def test_all_needs_everybody(self) -> None:
        shown = play([step("s", "b", "c")], "a submit", "b approve", "c approve")

        assert [row["waiting"] for row in shown] == [["b", "c"], ["c"], []]
        assert shown[-1]["status"] == "approved"

    def test_all_is_refused_by_the_first_refusal(self) -> None:
        assert last([step("s", "b", "c")], "a submit", "c refuse")["steps"] == {"s": "refused"}

    def test_any_is_decided_by_the_first_ballot(self) -> None:
        assert last([step("s", "b", "c", mode="any")], "a submit", "c approve")["status"] == "approved"
        assert last([step("s", "b", "c", mode="any")], "a submit", "c refuse")["status"] == "refused"

    def test_in_turn_asks_one_after_the_other(self) -> None:
        shown = play([step("s", "c", "b", mode="in-turn")], "a submit", "b approve", "c approve", "b approve")

        assert [row["waiting"] for row in shown] == [["c"], ["c"], ["b"], []]
        assert "error" in shown[1]

    def test_a_vote_of_three_fifths_passes_at_three_and_refuses_at_three(self) -> None:
        five = [step("s", "b", "c", "d", "e", "f", mode="vote", **{"pass": ">=3/5"})]

        assert last(five, "a submit", "b refuse", "c approve", "d refuse", "e approve")["status"] == "running"
        assert last(five, "a submit", "b approve", "c approve", "d approve")["status"] == "approved"
        assert last(five, "a submit", "b refuse", "c refuse", "d refuse")["status"] == "refused"

    def test_an_abstention_stays_in_n(self) -> None:
        four = [step("s", "b", "c", "d", "e", mode="vote")]

        assert last(four, "a submit", "b abstain", "c approve", "d approve")["status"] == "running"
        assert last(four, "a submit", "b abstain", "c abstain")["status"] == "refused"

    def test_a_recusal_leaves_n(self) -> None:
        four = [step("s", "b", "c", "d", "e", mode="vote")]

        assert last(four, "a submit", "b approve", "c approve", "d recuse")["status"] == "approved"

    def test_abstaining_is_for_votes(self) -> None:
        assert "error" in last([step("s", "b")], "a submit", "b abstain")

    def test_a_person_found_twice_has_one_place(self) -> None:
        assert last([step("s", "b", "role:x")], "a submit", "b approve", roles={"x": ["b"]})["status"] == "approved"


class TestNobodyAndOneself:
    def test_nobody_found_asks_the_administrators_as_a_pool(self) -> None:
        shown = play([step("s", "role:none")], "a submit", "y claim", "y approve", roles={"administrator": ["y", "x"]})

        assert [row["waiting"] for row in shown] == [["x", "y"], ["y"], []]

    def test_without_the_role_the_person_admin_is_asked(self) -> None:
        assert last([step("s", "role:none")], "a submit")["waiting"] == ["admin"]

    @pytest.mark.parametrize(("empty", "status"), [("pass", "approved"), ("refuse", "refused")])
    def test_nobody_found_may_pass_or_refuse(self, empty: str, status: str) -> None:
        assert last([step("s", "role:none", empty=empty)], "a submit")["status"] == status

    def test_all_recused_is_empty(self) -> None:
        assert last([step("s", "b")], "a submit", "b recuse")["waiting"] == ["admin"]
        assert last([step("s", "b", empty="pass")], "a submit", "b recuse")["status"] == "approved"

    def test_the_last_administrator_cannot_recuse(self) -> None:
        shown = last([step("s", "role:none")], "a submit", "admin recuse")

        assert "error" in shown
        assert shown["waiting"] == ["admin"]

    def test_a_sole_administrator_who_is_an_approver_cannot_leave_nobody(self) -> None:
        assert "error" in last([step("s", "b")], "a submit", "b recuse", roles={"administrator": ["b"]})

    def test_the_applicants_place_goes_to_the_unit_head(self) -> None:
        assert last([step("s", "a")], "a submit", **IN_TEAM)["waiting"] == ["b"]

    def test_skip_leaves_the_applicant_out_or_passes(self) -> None:
        assert last([step("s", "a", "b", self_="skip")], "a submit")["waiting"] == ["b"]
        assert last([step("s", "a", self_="skip")], "a submit")["status"] == "approved"

    def test_allow_asks_the_applicant(self) -> None:
        assert last([step("s", "a", self_="allow")], "a submit", "a approve")["status"] == "approved"

    def test_pools_and_panels_leave_the_applicant_out(self) -> None:
        found = {"roles": {"x": ["a", "b"]}, "panels": {"p": ["a", "c", "d"]}}

        assert last([step("s", "pool:x", self_="allow")], "a submit", **found)["waiting"] == ["b"]
        assert last([step("s", "panel:p:1")], "a submit", **found)["waiting"] == ["c"]

    def test_who_approved_before_is_passed_unless_asked_again(self) -> None:
        assert last([step("s", "b"), step("t", "b", "c")], "a submit", "b approve")["waiting"] == ["c"]
        assert last([step("s", "b"), step("t", "b", repeat="ask")], "a submit", "b approve")["waiting"] == ["b"]
        assert last([step("s", "b"), step("t", "pool:x")], "a submit", "b approve", roles={"x": ["b"]})["waiting"] == [
            "b"
        ]

    def test_a_substitutes_ballot_counts_for_the_substitute(self) -> None:
        steps = [step("s", "b"), step("t", "b", "c")]

        assert last(steps, "b substitute to=c", "a submit", "c approve", "b approve")["status"] == "approved"


class TestSources:
    def test_heads_above(self) -> None:
        assert last([step("s", "manager:2")], "a submit", **IN_TEAM)["waiting"] == ["c"]
        assert last([step("s", "manager:4")], "a submit", **IN_TEAM)["waiting"] == ["admin"]

    def test_managers_of_a_role_go_upward_in_turn(self) -> None:
        found = IN_TEAM | {"roles": {"chief": ["c"]}}
        shown = play([step("s", "managers:chief")], "a submit", "b approve", "c approve", **found)

        assert [row["waiting"] for row in shown] == [["b"], ["c"], []]

    def test_the_nearest_unit_with_the_role(self) -> None:
        people = {"a": {"unit": "team"}, "x": {"unit": "shop"}, "y": {"unit": "plant"}, "z": {"unit": "other"}}
        found = {"people": people, "units": UNITS, "roles": {"safety": ["z", "y", "x"]}}

        assert last([step("s", "role:safety@unit")], "a submit", **found)["waiting"] == ["x"]

    def test_the_applicant_picks_exactly_n(self) -> None:
        steps = [step("s", "applicant-picks:2")]

        assert "error" in last(steps, "a submit")
        assert "error" in last(steps, {"by": "a", "do": "submit", "picks": {"s": ["b"]}})
        assert last(steps, {"by": "a", "do": "submit", "picks": {"s": ["b", "c"]}})["waiting"] == ["b", "c"]

    def test_the_approval_that_leads_there_picks(self) -> None:
        steps = [step("s", "b"), step("t", "previous-picks:1")]
        named = {"by": "b", "do": "approve", "picks": {"t": ["c"]}}

        assert "error" in last(steps, "a submit", "b approve")
        assert last(steps, "a submit", named)["waiting"] == ["c"]
        assert last(steps, "a submit", named, "c return to=s", "b approve")["waiting"] == ["c"]

    def test_nobody_is_picked_when_the_system_leads_there(self) -> None:
        steps = [step("s", "role:none", empty="pass"), step("t", "previous-picks:1")]

        assert last(steps, "a submit")["waiting"] == ["admin"]

    def test_a_panel_excludes_who_recused(self) -> None:
        steps = [step("s", "panel:p:2"), step("t", "panel:p:2", repeat="ask")]
        panels = {"p": ["d", "b", "c"]}
        shown = play(steps, "a submit", "d recuse", "b approve", panels=panels)

        assert [row["waiting"] for row in shown] == [["b", "d"], ["b"], ["b", "c"]]

    def test_acting_claims(self) -> None:
        assert last([step("s", "pool:x")], "a submit", "b approve", roles={"x": ["b", "c"]})["status"] == "approved"

    def test_a_claimed_place_goes_back_to_the_pool_when_its_owner_recuses(self) -> None:
        shown = last([step("s", "pool:x")], "a submit", "b claim", "b recuse", roles={"x": ["b", "c"]})

        assert shown["waiting"] == ["c"]


class TestReturning:
    """The section "Returning inside parallel branches", sentence by sentence."""

    def test_redo_behind_a_block(self) -> None:
        to_d = ("a submit", "b approve", "c approve", "d approve")
        shown = last(BLOCK, *to_d, "e return to=A")

        assert shown["steps"] == {"A": "open", "B": "void", "C": "void", "D": "cancelled"}
        assert last(BLOCK, *to_d, "e return to=A", "b approve")["waiting"] == ["c", "d"]

    def test_direct_behind_a_block(self) -> None:
        to_d = ("a submit", "b approve", "c approve", "d approve", "e return to=A resume=direct")

        assert last(BLOCK, *to_d)["steps"] == {"A": "open", "B": "passed", "C": "passed", "D": "cancelled"}
        assert last(BLOCK, *to_d, "b approve")["waiting"] == ["e"]

    def test_out_of_a_block_cancels_the_sibling(self) -> None:
        back = ("a submit", "b approve", "c return to=A")

        assert last(BLOCK, *back)["steps"] == {"A": "open", "B": "cancelled", "C": "cancelled", "D": "pending"}
        assert last(BLOCK, *back, "b approve")["waiting"] == ["c", "d"]

    def test_a_sibling_that_passed_runs_again_unless_branches_are_kept(self) -> None:
        back = ("a submit", "b approve", "d approve", "c return to=A", "b approve")
        keep = {"policy": {"keep_passed_branches": True}}

        assert last(BLOCK, *back)["waiting"] == ["c", "d"]
        assert last(BLOCK, *back, **keep)["waiting"] == ["c"]

    def test_kept_branches_stay_in_a_new_round(self) -> None:
        back = ("a submit", "b approve", "d approve", "c return to=applicant", "a submit", "b approve")

        assert last(BLOCK, *back, policy={"keep_passed_branches": True})["waiting"] == ["c"]

    def test_to_a_sibling_is_refused(self) -> None:
        assert "error" in last(BLOCK, "a submit", "b approve", "d approve", "c return to=C")

    def test_into_one_branch_runs_only_that_branch(self) -> None:
        back = ("a submit", "b approve", "c approve", "d approve", "e return to=B")

        assert last(BLOCK, *back)["steps"] == {"A": "passed", "B": "open", "C": "passed", "D": "cancelled"}
        assert last(BLOCK, *back, "c approve")["waiting"] == ["e"]

    def test_to_the_applicant_and_in_again(self) -> None:
        back = ("a submit", "b approve", "c return to=applicant")
        shown = last(ABC, *back)

        assert (shown["status"], shown["waiting"], shown["returns"]) == ("returned", ["a"], [])
        assert shown["steps"] == {"one": "void", "two": "cancelled", "three": "pending"}
        again = last(ABC, *back, "a submit")
        assert (again["round"], again["steps"]) == (2, {"one": "open", "two": "pending", "three": "pending"})

    def test_to_the_applicant_directly_comes_back_to_who_returned(self) -> None:
        shown = last(ABC, "a submit", "b approve", "c return to=applicant resume=direct", "a submit")

        assert shown["steps"] == {"one": "passed", "two": "open", "three": "pending"}

    def test_previous_is_the_nearest_with_people_in_it(self) -> None:
        steps = [step("one", "b"), step("gap", "role:none", empty="pass"), step("three", "d")]

        assert last(steps, "a submit", "b approve", "d return to=previous")["waiting"] == ["b"]
        assert last(steps, "a submit", "b approve")["returns"] == ["applicant", "one"]

    def test_previous_behind_a_block_must_be_named(self) -> None:
        to_d = ("a submit", "b approve", "c approve", "d approve")

        assert "error" in last(BLOCK, *to_d, "e return to=previous")

    def test_the_target_is_always_asked(self) -> None:
        steps = [step("one", "b"), step("two", "b", "c"), step("three", "d")]
        shown = last(steps, "a submit", "b approve", "c approve", "d return to=two")

        assert shown["waiting"] == ["b", "c"]

    @pytest.mark.parametrize(("returns", "allowed"), [("none", []), ("start", ["applicant"])])
    def test_a_step_says_where_it_may_go(self, returns: str, allowed: list[str]) -> None:
        steps = [step("one", "b"), step("two", "c", returns=returns)]

        assert last(steps, "a submit", "b approve")["returns"] == allowed
        assert "error" in last(steps, "a submit", "b approve", "c return to=one")


class TestTakingBack:
    def test_until_somebody_acted_after_it(self) -> None:
        shown = last(ABC, "a submit", "b approve", "b take-back")

        assert shown["steps"] == {"one": "open", "two": "pending", "three": "pending"}
        assert "error" in last(ABC, "a submit", "b approve", "c approve", "b take-back")

    def test_acts_taken_back_do_not_count(self) -> None:
        shown = last(ABC, "a submit", "b approve", "c approve", "c take-back", "b take-back")

        assert shown["waiting"] == ["b"]

    def test_automatic_ballots_after_it_are_undone(self) -> None:
        steps = [step("one", "b"), step("two", "b"), step("three", "d")]
        shown = last(steps, "a submit", "b approve", "b take-back")

        assert shown["steps"] == {"one": "open", "two": "pending", "three": "pending"}

    def test_next_in_line_counts(self) -> None:
        steps = [step("s", "b", "c", "d", mode="in-turn")]

        assert last(steps, "a submit", "b approve", "b take-back")["waiting"] == ["b"]
        assert "error" in last(steps, "a submit", "b approve", "c approve", "b take-back")

    def test_others_keep_their_ballots(self) -> None:
        steps = [step("s", "b", "c"), step("t", "d")]

        assert last(steps, "a submit", "b approve", "c approve", "b take-back")["waiting"] == ["b"]

    def test_an_unanswered_delegation_is_called_back(self) -> None:
        assert last([step("s", "b")], "a submit", "b delegate to=c", "b take-back")["waiting"] == ["b"]
        assert "error" in last([step("s", "b")], "a submit", "b delegate to=c", "c approve", "b take-back")

    def test_the_end_is_final(self) -> None:
        assert "error" in last([step("s", "b")], "a submit", "b refuse", "b take-back")


class TestHands:
    def test_transfer(self) -> None:
        assert last([step("s", "b")], "a submit", "b transfer to=c", "c approve")["status"] == "approved"

    @pytest.mark.parametrize("to", ["a", "c", "b", "nobody"])
    def test_transfer_refuses_who_may_not(self, to: str) -> None:
        assert "error" in last([step("s", "b", "c")], "a submit", f"b transfer to={to}")

    def test_a_delegate_gives_an_opinion_and_it_comes_back(self) -> None:
        shown = play([step("s", "b")], "a submit", "b delegate to=c", "c transfer to=d", "c refuse", "b approve")

        assert [row["waiting"] for row in shown] == [["b"], ["c"], ["c"], ["b"], []]
        assert shown[1]["returns"] == []
        assert "error" in shown[2]
        assert shown[4]["status"] == "approved"

    def test_added_before_and_after(self) -> None:
        before = {"by": "b", "do": "add", "where": "before", "people": ["c", "d"]}
        after = {"by": "b", "do": "add", "where": "after", "people": ["e", "f"], "mode": "any"}
        shown = play([step("s", "b")], "a submit", before, "c approve", "d approve", after, "b approve", "f approve")

        assert [row["waiting"] for row in shown] == [["b"], ["c", "d"], ["d"], ["b"], ["b"], ["e", "f"], []]
        assert shown[-1]["status"] == "approved"

    def test_a_part_that_refuses_is_one_ballot(self) -> None:
        before = {"by": "b", "do": "add", "where": "before", "people": ["c"]}
        shown = last([step("s", "b", "d", "e", mode="vote")], "a submit", before, "c refuse")

        assert (shown["status"], shown["waiting"]) == ("running", ["d", "e"])

    def test_alongside_makes_n_grow(self) -> None:
        add = {"by": "b", "do": "add", "where": "alongside", "people": ["c"]}

        assert last([step("s", "b")], "a submit", add, "b approve")["waiting"] == ["c"]

    def test_who_shares_a_place_cannot_add(self) -> None:
        before = {"by": "b", "do": "add", "where": "before", "people": ["c"]}
        more = {"by": "c", "do": "add", "where": "alongside", "people": ["d"]}

        assert "error" in last([step("s", "b")], "a submit", before, more)

    def test_remove_who_was_added_and_has_not_acted(self) -> None:
        add = {"by": "b", "do": "add", "where": "alongside", "people": ["c"]}
        gone = {"by": "b", "do": "remove", "person": "c"}

        assert last([step("s", "b")], "a submit", add, "b approve", gone)["status"] == "approved"
        assert "error" in last([step("s", "b", "d")], "a submit", add, gone | {"by": "d"})
        assert "error" in last([step("s", "b", "d")], "a submit", {"by": "b", "do": "remove", "person": "d"})

    def test_a_recusal_holds_for_the_whole_approval(self) -> None:
        steps = [step("one", "b", "c"), step("two", "b", "d")]
        shown = play(steps, "a submit", "b recuse", "c approve", "d transfer to=b")

        assert [row["waiting"] for row in shown] == [["b", "c"], ["c"], ["d"], ["d"]]
        assert "error" in shown[-1]

    def test_hand_over_moves_every_undecided_place(self) -> None:
        steps = [block(B=[step("B", "b")], C=[step("C", "b", "c")])]
        given = {"by": "admin", "do": "hand-over", "from": "b", "to": "d"}

        assert last(steps, "a submit", given)["waiting"] == ["c", "d"]
        assert "error" in last(steps, "a submit", given | {"to": "c"})
        assert "error" in last(steps, "a submit", given | {"by": "b"})


class TestSubstitutes:
    def test_both_see_it_and_the_first_decides(self) -> None:
        shown = play([step("s", "b")], "b substitute to=c", "a submit", "c approve")

        assert shown[1]["waiting"] == ["b", "c"]
        assert shown[2]["status"] == "approved"

    def test_only_in_its_time(self) -> None:
        given = {"by": "b", "do": "substitute", "to": "c", "from": 10, "until": 20}
        shown = play([step("s", "b")], given, "a submit", *[{"by": "system", "do": "tick", "minutes": 10}] * 2)

        assert [row["waiting"] for row in shown[1:]] == [["b"], ["b", "c"], ["b"]]

    def test_for_named_policies(self) -> None:
        given = {"by": "b", "do": "substitute", "to": "c", "policies": ["other"]}

        assert last([step("s", "b")], given, "a submit")["waiting"] == ["b"]

    def test_depth_one_and_never_the_applicant(self) -> None:
        assert last([step("s", "b")], "b substitute to=c", "c substitute to=d", "a submit")["waiting"] == ["b", "c"]
        assert last([step("s", "b")], "b substitute to=a", "a submit")["waiting"] == ["b"]

    def test_ones_own_place_comes_first(self) -> None:
        shown = play([step("s", "b", "c")], "b substitute to=c", "a submit", "c approve", "c approve")

        assert [row["waiting"] for row in shown[1:]] == [["b", "c"], ["b", "c"], []]

    def test_recusing_ends_only_the_substituting(self) -> None:
        shown = play([step("s", "b"), step("t", "c")], "b substitute to=c", "a submit", "c recuse", "b approve")

        assert [row["waiting"] for row in shown[1:]] == [["b", "c"], ["b"], ["c"]]

    def test_null_ends_it(self) -> None:
        end = {"by": "b", "do": "substitute", "to": None}

        assert last([step("s", "b")], "b substitute to=c", "a submit", end)["waiting"] == ["b"]


def wait(minutes: int) -> dict[str, object]:
    return {"by": "system", "do": "tick", "minutes": minutes}


class TestTime:
    @pytest.mark.parametrize(
        ("overdue", "status"), [("remind", "running"), ("pass", "approved"), ("refuse", "refused")]
    )
    def test_what_happens_at_the_deadline(self, overdue: str, status: str) -> None:
        steps = [step("s", "b", "c", deadline="1d", overdue=overdue)]

        assert last(steps, "a submit", wait(479))["status"] == "running"
        assert last(steps, "a submit", wait(480))["status"] == status

    def test_in_turn_each_turn_has_its_own_clock(self) -> None:
        steps = [step("s", "b", "c", mode="in-turn", deadline="1h", overdue="pass")]
        shown = play(steps, "a submit", wait(30), "b approve", wait(59), wait(1))

        assert [row["status"] for row in shown] == ["running"] * 4 + ["approved"]

    def test_one_tick_runs_through_every_deadline(self) -> None:
        steps = [step("s", "b", deadline=60, overdue="pass"), step("t", "c", deadline="60m", overdue="pass")]

        assert last(steps, "a submit", wait(119))["steps"] == {"s": "passed", "t": "open"}
        assert last(steps, "a submit", wait(120))["status"] == "approved"

    def test_the_clock_stops_while_suspended(self) -> None:
        steps = [step("s", "b", deadline="1h", overdue="pass")]

        given = ("a submit", wait(30), "admin suspend", wait(600), "admin resume", wait(29))
        assert last(steps, *given)["status"] == "running"
        assert last(steps, *given, wait(1))["status"] == "approved"

    def test_a_transfer_does_not_start_it_anew(self) -> None:
        steps = [step("s", "b", deadline="1h", overdue="pass")]

        assert last(steps, "a submit", wait(30), "b transfer to=c", wait(30))["status"] == "approved"

    def test_overdue_goes_to_the_unit_head_then_to_the_administrators(self) -> None:
        steps = [step("s", "x", deadline="1h", overdue="hand-over")]
        shown = play(steps, "a submit", *[wait(60)] * 5, **IN_TEAM)

        assert [row["waiting"] for row in shown] == [["x"], ["b"], ["c"], ["d"], ["admin"], ["admin"]]

    def test_urging_once_an_hour(self) -> None:
        shown = play([step("s", "b")], "a submit", "a urge", "a urge", wait(60), "a urge", "b urge")

        assert ["error" in row for row in shown] == [False, False, True, False, False, True]

    @pytest.mark.parametrize("given", [wait(0), wait(-5), wait(5) | {"by": "a"}, wait(5) | {"minutes": "5"}])
    def test_only_the_system_moves_the_clock_forward(self, given: dict[str, object]) -> None:
        assert "error" in last([step("s", "b")], "a submit", given)


class TestEndsAndRights:
    def test_withdraw_while_running_or_returned(self) -> None:
        assert "error" in last(ABC, "a withdraw")
        assert last(ABC, "a submit", "a withdraw")["status"] == "withdrawn"
        assert last(ABC, "a submit", "b return to=applicant", "a withdraw")["status"] == "withdrawn"

    def test_void_needs_a_reason(self) -> None:
        assert "error" in last(ABC, "a submit", "admin void")
        assert last(ABC, "a submit", {"by": "admin", "do": "void", "note": "错"})["status"] == "void"

    def test_suspended_waits_for_nobody(self) -> None:
        shown = last(ABC, "a submit", "admin suspend")

        assert (shown["status"], shown["waiting"], shown["returns"]) == ("suspended", [], [])
        assert "error" in last(ABC, "a submit", "admin suspend", "b approve")
        assert last(ABC, "a submit", "admin suspend", "admin resume")["waiting"] == ["b"]
        returned = ("a submit", "b return to=applicant", "admin suspend", "admin resume")
        assert last(ABC, *returned)["status"] == "returned"

    def test_after_the_end_only_comments(self) -> None:
        ended = ("a submit", "a withdraw")

        assert "error" not in last(ABC, *ended, "a comment")
        for verb in ("submit", "withdraw", "urge", "cc people=b", "substitute to=b"):
            assert "error" in last(ABC, *ended, f"a {verb}")

    def test_wrong_round_step_and_verb_change_nothing(self) -> None:
        for wrong in ("b approve round=2", "b approve step=two", "b approve step=none", "b dance", "c approve"):
            shown = last(ABC, "a submit", wrong)
            assert "error" in shown
            assert shown["steps"]["one"] == "open"

    def test_in_several_steps_the_step_must_be_named(self) -> None:
        steps = [block(B=[step("B", "b")], C=[step("C", "b")])]

        assert "error" in last(steps, "a submit", "b approve")
        assert last(steps, "a submit", "b approve step=C")["steps"] == {"B": "open", "C": "passed"}

    def test_copies_may_read_and_comment(self) -> None:
        assert "error" not in last(ABC, "a submit", "b cc people=x", "x comment")
        assert "error" in last(ABC, "a submit", "x comment")
        assert "error" in last(ABC, "a submit", "a cc people=x")
        assert "error" not in last([step("s", "b", cc=["x"])], "a submit", "x comment")
