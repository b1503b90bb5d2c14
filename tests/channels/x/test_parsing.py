"""Which posts are for us, and what of them are the citizen's own words."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.x.parsing import Includes, parse_message, parse_post
from bot.domain.messages import EventKind
from tests.channels.x.conftest import ACCOUNT, NOW

AT = "2026-06-08T09:00:00.000Z"
NOTHING = Includes({})


def post(text: str = "@SelcukluBelediyesi çöp taştı", **more: Any) -> dict[str, Any]:
    return {"id": "20639", "author_id": "77", "created_at": AT, "conversation_id": "20639", "text": text, **more}


def by(username: str, description: str = "") -> Includes:
    return Includes({"users": [{"id": "77", "username": username, "name": "Kişi", "description": description}]})


@pytest.mark.parametrize(
    "theirs",
    [
        post("RT @biri: @SelcukluBelediyesi çöp taştı"),
        post(referenced_tweets=[{"type": "retweeted", "id": "1"}]),
        post("@SelcukluBelediyesi https://t.co/abc", referenced_tweets=[{"type": "quoted", "id": "1"}]),
        post(
            "@SelcukluBelediyesi",
            attachments={"media_keys": ["3_1"]},
            referenced_tweets=[{"type": "quoted", "id": "1"}],
        ),
        post(author_id=ACCOUNT.user_id),
        post("@SelcukluBelediyesi"),
        {"id": "20639"},
    ],
    ids=["RT", "retweet", "quote", "quoted photo", "own", "only the name", "no post"],
)
def test_what_says_nothing_of_its_own_is_left_alone_without_its_words(theirs: dict[str, Any]) -> None:
    event = parse_post(theirs, NOTHING, ACCOUNT, NOW)
    assert (event.for_us, event.text, event.display_name, event.kind) == (False, "", None, EventKind.UNREADABLE)
    assert event.event_id == "20639"


def test_a_quote_with_words_is_for_us() -> None:
    quote = post(
        "@SelcukluBelediyesi bu hâlâ çözülmedi https://t.co/abc", referenced_tweets=[{"type": "quoted", "id": "1"}]
    )
    assert parse_post(quote, NOTHING, ACCOUNT, NOW).for_us


@pytest.mark.parametrize(
    ("username", "description", "for_us"),
    [
        ("konya_haber_bot", "", False),
        ("HavaDurumuBot", "", False),
        ("havadurumu", "Bu hesap bir bottur", False),
        ("havadurumu", "Otomatik hesap, 15 dakikada bir", False),
        ("weather", "Automated by @dev", False),
        ("konyahaberbotu", "", False),
        ("ayse", "Öğretmen. İşim gücüm robot", True),
        ("botanik_ali", "botanikçi", True),
        ("ayse", "", True),
    ],
)
def test_robots_are_left_alone_and_people_are_not(username: str, description: str, for_us: bool) -> None:
    assert parse_post(post(), by(username, description), ACCOUNT, NOW).for_us is for_us


def test_an_edited_post_is_known_by_its_first_version() -> None:
    event = parse_post(post(edit_history_tweet_ids=["20600", "20620", "20639"]), NOTHING, ACCOUNT, NOW)
    assert (event.event_id, event.edits, event.message_ref) == ("20639", "20600", "20600")
    assert event.address["post_id"] == "20639"  # what is answered is the newest version
    assert parse_post(post(edit_history_tweet_ids=["20639"]), NOTHING, ACCOUNT, NOW).edits is None


def test_links_that_x_adds_for_files_go_and_those_of_the_citizen_stay() -> None:
    links = [
        {"url": "https://t.co/a", "expanded_url": "https://x.com/ayse/status/20639/photo/1"},
        {"url": "https://t.co/b", "expanded_url": "https://haber.example/photo/12"},
    ]
    theirs = post("@SelcukluBelediyesi bakın https://t.co/b https://t.co/a", entities={"urls": links})
    assert parse_post(theirs, NOTHING, ACCOUNT, NOW).text == "@SelcukluBelediyesi bakın https://t.co/b"


def test_a_long_post_is_read_whole() -> None:
    theirs = post("@SelcukluBelediyesi kısa…", note_tweet={"text": "@SelcukluBelediyesi uzun &amp; bütün"})
    assert parse_post(theirs, NOTHING, ACCOUNT, NOW).text == "@SelcukluBelediyesi uzun & bütün"


@pytest.mark.parametrize(
    "more",
    [{"sender_id": ACCOUNT.user_id}, {"dm_conversation_id": "1800000000000"}, {"event_type": "ParticipantsJoin"}],
)
def test_our_own_messages_and_those_of_groups_are_left_alone(more: dict[str, Any]) -> None:
    message = {"id": "5", "sender_id": "77", "created_at": AT, "text": "merhaba", "dm_conversation_id": "77-4242"}
    assert parse_message(message, NOTHING, ACCOUNT, NOW).for_us
    assert not parse_message(message | more, NOTHING, ACCOUNT, NOW).for_us
