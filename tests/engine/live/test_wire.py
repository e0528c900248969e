"""One frame for every socket: RFC 6455 headers, RFC 7692 compression that needs no history."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame
from websockets.streams import StreamReader
from websockets.sync.client import ClientConnection, connect

from contests.models import Contest
from engine.live import domain as live
from engine.live.wire import Ready
from tests.factories.contests import make_judging
from tests.factories.people import make_company
from tests.serving import served


def parsed(data: bytes, extensions: list[Any]) -> Frame:
    """Read a frame with the library's own parser."""
    reader = StreamReader()
    reader.feed_data(data)
    parsing = Frame.parse(reader.read_exact, mask=False, max_size=None, extensions=extensions)
    with pytest.raises(StopIteration) as ended:
        while True:
            next(parsing)
    found: Frame = ended.value.value
    return found


def frame(size: int) -> dict[str, Any]:
    return {"type": "delta", "epoch": "e", "seq": 1, "rows": [], "gone": ["选" * size]}


@pytest.mark.parametrize("size", [0, 10, 100, 30_000])
def test_ready_bytes_are_one_text_frame_of_every_length(size: int) -> None:
    ready = Ready(frame(size))

    found = parsed(ready.plain, [])

    assert (found.fin, int(found.opcode), bytes(found.data).decode()) == (True, 1, ready.text)


def test_packed_frames_are_read_without_any_history_and_are_smaller() -> None:
    readies = [Ready(frame(size)) for size in (0, 5000, 400)]

    for ready in reversed(readies):
        reader = PerMessageDeflate(
            remote_no_context_takeover=True, local_no_context_takeover=True, remote_max_window_bits=15, local_max_window_bits=15
        )  # fmt: skip
        assert bytes(parsed(ready.packed(), [reader]).data).decode() == ready.text
    assert len(readies[1].packed()) < len(readies[1].plain) / 20
    assert readies[0].packed() is readies[0].plain


@pytest.fixture
def contest(transactional_db: None) -> Contest:
    contest = make_judging(make_company(), contestants=6, is_public=True)
    live.publish(contest.code)
    return contest


def test_sockets_agree_on_compression_without_history_and_read_the_same(contest: Contest) -> None:
    def first(socket: ClientConnection) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(socket.recv(timeout=10))
        return found

    with served() as address:
        url = f"{address.replace('http', 'ws')}/ws/boards/{contest.code}/"
        with connect(url, origin=address) as packed, connect(url, origin=address, compression=None) as plain:  # type: ignore[arg-type]
            agreed = packed.response.headers.get("Sec-WebSocket-Extensions", "") if packed.response else ""
            texts = [first(packed), first(plain)]

    assert "server_no_context_takeover" in agreed
    assert "client_no_context_takeover" in agreed
    assert texts[0] == texts[1]
    assert texts[0]["type"] == "snapshot"
