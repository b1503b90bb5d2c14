"""An example day of the desk, after a month of work: made up, played through the real system, the same each time."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.bootstrap.dialogue import load_engine
from bot.bootstrap.wiring import municipality_of
from bot.config import load_settings
from bot.domain.conversation import ReviewReason
from bot.domain.messages import EventKind, Message, OutboxKind, Reply
from bot.domain.publicity import Category
from bot.domain.requests import Filing, Kind, Place, Request, Status
from bot.domain.staff import Role
from bot.nlu.information import InformationFinder
from bot.ports import UnitOfWork
from bot.rehearsal.stage import Stage
from bot.service.accounts import Accounts
from bot.service.canned import CannedDesk
from bot.service.incidents import IncidentDesk
from bot.service.publicity import About, PublicDesk
from bot.service.replying import ANSWERED
from bot.service.requests import RequestDesk
from bot.service.reviews import ReviewDesk
from bot.service.staff import StaffDesk

PASSWORD = "kavak yelleri eser"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SECRET = "p" * 32
DAYS = 30

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
MIDDLES = {
    "Yazır": (37.939, 32.457),
    "Bosna Hersek": (37.984, 32.521),
    "Sancak": (37.928, 32.478),
    "Parsana": (37.912, 32.511),
    "Hocacihan": (37.884, 32.437),
    "Akşemsettin": (37.917, 32.493),
    "Feritpaşa": (37.889, 32.499),
    "Nişantaş": (37.897, 32.478),
    "Musalla Bağları": (37.901, 32.523),
    "Işıklar": (37.909, 32.453),
}
"""Where the neighbourhoods of the example lie, roughly."""
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


def example_day(folder: Path) -> Stage:
    """The stage at that moment; needs a trained model. PASSWORD lets yonetici, selin, ayse and mehmet in."""
    stage = _stage(folder)
    _month(stage, random.Random(26))
    asyncio.run(_talks(stage))
    _people(stage)
    return stage


def _stage(folder: Path) -> Stage:
    settings = load_settings()
    municipality = municipality_of(settings.municipality)
    finder = InformationFinder(municipality.information)
    start = NOW - timedelta(days=DAYS)
    return Stage.at(folder / "day.db", load_engine(settings), municipality, start, find_information=finder.find)


def _month(stage: Stage, chance: random.Random) -> None:
    """Requests of the days before, most of them worked on; some conversations came to a person, who answered."""
    for day in range(DAYS):
        quiet = (NOW - timedelta(days=DAYS - day)).weekday() > 4
        for number in range(chance.randint(3, 6) if quiet else chance.randint(8, 15)):
            stage.clock.advance(timedelta(minutes=chance.randint(20, 55)))
            conversation = _file(stage, chance)
            if number % 4 == 0:
                _answer(stage, chance, conversation)
        _work(stage, chance)
        stage.clock.advance(NOW - timedelta(days=DAYS - 1 - day) - stage.clock.now())


def _file(stage: Stage, chance: random.Random) -> int:
    service, text, place = chance.choice(REPORTS)
    channel = chance.choices(("telegram", "web", "x_dm"), (5, 3, 2))[0]
    account = f"{channel}-{chance.randint(1, 400)}"
    latitude, longitude = MIDDLES[place.neighbourhood or ""]
    place = replace(place, latitude=chance.gauss(latitude, 0.004), longitude=chance.gauss(longitude, 0.005))
    event = stage.event(channel, account, text=text, display_name="Örnek Yurttaş")
    with stage.database.writes() as uow:
        conversation = uow.conversations.of_event(event, stage.clock.now())
        assert conversation.id is not None
        desk = RequestDesk(uow, stage.municipality, stage.clock.now(), SECRET.encode())
        filing = Filing(f"day:{event.event_id}", service, Kind.COMPLAINT, text, place, urgent=chance.random() < 0.06)
        desk.file(filing, conversation.citizen_id, conversation.id, channel)
        uow.conversations.say(Message(conversation.id, "in", "citizen", text, stage.clock.now()))
        uow.commit()
    return conversation.id


def _answer(stage: Stage, chance: random.Random, conversation_id: int) -> None:
    """The conversation came to the team, and somebody answered after a while."""
    reasons = (ReviewReason.ASKED_FOR_PERSON, ReviewReason.NOT_UNDERSTOOD, ReviewReason.LOW_CONFIDENCE)
    with stage.database.writes() as uow:
        conversation = uow.conversations.lock(conversation_id)
        item = ReviewDesk(uow, stage.municipality, stage.clock.now()).open(
            chance.choices(reasons, (5, 2, 3))[0], conversation, summary="Vatandaş bir görevliyle görüşmek istedi"
        )
        uow.flush()
        later = stage.clock.now() + timedelta(minutes=chance.randint(3, 40))
        desk = ReviewDesk(uow, stage.municipality, later)
        desk.reply(item.id or 0, "ayse", "Merhaba, iletinizi okudum; birime bildirdim, sonucunu yazacağım.")
        desk.close(item.id or 0, "ayse", ANSWERED)
        desk.release(item.id or 0, "ayse")
        uow.commit()


def _work(stage: Stage, chance: random.Random) -> None:
    """What the directorates did that day."""
    with stage.database.writes() as uow:
        desk = RequestDesk(uow, stage.municipality, stage.clock.now(), SECRET.encode())
        for request in uow.requests.search(limit=120):
            _move(desk, request, chance)
        uow.commit()


def _move(desk: RequestDesk, request: Request, chance: random.Random) -> None:
    if request.status == Status.RECEIVED and chance.random() < 0.85:
        desk.change(request, Status.IN_PROGRESS, "staff:mehmet", notify=False)
    elif request.status == Status.IN_PROGRESS and chance.random() < 0.7:
        desk.change(request, Status.RESOLVED, "staff:mehmet", note="Ekibimiz yerinde giderdi.", notify=False)
        if request.citizen_id is not None and chance.random() < 0.6:
            desk.rate(request, request.citizen_id, chance.choices((5, 4, 3, 2), (6, 4, 2, 1))[0])
    elif request.status == Status.RESOLVED and chance.random() < 0.01:
        desk.reopen(request, f"citizen:{request.citizen_id}", "Bugün yine aynı durumda")


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
        newest = max(uow.reviews.open_items(), key=lambda item: item.id or 0)
        ReviewDesk(uow, stage.municipality, stage.clock.now()).take(newest.id or 0, "selin")
        _draft(uow, stage)
        _notices(uow, stage)
        uow.commit()


def _draft(uow: UnitOfWork, stage: Stage) -> None:
    """A public post whose answer waits for a person's yes; the stage itself would send it at once."""
    now, town = stage.clock.now(), municipality_of(load_settings().municipality)
    text = "@selcuklubeltr Bosna Hersek'te Elvan Sokak'ta lambalar üç gündür yanmıyor"
    event = stage.event("x_mention", "zeynep", text=text, display_name="Zeynep Ç.")
    conversation = uow.conversations.of_event(event, now)
    uow.conversations.say(Message(conversation.id or 0, "in", "citizen", text, now))
    uow.flush()
    answer = Reply("Bilgi için teşekkürler, ekibe iletiyoruz. Adresi özel mesajla yazar mısınız?", public=True)
    about = About(Category.REPORT, "Sokak lambası, Bosna Hersek Mahallesi: lambalar üç gündür yanmıyor")
    PublicDesk(uow, town, now).answer(conversation, answer, "day:draft", OutboxKind.REPLY, about)


def _notices(uow: UnitOfWork, stage: Stage) -> None:
    """An incident that is known, one that is over, a reply that the team keeps, an open invitation."""
    now = stage.clock.now()
    early = IncidentDesk(uow, stage.municipality, now - timedelta(hours=20))
    over = early.announce(
        "water_outage", ["Parsana"], "Parsana'da su kesintisi biliniyor.", now + timedelta(hours=1), "selin"
    )
    incidents = IncidentDesk(uow, stage.municipality, now)
    incidents.end(over.id or 0, "selin")
    until = now + timedelta(hours=5)
    text = "Bosna Hersek'te elektrik arızası biliniyor; ekipler çalışıyor, akşama kadar giderilmesi bekleniyor."
    incidents.announce("power_outage", ["Bosna Hersek"], text, until, "selin")
    reply = "Merhaba {ad}, {no:-i} ekibimize ilettik; {mahalle:-de} çalışıyorlar."
    canned = CannedDesk(uow, stage.municipality, now)
    canned.save(None, title="Birime iletildi, çalışılıyor", text=reply, service="", status="", staff="ayse")
    Accounts(uow, stage.municipality, now, "staff:yonetici").invite(Role.REVIEWER, None, "yeni@ornek.tr")
