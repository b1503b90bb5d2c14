"""Staff in a real browser (Debian's Chromium): logged in, watched for errors, led over the served stage."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot.channels.webchat import WebChatChannel
from bot.delivery.worker import DeliveryWorker
from bot.domain.staff import Role
from tests.web.desk.office import PASSWORD, enroll
from tests.web.stage import Stage

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
NEEDS_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
]
AXE: dict[str, object] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
CONTRAST: dict[str, object] = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
"""What axe looks for: everything, or what the dark scheme changes alone."""
_SERIOUS = ("moderate", "serious", "critical")
_EXPECTED = ("net::ERR_", "status of 4", "status of 503", "Response Status Error Code 4")


@contextmanager
def started() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


def deliver(stage: Stage) -> None:
    """What the delivery worker does for the web chat."""
    worker = DeliveryWorker(stage.uows, {"web": WebChatChannel()}, stage.clock, stage.municipality, random.Random(1))
    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs in this thread
        aside.submit(asyncio.run, worker.drain()).result(20)


def violations(page: Page, options: dict[str, object] = AXE) -> list[str]:
    """What axe finds on the page as it stands."""
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:100]}"
        for one in found
        if one["impact"] in _SERIOUS
        for node in one["nodes"][:3]
    ]


class Windows:
    """Opens windows of people at the desk; `close` fails the test on a console error or a request to another host."""

    def __init__(self, browser: Browser, stage: Stage, address: str) -> None:
        self._browser, self._stage, self.address = browser, stage, address
        self._contexts: list[BrowserContext] = []
        self._wrong: list[str] = []

    def of(self, role: Role = Role.REVIEWER, unit: str | None = None, phone: bool = False, dark: bool = False) -> Page:
        """A window of somebody who has just logged in."""
        user = enroll(self._stage, role, unit)
        page = self.empty(phone, dark)
        page.goto("/masa/giris")
        page.get_by_label("Kullanıcı adı").fill(user.username)
        page.get_by_label("Parola").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/giris" not in url)
        return page

    def empty(self, phone: bool = False, dark: bool = False) -> Page:
        """A window in which nobody is logged in."""
        context = self._browser.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]  # a dict is taken
            locale="tr-TR",
            timezone_id="Europe/Istanbul",
            base_url=self.address,
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(8000)
        context.on(
            "request", lambda r: None if r.url.startswith((self.address, "blob:", "data:")) else self._note(r.url)
        )
        context.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        context.on("weberror", lambda error: self._note(str(error.error)))
        self._contexts.append(context)
        return context.new_page()

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        assert not self._wrong

    def _note(self, text: str) -> None:
        if not any(part in text for part in _EXPECTED):
            self._wrong.append(text)
