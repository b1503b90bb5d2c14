"""Erasure reaches every row and file; what is counted, and what the law keeps, stays."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from bot.bootstrap.wiring import Database
from bot.channels.files import DiskFiles
from bot.clock import ManualClock
from bot.db.mapping import metadata
from bot.db.tables import attachments, citizens, followers, messages, requests, review_items
from bot.delivery.retention import RetentionKeeper
from bot.domain.conversation import ReviewReason
from bot.domain.messages import EventKind, FileRef
from bot.domain.privacy import WishKind
from bot.domain.requests import Request, Status
from bot.domain.retention import LegalRetention, Retention
from bot.domain.understanding import Act, Understanding
from bot.engine.scripted import ScriptedEngine
from bot.errors import UserError
from bot.municipality import Municipality
from bot.rehearsal.stage import MONDAY, Stage
from bot.service.privacy import PrivacyDesk
from bot.service.requests import RequestDesk
from bot.service.reviews import ReviewDesk
from tests.support import YAZIR, report, selcuklu, understood

PLACE = replace(YAZIR, street="Zümrüt Sokak", door_no="77", landmark="Zeliha fırınının yanı")
WORDS = {
    "zümrüdüanka konteyneri doldu": report(
        "zümrüdüanka konteyneri doldu", place=PLACE, phone="05321112233", confidence=0.9
    ),
    "zürafa yolu çukur": report("zürafa yolu çukur", "road_damage", place=replace(YAZIR, landmark="Zeliha fırını")),
    "zencefil yolu çukur": report("zencefil yolu çukur", "road_damage", place=YAZIR),
    "zerdali taslağı": report("zerdali taslağı", "noise"),
    "ek olarak zakkum kokuyor": understood("ek olarak zakkum kokuyor", Act.ADD_INFORMATION),
    "evet": understood("evet", Act.AFFIRM),
    "verilerimi silin": understood("verilerimi silin", Act.OUT_OF_SCOPE),
}
HERS = (
    "zümrüdüanka", "zürafa", "zerdali", "zakkum", "Zeliha", "zeliha", "05321112233", "Zümrüt", "zumrut", "zambak",
    "zeytin",
)  # fmt: skip


class Town:
    """A stage on either database, with files on disk and a keeper of retention."""

    def __init__(self, engine: Engine, folder: Path, municipality: Municipality) -> None:
        known: dict[str, Understanding] = dict(WORDS)
        self.stage = Stage(ScriptedEngine(known), municipality, Database(engine), ManualClock(MONDAY))
        self.files = DiskFiles(folder / "files")
        self.engine = engine
        self.keeper = RetentionKeeper(
            self.stage.database.writes, self.files, municipality, self.stage.clock, "this process"
        )

    def say(self, account: str, text: str, files: tuple[FileRef, ...] = ()) -> list[str]:
        event = self.stage.event("fake", account, EventKind.PHOTO if files else EventKind.TEXT, text=text, files=files)
        heard = asyncio.run(self.stage.play(replace(event, display_name=f"Bay {account.title()}")))
        return [message.reply.text for message in heard if message.account == account]

    def press(self, account: str, payload: str) -> None:
        asyncio.run(self.stage.play(self.stage.event("fake", account, EventKind.BUTTON, button=payload)))

    def photo(self, content: bytes) -> FileRef:
        sha256, size = self.files.put([content], 1000)
        return FileRef("photo", "zeliha.jpg", "image/jpeg", size=size, sha256=sha256)

    def file(self, account: str, text: str, files: tuple[FileRef, ...] = ()) -> Request:
        self.say(account, text, files)
        self.say(account, "evet")
        return self.newest()

    def newest(self) -> Request:
        with self.stage.database.reads() as uow:
            return uow.requests.search(limit=1)[0]

    def change(self, request: Request, after: Status, note: str | None = None) -> None:
        with self.stage.database.writes() as uow:
            found = uow.requests.get(request.id or 0, lock=True)
            assert found is not None
            desk = RequestDesk(uow, self.stage.municipality, self.stage.clock.now(), b"key")
            desk.change(found, after, "staff:can", note=note)
            uow.commit()
        asyncio.run(self.stage.settle())

    def citizen(self, account: str) -> int:
        with self.stage.database.reads() as uow:
            event = self.stage.event("fake", account)
            return uow.conversations.of_event(event, self.stage.clock.now()).citizen_id

    def wish(self, account: str) -> None:
        self.say(account, "verilerimi silin")
        self.say(account, "evet")

    def days(self, number: int) -> None:
        """Daily runs of the keeper, with deliveries in between."""
        for _ in range(number):
            self.stage.clock.advance(timedelta(days=1))
            self.keeper.once()
            asyncio.run(self.stage.settle())

    def everything(self) -> str:
        """All rows of all tables as text."""
        with self.engine.connect() as connection:
            return "\n".join(
                f"{table.name}: {row}" for table in metadata.sorted_tables for row in connection.execute(select(table))
            )

    def count(self, query: object) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())  # type: ignore[call-overload]  # any select of one number


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Town(engine, tmp_path, replace(selcuklu(), retention=Retention()))


def live(town: Town) -> Request:
    """Zeliha files, adds, follows, leaves a request to a follower, drafts, and is written to by staff."""
    own = town.file("zeliha", "zümrüdüanka konteyneri doldu", (town.photo(b"zambak"),))
    town.say("zeliha", "ek olarak zakkum kokuyor", (town.photo(b"zeytin"),))
    left = town.file("zeliha", "zürafa yolu çukur")
    town.say("can", "zencefil yolu çukur")
    town.press("can", f"same:{_key(town, 'can')}")
    with town.stage.database.writes() as uow:
        request = uow.requests.get(left.id or 0, lock=True)
        assert request is not None
        RequestDesk(uow, town.stage.municipality, town.stage.clock.now(), b"key").withdraw(request, "citizen:1")
        uow.commit()
    with town.stage.database.writes() as uow:
        conversation = uow.conversations.of_citizen(town.citizen("zeliha"))[0]
        reviews = ReviewDesk(uow, town.stage.municipality, town.stage.clock.now())
        item = reviews.open(ReviewReason.SENSITIVE, conversation, summary="zakkum der")
        uow.flush()
        reviews.reply(item.id or 0, "can", "Sayın Zeliha Hanım, geliyoruz.")
        uow.commit()
    asyncio.run(town.stage.settle())
    town.change(own, Status.RESOLVED, "Zeliha Hanım, boşalttık.")
    town.say("zeliha", "zerdali taslağı")
    return own


def _key(town: Town, account: str) -> str:
    with town.stage.database.reads() as uow:
        draft = uow.conversations.of_citizen(town.citizen(account))[0].draft
    assert draft is not None
    return draft.key


def test_after_erasure_no_word_of_the_citizen_is_left_in_any_table_or_file(town: Town, tmp_path: Path) -> None:
    own = live(town)
    before = town.everything()
    assert all(word in before for word in HERS if not word.startswith(("zambak", "zeytin")))
    town.wish("zeliha")
    town.days(3)
    after = town.everything()
    assert [word for word in HERS if word in after] == []
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    assert "zencefil" in after, "another citizen's words stay"
    assert town.newest().description == "zencefil yolu çukur", "and take the place of hers"
    assert town.count(select(func.count()).select_from(requests)) == 2
    with town.stage.database.reads() as uow:
        kept = uow.requests.by_number(own.tracking_no)
    assert kept is not None and (kept.service, kept.status, kept.citizen_id) == ("waste_container", "resolved", None)


def test_the_database_file_does_not_hold_the_words_either(town: Town, tmp_path: Path) -> None:
    if town.engine.dialect.name != "sqlite":
        pytest.skip("how PostgreSQL frees pages is VACUUM's matter")
    live(town)
    town.wish("zeliha")
    town.days(3)
    path = str(town.engine.url.database)
    town.engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = Path(path).read_bytes()
    assert [word for word in HERS if word.encode() in raw] == []


def test_the_citizen_is_told_before_the_account_goes_and_is_new_afterwards(town: Town) -> None:
    town.file("zeliha", "zümrüdüanka konteyneri doldu")
    town.change(town.newest(), Status.RESOLVED)
    town.wish("zeliha")
    first = town.citizen("zeliha")
    town.days(1)
    assert "siliniyor" in town.stage.heard[-1].reply.text
    assert town.citizen("zeliha") == first, "nothing is erased before the message arrived"
    town.days(1)
    assert town.citizen("zeliha") != first
    assert "yeni bir görüşme" in "".join(town.say("zeliha", "evet")) or town.citizen("zeliha") != first


def test_an_open_request_comes_first(town: Town) -> None:
    request = town.file("zeliha", "zümrüdüanka konteyneri doldu")
    replies = [*town.say("zeliha", "verilerimi silin"), *town.say("zeliha", "evet")]
    assert request.tracking_no in replies[-1]
    town.days(5)
    assert "zümrüdüanka" in town.everything()
    with town.stage.database.writes() as uow, pytest.raises(UserError, match="requests_open"):
        PrivacyDesk(uow, town.stage.municipality, town.stage.clock.now()).erase(town.citizen("zeliha"), "staff:can")
    town.change(request, Status.REJECTED)
    town.days(3)
    assert "zümrüdüanka" not in town.everything()


def test_a_wish_that_runs_late_is_looked_at(town: Town) -> None:
    town.file("zeliha", "zümrüdüanka konteyneri doldu")
    town.wish("zeliha")
    with town.stage.database.writes() as uow:
        for item in uow.reviews.open_items():
            ReviewDesk(uow, town.stage.municipality, town.stage.clock.now()).close(item.id or 0, "can", "görüldü")
        uow.commit()
    town.days(26)
    open_items = select(func.count()).select_from(review_items).where(review_items.c.state != "closed")
    assert town.count(open_items) == 0
    town.days(3)
    assert town.count(open_items.where(review_items.c.reason == "privacy")) == 1


def test_what_the_law_keeps_stays_whole_and_the_citizen_is_told(engine: Engine, tmp_path: Path) -> None:
    law = LegalRetention(("waste_container",), timedelta(days=3652), "çöp dosyaları")
    town = Town(engine, tmp_path, replace(selcuklu(), retention=Retention(by_law=(law,))))
    kept = town.file("zeliha", "zümrüdüanka konteyneri doldu", (town.photo(b"zambak"),))
    town.change(kept, Status.RESOLVED)
    gone = town.file("zeliha", "zürafa yolu çukur")
    town.change(gone, Status.RESOLVED)
    town.say("zeliha", "verilerimi silin")
    recorded = town.say("zeliha", "evet")[-1]
    assert f"çöp dosyaları ({kept.tracking_no}; 10 yıl)" in recorded
    town.days(3)
    text = town.everything()
    assert "zümrüdüanka" in text and "zürafa" not in text and "Bay Zeliha" not in text
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1
    town.stage.clock.advance(law.span)
    town.days(1)
    assert [word for word in HERS if word in town.everything()] == []


def test_what_was_kept_long_enough_is_anonymised_by_schedule(town: Town) -> None:
    request = town.file("zeliha", "zümrüdüanka konteyneri doldu")
    town.change(request, Status.RESOLVED)
    town.stage.clock.advance(timedelta(days=700))
    town.days(1)
    assert "Bay Zeliha" in town.everything()
    town.days(40)
    text = town.everything()
    assert "Bay Zeliha" not in text and "zakkum" not in text
    assert town.count(select(func.count()).select_from(messages).where(messages.c.text.is_not(None))) == 0
    assert "zümrüdüanka" in text, "the request is kept longer than the conversation"
    town.stage.clock.advance(timedelta(days=1100))
    town.days(1)
    assert [word for word in HERS if word in town.everything()] == []
    assert town.count(select(func.count()).select_from(requests)) == 1


def test_an_answer_that_came_after_years_reaches_the_citizen_before_the_conversation_is_forgotten(town: Town) -> None:
    request = town.file("zeliha", "zümrüdüanka konteyneri doldu")
    town.stage.clock.advance(timedelta(days=900))
    with town.stage.database.writes() as uow:
        found = uow.requests.get(request.id or 0, lock=True)
        assert found is not None
        now = town.stage.clock.now()
        RequestDesk(uow, town.stage.municipality, now, b"key").change(found, Status.RESOLVED, "staff:can")
        uow.commit()
    town.keeper.once()
    heard = asyncio.run(town.stage.settle())
    assert [message.account for message in heard] == ["zeliha"]


def test_who_writes_again_after_years_is_answered_whenever_the_keeper_runs(town: Town) -> None:
    town.say("zeliha", "merhaba")
    town.stage.clock.advance(timedelta(days=900))
    town.stage.receiver.receive(town.stage.event("fake", "zeliha", text="zürafa yolu çukur"))
    town.stage.clock.advance(timedelta(seconds=5))
    town.keeper.once()
    heard = asyncio.run(town.stage.settle())
    assert heard and {message.account for message in heard} == {"zeliha"}
    assert "zürafa" in town.everything()


def test_who_follows_an_open_request_still_follows_it_after_years(town: Town) -> None:
    town.file("zeliha", "zürafa yolu çukur")
    town.say("can", "zencefil yolu çukur")
    town.press("can", f"same:{_key(town, 'can')}")
    town.stage.clock.advance(timedelta(days=900))
    town.keeper.once()
    assert town.count(select(func.count()).select_from(followers)) == 1


def test_a_request_of_a_service_that_the_municipality_gave_up_is_anonymised_too(town: Town) -> None:
    request = town.file("zeliha", "zümrüdüanka konteyneri doldu")
    town.change(request, Status.RESOLVED)
    services = {code: entry for code, entry in town.stage.municipality.services.items() if code != request.service}
    town.stage.clock.advance(timedelta(days=2000))
    with town.stage.database.writes() as uow:
        smaller = replace(town.stage.municipality, services=services)
        PrivacyDesk(uow, smaller, town.stage.clock.now()).forget_old()
        uow.commit()
    assert [word for word in HERS if word in town.everything()] == []


def test_the_schedule_runs_once_a_day_and_in_one_process(town: Town) -> None:
    town.wish("zeliha")
    other = RetentionKeeper(
        town.stage.database.writes, town.files, town.stage.municipality, town.stage.clock, "another process"
    )
    town.keeper.once()
    town.stage.clock.advance(timedelta(minutes=5))
    heard = len(town.stage.heard)
    other.once()
    town.keeper.once()
    asyncio.run(town.stage.settle())
    assert len(town.stage.heard) <= heard + 1
    assert town.count(select(func.count()).select_from(citizens).where(citizens.c.erased_at.is_not(None))) == 0


def test_a_copy_holds_the_citizens_rows_and_of_others_only_what_is_followed(town: Town) -> None:
    live(town)
    with town.stage.database.writes() as uow:
        desk = PrivacyDesk(uow, town.stage.municipality, town.stage.clock.now())
        hers = desk.copy(town.citizen("zeliha"), "staff:can")
        his = desk.copy(town.citizen("can"), "staff:can")
    assert hers.records["citizen"][0]["display_name"] == "Bay Zeliha"
    assert [row["service"] for row in hers.records["requests"]] == ["waste_container"]
    assert sorted(hers.files.values()) == ["zeliha.jpg", "zeliha.jpg"]
    assert not any("zencefil" in str(rows) for rows in hers.records.values())
    assert not any("Zeliha" in str(rows) for rows in his.records.values())


def test_a_wish_is_recorded_once_and_done_by_the_copy(town: Town) -> None:
    town.file("zeliha", "zümrüdüanka konteyneri doldu")
    with town.stage.database.writes() as uow:
        conversation = uow.conversations.of_citizen(town.citizen("zeliha"))[0]
        desk = PrivacyDesk(uow, town.stage.municipality, town.stage.clock.now())
        assert desk.wish(WishKind.EXPORT, conversation).id == desk.wish(WishKind.EXPORT, conversation).id
        desk.copy(conversation.citizen_id, "staff:can")
        assert uow.privacy.open_wishes() == []
        uow.commit()
    asyncio.run(town.stage.settle())
    assert "dökümü hazır" in town.stage.heard[-1].reply.text


def test_nobody_is_copied_who_does_not_exist(town: Town) -> None:
    with town.stage.database.writes() as uow, pytest.raises(UserError, match="unknown_citizen"):
        PrivacyDesk(uow, town.stage.municipality, town.stage.clock.now()).copy(4711, "staff:can")


def test_a_file_that_another_citizen_sent_too_stays(town: Town, tmp_path: Path) -> None:
    hers = town.file("zeliha", "zümrüdüanka konteyneri doldu", (town.photo(b"same"),))
    town.say("can", "zerdali taslağı", (town.photo(b"same"),))
    town.change(hers, Status.RESOLVED)
    town.wish("zeliha")
    town.days(3)
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1
    assert town.count(select(func.count()).select_from(attachments)) == 1
