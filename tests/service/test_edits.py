"""An edited message: the draft is understood anew from its words; after filing it goes to the history."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.requests import Place, Status
from bot.domain.understanding import Act, Problem, Scored, Understanding
from tests.service.scene import Scene
from tests.support import report, understood

FIRST = "SLC-2026-000001"
YAZIR, GUL = Place("Yazır", "Selçuklu"), Place("Yazır", "Selçuklu", "Gül Sokak")
SILLE, BOSNA = Place("Sille", "Selçuklu", "Çay Sokak"), Place("Bosna Hersek", "Selçuklu")


def two(text: str, *services: str, place: Place = GUL) -> Understanding:
    """Several problems, the parts of the text that 'ayrıca' divides."""
    parts = zip(text.split(", ayrıca "), services, strict=True)
    told = tuple(Problem(part, (Scored(service, 0.9),)) for part, service in parts)
    return Understanding(text, Act.REPORT, 0.99, problems=told, place=place)


KNOWN = {
    known.text: known
    for known in (
        report("Gül Sokak'ta çöp var", "waste_collection", place=GUL),
        report("Gül Sokak'ta çukur var", "road_damage", place=GUL),
        report("Çay Sokak'ta çöp var", "waste_collection", place=SILLE),
        report("çöp var", "waste_collection"),
        report("çukur var", "road_damage"),
        understood("yazır", Act.ADD_INFORMATION, place=YAZIR),
        understood("bosna", Act.ADD_INFORMATION, place=BOSNA),
        understood("mavi kapının önü", Act.ADD_INFORMATION),
        understood("yeşil kapının önü", Act.ADD_INFORMATION),
        report("çöp üç gündür hiç alınmadı", "waste_collection"),
        report("çöp var\nçöp üç gündür hiç alınmadı", "waste_collection"),
        report("çukur var\nçöp üç gündür hiç alınmadı", "road_damage"),
        report("Gül Sokak'ta tel koptu", "street_light", place=GUL, urgent=True, danger="electricity"),
        two("salıncak kırık, ayrıca çukur var", "playground", "road_damage"),
        two("salıncak kırık, ayrıca çöp var", "playground", "waste_collection"),
        two("çöp var, ayrıca salıncak kırık", "waste_collection", "playground", place=Place()),
        report("salıncak kırık", "playground"),
        understood("meraba", Act.GREET),
    )
}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path, KNOWN)


def ref(scene: Scene) -> str:
    """The provider's name of the message that was sent last."""
    return str(scene.stage._event)


def test_the_service_is_understood_anew(scene: Scene) -> None:
    scene.say("Gül Sokak'ta çöp var")
    assert "Yol" in scene.say("Gül Sokak'ta çukur var", edits=ref(scene))
    scene.say("evet")
    [request] = scene.requests
    assert (request.service, request.description) == ("road_damage", "Gül Sokak'ta çukur var")


def test_a_place_that_the_words_no_longer_say_is_gone_and_another_takes_its_place(scene: Scene) -> None:
    scene.say("Gül Sokak'ta çöp var")
    scene.say("Çay Sokak'ta çöp var", edits=ref(scene))
    assert scene.drafts()[0].place == SILLE
    scene.say("çöp var", edits=ref(scene))


def test_earlier_fragments_and_answers_stay(scene: Scene) -> None:
    scene.say("çöp var")
    first = ref(scene)
    scene.say("yazır")
    scene.say("çöp üç gündür hiç alınmadı")
    draft = scene.drafts()[0]
    assert draft.place == YAZIR
    scene.say("çukur var", edits=first)
    draft = scene.drafts()[0]
    assert (draft.service, draft.place) == ("road_damage", YAZIR)
    assert draft.description == "çukur var\nçöp üç gündür hiç alınmadı"


def test_an_answer_that_is_edited_corrects_the_place(scene: Scene) -> None:
    scene.say("çöp var")
    scene.say("yazır")
    scene.say("bosna", edits=ref(scene))
    draft = scene.drafts()[0]
    assert (draft.place.neighbourhood, draft.description) == ("Bosna Hersek", "çöp var")


def test_a_described_spot_that_is_edited_is_the_new_spot(scene: Scene) -> None:
    scene.say("çöp var")
    scene.say("yazır")
    scene.say("mavi kapının önü")
    scene.say("yeşil kapının önü", edits=ref(scene))
    assert scene.drafts()[0].place.landmark == "yeşil kapının önü"


def test_danger_that_an_edit_brings_is_told_first(scene: Scene) -> None:
    scene.say("Gül Sokak'ta çöp var")
    told = scene.say("Gül Sokak'ta tel koptu", edits=ref(scene))
    assert "186" in told
    assert scene.drafts()[0].urgent


def test_an_edit_is_never_the_yes_to_a_question(scene: Scene) -> None:
    scene.say("meraba")
    greeting = ref(scene)
    scene.say("Gül Sokak'ta çöp var")
    assert "Onaylıyor musunuz" in scene.say("evet", edits=greeting)
    assert not scene.requests
    scene.say("evet")
    scene.say("başvurumu iptal et")
    scene.say("evet", edits=greeting)
    assert scene.statuses == [Status.RECEIVED]


def test_each_problem_of_a_message_follows_its_part(scene: Scene) -> None:
    scene.say("salıncak kırık, ayrıca çukur var")
    scene.say("salıncak kırık, ayrıca çöp var", edits=ref(scene))
    assert [draft.service for draft in scene.drafts()] == ["playground", "waste_collection"]
    assert [draft.description for draft in scene.drafts()] == ["salıncak kırık", "çöp var"]


def test_a_problem_that_an_edit_adds_is_drafted_too(scene: Scene) -> None:
    scene.say("çöp var")
    scene.say("çöp var, ayrıca salıncak kırık", edits=ref(scene))
    assert [draft.service for draft in scene.drafts()] == ["waste_collection", "playground"]


def test_one_of_two_is_filed_then_its_history_has_the_new_words(scene: Scene) -> None:
    scene.say("salıncak kırık, ayrıca çukur var")
    message = ref(scene)
    scene.say("evet")
    scene.say("salıncak kırık, ayrıca çöp var", edits=message)
    assert scene.notes(scene.requests[0]) == [("citizen", "salıncak kırık, ayrıca çöp var")]
    scene.say("evet")
    assert [request.service for request in scene.requests] == ["playground", "waste_collection"]


def test_after_filing_it_goes_to_the_history_of_its_own_request_days_later_too(scene: Scene) -> None:
    scene.say("Gül Sokak'ta çöp var")
    message = ref(scene)
    scene.say("evet")
    scene.later(hours=30)
    scene.say("Gül Sokak'ta çukur var")
    scene.say("evet")
    assert FIRST in scene.say("Çay Sokak'ta çöp var", edits=message)
    assert [scene.notes(request) for request in scene.requests] == [[("citizen", "Çay Sokak'ta çöp var")], []]
    assert not scene.drafts()


def test_soon_after_filing_the_place_is_corrected_too(scene: Scene) -> None:
    scene.say("Gül Sokak'ta çöp var")
    message = ref(scene)
    scene.say("evet")
    assert "düzelttim" in scene.say("Çay Sokak'ta çöp var", edits=message)
    assert scene.requests[0].place == SILLE


def test_an_edit_of_something_else_is_a_message_like_others(scene: Scene) -> None:
    scene.say("Gül Sokak'ta çöp var")
    scene.say("evet")
    scene.say("meraba")
    assert FIRST not in scene.say("merhaba", edits=ref(scene))
    assert scene.notes(scene.requests[0]) == []


def test_an_edit_of_a_message_that_nobody_knows_changes_nothing(scene: Scene) -> None:
    scene.say("Gül Sokak'ta çöp var")
    assert "Onaylıyor musunuz" in scene.say("evet", edits="unknown")
    assert not scene.requests


def test_a_new_report_that_is_edited_at_once_is_no_addition(scene: Scene) -> None:
    scene.say("Gül Sokak'ta çöp var")
    scene.say("evet")
    event = scene.stage.event("telegram", "ayşe", text="Gül Sokak'ta çukur var")
    scene.stage.receiver.receive(event)
    scene.say("Gül Sokak'ta çukur var", edits=event.message_ref)
    assert [draft.service for draft in scene.drafts()] == ["road_damage"]
    assert scene.notes(scene.requests[0]) == []
