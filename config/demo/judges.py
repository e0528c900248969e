"""Simulated judges: they sign in and mark over the very API tablets use, so that the wall moves while you look."""

from __future__ import annotations

import json
import logging
import random
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from config.demo import accounts
from config.demo.load import LIVE_CONTEST
from contests.models import Contest

log = logging.getLogger("jinbang.demo")


@dataclass
class Judge:
    """One signed-in judge with a tablet."""

    url: str
    number: str
    password: str
    jar: CookieJar = field(default_factory=CookieJar)
    sheet: dict[str, Any] = field(default_factory=dict)

    @property
    def opener(self) -> OpenerDirector:
        return build_opener(HTTPCookieProcessor(self.jar))

    def call(self, path: str, body: Any = None) -> Any:
        """Send one request of the API and return its JSON."""
        headers = {"Accept": "application/json", "Content-Type": "application/json", "Referer": self.url}
        headers["X-CSRFToken"] = next((cookie.value or "" for cookie in self.jar if cookie.name == "csrftoken"), "")
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/api/v1{path}", data=data, headers=headers)  # noqa: S310 http of this machine
        with self.opener.open(request, timeout=20) as answer:
            return json.load(answer)

    def sign_in(self) -> None:
        """Sign in as a person does, then load the sheet of the live contest."""
        address = f"{self.url}/people/sign-in/"
        self.opener.open(address, timeout=20).read()
        token = next(cookie.value or "" for cookie in self.jar if cookie.name == "csrftoken")
        form = {"username": self.number, "password": self.password, "csrfmiddlewaretoken": token}
        request = Request(address, data=urlencode(form).encode(), headers={"Referer": address})  # noqa: S310
        self.opener.open(request, timeout=20).read()
        mine = [row for row in self.call("/contests/sheets") if row["contest_code"] == LIVE_CONTEST]
        self.sheet = self.call(f"/contests/sheets/{mine[0]['sheet_id']}") if mine else {"entries": [], "marks": []}

    def blanks(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the cells without a mark, contestant by contestant in start order."""
        given = {(mark["entry"], mark["aspect"]) for mark in self.sheet["marks"] if mark["value"] is not None}
        entries = sorted((e for e in self.sheet["entries"] if not e["status"]), key=lambda e: e["start_order"])
        return [(e["code"], a) for e in entries for a in self.sheet["aspects"] if (e["code"], a["code"]) not in given]

    def mark(self, entry: str, aspect: dict[str, Any]) -> None:
        """Give one mark near the contestant's level."""
        level = random.Random(f"{LIVE_CONTEST}:{entry}").gauss(0.8, 0.09)  # noqa: S311
        share = min(1.0, max(0.35, random.gauss(level, 0.035)))
        step, most = float(aspect["step"]), float(aspect["maximum"])
        value = format(round(most * share / step) * step, ".10g")
        op = {
            "op_id": str(uuid.uuid4()), "entry": entry, "aspect": aspect["code"], "value": value, "base_version": 0,
            "device": "demo", "at": datetime.now(UTC).isoformat(),
        }  # fmt: skip
        answer = self.call(f"/contests/sheets/{self.sheet['sheet_id']}/ops", {"ops": [op]})["answers"][0]
        self.sheet["marks"].append({"entry": entry, "aspect": aspect["code"], "value": answer["value"]})


def run(url: str, *, most_marks: int, pause_seconds: float) -> None:
    """Mark until everything is marked, a number of marks is given, or the contest is over; patient with a slow server."""
    found = accounts.load()
    contest = Contest.objects.filter(code=LIVE_CONTEST, state=Contest.State.JUDGING).first()
    if not found or contest is None:
        return
    password = found["judge"]["password"]
    members = contest.panel.exclude(role="chief").select_related("employee")
    judges = [Judge(url, member.employee.number, password) for member in members if member.employee]
    given = 0
    while not most_marks or given < most_marks:
        try:
            for judge in judges:
                if not judge.sheet:
                    judge.sign_in()
            open_sheets = [judge for judge in judges if judge.blanks()]
            if not open_sheets:
                return
            # The judge who is furthest behind marks next, so that contestants come in one after the other.
            judge = max(open_sheets, key=lambda row: len(row.blanks()) / max(1, len(row.sheet["aspects"])))
            judge.mark(*judge.blanks()[0])
            given += 1
            time.sleep(pause_seconds * random.uniform(0.3, 1.7) if pause_seconds else 0)  # noqa: S311
        except (URLError, OSError, KeyError, ValueError) as error:
            log.warning("a simulated judge waits: %s", error)
            for judge in judges:
                judge.sheet = {}
            time.sleep(10)
