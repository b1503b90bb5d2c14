"""What needs a person: by when, with what suggestion, and what time alone brings about."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.delivery.sweeping import sweep
from bot.domain.conversation import Draft, ReviewItem, ReviewReason
from bot.domain.messages import EventKind
from bot.domain.requests import Place, Request, Status
from bot.domain.understanding import Act
from bot.engine.scripted import ScriptedEngine
from bot.ports import UnitOfWorkFactory
from bot.rehearsal.stage import Stage
from bot.service.overdue import tell_overdue
from bot.service.requests import RequestDesk
from bot.service.reviews import ReviewDesk
from bot.service.suggestions import suggest
from tests.support import YAZIR, report, selcuklu, understood

ISTANBUL = ZoneInfo("Europe/Istanbul")
TOWN = selcuklu()
STREETS = ("Lale", "Çam", "Nar")
TEXTS = {
    "görevli": understood("görevli", Act.ASK_HUMAN),
    "konteyner doldu": report("konteyner doldu", place=YAZIR),
    "çukur var": report("çukur var", "road_damage", place=replace(YAZIR, street="Lale Sokak")),
    "evet": understood("evet", Act.AFFIRM),
    "memur rüşvet istedi": report("memur rüşvet istedi", "staff_conduct", place=YAZIR, sensitive=True),
} | {
    f"{name} sokakta konteyner doldu": report("konteyner doldu", place=replace(YAZIR, street=f"{name} Sokak"))
    for name in STREETS
}


def stage(folder: Path) -> Stage:
    return Stage.at(folder / "stage.db", ScriptedEngine(TEXTS), TOWN, names=("telegram",))


def say(play: Stage, text: str, account: str = "a") -> list[str]:
    heard = asyncio.run(play.play(play.event("telegram", account, EventKind.TEXT, text=text)))
    return [message.reply.text for message in heard]


def wait(play: Stage, hours: float) -> list[str]:
    return [message.reply.text for message in asyncio.run(play.wait(timedelta(hours=hours)))]


def items(uows: UnitOfWorkFactory) -> list[ReviewItem]:
    with uows() as uow:
        return list(uow.reviews.open_items())


@pytest.mark.parametrize(
    ("begin", "hours", "end"),
    [
        ("2026-06-08 10:00", 2, "2026-06-08 12:00"),
        ("2026-06-08 17:00", 2, "2026-06-09 10:00"),
        ("2026-06-12 17:00", 2, "2026-06-15 10:00"),
        ("2026-06-13 03:00", 9, "2026-06-15 17:30"),
        ("2026-10-28 12:00", 2, "2026-10-30 09:30"),
    ],
)
def test_working_time_passes_only_in_working_hours(begin: str, hours: int, end: str) -> None:
    moment = datetime.fromisoformat(begin).replace(tzinfo=ISTANBUL)
    expected = datetime.fromisoformat(end).replace(tzinfo=ISTANBUL)
    assert TOWN.working_time_after(moment, timedelta(hours=hours)) == expected


def test_targets_follow_the_reason(uows: UnitOfWorkFactory) -> None:
    friday = datetime(2026, 6, 12, 17, 0, tzinfo=ISTANBUL)
    with uows() as uow:
        desk = ReviewDesk(uow, TOWN, friday)
        assert desk.open(ReviewReason.URGENT).due_at == friday + timedelta(minutes=15)
        monday = datetime(2026, 6, 15, 10, 0, tzinfo=ISTANBUL)
        assert desk.open(ReviewReason.ASKED_FOR_PERSON, handover=True).due_at == monday
        assert desk.open(ReviewReason.SENSITIVE).due_at == datetime(2026, 6, 15, 17, 0, tzinfo=ISTANBUL)


def test_one_request_is_one_item_with_the_graver_reason_and_says_what_it_is_about(tmp_path: Path) -> None:
    play = stage(tmp_path)
    say(play, "memur rüşvet istedi")
    say(play, "evet")
    (item,) = items(play.database.reads)
    assert item.reason == ReviewReason.SENSITIVE
    assert item.summary == "Personel davranışı, Yazır Mahallesi, Gül Sokak: memur rüşvet istedi"


def test_a_graver_reason_takes_the_place_of_the_milder_one(tmp_path: Path) -> None:
    play = stage(tmp_path)
    say(play, "konteyner doldu")
    say(play, "evet")
    with play.database.writes() as uow:
        desk, request, conversation = (
            ReviewDesk(uow, TOWN, play.clock.now()),
            uow.requests.get(1),
            uow.conversations.get(1),
        )
        first = desk.open(ReviewReason.ALWAYS_REVIEWED, conversation, request)
        assert desk.open(ReviewReason.SENSITIVE, conversation, request) is first
        assert first.reason == ReviewReason.SENSITIVE
        assert desk.open(ReviewReason.REOPENED_TWICE, conversation, request) is not first
        assert desk.open(ReviewReason.SENSITIVE, conversation, None) is not first


def test_a_handover_that_ends_by_time_is_told_once_and_stays_on_the_list(tmp_path: Path) -> None:
    play = stage(tmp_path)
    say(play, "görevli")
    heard = wait(play, 30)
    assert [text for text in heard if "henüz yanıt veremedi" in text] == heard and len(heard) == 1
    assert len(items(play.database.reads)) == 1
    assert (
        "Takip" in "".join([*say(play, "konteyner doldu"), *say(play, "evet")]) or len(items(play.database.reads)) == 1
    )


def test_a_handover_that_somebody_works_on_does_not_end(tmp_path: Path) -> None:
    play = stage(tmp_path)
    say(play, "görevli")
    play.clock.advance(timedelta(hours=23.9))
    with play.database.writes() as uow:
        ReviewDesk(uow, TOWN, play.clock.now()).take(1, "can")
        uow.commit()
    play.clock.advance(timedelta(minutes=10))
    with play.database.writes() as uow:
        sweep(uow, TOWN, play.clock.now())
        conversation = uow.conversations.get(1)
        assert conversation is not None and conversation.mode == "person"


def test_overdue_requests_make_one_item_a_unit(tmp_path: Path) -> None:
    play = stage(tmp_path)
    for account in STREETS:
        say(play, f"{account} sokakta konteyner doldu", account)
        say(play, "evet", account)
    say(play, "çukur var", "d")
    say(play, "evet", "d")
    wait(play, 24 * 8)
    found = {item.suggested_unit: item for item in items(play.database.reads) if item.reason == ReviewReason.OVERDUE}
    assert {unit: item.count for unit, item in found.items()} == {"cleaning": 3, "public_works": 1}
    assert "SLC-2026-000001" in found["cleaning"].summary


def test_a_closed_overdue_item_comes_back_on_the_next_working_day_only(tmp_path: Path) -> None:
    play = stage(tmp_path)
    say(play, "konteyner doldu")
    say(play, "evet")
    wait(play, 24 * 3)
    with play.database.writes() as uow:
        overdue = next(item for item in uow.reviews.open_items() if item.reason == ReviewReason.OVERDUE)
        ReviewDesk(uow, TOWN, play.clock.now()).close(overdue.id or 0, "can", "birim arandı")
        uow.commit()
    noon = play.clock.now().replace(hour=9)
    with play.database.writes() as uow:
        again = tell_overdue(uow, TOWN, noon) + tell_overdue(uow, TOWN, noon + timedelta(days=1))
        late = tell_overdue(uow, TOWN, noon + timedelta(days=1, hours=12))
    assert (again, late) == (1, 0)


def test_suggestions_know_what_is_known() -> None:
    asked = ReviewReason.ASKED_FOR_PERSON
    nothing = suggest(TOWN, asked)
    assert nothing.unit is None and nothing.reply is not None
    told = suggest(TOWN, asked, understanding=report("konteyner doldu"))
    assert told.unit == "cleaning" and "mahalle" in str(told.reply)
    drafted = suggest(TOWN, asked, draft=Draft("1", service="waste_container", place=Place("Yazır")))
    assert "Yazır Mahallesi" in str(drafted.reply)
    assert "Cevap." in str(suggest(TOWN, asked, answer="Cevap.").reply)
    russian = replace(understood("привет", Act.LANGUAGE_OTHER), language="ru")
    assert "Здравствуйте" in str(suggest(TOWN, ReviewReason.LANGUAGE, understanding=russian).reply)
    assert suggest(TOWN, ReviewReason.DELIVERY_FAILED).reply is None


def test_an_item_about_a_request_suggests_an_answer_with_its_number(tmp_path: Path) -> None:
    play = stage(tmp_path)
    say(play, "konteyner doldu")
    say(play, "evet")
    with play.database.writes() as uow:
        request: Request = uow.requests.search(limit=1)[0]
        conversation = uow.conversations.get(request.conversation_id or 0)
        item = ReviewDesk(uow, TOWN, play.clock.now()).open(ReviewReason.SENSITIVE, conversation, request)
        assert item.suggested_unit == "cleaning" and request.tracking_no in str(item.suggested_reply)
        desk = RequestDesk(uow, TOWN, play.clock.now(), b"key")
        desk.change(request, Status.RESOLVED, "staff:can", notify=False)
        twice = ReviewDesk(uow, TOWN, play.clock.now()).open(ReviewReason.REOPENED_TWICE, conversation, request)
        assert "kusura bakmayın" in str(twice.suggested_reply)
