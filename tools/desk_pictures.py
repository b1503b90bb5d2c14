"""Takes the pictures of docs/: an example day at the desk, played through the real system, seen in Chromium.

.venv/bin/python tools/desk_pictures.py [FOLDER]      (default docs/pictures; needs a trained model and Chromium)

Everybody in the pictures is made up. Chance has a seed and the clock is moved by hand, so the same day comes out again.
"""

from __future__ import annotations

import asyncio
import io
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from rich.progress import track

from bot.bootstrap.dialogue import load_engine
from bot.bootstrap.wiring import municipality_of
from bot.channels.files import DiskFiles
from bot.config import load_settings
from bot.domain.messages import EventKind
from bot.domain.requests import Filing, Kind, Place, Request, Status
from bot.domain.staff import Role
from bot.nlu.information import InformationFinder
from bot.rehearsal.stage import Stage
from bot.service.requests import RequestDesk
from bot.service.reviews import ReviewDesk
from bot.service.staff import StaffDesk
from bot.web.app import create_app

TARGET = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PASSWORD = "kavak yelleri eser"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SECRET = "p" * 32

REPORTS = (
    (
        "waste_container",
        "Konteynerin kapağı kopmuş, kediler çöpü yola saçıyor",
        Place("Yazır", "Selçuklu", "Gül Sokak"),
    ),
    ("street_light", "Parkın köşesindeki direk üç gecedir yanmıyor", Place("Bosna Hersek", "Selçuklu", "Elvan Sokak")),
    ("road_damage", "Yolun ortası çökmüş, arabalar kaldırıma çıkıyor", Place("Sancak", "Selçuklu", "Vatan Caddesi")),
    ("stray_dogs", "Okul çıkışında altı köpek çocukları kovalıyor", Place("Parsana", "Selçuklu", landmark="okul önü")),
    ("playground", "Salıncağın zinciri kopuk, bir çocuk düştü", Place("Hocacihan", "Selçuklu", "Lale Sokak")),
    ("sewage", "Rögar taştı, sokağa pis su akıyor", Place("Akşemsettin", "Selçuklu", "Çınar Sokak")),
    ("noise", "Gece on ikiden sonra düğün salonundan müzik geliyor", Place("Feritpaşa", "Selçuklu", "Atlas Sokak")),
    ("tree_care", "Ağacın dalı elektrik teline değiyor", Place("Nişantaş", "Selçuklu", "Huzur Sokak")),
    ("parking", "Engelli rampasının önüne hep araba bırakılıyor", Place("Musalla Bağları", "Selçuklu", "Belh Caddesi")),
    ("street_cleaning", "Pazar kurulduktan sonra sokak süpürülmüyor", Place("Işıklar", "Selçuklu", "Pazar Sokak")),
)
TALKS = (
    ("telegram", "Elif Aydın", ("merhaba", "yazır gül sokakta çöp konteyneri taştı üç gündür alınmadı", "geç", "evet")),
    ("web", "", ("bir görevliyle görüşmek istiyorum", "telefonum 0532 000 11 22, memur bana bağırdı")),
    (
        "telegram",
        "Mehmet Kaya",
        ("apartmanda çok keskin gaz kokusu var çocuklar içeride", "Sancak Mahallesi Vatan Caddesi 12"),
    ),
    ("x_dm", "Zeynep Ç.", ("Bosna'da Elvan sokakta lambalar yanmıyor", "geç", "evet")),
    ("telegram", "Hasan Usta", ("asdf", "hmm", "öyle değil ya")),
    ("web", "", ("zabıta memuru rüşvet istedi dükkanımda, Feritpaşa Mahallesi Atlas Sokak", "evet")),
    ("telegram", "John", ("Hello, I need help with my water bill please",)),
)


@dataclass(frozen=True)
class Shot:
    name: str
    path: str
    wide: bool = True
    narrow: bool = False
    dark: bool = False
    full: bool = False


def _stage(folder: Path) -> Stage:
    settings = load_settings()
    municipality = municipality_of(settings.municipality)
    finder = InformationFinder(municipality.information)
    start = NOW - timedelta(days=9)
    return Stage.at(folder / "day.db", load_engine(settings), municipality, start, find_information=finder.find)


def _week(stage: Stage, chance: random.Random) -> None:
    """Nine days of requests, most of them worked on."""
    for day in track(range(9), "Playing nine days"):
        for _ in range(chance.randint(9, 16)):
            stage.clock.advance(timedelta(minutes=chance.randint(20, 70)))
            _file(stage, chance)
        _work(stage, chance, day)
        stage.clock.advance(NOW - timedelta(days=8 - day) - stage.clock.now())


def _file(stage: Stage, chance: random.Random) -> None:
    service, text, place = chance.choice(REPORTS)
    channel = chance.choices(("telegram", "web", "x_dm"), (5, 3, 2))[0]
    account = f"{channel}-{chance.randint(1, 400)}"
    place = replace(place, latitude=37.87 + chance.random() * 0.09, longitude=32.42 + chance.random() * 0.12)
    event = stage.event(channel, account, text=text, display_name="Örnek Yurttaş")
    with stage.database.writes() as uow:
        conversation = uow.conversations.of_event(event, stage.clock.now())
        assert conversation.id is not None
        desk = RequestDesk(uow, stage.municipality, stage.clock.now(), SECRET.encode())
        filing = Filing(f"day:{event.event_id}", service, Kind.COMPLAINT, text, place, urgent=chance.random() < 0.06)
        desk.file(filing, conversation.citizen_id, conversation.id, channel)
        uow.commit()


def _work(stage: Stage, chance: random.Random, day: int) -> None:
    """What the directorates did that day."""
    with stage.database.writes() as uow:
        desk = RequestDesk(uow, stage.municipality, stage.clock.now(), SECRET.encode())
        for request in uow.requests.search(limit=60):
            _move(desk, request, chance)
        uow.commit()


def _move(desk: RequestDesk, request: Request, chance: random.Random) -> None:
    if request.status == Status.RECEIVED and chance.random() < 0.6:
        desk.change(request, Status.IN_PROGRESS, "staff:mehmet", notify=False)
    elif request.status == Status.IN_PROGRESS and chance.random() < 0.6:
        desk.change(request, Status.RESOLVED, "staff:mehmet", note="Ekibimiz yerinde giderdi.", notify=False)
        if request.citizen_id is not None and chance.random() < 0.6:
            desk.rate(request, request.citizen_id, chance.choices((5, 4, 3, 2), (6, 4, 2, 1))[0])


async def _talks(stage: Stage) -> None:
    """Conversations through the real dialogue; some of them end with a person."""
    for number, (channel, name, lines) in enumerate(TALKS):
        for line in lines:
            await stage.play(
                stage.event(channel, f"talk-{number}", EventKind.TEXT, text=line, display_name=name or None)
            )
        stage.clock.advance(timedelta(minutes=4))


def _people(stage: Stage) -> None:
    with stage.database.writes() as uow:
        desk = StaffDesk(uow, stage.clock.now())
        for username, name, role, unit in (
            ("ayse", "Ayşe Demir", Role.REVIEWER, None),
            ("mehmet", "Mehmet Öz", Role.UNIT_STAFF, "cleaning"),
            ("selin", "Selin Koç", Role.SUPERVISOR, None),
            ("yonetici", "Bilgi İşlem", Role.ADMINISTRATOR, None),
        ):
            known = unit if unit in stage.municipality.units else next(iter(stage.municipality.units))
            desk.enroll(username, name, role, PASSWORD, known if unit else None)
        items = uow.reviews.open_items()
        if len(items) > 2 and items[-1].id is not None:
            ReviewDesk(uow, stage.municipality, stage.clock.now()).take(items[-1].id, "selin")
        uow.commit()


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
    worked = next(request for request in newest if request.status == Status.RESOLVED)
    return [
        Shot("login", "/masa/giris"),
        Shot("queue", "/masa/kuyruk", narrow=True, dark=True),
        Shot("conversation", f"/masa/gorusme/{held.id}", narrow=True, dark=True),
        Shot("urgent", f"/masa/gorusme/{urgent.id}"),
        Shot("requests", "/masa/basvurular", narrow=True),
        Shot("board", "/masa/basvurular/pano", dark=True),
        Shot("request", f"/masa/basvurular/{worked.tracking_no}", narrow=True, full=True),
        Shot("print", f"/masa/basvurular/{worked.tracking_no}/yazdir"),
        Shot("map", "/masa/harita", narrow=True),
        Shot("figures", "/masa/gostergeler", narrow=True, dark=True, full=True),
        Shot("incidents", "/masa/kesintiler"),
        Shot("canned", "/masa/yanitlar"),
        Shot("people", "/masa/kisiler"),
        Shot("audit", "/masa/denetim"),
        Shot("account", "/masa/hesabim"),
    ]


def _log_in(page: Page) -> None:
    page.goto("/masa/giris")
    page.fill("input[name=username]", "yonetici")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_load_state("load")


def _keep(page: Page, name: str, full: bool) -> None:
    picture = Image.open(io.BytesIO(page.screenshot(full_page=full))).convert("RGB")
    picture.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        TARGET / f"{name}.png", optimize=True
    )


def main() -> None:
    if CHROMIUM is None:
        sys.exit("no Chromium on this machine (apt-get install chromium)")
    TARGET.mkdir(parents=True, exist_ok=True)
    chance = random.Random(26)
    with tempfile.TemporaryDirectory() as scratch:
        stage = _stage(Path(scratch))
        _week(stage, chance)
        asyncio.run(_talks(stage))
        _people(stage)
        with _served(stage, Path(scratch)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            shots = _shots(stage)
            for suffix, wanted, size, scheme in (
                ("", lambda shot: shot.wide, (1280, 860), "light"),
                ("-phone", lambda shot: shot.narrow, (390, 844), "light"),
                ("-dark", lambda shot: shot.dark, (1280, 860), "dark"),
            ):
                context = browser.new_context(
                    viewport={"width": size[0], "height": size[1]},
                    color_scheme=scheme,
                    base_url=address,
                    locale="tr-TR",
                    timezone_id="Europe/Istanbul",
                )
                page = context.new_page()
                for shot in track([shot for shot in shots if wanted(shot)], f"Pictures{suffix}"):
                    if (
                        shot.name != "login"
                        and not page.url.startswith(address + "/masa")
                        or page.url.endswith("giris")
                    ):
                        _log_in(page)
                    response = page.goto(shot.path)
                    if response is None or response.status >= 400:
                        print(f"{shot.path}: {response.status if response else 'no answer'}", file=sys.stderr)
                        continue
                    page.wait_for_timeout(500)
                    _keep(page, shot.name + suffix, shot.full)
                context.close()
            browser.close()
    print(f"{len(os.listdir(TARGET))} pictures in {TARGET}")


if __name__ == "__main__":
    main()
