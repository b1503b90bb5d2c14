"""What becomes of each kind of update."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.parsing import parse_update, reachable, update_id
from bot.domain.messages import EventKind, IncomingEvent
from tests.channels.telegram.samples import AYSE, GROUP, NOW, location, membership, message, photo, press, text

BOT = "Selcuklu_Bot"
FILE = {"file_id": "f1", "file_unique_id": "u1", "file_size": 1234}


def parsed(update: dict[str, Any], number: int = 42) -> IncomingEvent:
    return parse_update({"update_id": number, **update}, BOT, NOW)


def test_a_text_in_the_private_chat() -> None:
    event = parsed(text("Çöp alınmadı"))
    assert (event.channel, event.event_id, event.sequence) == ("telegram", "42", 42)
    assert (event.kind, event.text, event.sender, event.thread) == (EventKind.TEXT, "Çöp alınmadı", "77", "77")
    assert event.address == {"chat_id": 77}
    assert event.display_name == "Ayşe Yılmaz"
    assert event.occurred_at == NOW
    assert event.for_us and not event.public


@pytest.mark.parametrize(
    ("words", "kind", "kept"),
    [
        ("/start", EventKind.COMMAND, "/start"),
        ("/YARDIM", EventKind.COMMAND, "/yardim"),
        ("/durum@selcuklu_bot SLC-2026-000001", EventKind.COMMAND, "/durum SLC-2026-000001"),
        ("/iptal", EventKind.COMMAND, "/iptal"),
        ("/start kampanya", EventKind.COMMAND, "/start kampanya"),
        ('/affirm{"service":"x"}', EventKind.TEXT, '/affirm{"service":"x"}'),
        ("/starter motoru", EventKind.TEXT, "/starter motoru"),
        ("yol /durum", EventKind.TEXT, "yol /durum"),
    ],
)
def test_only_the_known_commands_are_commands(words: str, kind: EventKind, kept: str) -> None:
    event = parsed(text(words))
    assert (event.kind, event.text) == (kind, kept)


def test_a_pressed_button_carries_its_payload_and_the_time_of_receipt() -> None:
    event = parsed(press("ok:7.0"))
    assert (event.kind, event.button, event.thread, event.message_ref) == (EventKind.BUTTON, "ok:7.0", "77", "900")
    assert event.occurred_at == NOW


def test_a_forged_payload_is_cut_and_cleaned() -> None:
    event = parsed(press("ok:\x00\u202e" + "x" * 500))
    assert event.button is not None
    assert event.button.startswith("ok:xxx")
    assert len(event.button) <= 64


def test_a_position() -> None:
    event = parsed(location(37.95, 32.51))
    assert (event.kind, event.latitude, event.longitude) == (EventKind.LOCATION, 37.95, 32.51)


def test_a_venue_is_a_position_with_its_name() -> None:
    venue = {"location": {"latitude": 37.9, "longitude": 32.5}, "title": "Kelebekler Vadisi", "address": "Parsana"}
    event = parsed({"message": message(venue=venue, location=venue["location"])})
    assert (event.kind, event.text, event.latitude) == (EventKind.LOCATION, "Kelebekler Vadisi, Parsana", 37.9)


def test_a_contact_is_a_text_with_the_number() -> None:
    event = parsed({"message": message(contact={"phone_number": "905321234567", "first_name": "Ayşe"})})
    assert (event.kind, event.text) == (EventKind.TEXT, "Telefon: +905321234567")


def test_of_a_photo_the_largest_size_is_taken_with_its_caption() -> None:
    event = parsed(photo(caption="bu çukur", media_group_id="a1"))
    assert (event.kind, event.text, event.album) == (EventKind.PHOTO, "bu çukur", "a1")
    [file] = event.files
    assert (file.kind, file.remote, file.size, file.mime) == ("photo", "large", 90_000, "image/jpeg")


@pytest.mark.parametrize(
    ("field", "kind", "file_kind"),
    [
        ("document", EventKind.DOCUMENT, "document"),
        ("voice", EventKind.VOICE, "voice"),
        ("audio", EventKind.VOICE, "voice"),
        ("video", EventKind.VIDEO, "video"),
        ("video_note", EventKind.VIDEO, "video"),
        ("animation", EventKind.VIDEO, "video"),
    ],
)
def test_every_kind_of_file_is_to_be_fetched(field: str, kind: EventKind, file_kind: str) -> None:
    event = parsed({"message": message(**{field: FILE})})
    assert event.kind == kind
    assert [(file.kind, file.remote, file.size) for file in event.files] == [(file_kind, "f1", 1234)]


def test_an_animation_is_not_taken_for_its_document() -> None:
    assert parsed({"message": message(animation=FILE, document=FILE)}).kind == EventKind.VIDEO


def test_a_file_name_holds_no_path_and_no_hidden_characters() -> None:
    event = parsed({"message": message(document={**FILE, "file_name": "../../etc/\u202efdp.exe\x00"})})
    assert event.files[0].name == ".._.._etc_fdp.exe"


def test_a_sticker_is_its_emoji() -> None:
    event = parsed({"message": message(sticker={**FILE, "emoji": "👍"})})
    assert (event.kind, event.text, event.files) == (EventKind.STICKER, "👍", ())


def test_an_edited_message_names_the_message_that_it_replaces() -> None:
    first = text("Yazır")
    again = {"edited_message": {**first["message"], "text": "Bosna", "edit_date": first["message"]["date"] + 60}}
    before, after = parsed(first, 1), parsed(again, 2)
    assert after.edits == before.message_ref
    assert (after.text, after.event_id) == ("Bosna", "2")
    assert after.occurred_at > before.occurred_at


def test_a_live_location_that_moves_is_not_answered() -> None:
    moved = {"edited_message": location()["message"]}
    assert not parsed(moved).for_us


def test_an_unknown_kind_of_message_is_answered_as_unreadable() -> None:
    event = parsed({"message": message(poll={"id": "1", "question": "?"})})
    assert (event.kind, event.for_us) == (EventKind.UNREADABLE, True)


def test_nonsense_in_a_message_is_still_answered() -> None:
    for content in ({"location": {"latitude": 4000, "longitude": 1}}, {"photo": []}, {"voice": "?"}):
        event = parsed({"message": message(**content)})
        assert (event.kind, event.for_us, event.thread) == (EventKind.UNREADABLE, True, "77")


def test_what_telegram_itself_writes_into_a_chat_is_not_for_us() -> None:
    assert not parsed({"message": message(pinned_message=message(text="x"))}).for_us


@pytest.mark.parametrize(
    "update",
    [
        {"channel_post": message(text="Duyuru")},
        {"poll_answer": {"poll_id": "1"}},
        {"something_of_next_year": {"id": 1}},
        {"message": "text"},
        {"callback_query": {"id": "1", "from": AYSE, "inline_message_id": "x", "data": "y"}},
        {},
    ],
    ids=lambda update: next(iter(update), "empty"),
)
def test_an_unknown_update_is_kept_but_not_answered(update: dict[str, Any]) -> None:
    event = parsed(update)
    assert (event.event_id, event.kind, event.for_us) == ("42", EventKind.UNREADABLE, False)


# -- groups
def in_group(words: str, **rest: Any) -> IncomingEvent:
    return parsed(text(words, chat=GROUP, **rest))


def test_in_a_group_a_mention_is_for_us_and_the_name_is_left_out() -> None:
    event = in_group("👋 @selcuklu_bot çöp", entities=[{"type": "mention", "offset": 3, "length": 13}])
    assert event.for_us and event.public
    assert event.thread == "group:-100500:77"
    assert event.text == "👋 çöp"
    assert event.address["chat_id"] == -100500
    assert event.address["reply_to"] == int(event.message_ref or 0)
    assert event.address["private_chat"] == "https://t.me/Selcuklu_Bot"


def test_in_a_group_a_reply_to_us_and_a_command_for_us_are_for_us() -> None:
    ours = {**message(chat=GROUP), "from": {"id": 123456, "is_bot": True, "username": "selcuklu_bot"}}
    assert in_group("peki", reply_to_message=ours).for_us
    assert in_group("/durum@Selcuklu_Bot").for_us
    assert in_group("/durum").for_us


def test_in_a_group_others_talk_among_themselves_and_nothing_of_it_is_kept() -> None:
    for event in (
        in_group("çöp alınmadı"),
        in_group("/durum@other_bot"),
        in_group("@other_bot çöp", entities=[{"type": "mention", "offset": 0, "length": 10}]),
        in_group("evet", reply_to_message=message(chat=GROUP)),
        in_group("@selcuklu_bot x", sender={**AYSE, "is_bot": True}),
    ):
        assert not event.for_us
        assert (event.text, event.display_name, event.files) == ("", None, ())
        assert "77" not in (event.sender, event.thread)


def test_in_a_group_pictures_are_not_taken() -> None:
    mention = [{"type": "mention", "offset": 0, "length": 13}]
    event = parsed(photo(chat=GROUP, caption="@selcuklu_bot bak", caption_entities=mention))
    assert event.for_us
    assert event.files == ()


def test_a_topic_of_a_group_is_answered_in_the_topic() -> None:
    event = in_group("/durum", is_topic_message=True, message_thread_id=9)
    assert event.address["topic"] == 9


# -- blocked
def test_blocking_and_letting_in_again_is_understood_and_not_answered() -> None:
    for status, expected in (("kicked", False), ("member", True)):
        update = {"update_id": 1, **membership(status)}
        assert reachable(update) is expected
        event = parsed(membership(status))
        assert (event.thread, event.sender, event.for_us) == ("77", "77", False)
    assert reachable(membership("left", GROUP)) is None
    assert reachable(text("x")) is None


# -- whatever comes
def test_without_an_id_it_is_no_update() -> None:
    for nothing in (None, [], 3, "x", {}, {"update_id": "1"}, {"update_id": -1}, {"update_id": 2**64}):
        assert update_id(nothing) is None
    assert update_id({"update_id": 7}) == 7


NAMES = re.findall(
    r"\w+",
    """message edited_message callback_query my_chat_member from chat id type date message_id text caption photo voice
    document location latitude longitude venue contact sticker entities offset length data new_chat_member status""",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=20,
)


@given(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "other"]), JSON)
def test_every_update_becomes_an_event_that_can_be_stored(kind: str, content: Any) -> None:
    event = parsed({kind: content})
    assert event.event_id == "42"
    reachable({"update_id": 42, kind: content})
    assert "\x00" not in json.dumps([event.thread, event.sender, event.display_name, event.button, event.message_ref])


@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6))
def test_every_message_of_a_known_citizen_becomes_an_event(content: dict[str, Any]) -> None:
    event = parsed({"message": {**content, **message()}})
    assert event.thread == "77"
