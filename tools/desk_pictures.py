"""Takes the pictures of docs/: an example day at the desk, played through the real system, seen in Chromium.

PYTHONPATH=. .venv/bin/python tools/desk_pictures.py [FOLDER]   (docs/pictures; needs a trained model and Chromium)

Everybody in the pictures is made up. Chance has a seed and the clock is moved by hand, so the same day comes out again.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from rich.progress import track

from bot.channels.files import DiskFiles
from bot.config import load_settings
from bot.domain.requests import Status
from bot.rehearsal.desk_day import PASSWORD, SECRET, example_day
from bot.rehearsal.stage import Stage
from bot.web.app import create_app

TARGET = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGUMENTS.append("--lang=tr")
TURKISH = {"LANGUAGE": "tr", "LANG": "tr_TR.UTF-8"}
"""With Debian's chromium-l10n the browser's own controls (dates) are Turkish as well."""
ANSWER = "Merhaba, ben Ayşe. Yaşadığınız olay için üzgünüz; hangi gün ve nerede olduğunu yazar mısınız?"
SETTLING = {"map": 2500}
"""Milliseconds until a page stands still, by name; others take 500."""


@dataclass(frozen=True)
class Shot:
    """`part`: only what this CSS selector finds. `keys` are pressed and `text` is typed before. `across`: the width of
    the window where it is another one, so that words can be read in a small picture."""

    name: str
    path: str
    wide: bool = True
    narrow: bool = False
    dark: bool = False
    full: bool = False
    part: str = ""
    across: int = 0
    keys: tuple[str, ...] = ()
    text: str = ""


@contextmanager
def _served(stage: Stage, folder: Path) -> Iterator[str]:
    environ = {"HIZMET_HOME": str(folder), "HIZMET_SECRET": SECRET}
    app = create_app(
        settings=load_settings(environ, folder),
        municipality=stage.municipality,
        engine_uows=stage.database.writes,
        reads=stage.database.reads,
        receiver=stage.receiver,
        files=DiskFiles(folder / "files"),
        clock=stage.clock,
    )
    config = uvicorn.Config(app, host="127.0.0.1", port=0, ws="none", log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    app.state.chat_hub.close()
    server.should_exit = True
    thread.join(10)


def _shots(stage: Stage) -> list[Shot]:
    with stage.database.reads() as uow:
        items = uow.reviews.open_items()
        newest = uow.requests.search(limit=40)
    held = next((item for item in items if item.conversation_id and item.handover), items[0])
    urgent = next((item for item in items if item.urgent), items[0])
    draft = next((item for item in items if item.outbox_id), items[0])
    worked = next(request for request in newest if request.status == Status.RESOLVED)
    return [
        Shot("login", "/masa/giris"),
        Shot("queue", "/masa/kuyruk", narrow=True, dark=True),
        Shot("row", "/masa/kuyruk", part=".queue-panel", across=900),
        Shot("conversation", f"/masa/gorusme/{held.id}", narrow=True),
        Shot("reply", f"/masa/gorusme/{held.id}", part="#reply", keys=("r",), text=ANSWER),
        Shot("filing", f"/masa/gorusme/{held.id}", part=".filing", keys=("n",)),
        Shot("keys", f"/masa/gorusme/{held.id}", keys=("?",)),
        Shot("urgent", f"/masa/gorusme/{urgent.id}", part="#matter", across=1100),
        Shot("public", f"/masa/gorusme/{draft.id}", part="#reply"),
        Shot("requests", "/masa/basvurular", narrow=True),
        Shot("board", "/masa/basvurular/pano"),
        Shot("request", f"/masa/basvurular/{worked.tracking_no}", full=True),
        Shot("print", f"/masa/basvurular/{worked.tracking_no}/yazdir"),
        Shot("map", "/masa/harita"),
        Shot("figures", "/masa/gostergeler", full=True),
        Shot("incidents", "/masa/kesintiler"),
        Shot("canned", "/masa/hazir-yanitlar"),
        Shot("import", "/masa/aktarim"),
        Shot("people", "/masa/kisiler"),
        Shot("person", "/masa/kisiler/2"),
        Shot("tokens", "/masa/kisiler/anahtarlar"),
        Shot("audit", "/masa/denetim"),
        Shot("account", "/masa/hesabim"),
    ]


def _log_in(page: Page) -> None:
    page.goto("/masa/giris")
    page.fill("input[name=username]", "yonetici")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_load_state("load")


def _keep(page: Page, shot: Shot, name: str) -> None:
    for key in shot.keys:
        page.keyboard.press(key)
    if shot.text:
        page.keyboard.type(shot.text)
    page.wait_for_timeout(SETTLING.get(shot.name, 500))
    taken = _part(page, shot.part) if shot.part else page.screenshot(full_page=shot.full)
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    picture.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        TARGET / f"{name}.png", optimize=True
    )


def _part(page: Page, selector: str) -> bytes:
    """A part of the page; once more where the page renewed it just then."""
    try:
        return page.locator(selector).first.screenshot()
    except PlaywrightError:
        page.wait_for_timeout(1000)
        return page.locator(selector).first.screenshot()


def _take(browser: Browser, address: str, shots: list[Shot], suffix: str, size: tuple[int, int], scheme: str) -> None:
    """One window of a size and a colour scheme goes through the shots; the login page is seen before the login."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        base_url=address,
        locale="tr-TR",
        timezone_id="Europe/Istanbul",
    )
    page = context.new_page()
    for shot in track(shots, f"Pictures{suffix}"):
        if shot.name != "login" and (page.url == "about:blank" or page.url.endswith("/giris")):
            _log_in(page)
        page.set_viewport_size({"width": shot.across or size[0], "height": size[1]})
        response = page.goto(shot.path)
        if response is None or response.status >= 400:
            sys.exit(f"{shot.path}: {response.status if response else 'no answer'}")
        _keep(page, shot, shot.name + suffix)
    context.close()


def main() -> None:
    if CHROMIUM is None:
        sys.exit("no Chromium on this machine (apt-get install chromium)")
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        stage = example_day(Path(scratch))
        shots = _shots(stage)
        with _served(stage, Path(scratch)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=ARGUMENTS, env=dict(os.environ) | TURKISH
            )
            _take(browser, address, [shot for shot in shots if shot.wide], "", (1280, 860), "light")
            _take(browser, address, [shot for shot in shots if shot.narrow], "-phone", (390, 844), "light")
            _take(browser, address, [shot for shot in shots if shot.dark], "-dark", (1280, 860), "dark")
            browser.close()
    print(f"{len(os.listdir(TARGET))} pictures in {TARGET}")


if __name__ == "__main__":
    main()
