"""The hub alone: what is handed out once, who falls behind, who is closed, how many statements it costs."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engine.live import audience, domain, frames, hub, screens, watch
from engine.live.models import Board, Delta, Screen
from engine.live.pure.reducer import apply
from engine.live.wire import Pipe, Ready
from tests.factories.people import Company, make_company

pytestmark = [pytest.mark.django_db(transaction=True)]
ROWS: list[dict[str, Any]] = []


@pytest.fixture(autouse=True)
def board() -> Iterator[Board]:
    domain.source("test")(lambda _key: domain.BoardContent("标题", [], list(ROWS)))
    change(0)
    yield Board.objects.get()
    del domain.SOURCES["test"]


def change(number: int) -> None:
    ROWS[:] = [
        {"id": f"e{place}", "rank": place + 1, "name": "王伟", "unit": "", "total": f"{number}.{place}", "cells": {}}
        for place in range(50)
    ]
    domain.open_board("b", kind="test", key="k", title="标题", is_public=True)
    domain.publish("b")


class Ear(Pipe):
    """A pipe whose other end reads only when told."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Ready] = []
        self.board: dict[str, Any] = {}
        self.most = 0
        self.is_deaf = False

    def put(self, ready: Ready) -> int:
        kept = self.waiting()
        self.kept.append(ready)
        self.most = max(self.most, self.waiting())
        if not self.is_deaf:
            self.read()
        return kept

    def waiting(self) -> int:
        return sum(len(ready.plain) for ready in self.kept)

    def read(self) -> None:
        for ready in self.kept:
            frame = json.loads(ready.text)
            if frame["type"] == "delta":
                assert frame["seq"] == self.board["seq"] + 1
            self.board = apply(self.board, frame)
        self.kept = []


def run(scene: Callable[[hub.Hub], Coroutine[Any, Any, None]]) -> None:
    """Play a scene with a hub that only looks when the scene says so."""

    async def play() -> None:
        made = hub.Hub()
        try:
            await scene(made)
        finally:
            await made.stop()

    # In a thread of its own: a browser's loop may be running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(play())).result()


def client(ear: Ear, viewer: watch.Viewer | None = None) -> tuple[hub.Client, list[int]]:
    closed: list[int] = []
    return hub.Client("b", ear, viewer or watch.Viewer(), closed.append), closed


async def beside(act: Callable[[], Any]) -> None:
    """Act in another thread, whose connection goes back."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    await asyncio.to_thread(run)


async def published(made: hub.Hub, number: int) -> None:
    await beside(lambda: change(number))
    await made._look()


def fresh() -> dict[str, Any]:
    return {name: value for name, value in frames.snapshot(Board.objects.get()).items() if name != "type"}


def test_hub_encodes_a_change_once_for_everybody() -> None:
    ears = [Ear() for _ in range(40)]

    async def scene(made: hub.Hub) -> None:
        for ear in ears:
            assert await made.join(client(ear)[0], "", -1)
        await published(made, 1)
        assert made.encoded == 1

    run(scene)
    assert [ear.board for ear in ears] == [fresh()] * 40


def test_who_does_not_read_keeps_little_and_gets_the_snapshot_of_the_moment() -> None:
    deaf, other = Ear(), Ear()

    async def scene(made: hub.Hub) -> None:
        for ear in (deaf, other):
            assert await made.join(client(ear)[0], "", -1)
        deaf.is_deaf = True
        for number in range(1, 40):
            await published(made, number)
        largest = max(len(ready.plain) for ready in made.boards["b"].recent)
        assert deaf.most <= audience.MOST_WAITING + 2 * largest
        await made._help_slow()
        assert deaf.board["seq"] < other.board["seq"]
        deaf.is_deaf = False
        deaf.read()
        await made._help_slow()
        assert deaf.board == other.board
        await published(made, 99)

    run(scene)
    assert deaf.board == other.board == fresh()


def test_a_restored_database_gives_screens_a_snapshot_of_another_epoch_once() -> None:
    ears = [Ear(), Ear()]
    kept: dict[str, Any] = {}

    def restore() -> None:
        Delta.objects.filter(seq__gt=kept["seq"]).delete()
        Board.objects.update(seq=kept["seq"], rows=kept["rows"])

    async def scene(made: hub.Hub) -> None:
        other = hub.Hub()
        try:
            for each, ear in zip((made, other), ears, strict=True):
                assert await each.join(client(ear)[0], "", -1)
            kept.update(ears[0].board)
            for number in range(1, 4):
                await published(made, number)
            await other._look()
            assert [ear.board["seq"] for ear in ears] == [kept["seq"] + 3] * 2
            await beside(restore)
            await made._look()
            await other._look()
            assert ears[0].board == ears[1].board
            assert ears[0].board["epoch"] != kept["epoch"]
            assert ears[0].board["rows"] == kept["rows"]
            await published(made, 7)
            await other._look()
        finally:
            await other.stop()

    run(scene)
    assert ears[0].board == ears[1].board == fresh()


@pytest.mark.parametrize("is_handed_over", [False, True])
@pytest.mark.parametrize("further", [3, 4, 9])
def test_a_restored_database_is_noticed_when_its_numbers_have_caught_up_before_anybody_looked(
    further: int, *, is_handed_over: bool
) -> None:
    ear = Ear()
    kept: dict[str, Any] = {}

    def restore_and_go_on() -> None:
        Delta.objects.filter(seq__gt=kept["seq"]).delete()
        Board.objects.update(seq=kept["seq"], rows=kept["rows"], at=kept["at"])
        for number in range(11, 11 + further):
            change(number)

    async def scene(made: hub.Hub) -> None:
        assert await made.join(client(ear)[0], "", -1)
        kept.update(ear.board)
        for number in range(1, 4):
            await published(made, number)
        await beside(restore_and_go_on)
        if is_handed_over:
            await beside(lambda: hand_over(made, 99))
            await asyncio.sleep(0)
        await made._look()

    def hand_over(made: hub.Hub, number: int) -> None:
        ROWS[0]["total"] = str(number)
        domain.stir("b")
        domain.publish_next(told=made.published)

    run(scene)
    assert ear.board == fresh()
    assert ear.board["epoch"] != kept["epoch"]


def test_what_is_handed_over_goes_out_without_a_look() -> None:
    ear = Ear()

    async def scene(made: hub.Hub) -> None:
        assert await made.join(client(ear)[0], "", -1)

        def hand_over() -> None:
            for number in (5, 6):
                ROWS[0]["total"] = str(number)
                domain.stir("b")
                domain.publish_next(told=made.published)

        await beside(hand_over)
        await asyncio.sleep(0)
        assert not made.rung.is_set()

    run(scene)
    assert ear.board == fresh()


def test_of_four_processes_that_notice_a_restore_at_once_one_gives_the_new_epoch() -> None:
    before = Board.objects.get()
    meeting = threading.Barrier(4)

    def notice(_number: int) -> str:
        try:
            connection.ensure_connection()
            meeting.wait(60)
            return domain.begin_anew("b", epoch=before.epoch, seq=before.seq + 5, at=before.at).epoch
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        seen = set(pool.map(notice, range(4)))

    assert seen == {Board.objects.get().epoch} != {before.epoch}


def test_after_a_restore_the_operator_gives_every_board_another_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    domain.open_board("other", kind="test", key="k", title="其他", is_public=False)
    before = dict(Board.objects.values_list("code", "epoch"))
    seqs = dict(Board.objects.values_list("code", "seq"))

    call_command("boards", "renew")

    after = dict(Board.objects.values_list("code", "epoch"))
    assert capsys.readouterr().out == "2 boards begin anew\n"
    assert all(after[code] != epoch for code, epoch in before.items())
    assert dict(Board.objects.values_list("code", "seq")) == seqs
    assert frames.missing(Board.objects.get(code="b"), before["b"], seqs["b"]) is None


def test_who_comes_back_is_served_from_memory_without_a_statement() -> None:
    ear, late = Ear(), Ear()

    async def scene(made: hub.Hub) -> None:
        assert await made.join(client(ear)[0], "", -1)
        late.board = dict(ear.board)
        for number in range(1, 4):
            await published(made, number)
        made._in_thread = nothing  # type: ignore[method-assign]
        assert await made.join(client(late)[0], late.board["epoch"], late.board["seq"])
        del made._in_thread

    async def nothing(*args: Any) -> None:
        raise AssertionError(args)

    run(scene)
    assert late.board == ear.board == fresh()


def test_a_change_while_somebody_joins_reaches_them_once() -> None:
    ear, first = Ear(), Ear()

    async def scene(made: hub.Hub) -> None:
        assert await made.join(client(first)[0], "", -1)
        joining = asyncio.create_task(made.join(client(ear)[0], "", -1))
        await asyncio.sleep(0)
        await published(made, 7)
        assert await joining
        await made._help_slow()

    run(scene)
    assert ear.board == first.board == fresh()


def test_unpaired_screen_and_signed_out_person_are_closed_and_others_stay() -> None:
    company = make_company()
    Board.objects.update(is_public=False)
    board, now = Board.objects.get(), timezone.now()
    screen, token = screens.ask(at=now)
    screens.pair(code=screen.code, board=board, name="大厅", by=company.organiser, at=now)
    session = SessionStore()
    session.create()
    _refusal, of_screen = watch.admit("b", None, None, token)
    _refusal, of_person = watch.admit("b", company.worker, session.session_key, "")
    watchers = [client(Ear(), of_screen), client(Ear(), of_person)]

    async def scene(made: hub.Hub) -> None:
        for each, _closed in watchers:
            assert await made.join(each, "", -1)
        await made.check()
        assert [closed for _each, closed in watchers] == [[], []]
        await beside(lambda: screens.unpair(screen=Screen.objects.get(), by=company.organiser, at=now))
        await made.check()
        assert [closed for _each, closed in watchers] == [[4401], []]
        await beside(session.delete)
        await made.check()
        assert watchers[1][1] == [4401]

    run(scene)


def test_who_may_enter_and_with_which_code_the_others_are_refused(company: Company) -> None:
    Board.objects.update(is_public=False)
    board, now = Board.objects.get(), timezone.now()
    domain.open_board("other", kind="test", key="k", title="其他", is_public=False)
    screen, token = screens.ask(at=now)
    unpaired = watch.admit("b", None, None, token)[0]
    screens.pair(code=screen.code, board=board, name="大厅", by=company.organiser, at=now)

    assert watch.admit("none", company.worker, "s", "") == (4404, watch.Viewer())
    assert watch.admit("b", None, None, "")[0] == 4401
    assert unpaired == 4401
    assert watch.admit("b", None, None, token) == (0, watch.Viewer(screen=screen.pk))
    assert watch.admit("other", None, None, token)[0] == 4403
    assert watch.admit("b", None, None, "forged")[0] == 4401
    assert {watch.admit("b", person, "s", "")[0] for person in company.personas.values()} == {0}
    company.worker.is_active = False
    assert watch.admit("b", company.worker, "s", "")[0] == 4403


def test_looking_after_a_thousand_sockets_costs_at_most_five_statements(company: Company) -> None:
    Board.objects.update(is_public=False)
    screen, _token = screens.ask(at=timezone.now())
    viewers = [("b", watch.Viewer(person.pk, f"s{person.pk}")) for person in company.personas.values()]
    viewers += [("b", watch.Viewer(screen=screen.pk)), ("b", watch.Viewer())]
    told = watch.report(screen.pk, {"epoch": "e", "seq": 3, "at": timezone.now().isoformat()}, timezone.now())
    assert told is not None

    with CaptureQueriesContext(connection) as asked:
        watch.look(viewers, [told], timezone.now())

    assert (
        len([query for query in asked if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]) <= 5
    )
    assert Screen.objects.get().seen_seq == 3


@pytest.mark.parametrize(
    "message",
    [{}, {"epoch": "e", "seq": "3", "at": "2026-01-01T00:00:00+00:00"}, {"epoch": "e", "seq": 3, "at": "no"},
     {"epoch": "e", "seq": -1, "at": "2026-01-01T00:00:00+00:00"}, {"epoch": 5, "seq": 1, "at": "2026-01-01T00:00:00+00:00"},
     {"epoch": "e", "seq": 1, "at": "2026-01-01T00:00:00"}, {"epoch": "e", "seq": 1, "at": "2026-99-99T00:00:00Z"}],
)  # fmt: skip
def test_nonsense_in_a_screens_answer_is_no_report(message: dict[str, Any]) -> None:
    assert watch.report(1, message, timezone.now()) is None
