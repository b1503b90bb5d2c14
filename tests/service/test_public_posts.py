"""Public posts through real turns: answered once an event, continued in private, filed when nobody writes."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.channels.fake import FakeChannel
from bot.clock import ManualClock
from bot.db.tables import conversations, messages, outbox
from bot.db.unit_of_work import SqlUnitOfWork
from bot.delivery.sweeping import sweep
from bot.delivery.worker import DeliveryWorker
from bot.domain.conversation import ReviewItem, ReviewReason
from bot.domain.messages import EventKind, FileRef, IncomingEvent
from bot.domain.publicity import ALL_AUTOMATIC, MOST_WEIGHT, Category, Publicity, Rule
from bot.domain.requests import Kind, Place, Request, Status
from bot.domain.understanding import Act, Problem, Scored, Understanding
from bot.domain.weighing import weight
from bot.engine.scripted import ScriptedEngine
from bot.errors import Unreachable
from bot.municipality import Municipality
from bot.ports import UnitOfWorkFactory
from bot.service.public_posts import read_post
from bot.service.publicity import PublicDesk
from bot.service.receiving import Receiver
from bot.service.requests import RequestDesk
from bot.service.reviews import ReviewDesk
from bot.service.texts import Texts
from bot.service.turn import TurnWorker
from tests.support import report, selcuklu, understood

START = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)
KOSOVA, G = Place("Kosova", "Selçuklu"), "general"
YAZIR, STREET = Place("Yazır", "Selçuklu"), Place("Yazır", "Selçuklu", street="Gül Sokak")
KNOWN: dict[str, Understanding] = {
    "@SelcukluBelediyesi Yazır'da çöp taştı": report("çöp", place=YAZIR),
    "@SelcukluBelediyesi çöp taştı, 0532 111 22 33": report("çöp", phone="05321112233"),
    "@SelcukluBelediyesi Yazır Gül Sokak'ta konteyner taştı 0532 111 22 33": report("çöp", place=STREET),
    "@SelcukluBelediyesi Gül Sokak": understood("Gül Sokak", Act.ADD_INFORMATION, place=Place(street="Gül Sokak")),
    "Gül Sokak": understood("Gül Sokak", Act.ADD_INFORMATION, place=Place(street="Gül Sokak")),
    "Yazır'da elektrik yok": report("elektrik", "power_outage", place=YAZIR),
    "kaldırım çökmüş Yazır'da": report("kaldırım", "sidewalk", place=YAZIR),
    "Kosova'da çöp taştı": report("çöp", place=KOSOVA),
    "Kosova'da kaldırım çökmüş": report("kaldırım", "sidewalk", place=KOSOVA),
    "çöp taştı ve kaldırım çökmüş, Yazır": replace(
        report("çöp", place=YAZIR),
        problems=(
            Problem("çöp taştı", (Scored("waste_container", 0.95),)),
            Problem("kaldırım çökmüş", (Scored("sidewalk", 0.95),)),
        ),
    ),
    "çöp taştı": report("çöp taştı"),
    "kaldırım çökmüş": report("kaldırım çökmüş", "sidewalk"),
    "Yazır'da yola kablo sarkıyor": report("kablo", "street_light", place=YAZIR, urgent=True, danger="electricity"),
    "Yazır Gül Sokak'ta ağaç üstümüze devriliyor": report("ağaç", "tree_care", place=STREET, urgent=True, danger=G),
    "ağaç üstümüze devriliyor": report("ağaç", "tree_care", urgent=True, danger=G),
    "burada gaz kokusu var": understood("burada gaz kokusu var", Act.ADD_INFORMATION),
    "vazgeç": understood("vazgeç", Act.CANCEL_REQUEST),
    "geç": understood("geç", Act.SKIP),
    "yangın var": understood("yangın var", Act.EMERGENCY, danger="fire", place=YAZIR),
    "kaçta açılıyor": understood("kaçta açılıyor", Act.ASK_INFORMATION),
    "elinize sağlık": understood("elinize sağlık", Act.THANK),
    "hepiniz salaksınız": understood("hepiniz salaksınız", Act.ABUSIVE),
    "evet": understood("evet", Act.AFFIRM),
    "merhaba": understood("merhaba", Act.GREET),
}


@dataclass
class Square:
    """X, where everybody writes, and the municipality's desk behind it."""

    engine: Engine
    uows: UnitOfWorkFactory
    municipality: Municipality
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))

    def __post_init__(self) -> None:
        self._number = 0
        self.channels = {name: FakeChannel(name) for name in ("x_mention", "x_dm", "telegram", "alert")}
        self.receiver = Receiver(self.uows, self.clock, 0.0)
        reads = lambda: SqlUnitOfWork(self.engine, write=False)  # noqa: E731
        self.turns = TurnWorker(
            self.uows, reads, ScriptedEngine(KNOWN), self.municipality, self.clock, "secret", gather_seconds=0.0
        )
        self.delivery = DeliveryWorker(self.uows, self.channels, self.clock, self.municipality, random.Random(1))

    def says(
        self, text: str, who: str = "ayse", channel: str = "x_mention", at_once: bool = True, **more: Any
    ) -> list[str]:
        """A citizen writes; what X showed meanwhile on this channel. Not `at_once`: it waits with what comes next."""
        self._number += 1
        address = {"post_id": str(self._number), "url": f"https://x.com/{who}/status/{self._number}"}
        event = IncomingEvent(
            channel, more.pop("event_id", str(self._number)), who, more.pop("thread", who), EventKind.TEXT,
            self.clock.now(), sequence=self._number, text=text, address=address, public=channel == "x_mention",
            message_ref=more.pop("message_ref", str(self._number)), **more,
        )  # fmt: skip
        before = len(self.channels[channel].sent)
        self.receiver.receive(event)
        if at_once:
            self.settle()
        return self.channels[channel].texts[before:]

    def settle(self) -> None:
        asyncio.run(self._settle())

    async def _settle(self) -> None:
        for _ in range(4):
            await self.turns.drain()
            await self.delivery.drain()

    def wait(self, hours: float) -> None:
        self.clock.advance(timedelta(hours=hours))
        with self.uows() as uow:
            sweep(uow, self.municipality, self.clock.now(), b"secret")
            uow.commit()
        self.settle()

    def deletes(self, number: int, who: str = "ayse", **more: Any) -> None:
        """The post of this number is taken back by its author."""
        self.says("", who, edits=str(number), message_ref=str(number), event_id=f"deleted:{number}", **more)

    def alerts(self) -> list[str]:
        return self.channels["alert"].texts

    def hand_over(self, thread: int = 1) -> None:
        """A person has the conversation from now on."""
        with self.uows() as uow:
            found = uow.conversations.lock(thread)
            assert found is not None
            desk = ReviewDesk(uow, self.municipality, self.clock.now())
            desk.open(ReviewReason.BY_STAFF, found, handover=True)
            desk.hand_over(found, self.clock.now() + timedelta(hours=24))
            uow.commit()

    def items(self) -> list[ReviewItem]:
        with self.uows() as uow:
            return list(uow.reviews.open_items())

    def requests(self) -> list[Request]:
        with self.uows() as uow:
            return list(uow.requests.search(limit=100))

    def notes(self, request: Request) -> list[str | None]:
        with self.uows() as uow:
            return [note.text for note in uow.requests.notes(request.id or 0)]

    def approve(self, item: ReviewItem) -> None:
        with self.uows() as uow:
            PublicDesk(uow, self.municipality, self.clock.now()).approve(item.id or 0, "ece")
            uow.commit()
        self.settle()

    def resolve(self, request: Request) -> None:
        with self.uows() as uow:
            found = uow.requests.get(request.id or 0, lock=True)
            assert found is not None
            desk = RequestDesk(uow, self.municipality, self.clock.now(), b"secret")
            desk.change(found, Status.RESOLVED, "staff:ece", note="Ali Bey'in kapısı önü temizlendi")
            uow.commit()
        self.settle()

    def said(self, key: str, **data: str) -> bool:
        """Whether the last public answer is one of the wordings of a text."""
        texts, variants = Texts(self.municipality), range(len(self.municipality.texts[key]))
        return self.public[-1] in [texts(key, variant, **data) for variant in variants]

    @property
    def public(self) -> list[str]:
        return self.channels["x_mention"].texts


def town(**rules: Any) -> Municipality:
    return replace(selcuklu(), publicity=replace(selcuklu().publicity, **rules))


@pytest.fixture
def square(engine: Engine, uows: UnitOfWorkFactory) -> Square:
    """Where everything goes out automatically."""
    return Square(engine, uows, town(modes=ALL_AUTOMATIC))


@pytest.fixture
def careful(engine: Engine, uows: UnitOfWorkFactory) -> Square:
    """Where the team approves every answer."""
    return Square(engine, uows, town(modes={}))


# -- the answer
def test_a_report_is_answered_once_without_anything_personal(square: Square, engine: Engine) -> None:
    [answer] = square.says("@SelcukluBelediyesi Yazır Gül Sokak'ta konteyner taştı 0532 111 22 33")
    assert "Yazır" in answer and "DM" in answer and "silin" in answer
    assert "Gül" not in answer and "532" not in answer
    with engine.connect() as connection:
        kept = connection.execute(select(messages.c.text).where(messages.c.direction == "in")).scalar_one()
    assert "[telefon]" in kept and "532" not in kept


def test_what_another_body_does_is_said_so(square: Square) -> None:
    [answer] = square.says("Yazır'da elektrik yok")
    assert "MEDAŞ" in answer and "186" in answer
    square.wait(7)
    assert square.requests() == []


def test_danger_is_answered_with_112_and_shown(square: Square) -> None:
    assert "112" in square.says("yangın var")[0]
    assert [item.reason for item in square.items()] == [ReviewReason.URGENT]


def test_ten_posts_on_one_event_become_one_item_with_a_count_and_not_ten_answers(careful: Square) -> None:
    for number in range(10):
        assert careful.says("@SelcukluBelediyesi Yazır'da çöp taştı", f"kişi{number}") == []
        careful.clock.advance(timedelta(minutes=5))
    [item] = careful.items()
    assert (item.reason, item.count) == (ReviewReason.PUBLIC_ANSWER, 10)
    careful.approve(item)
    assert len(careful.public) == 1
    careful.says("@SelcukluBelediyesi Yazır'da çöp taştı", "kişi11")
    [later] = careful.items()
    assert (later.reason, later.count) == (ReviewReason.PUBLIC_POST, 11)


def test_of_automatic_answers_too_one_event_gets_one(square: Square) -> None:
    for number in range(4):
        square.says("@SelcukluBelediyesi Yazır'da çöp taştı", f"kişi{number}")
    assert len(square.public) == 1
    [item] = square.items()
    assert (item.reason, item.count) == (ReviewReason.PUBLIC_POST, 4)
    square.clock.advance(timedelta(minutes=61))
    assert len(square.says("@SelcukluBelediyesi Yazır'da çöp taştı", "kişi9")) == 1


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("@ahmet sen git işine, @SelcukluBelediyesi de görsün", Category.QUARREL),
        ("@SelcukluBelediyesi seçim gelince hatırlarsınız", Category.POLITICS),
        ("@SelcukluBelediyesi #parkima #dokunma #imza atıyoruz", Category.CAMPAIGN),
        ("hepiniz salaksınız", Category.ABUSE),
        ("elinize sağlık", Category.PRAISE),
        ("kaçta açılıyor", Category.QUESTION),
        ("@SelcukluBelediyesi asdf", Category.OTHER),
    ],
)
def test_what_a_post_is(text: str, category: Category) -> None:
    u = KNOWN.get(text, Understanding(text, Act.OUT_OF_SCOPE, 1.0))
    assert read_post(text, u, selcuklu()).category is category


def test_a_clear_report_is_one_whatever_else_it_says() -> None:
    text = "@ahmet @mehmet bak seçimden beri Yazır'da çöp duruyor"
    assert read_post(text, report(text, place=YAZIR), selcuklu()).category is Category.REPORT


def test_thanks_with_a_place_are_praise() -> None:
    u = Understanding("x", Act.REPORT, 0.9, problems=(Problem("x", (Scored("park_maintenance", 0.9),), Kind.THANKS),))
    assert read_post("x", u, selcuklu()).category is Category.PRAISE


@pytest.mark.parametrize(("text", "rule"), [("hepiniz salaksınız", "abuse"), ("asdf", "other")])
def test_what_is_not_answered_goes_where_the_rule_says(
    engine: Engine, uows: UnitOfWorkFactory, text: str, rule: str
) -> None:
    desk = Square(engine, uows, town(rules={Category(rule): Rule.DESK}))
    assert desk.says(text) == []
    assert len(desk.items()) == 1
    archive = Square(engine, uows, town(rules={Category(rule): Rule.ARCHIVE}))
    assert archive.says(text, "can", event_id="z") == []
    assert len(archive.items()) == 1


def test_praise_is_thanked_only_where_it_is_configured(engine: Engine, uows: UnitOfWorkFactory) -> None:
    assert Square(engine, uows, town(modes=ALL_AUTOMATIC)).says("elinize sağlık") == []
    thankful = Square(engine, uows, town(modes=ALL_AUTOMATIC, thanks=True))
    assert len(thankful.says("elinize sağlık", "can", event_id="z")) == 1
    assert thankful.said("public_thanks")


# -- one matter in public and in private
def test_the_private_message_goes_on_with_the_public_report(square: Square, engine: Engine) -> None:
    photo = FileRef("photo", "foto.jpg", "image/jpeg", size=9, sha256="a" * 64)
    square.says("@SelcukluBelediyesi Yazır'da çöp taştı", files=(photo,))
    [asked] = square.says("Gül Sokak", channel="x_dm")
    assert "Gül Sokak" in asked
    [filed] = square.says("evet", channel="x_dm")
    [request] = square.requests()
    assert (request.neighbourhood, request.street, request.channel) == ("Yazır", "Gül Sokak", "x_dm")
    assert request.tracking_no in filed
    assert "https://x.com/ayse/status/1" in square.notes(request)
    with square.uows() as uow:
        assert [file.sha256 for file in uow.requests.attachments_of(request.id or 0)] == ["a" * 64]
    with engine.connect() as connection:
        rows = connection.execute(select(conversations.c.channel, conversations.c.continues_id)).all()
    assert ("x_dm", 1) in [tuple(row) for row in rows]
    square.wait(7)
    assert len(square.requests()) == 1


def test_the_solution_is_told_in_private_with_words_and_in_the_thread_without(square: Square) -> None:
    square.says("@SelcukluBelediyesi Yazır'da çöp taştı")
    square.says("Gül Sokak", channel="x_dm")
    square.says("evet", channel="x_dm")
    [request] = square.requests()
    square.resolve(request)
    told = square.channels["x_dm"].texts[-1]
    assert request.tracking_no in told and "Ali Bey" in told
    shown = square.public[-1]
    assert request.tracking_no not in shown and "Ali" not in shown and "teşekkür" in shown


def test_a_private_report_of_something_else_leaves_the_public_one_waiting(square: Square) -> None:
    square.says("@SelcukluBelediyesi Yazır'da çöp taştı")
    square.says("kaldırım çökmüş Yazır'da", channel="x_dm")
    with square.uows() as uow:
        public, private = (uow.conversations.get(number) for number in (1, 2))
    assert public is not None and private is not None
    assert public.draft is not None and public.draft.service == "waste_container"
    assert private.draft is not None and private.draft.service == "sidewalk"


def test_a_stranger_s_private_message_does_not_get_the_thread(square: Square) -> None:
    square.says("@SelcukluBelediyesi Yazır'da çöp taştı", "ayse")
    square.says("merhaba", "can", channel="x_dm")
    with square.uows() as uow:
        private = uow.conversations.get(2)
    assert private is not None and private.drafts == () and private.continues_id is None


# -- nobody writes in private
def test_without_a_private_message_it_is_filed_from_the_public_text(square: Square) -> None:
    square.says("@SelcukluBelediyesi Yazır Gül Sokak'ta konteyner taştı 0532 111 22 33")
    square.wait(5)
    assert square.requests() == []
    square.wait(2)
    [request] = square.requests()
    assert (request.street, request.channel, request.status) == ("Gül Sokak", "x_mention", Status.RECEIVED)
    assert "532" not in request.description and "@" not in request.description
    assert square.said("public_filed") and "SLC" not in square.public[-1]
    square.resolve(request)
    assert "teşekkür" in square.public[-1] and "SLC" not in square.public[-1]


def test_where_is_unknown_a_person_looks(square: Square) -> None:
    square.says("@SelcukluBelediyesi çöp taştı, 0532 111 22 33")
    square.wait(7)
    assert square.requests() == []
    [item] = square.items()
    assert item.reason == ReviewReason.PUBLIC_POST and "532" not in item.summary


def test_what_is_added_in_the_thread_completes_the_report(square: Square) -> None:
    square.says("@SelcukluBelediyesi Yazır'da çöp taştı")
    assert square.says("@SelcukluBelediyesi Gül Sokak") == []
    square.wait(7)
    assert [request.street for request in square.requests()] == ["Gül Sokak"]


def test_several_who_reported_the_same_follow_one_request(square: Square) -> None:
    for who in ("ayse", "can", "ece"):
        square.says("@SelcukluBelediyesi Yazır Gül Sokak'ta konteyner taştı 0532 111 22 33", who)
    square.wait(7)
    [request] = square.requests()
    with square.uows() as uow:
        assert len(uow.requests.followers(request.id or 0)) == 2
    hints = [answer for answer in square.public if "silin" in answer and "DM" not in answer]
    assert len(hints) == 2  # nobody's number is to stand there; all else is said to the first one
    assert len(square.public) == 4  # the invitation and 'kayda aldık'


def test_a_deleted_post_is_followed(careful: Square, engine: Engine) -> None:
    careful.says("@SelcukluBelediyesi Yazır'da çöp taştı")
    [item] = careful.items()
    careful.deletes(1)
    assert careful.items() == []
    with engine.connect() as connection:
        states = connection.execute(select(outbox.c.state).where(outbox.c.id == item.outbox_id)).scalars().all()
    assert states == ["withdrawn"]
    careful.wait(7)
    assert careful.requests() == []


def test_an_edited_post_changes_what_is_filed(square: Square) -> None:
    square.says("@SelcukluBelediyesi Yazır'da çöp taştı")
    assert square.says("kaldırım çökmüş Yazır'da", edits="1", message_ref="1") == []
    square.wait(7)
    [request] = square.requests()
    assert (request.service, request.description) == ("sidewalk", "kaldırım çökmüş Yazır'da")


def test_closed_messages_lead_to_one_short_public_answer(square: Square) -> None:
    square.says("@SelcukluBelediyesi Yazır'da çöp taştı")
    square.channels["x_dm"].fail_next(Unreachable("closed"))
    square.says("merhaba", channel="x_dm")
    assert square.said("public_dm_closed", website=square.municipality.website)
    said = len(square.public)
    square.channels["x_dm"].fail_next(Unreachable("closed"))
    square.says("merhaba", channel="x_dm")
    assert len(square.public) == said


def test_every_public_text_passes_its_own_guard_for_every_place_and_body() -> None:
    municipality = selcuklu()
    texts, desk = Texts(municipality), PublicDesk(None, municipality, START)  # type: ignore[arg-type]  # asks no database
    keys = [key for key in municipality.texts if key.startswith("public_") and key != "public_number"]
    assert len(keys) > 8
    filled = [
        texts(
            key, variant, neighbourhood=name, body=body.name, phone=texts.phone_of(body), website=municipality.website
        )
        for key in keys
        for variant in range(len(municipality.texts[key]))
        for name in (municipality.neighbourhoods if "known" in key else ("",))
        for body in (municipality.bodies.values() if "body" in key else (municipality.bodies["kbb"],))
    ]
    for text in filled:
        whole = f"{text} {texts('public_personal')}"
        assert desk.problem(whole) is None, whole
        assert weight(whole) <= MOST_WEIGHT, whole


def test_the_rules_have_defaults() -> None:
    assert Publicity().rule(Category.ABUSE) is Rule.DESK
    assert Publicity().rule(Category.POLITICS) is Rule.ARCHIVE
