"""A hundred judges marking at once on PostgreSQL: 200 marks a second through the pad's API, how long an answer takes.

The pages run as docs/operations.md says (four processes of four threads, PostgreSQL), the judges in a process of their own.
Named limit: 99 of 100 operation batches are answered within 100 ms. A judge taps two marks and sends them, once a second.
The first five seconds, in which the processes load their code and open their connections, are marked too and not counted.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
import uuid

JUDGES = int(os.environ.get("BENCH_JUDGES", "100"))
WARM_UP_SECONDS = 10  # four cold processes work off what the first second brought them, longer on a slow machine
SECONDS = 20
MARKS_A_SECOND = 200
LIMIT_MS = 100.0
WORKERS = 4


def prepare() -> list[tuple[int, str, list[tuple[str, str]]]]:
    """Make a contest with a hundred judges in judging; return (sheet, session cookie, cells) of each."""
    import django

    django.setup()
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.core.management import call_command

    from contests.models import Contest, Entry, PanelMember, Sheet
    from contests.pure import scheme as schemes
    from people.models import Employee

    call_command("migrate", verbosity=0)
    stamp = uuid.uuid4().hex[:8]
    aspects = [f"a{number}" for number in range(5)]
    data = {
        "contest": {"code": "bench", "title": "bench", "places": 2, "rounding": "half-up", "scale": "points"},
        "group": [{"code": "g", "title": "g", "weight": "1"}],
        "aspect": [
            {"code": code, "group": "g", "title": code, "kind": "judgement", "min": "0", "max": "10", "step": "0.5",
             "combine": "trimmed-mean", "trim": 1, "trim_from": 5, "factor": "1", "zero_is_missing": False,
             "round": ["combined", "factor"]}
            for code in aspects
        ],
        "ranking": {"order": ["total"], "ascending": []},
    }  # fmt: skip
    scheme = schemes.to_json(schemes.from_json(data))
    contest = Contest.objects.create(code=f"bench-{stamp}", title="bench", state="judging", scheme=scheme)
    from contests.domain.setup import open_board

    open_board(contest)
    entries = [f"{number:02}" for number in range(1, 41)]
    Entry.objects.bulk_create(
        Entry(contest=contest, code=code, name=code, position=place, start_order=place)
        for place, code in enumerate(entries, 1)
    )
    tablets = []
    engine = import_module(settings.SESSION_ENGINE)
    for number in range(1, JUDGES + 1):
        judge = Employee.objects.create(number=f"{stamp}{number}", name=f"J{number}", password="!")
        member = PanelMember.objects.create(
            contest=contest, employee=judge, code=f"J{number}", name=judge.name, position=number
        )
        sheet = Sheet.objects.create(contest=contest, member=member, aspects=aspects)
        session = engine.SessionStore()
        session[SESSION_KEY] = str(judge.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = judge.get_session_auth_hash()
        session.save()
        tablets.append((sheet.pk, session.session_key, [(entry, code) for entry in entries for code in aspects]))
    return tablets


def mark(port: int, tablet: tuple[int, str, list[tuple[str, str]]], began: float, delays: list[float]) -> None:
    """One judge: two marks a second, at a moment of their own in each second."""
    from django.conf import settings

    sheet, key, cells = tablet
    dice = random.Random(sheet)
    token = "t" * 32
    headers = {
        "Content-Type": "application/json", "X-CSRFToken": token, "Referer": f"http://127.0.0.1:{port}/",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={token}",
    }  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    offset, each = dice.random(), MARKS_A_SECOND // JUDGES
    for second in range(WARM_UP_SECONDS + SECONDS):
        time.sleep(max(0.0, began + second + offset - time.perf_counter()))
        ops = [
            {"op_id": str(uuid.uuid4()), "entry": entry, "aspect": aspect, "value": f"{dice.randrange(21) / 2:g}",
             "base_version": 0, "device": "bench"}
            for entry, aspect in cells[second * each : second * each + each]
        ]  # fmt: skip
        started = time.perf_counter()
        connection.request("POST", f"/api/v1/contests/sheets/{sheet}/ops", json.dumps({"ops": ops}), headers)
        answer = connection.getresponse()
        body = answer.read()
        if second >= WARM_UP_SECONDS:
            delays.append((time.perf_counter() - started) * 1000)
        if answer.status != 200:
            raise SystemExit(f"the server answered {answer.status}: {body[:300]!r}")


def main() -> int:
    """Measure and print the 50th, 99th percentile and the ratio to the limit."""
    url = os.environ.get("BENCH_POSTGRES_URL") or os.environ.get("DATABASE_URL", "")
    if not url:
        print("skipped: no PostgreSQL")
        return 0
    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
    tablets = prepare()
    port = int(os.environ.get("BENCH_PORT", "8393"))
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--workers", str(WORKERS), "--threads", "4",
               "--bind", f"127.0.0.1:{port}", "--log-level", "error"]  # fmt: skip
    server = subprocess.Popen(command)
    try:
        time.sleep(6)
        delays: list[float] = []
        began = time.perf_counter() + 1
        threads = [threading.Thread(target=mark, args=(port, tablet, began, delays)) for tablet in tablets]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        server.terminate()
        server.wait(15)
    from contests.models import Mark

    sheets = [tablet[0] for tablet in tablets]
    stored = Mark.objects.filter(sheet__in=sheets).count()
    ordered = sorted(delays)
    p99 = ordered[int(len(ordered) * 0.99)]
    sent = JUDGES * (WARM_UP_SECONDS + SECONDS) * (MARKS_A_SECOND // JUDGES)
    print(f"{JUDGES} judges, {MARKS_A_SECOND} marks/s in {len(delays)} batches, {stored} of {sent} marks stored")
    print(f"answer: median {statistics.median(delays):.1f} ms, p99 {p99:.1f} ms, most {ordered[-1]:.1f} ms")
    print(f"ratio p99 / {LIMIT_MS:.0f} ms: {p99 / LIMIT_MS:.2f} (limit 1.00)")
    return int(stored != sent)


if __name__ == "__main__":
    sys.exit(main())
