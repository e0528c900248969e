"""A real server on a real database, driven by Debian's Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test.signals import setting_changed
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.factories.people import PASSWORD, Company, make_company
from tests.serving import served

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
VISITORS = pytest.StashKey[list["Visitor"]]()
MISSING = "Chromium is missing: the browser tests need it. On Debian or Ubuntu: sudo apt-get install chromium"


def executable() -> str:
    """Return the browser's program."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = executable()
    if not path:
        pytest.fail(MISSING)
    # Playwright's loop is no reason for Django to refuse queries in the test itself.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def _cache_of_its_own() -> None:
    """Share the usual cache with the web process: what the test's worker says there is read in the browser."""
    settings.CACHES["default"].pop("KEY_PREFIX", None)
    setting_changed.send(sender=None, setting="CACHES", value=settings.CACHES, enter=True)


@pytest.fixture
def server(transactional_db: None) -> Iterator[str]:
    """Run the web process on the test's database; yield its address."""
    with served() as address:
        yield address


@pytest.fixture
def people(transactional_db: None) -> Company:
    return make_company()


class Visitor:
    """One person at one device, watched for script errors and foreign origins."""

    def __init__(self, browser: Browser, server: str, *, size: tuple[int, int], language: str, dark: bool) -> None:
        self.server = server
        self.problems: list[str] = []
        self.context: BrowserContext = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale=language,
            color_scheme="dark" if dark else "light", accept_downloads=True,
        )  # fmt: skip
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("request", self._watch)

    def _watch(self, request: Any) -> None:
        if not request.url.startswith((self.server, self.server.replace("http", "ws"), "data:", "blob:")):
            self.problems.append(f"foreign: {request.url}")

    def go(self, path: str) -> Page:
        """Open a page; the pad's is there once it has read what the tablet holds: before, it takes no typing."""
        self.page.goto(self.server + path)
        if self.page.locator("jb-pad").count():
            self.page.locator("main.pad:not([inert])").wait_for()
        return self.page

    def sign_in(self, number: str) -> Visitor:
        page = self.go("/people/sign-in/")
        page.fill("#id_username", number)
        page.fill("#id_password", PASSWORD)
        page.click("button.primary")
        page.wait_for_url(self.server + "/")
        return self

    def violations(self) -> list[str]:
        """Return what axe finds wrong on the page."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{fault['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]

    def text(self) -> str:
        """Return what stands on the page, for the report of a failure."""
        try:
            return self.page.inner_text("body", timeout=2_000)[:3_000]
        except PlaywrightError as error:
            return str(error)

    def overflows(self) -> bool:
        """Return whether the page scrolls sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Add to the report of a failure what stood on each device."""
    report = yield
    if report.when == "call" and report.failed:
        for visitor in item.stash.get(VISITORS, []):
            report.sections.append((f"device at {visitor.page.url}", visitor.text()))
    return report


@pytest.fixture
def visit(browser: Browser, server: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Return a function that opens a device: visit(number, size=…, language=…, dark=…)."""
    visitors: list[Visitor] = []
    request.node.stash[VISITORS] = visitors

    def open_device(
        number: str = "", *, size: tuple[int, int] = (390, 844), language: str = "zh-CN", dark: bool = False
    ) -> Visitor:
        visitor = Visitor(browser, server, size=size, language=language, dark=dark)
        visitors.append(visitor)
        return visitor.sign_in(number) if number else visitor

    yield open_device
    problems = [problem for visitor in visitors for problem in visitor.problems]
    for visitor in visitors:
        visitor.context.close()
    assert problems == []
