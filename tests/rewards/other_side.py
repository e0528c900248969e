"""HR's systems as tests meet them: a local HTTP server that answers as recorded, and remembers what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, dict[str, Any], dict[str, str]]


@dataclass
class Asked:
    """One request."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body or b"{}")


@contextmanager
def serving(answer: Callable[[Asked], Answer]) -> Iterator[tuple[str, list[Asked]]]:
    """Serve on a free port; yields the address and the list of requests."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Asked(parts.path, parse_qs(parts.query), dict(self.headers), body)
            asked.append(request)
            status, content, headers = answer(request)
            payload = json.dumps(content, ensure_ascii=False).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST  # noqa: N815 the library's name

        def log_message(self, *args: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class WeCom:
    """WeCom's leave quotas as documented (93375–93377): absolute seconds, errors in `errcode`."""

    left: dict[str, int] = field(default_factory=dict)
    time_attr: int = 0
    perday: int = 86_400
    tokens: int = 0
    living: str = ""
    faults: list[int] = field(default_factory=list)  # the next setoneuserquota answers with these
    dies_after_writing: bool = False
    forgets: bool = False  # says ok and keeps the old number

    def __call__(self, asked: Asked) -> Answer:
        name = asked.path.rpartition("/")[2]
        if name == "gettoken":
            return self._token(asked)
        if asked.query.get("access_token") != [self.living]:
            return 200, {"errcode": 42001, "errmsg": "access_token expired"}, {}
        return getattr(self, name)(asked.json)

    def _token(self, asked: Asked) -> Answer:
        if asked.query != {"corpid": ["ww1"], "corpsecret": ["secret"]}:
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}, {}
        self.tokens += 1
        self.living = f"token-{self.tokens}"
        return 200, {"errcode": 0, "errmsg": "ok", "access_token": self.living, "expires_in": 7200}, {}

    def getcorpconf(self, body: dict[str, Any]) -> Answer:
        conf = {"id": 7, "name": "积分休假", "time_attr": self.time_attr, "perday_duration": self.perday}
        return 200, {"errcode": 0, "errmsg": "ok", "lists": [{"id": 1, "name": "年假", "time_attr": 0}, conf]}, {}

    def getuservacationquota(self, body: dict[str, Any]) -> Answer:
        if body["userid"] not in self.left:
            return 200, {"errcode": 60111, "errmsg": "userid not found"}, {}
        mine = {"id": 7, "leftduration": self.left[body["userid"]], "vacationname": "积分休假"}
        return 200, {"errcode": 0, "errmsg": "ok", "lists": [{"id": 1, "leftduration": 604_800}, mine]}, {}

    def setoneuserquota(self, body: dict[str, Any]) -> Answer:
        if self.faults:
            return 200, {"errcode": self.faults.pop(0), "errmsg": "as recorded"}, {}
        step = 360 if self.time_attr else 8640
        if body["time_attr"] != self.time_attr or body["leftduration"] % step or len(body["remarks"]) > 200:
            return 200, {"errcode": 301063, "errmsg": "param error"}, {}
        if not self.forgets:
            self.left[body["userid"]] = body["leftduration"]
        if self.dies_after_writing:
            self.dies_after_writing = False
            return 502, {}, {}
        return 200, {"errcode": 0, "errmsg": "ok"}, {}
