"""A wall with 1,000 rows on a machine four times slower, while ten changes a second move rows: what a picture costs, and how many there are.

A change lets a row of the page in sight change places with another, so that rows glide in every picture. Two figures:

- What the page's own thread spends on a picture (script, style, layout, paint), in processor time, so that it says the same on a busy
  machine, against the 16.7 ms there are for one at 60 a second.
- Pictures a second, against a plain page with one moving box in the same browser, just as slow: what this machine can do at all. A headless
  browser on a shared processor never draws more than 60 a second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.live import HERE, free, running, wait_open

COUNT, SECONDS, SLOWER = 1000, 8, 4
BUDGET_MS, MOST_SHARE = 1000 / 60, 0.6
CODE = "thousand"
PICTURES = """(seconds) => new Promise((done) => {
  let count = 0; const begun = performance.now();
  const next = (now) => { count += 1; if (now - begun > seconds * 1000) done(count / ((now - begun) / 1000)); else requestAnimationFrame(next); };
  requestAnimationFrame(next);
})"""
PLAIN = """<style>i{position:absolute;width:99px;height:99px;background:red;animation:m 1s linear infinite}@keyframes m{to{transform:translate(500px)}}</style><i></i>"""


def rows(number: int) -> list[dict[str, object]]:
    """Return the board after so many changes: the first and a turning one of the first twelve change places."""
    order = list(range(COUNT))
    place = 1 + number % 11
    order[0], order[place] = order[place], order[0]
    return [
        {"id": f"e{key:04}", "rank": rank + 1, "name": f"选手{key}", "unit": f"{key % 9 + 1}车间", "total": f"{COUNT - rank}.00",
         "cells": {"theory": "30.00", "practical": "60.00"}} for rank, key in enumerate(order)
    ]  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """Pictures a second, and milliseconds of processor time a picture of the page's own thread."""

    pictures: float
    task_ms: float
    script_ms: float
    style_ms: float
    layout_ms: float
    rows: int


def watch(page: Any) -> Figures:
    """Return what a slowed page's pictures cost while they are counted."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    def spent() -> dict[str, float]:
        return {each["name"]: each["value"] * 1000 for each in session.send("Performance.getMetrics")["metrics"]}

    before = spent()
    pictures = float(page.evaluate(PICTURES, SECONDS))
    after, count = spent(), pictures * SECONDS

    def cost(name: str) -> float:
        return (after[name] - before[name]) / count

    return Figures(
        pictures,
        task_ms=cost("TaskDuration"),
        script_ms=cost("ScriptDuration"),
        style_ms=cost("RecalcStyleDuration"),
        layout_ms=cost("LayoutDuration"),
        rows=page.locator(".board-row").count(),
    )


def measure(url: str, change: Any) -> tuple[Figures, Figures]:
    """Return what the wall and the plain page cost."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(url)
        page.wait_for_selector("[data-status][data-value=live]")
        changing = change()
        time.sleep(2)
        wall = watch(page)
        changing.kill()
        page.goto("about:blank")
        page.set_content(PLAIN)
        plain = watch(page)
        browser.close()
    return wall, plain


def main() -> int:
    """Serve a board of a thousand rows and measure."""
    with tempfile.TemporaryDirectory(prefix="jinbang-wall-") as name:
        content = Path(name) / "content.json"
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "1",
            "BENCH_CONTENT": str(content),
            "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
        }
        content.write_text(json.dumps(rows(0)))
        import django

        django.setup()
        from django.core.management import call_command

        from engine.live import domain

        call_command("migrate", verbosity=0)
        domain.open_board(CODE, kind="bench", key="bench", title="一千行", is_public=True)
        port = free()
        command = [sys.executable, "-m", "uvicorn", "bench.peers.jinbang_app:application", "--port", str(port), "--log-level", "error",
                   "--ws", "engine.live.wire:Sockets", "--timeout-graceful-shutdown", "1"]  # fmt: skip
        with running(command, cwd=HERE.parent):
            wait_open(port)
            time.sleep(2)
            wall, plain = measure(f"http://127.0.0.1:{port}/boards/{CODE}/wall/", _changing)
    share = wall.task_ms / BUDGET_MS
    print(f"{COUNT} rows, ten changes a second, processor {SLOWER} times slower, {wall.rows} rows in the page")
    print(
        f"a picture costs {wall.task_ms:.2f} ms (script {wall.script_ms:.2f}, style {wall.style_ms:.2f}, layout {wall.layout_ms:.2f}) "
        f"of {BUDGET_MS:.1f} ms; ratio {share:.2f} (limit {MOST_SHARE})"
    )
    print(
        f"{wall.pictures:.1f} pictures a second; a plain page with one moving box: {plain.pictures:.1f}; ratio {wall.pictures / plain.pictures:.2f}"
    )
    return int(share > MOST_SHARE)


def _changing() -> subprocess.Popen[str]:
    """Change the board ten times a second in a process of its own."""
    code = "import bench.wall; bench.wall.change_for_ever()"
    return subprocess.Popen([sys.executable, "-c", code], cwd=HERE.parent, text=True)


def change_for_ever() -> None:
    """Write another order and say so, ten times a second."""
    import django

    django.setup()
    from engine.live import domain

    content, number = Path(os.environ["BENCH_CONTENT"]), 0
    while True:
        number += 1
        content.with_suffix(".new").write_text(json.dumps(rows(number)))
        content.with_suffix(".new").replace(content)
        domain.stir(CODE)
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
