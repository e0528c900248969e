"""Reading a replay file: what is malformed, and what is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rewards.pure.replay import replay
from rewards.pure.steps import Advance, Batch, Close, Expire, GoTo, Malformed, Open, read_script, read_transfer
from rewards.pure.transfers import Transfer
from tests.rewards.pure.files import TODAY, Document, award, day, minutes, opened, reserve, run, send, uid

ID = uid("a")
PLAIN = {"id": ID, "debit": "mint", "credit": "wallet:1", "kind": "award", "amount": 5}


def test_script_of_every_step() -> None:
    steps = [
        {"open": "stock:mug", "flags": ["debits_must_not_exceed_credits"]},
        {"open": "free@default"},
        {"transfer": PLAIN},
        {"batch": []},
        {"advance_minutes": 60},
        {"today": "2027-01-01"},
        {"expire": True},
        {"close": "wallet:1001"},
    ]

    script = read_script({"today": "2026-11-20", "steps": steps})

    assert script.today == date(2026, 11, 20)
    assert script.steps == (
        Open(code="stock:mug", flags=frozenset({"debits_must_not_exceed_credits"})),
        Open(code="free", flags=None),
        Batch(transfers=(read_transfer(PLAIN),)),
        Batch(transfers=()),
        Advance(minutes=60),
        GoTo(day=date(2027, 1, 1)),
        Expire(),
        Close(code="wallet:1001"),
    )


def test_transfer_with_every_field() -> None:
    document = {
        "id": ID,
        "flags": ["pending", "linked"],
        "debit": "wallet:1@default",
        "credit": "spent",
        "kind": "redeem",
        "amount": 0,
        "fund": "default",
        "pending_id": uid("p"),
        "timeout_minutes": 60,
        "expires_on": "2026-02-28",
        "reference": "order 7",
        "reason": "杯子",
        "by": "1001",
    }

    assert read_transfer(document) == Transfer(
        id=ID,
        flags=frozenset({"pending", "linked"}),
        debit="wallet:1",
        credit="spent",
        kind="redeem",
        amount=0,
        fund="default",
        pending_id=uid("p"),
        timeout_minutes=60,
        expires_on=date(2026, 2, 28),
        reference="order 7",
        reason="杯子",
        by="1001",
    )


def test_null_is_left_out() -> None:
    nulls = dict.fromkeys(("flags", "fund", "pending_id", "timeout_minutes", "expires_on", "reference", "reason", "by"))

    assert read_transfer({**PLAIN, **nulls}) == read_transfer(PLAIN)


def test_post_may_leave_out_all_but_its_flag() -> None:
    transfer = read_transfer({"id": ID, "flags": ["post"]})

    assert transfer == Transfer(id=ID, flags=frozenset({"post"}))


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": ""},
        {"id": "7"},
        {"id": 7},
        {"id": ID.upper()},
        {"id": ID.replace("-", "")},
        {"id": "{" + ID + "}"},
        {"id": ID + "\n"},
        {"pending_id": "7"},
        {"pending_id": ""},
        {"pending_id": ID.upper()},
        {"amount": "5"},
        {"amount": 5.0},
        {"amount": True},
        {"amount": None},
        {"amount": -1},
        {"amount": 2**53},
        {"flags": ["closing_debit"]},
        {"flags": ["Pending"]},
        {"flags": "pending"},
        {"flags": [1]},
        {"flags": [["pending"]]},
        {"kind": "gift"},
        {"kind": None},
        {"kind": 1},
        {"debit": None},
        {"credit": None},
        {"debit": 7},
        {"timeout_minutes": -1},
        {"timeout_minutes": "60"},
        {"timeout_minutes": 1.5},
        {"expires_on": "2026-02-29"},
        {"expires_on": "2026-13-01"},
        {"expires_on": "20260228"},
        {"expires_on": "2026-W09-1"},
        {"expires_on": "2026-2-28"},
        {"expires_on": "٢٠٢٦-٠٢-٢٨"},
        {"expires_on": 20260228},
        {"fund": 1},
        {"reference": 1},
        {"reason": ["x"]},
        {"by": 1001},
        {"user_data": 1},
        {"Amount": 5},
    ],
)
def test_malformed_transfer(changes: Document) -> None:
    with pytest.raises(Malformed):
        read_transfer({**PLAIN, **changes})


@pytest.mark.parametrize(
    "document",
    [None, [], "x", {}, {"today": TODAY}, {"steps": []}, {"today": TODAY, "steps": {}}, {"today": "x", "steps": []}]
    + [{"today": TODAY, "steps": [], "fund": "x"}, {"today": None, "steps": []}],
)
def test_malformed_file(document: Any) -> None:
    with pytest.raises(Malformed):
        replay(document)


@pytest.mark.parametrize(
    "step",
    [
        {},
        [],
        None,
        "expire",
        {"flags": []},
        {"transfers": []},
        {"transfer": []},
        {"transfer": {}},
        {"batch": {}},
        {"batch": [[]]},
        {"expire": False},
        {"expire": 1},
        {"expire": None},
        {"expire": True, "today": "2026-03-02"},
        {"transfer": PLAIN, "flags": []},
        {"open": 7},
        {"open": None},
        {"open": ""},
        {"open": "stock@"},
        {"open": "x", "flags": ["pending"]},
        {"open": "x", "flags": "history"},
        {"open": "x", "flags": None},
        {"open": "x", "name": "y"},
        {"open": "half a letter \ud800"},
        {"close": "stock:mug"},
        {"close": None},
        {"advance_minutes": -1},
        {"advance_minutes": 0.5},
        {"advance_minutes": True},
        {"advance_minutes": "60"},
        {"advance_minutes": 10**18},
        {"advance_minutes": 10**9 * 6},
        {"today": "2026-02-28"},
        {"today": "2026-02-29"},
        {"today": True},
    ],
)
def test_malformed_step(step: Any) -> None:
    with pytest.raises(Malformed, match="step 2"):
        run(award("A", 1), step)


def test_malformed_step_after_good_ones_leaves_no_results() -> None:
    with pytest.raises(Malformed, match=r"step 3: .* no integer"):
        run(award("A", 1), day("2026-03-05"), {"advance_minutes": None})


def test_clock_may_not_go_back_though_the_day_is_later_than_the_first() -> None:
    with pytest.raises(Malformed, match="step 3: the clock goes back"):
        run(minutes(60 * 24 * 3), day("2026-03-04"), day("2026-03-03"))


@pytest.mark.parametrize("flags", [{}, {"flags": []}, {"flags": ["credits_must_not_exceed_debits"]}])
@pytest.mark.parametrize("code", ["x", "wallet:1", "spent"])
def test_account_opened_again_stays_as_it_is(code: str, flags: Document) -> None:
    """Also one that is used without opening it: `open` has no code, and the page calls nothing of it malformed."""
    steps = [opened("x", "debits_must_not_exceed_credits"), {"open": code, **flags}, send("a", "mint", code, 5)]

    replayed = run(*steps, send("b", code, "mint", 6), send("c", code, "mint", 5))

    assert replayed["results"] == ["created", "exceeds_credits", "created"]


def test_nothing_is_malformed_at_the_limits() -> None:
    replayed = run(send("a", "mint", "spent", 2**53 - 1), minutes(0), day(TODAY), reserve("p", 1, timeout_minutes=0))

    assert replayed["results"] == ["created", "exceeds_credits"]


def test_amount_left_out_of_a_single_is_zero() -> None:
    assert run(send("a", "mint", "spent", None))["results"] == ["amount_must_not_be_zero"]


def test_reason_names_the_transfer_in_its_batch() -> None:
    with pytest.raises(Malformed, match="step 1, transfer 2: kind 'gift' is unknown"):
        run({"batch": [PLAIN, {**PLAIN, "kind": "gift"}]})
