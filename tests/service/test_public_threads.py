"""What a public thread becomes: nothing said in it is lost, danger is always heard, what was taken back is followed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from bot.db.tables import outbox
from bot.domain.conversation import ReviewReason
from bot.domain.messages import FileRef
from bot.domain.requests import Priority
from tests.service.test_public_posts import Square
from tests.service.test_public_posts import careful as careful
from tests.service.test_public_posts import square as square

CONTAINER, GUL = "@SelcukluBelediyesi Yazır'da çöp taştı", "@SelcukluBelediyesi Gül Sokak"
NOWHERE = "@SelcukluBelediyesi çöp taştı, 0532 111 22 33"
TREE, FIRE = "Yazır Gül Sokak'ta ağaç üstümüze devriliyor", "yangın var"
TWO = "çöp taştı ve kaldırım çökmüş, Yazır"


# -- the private message comes, and leads to nothing
def test_who_only_greets_in_private_is_filed_from_the_public_text_and_hears_of_it(square: Square) -> None:
    square.says(CONTAINER)
    square.says("merhaba", channel="x_dm")
    square.wait(5)
    assert square.requests() == []
    square.wait(2)
    [request] = square.requests()
    assert (request.service, request.neighbourhood, request.channel) == ("waste_container", "Yazır", "x_dm")
    assert request.tracking_no in square.channels["x_dm"].texts[-1]
    assert "https://x.com/ayse/status/1" in square.notes(request)
    square.wait(30)
    assert len(square.requests()) == 1


def test_who_only_greets_where_the_place_is_unknown_is_shown_to_the_team_and_may_go_on(square: Square) -> None:
    square.says(NOWHERE)
    square.says("merhaba", channel="x_dm")
    square.wait(7)
    assert square.requests() == []
    [item] = square.items()
    assert (item.reason, item.conversation_id) == (ReviewReason.PUBLIC_POST, 2)
    assert "çöp taştı" in item.summary and "532" not in item.summary
    with square.uows() as uow:
        private = uow.conversations.get(2)
    assert private is not None and private.draft is not None


def test_who_still_writes_in_private_is_not_overtaken(square: Square) -> None:
    square.says(CONTAINER)
    square.says("merhaba", channel="x_dm")
    square.wait(5)
    square.says("merhaba", channel="x_dm")
    square.wait(2)
    assert square.requests() == []
    square.wait(5)
    assert len(square.requests()) == 1


def test_what_was_filed_or_dropped_in_private_is_not_filed_again(square: Square) -> None:
    square.says(CONTAINER, "ayse")
    square.says("Gül Sokak", "ayse", channel="x_dm")
    square.says("evet", "ayse", channel="x_dm")
    square.says("Kosova'da çöp taştı", "can")
    square.says("merhaba", "can", channel="x_dm")
    square.says("vazgeç", "can", channel="x_dm")
    square.wait(30)
    assert [request.street for request in square.requests()] == ["Gül Sokak"]


def test_a_private_message_to_a_person_leaves_the_thread_waiting(square: Square) -> None:
    square.says("merhaba", channel="x_dm")
    square.hand_over(1)
    square.says(CONTAINER)
    square.says("Gül Sokak", channel="x_dm")
    square.wait(7)
    [request] = square.requests()
    assert request.channel == "x_mention"


def test_a_wait_longer_than_a_day_outlives_the_draft_s_day(square: Square) -> None:
    patient = replace(square.municipality.publicity, wait=timedelta(hours=30))
    square = Square(square.engine, square.uows, replace(square.municipality, publicity=patient))
    square.says(CONTAINER)
    square.wait(26)
    square.says(GUL)
    square.wait(5)
    assert [request.street for request in square.requests()] == ["Gül Sokak"]


def test_details_that_come_after_the_filing_go_to_the_request(square: Square) -> None:
    square.says(CONTAINER)
    square.wait(7)
    [request] = square.requests()
    [answer] = square.says("Gül Sokak", channel="x_dm")
    assert request.tracking_no in answer
    assert "Gül Sokak" in square.notes(request)


# -- several problems
def test_each_problem_of_a_post_is_filed(square: Square) -> None:
    assert len(square.says(TWO)) == 1
    square.wait(7)
    assert {request.service for request in square.requests()} == {"waste_container", "sidewalk"}
    assert len(square.public) == 2  # the invitation, and once 'kayda aldık'


def test_each_problem_of_a_thread_is_filed_and_asked_for_once(square: Square) -> None:
    square.says(CONTAINER)
    assert square.says("Kosova'da kaldırım çökmüş") == []
    assert square.says("Kosova'da çöp taştı") == []
    square.says(GUL)
    square.wait(7)
    filed = {(request.service, request.neighbourhood, request.street) for request in square.requests()}
    assert filed == {
        ("waste_container", "Yazır", "Gül Sokak"),
        ("sidewalk", "Kosova", None),
        ("waste_container", "Kosova", None),
    }


def test_all_problems_of_a_thread_go_on_in_private(square: Square) -> None:
    square.says(TWO)
    square.says("Gül Sokak", channel="x_dm")
    for _ in range(4):
        square.says("evet", channel="x_dm")
        square.says("geç", channel="x_dm")
    assert {request.service for request in square.requests()} == {"waste_container", "sidewalk"}
    square.wait(30)
    assert len(square.requests()) == 2


def test_the_same_told_again_after_the_filing_is_a_note_of_the_request(square: Square) -> None:
    square.says(CONTAINER)
    square.wait(7)
    square.says(CONTAINER, thread="another")
    square.wait(7)
    [request] = square.requests()
    assert [note for note in square.notes(request) if note and "çöp" in note]


# -- danger
def test_danger_is_answered_and_alerted_each_time(square: Square) -> None:
    for number in range(3):
        [answer] = square.says(FIRE, f"kişi{number}")
        assert "112" in answer
    assert [item.reason for item in square.items()] == [ReviewReason.URGENT] * 3
    assert len(square.alerts()) == 3


def test_danger_whose_what_and_where_are_known_is_an_urgent_request_at_once(square: Square) -> None:
    [answer] = square.says("Yazır'da yola kablo sarkıyor")
    assert "112" in answer and "SLC" not in answer
    [request] = square.requests()
    assert (request.priority, request.neighbourhood) == (Priority.URGENT, "Yazır")
    [item] = square.items()
    assert (item.reason, item.request_id, item.urgent) == (ReviewReason.URGENT, request.id, True)
    square.says("Yazır'da yola kablo sarkıyor", "can")
    assert len(square.alerts()) == 2


def test_an_urgent_report_does_not_wait_for_a_private_message(square: Square) -> None:
    [answer] = square.says(TREE)
    assert "112" in answer and "DM" in answer and "Gül" not in answer
    [request] = square.requests()
    assert (request.priority, request.street) == (Priority.URGENT, "Gül Sokak")
    assert [item.reason for item in square.items()] == [ReviewReason.URGENT]
    square.wait(7)
    assert len(square.requests()) == 1


def test_an_urgent_report_without_a_place_is_alerted_and_waits_for_it(square: Square) -> None:
    square.says("ağaç üstümüze devriliyor")
    assert square.requests() == []
    assert [item.reason for item in square.items()] == [ReviewReason.URGENT]
    square.says(GUL)
    square.says("Gül Sokak", channel="x_dm")
    with square.uows() as uow:
        private = uow.conversations.get(2)
    assert private is not None and private.draft is not None and private.draft.urgent


def test_calm_words_are_danger_in_public_too(square: Square) -> None:
    [answer] = square.says("burada gaz kokusu var")
    assert "112" in answer
    assert [item.reason for item in square.items()] == [ReviewReason.URGENT]


# -- a person has the thread
def test_a_thread_that_a_person_has_is_left_to_them_but_for_danger(square: Square) -> None:
    square.says("kaçta açılıyor")
    square.hand_over()
    said, alerts = len(square.public), len(square.alerts())
    for text in ("merhaba", CONTAINER, "kaçta açılıyor", "elinize sağlık"):
        square.says(text)
    assert len(square.public) == said
    assert len(square.alerts()) == alerts
    square.says(FIRE)
    assert "112" in square.public[-1] and len(square.public) == said + 1
    assert len(square.alerts()) > alerts


@pytest.mark.parametrize("text", ["burada gaz kokusu var", TREE, FIRE])
def test_danger_breaks_the_silence_of_a_private_handover(square: Square, text: str) -> None:
    square.says("merhaba", channel="x_dm")
    square.hand_over()
    square.says("merhaba", channel="x_dm")
    before = len(square.alerts())
    answers = square.says(text, channel="x_dm")
    assert answers and len(square.alerts()) == before + 1
    assert square.says("merhaba", channel="x_dm") == []


def test_a_post_taken_back_from_a_person_s_thread_takes_the_draft_with_it(careful: Square) -> None:
    careful.says(CONTAINER)
    careful.hand_over()
    careful.deletes(1)
    assert [item.reason for item in careful.items()] == [ReviewReason.BY_STAFF]


# -- posts that were taken back or edited
def test_a_post_that_is_gone_before_it_was_answered_gets_no_answer(square: Square) -> None:
    square.says(CONTAINER, at_once=False)
    square.deletes(1)
    assert square.public == []
    square.wait(7)
    assert square.requests() == []


def test_the_photo_of_a_post_that_is_gone_is_not_the_next_one_s(square: Square) -> None:
    photo = FileRef("photo", "foto.jpg", "image/jpeg", size=9, sha256="a" * 64)
    square.says("Kosova'da kaldırım çökmüş", files=(photo,), at_once=False)
    square.says(CONTAINER, at_once=False)
    square.deletes(1)
    square.wait(7)
    [request] = square.requests()
    with square.uows() as uow:
        assert uow.requests.attachments_of(request.id or 0) == []
    assert request.service == "waste_container"


def test_of_two_posts_the_one_that_is_taken_back_ends_alone(square: Square) -> None:
    square.says(CONTAINER)
    square.says("Kosova'da kaldırım çökmüş")
    square.deletes(1)
    square.wait(7)
    assert [request.service for request in square.requests()] == ["sidewalk"]


def test_words_that_were_added_and_taken_back_are_not_filed(square: Square) -> None:
    square.says(CONTAINER)
    square.says(GUL)
    square.deletes(2)
    square.wait(7)
    [request] = square.requests()
    assert "Gül" not in request.description and request.street is None


def test_answers_to_the_other_posts_stay(careful: Square, engine: Engine) -> None:
    careful.says(CONTAINER)
    careful.says("kaçta açılıyor", thread="other")
    careful.says("Kosova'da kaldırım çökmüş")
    careful.deletes(3)
    assert [item.reason for item in careful.items()] == [ReviewReason.PUBLIC_ANSWER] * 2
    careful.deletes(1)
    assert [item.conversation_id for item in careful.items()] == [2]
    with engine.connect() as connection:
        states = connection.execute(select(outbox.c.state).where(outbox.c.channel == "x_mention")).scalars().all()
    assert sorted(states) == ["held", "withdrawn"]


def test_a_request_knows_that_its_post_was_taken_back_without_what_it_said(square: Square, engine: Engine) -> None:
    square.says(CONTAINER)
    square.wait(7)
    [request] = square.requests()
    square.deletes(1)
    assert square.notes(request)[-1] == "Gönderi silindi."
    with square.uows() as uow:
        assert [entry.action for entry in uow.requests.history(request.id or 0)][-1] == "note_post"


def test_a_post_edited_after_the_filing_adds_to_the_request(square: Square) -> None:
    square.says(CONTAINER)
    square.wait(7)
    said = len(square.public)
    square.says("Kosova'da kaldırım çökmüş", edits="1", message_ref="1")
    [request] = square.requests()
    assert "Kosova'da kaldırım çökmüş" in square.notes(request)
    square.wait(7)
    assert len(square.requests()) == 1 and len(square.public) == said


def test_a_post_edited_while_it_is_talked_about_in_private_is_told_there(square: Square) -> None:
    square.says(CONTAINER)
    square.says("merhaba", channel="x_dm")
    said = len(square.public)
    square.says("Kosova'da kaldırım çökmüş", edits="1", message_ref="1")
    assert len(square.public) == said
    with square.uows() as uow:
        private = uow.conversations.get(2)
    assert private is not None and private.draft is not None
    assert "Kosova'da kaldırım çökmüş" in private.draft.description


# -- answers
def test_two_robots_do_not_talk_for_ever(square: Square) -> None:
    for _ in range(6):
        square.says("kaçta açılıyor")
    assert len(square.public) == 3
    assert [item.reason for item in square.items()] == [ReviewReason.PUBLIC_POST]


def test_who_is_only_counted_still_reads_that_numbers_should_go(square: Square) -> None:
    text = "@SelcukluBelediyesi Yazır Gül Sokak'ta konteyner taştı 0532 111 22 33"
    square.says(text, "ayse")
    [hint] = square.says(text, "can")
    assert "silin" in hint and "DM" not in hint


def test_a_hint_joins_the_draft_that_waits(careful: Square) -> None:
    careful.says(CONTAINER)
    careful.says(NOWHERE)
    [item] = careful.items()
    careful.approve(item)
    [answer] = careful.public
    assert "DM" in answer and "silin" in answer


def test_another_thread_reads_another_wording(square: Square) -> None:
    first, second = (square.says(text, who)[0] for text, who in ((CONTAINER, "ayse"), ("Kosova'da çöp taştı", "can")))
    assert first.replace("Yazır", "") != second.replace("Kosova", "")
