"""Filed requests in conversation: what is rated, told and reopened, and by whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.db.request_queries import aside
from bot.domain.requests import Status
from bot.domain.understanding import Act, Problem, Scored, Understanding
from tests.service.scene import Scene
from tests.support import YAZIR, report, understood

FIRST = "SLC-2026-000001"
TWO = "konteyner doldu, ayrıca çukur var"
KNOWN = {
    TWO: Understanding(
        TWO,
        Act.REPORT,
        0.99,
        problems=(
            Problem("konteyner doldu", (Scored("waste_container", 0.9),)),
            Problem("çukur var", (Scored("road_damage", 0.9),)),
        ),
        place=YAZIR,
    ),
    "lamba yanmıyor": report("lamba yanmıyor", "street_light", place=YAZIR),
    "konteyner doldu": report("konteyner doldu", place=YAZIR),
    "çözülmedi, kapımda duruyor": understood("çözülmedi, kapımda duruyor", Act.NOT_RESOLVED),
    "5": understood("5", Act.RATE, rating=5),
    "pek memnun kalmadım": understood("pek memnun kalmadım", Act.RATE),
}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path, KNOWN)


def joined(scene: Scene) -> None:
    """Ayşe filed it, Ali follows."""
    scene.say("konteyner doldu")
    scene.say("evet")
    scene.say("konteyner doldu", who="ali")
    scene.say("evet", who="ali")
    assert len(scene.requests) == 1


def test_a_rating_button_of_somebody_elses_request_tells_and_changes_nothing(scene: Scene) -> None:
    scene.say("konteyner doldu")
    scene.say("evet")
    scene.staff(FIRST, Status.RESOLVED)
    scene.say("merhaba", who="ali")
    assert "süresi dolmuş" in scene.send_button("rate:1:5", who="ali")
    assert scene.requests[0].rating is None
    scene.press("4")
    assert scene.requests[0].rating == 4
    assert "daha önce" in scene.press("5")


@pytest.mark.parametrize("forged", ["rate:", "rate:x:y", "rate:1:9", "rate:99999999999999999999:5", "cancel:²"])
def test_a_forged_button_is_answered_politely(scene: Scene, forged: str) -> None:
    scene.say("konteyner doldu")
    scene.say("evet")
    assert "süresi dolmuş" in scene.send_button(forged)
    assert scene.statuses == [Status.RECEIVED]


def test_an_opinion_without_a_number_is_asked_for_one(scene: Scene) -> None:
    scene.say("konteyner doldu")
    scene.say("evet")
    scene.staff(FIRST, Status.RESOLVED)
    assert "1 (hiç) ile 5" in scene.say("pek memnun kalmadım")


def test_the_staffs_note_is_shown_to_the_one_who_filed_and_to_nobody_else(scene: Scene) -> None:
    joined(scene)
    assert "Ayşe Hanım" in scene.staff(FIRST, Status.RESOLVED, note="Ayşe Hanım, boşaltıldı.")
    assert "Ayşe Hanım" in scene.say("başvurularım")
    told = scene.say("başvurularım", who="ali")
    assert "çözüldü" in told and "Ayşe" not in told


def test_what_was_written_to_the_one_who_withdrew_is_not_shown_to_who_goes_on(scene: Scene) -> None:
    joined(scene)
    scene.staff(FIRST, Status.ASSIGNED, note="Ayşe Hanım, yarın geliyoruz.")
    scene.say("başvurumu iptal et")
    scene.say("evet")
    assert "Ayşe" not in scene.staff(FIRST, Status.RESOLVED, who="ali")
    assert "Ayşe" not in scene.say("başvurularım", who="ali")


def test_a_citizens_reason_is_never_shown_as_the_staffs_note(scene: Scene) -> None:
    joined(scene)
    scene.staff(FIRST, Status.RESOLVED)
    scene.say("çözülmedi, kapımda duruyor")
    scene.staff(FIRST, Status.RESOLVED)
    assert "kapımda" not in scene.say("başvurularım", who="ali")
    assert "Görevlinin notu" not in scene.say("başvurularım")


def test_two_problems_of_one_message_are_linked_and_those_of_two_messages_are_not(scene: Scene) -> None:
    scene.say("konteyner doldu, ayrıca çukur var")
    scene.say("evet")
    scene.say("evet")
    scene.say("lamba yanmıyor")
    scene.say("evet")
    first, second, third = scene.requests
    assert (first.linked_to, second.linked_to, third.linked_to) == (None, first.id, None)
    with scene.stage.database.engine.connect() as connection, Session(connection) as session:
        told = [[row.tracking_no for row in aside(session, each, (), None).beside] for each in scene.requests]
    assert told == [[second.tracking_no], [], []]
