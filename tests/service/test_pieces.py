"""Fragments are gathered in every state; what answers or completes doesn't wait. Old drafts end, and that is told."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.domain.messages import EventKind
from bot.domain.requests import Place, Status
from bot.domain.understanding import Act, Problem, Scored, Understanding
from bot.engine.scripted import ScriptedEngine
from bot.ports import TurnSession
from tests.service.scene import ANSWERS, Scene
from tests.support import YAZIR, report, understood

FIRST = "SLC-2026-000001"
ONLY_YAZIR, GUL = Place("Yazır", "Selçuklu"), Place("Yazır", "Selçuklu", "Gül Sokak")
TWO = Understanding(
    "salıncak kırık, ayrıca çukur var",
    Act.REPORT,
    0.99,
    problems=(
        Problem("salıncak kırık", (Scored("playground", 0.9),)),
        Problem("çukur var", (Scored("road_damage", 0.9),)),
    ),
    place=GUL,
)
KNOWN = {
    "konteyner doldu": report("konteyner doldu", place=YAZIR),
    "konteyner taştı": report("konteyner taştı"),
    "yazır": understood("yazır", Act.ADD_INFORMATION, place=ONLY_YAZIR),
    "gül sokak": understood("gül sokak", Act.ADD_INFORMATION, place=Place(street="Gül Sokak")),
    "yazır\ngül sokak": understood("yazır\ngül sokak", Act.ADD_INFORMATION, place=GUL),
    "yazır gül sokak": understood("yazır gül sokak", Act.ADD_INFORMATION, place=GUL),
    "bir şey": understood("bir şey", Act.REPORT),
    "5": understood("5", Act.RATE, rating=5),
    "12 değil 21": understood("12 değil 21", Act.CORRECT),
    "ekip gelmedi": understood("ekip gelmedi", Act.NOT_RESOLVED),
    "çözülmedi": understood("çözülmedi", Act.NOT_RESOLVED),
    TWO.text: TWO,
}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path, KNOWN)


def at_once(scene: Scene, text: str = "", kind: EventKind = EventKind.TEXT, **more: Any) -> bool:
    """Whether the message is answered before the pause is over; else it waits on."""
    scene.stage.receiver.receive(scene.stage.event("telegram", "ayşe", kind, text=text, **more))
    return asyncio.run(scene.stage.turns.drain()) > 0


def test_an_answer_in_pieces_is_one_answer_once_it_is_whole(scene: Scene) -> None:
    scene.say("konteyner taştı")
    assert not at_once(scene, "yazır")
    scene.later(seconds=1)
    assert at_once(scene, "gül sokak")
    heard = asyncio.run(scene.stage.settle())
    assert len(heard) == 1 and "Gül Sokak" in heard[0].reply.text


def test_what_completes_the_draft_or_answers_does_not_wait(scene: Scene) -> None:
    scene.say("konteyner taştı")
    assert at_once(scene, "yazır gül sokak")
    assert at_once(scene, "12 değil 21")
    assert at_once(scene, "evet")


@pytest.mark.parametrize("text", ["kaçta kapanıyorsunuz", "vazgeçtim", "hayır", "başvurularım"])
def test_a_question_or_an_answer_in_between_does_not_wait(scene: Scene, text: str) -> None:
    scene.say("konteyner taştı")
    assert at_once(scene, text)


def test_a_position_and_a_button_do_not_wait(scene: Scene) -> None:
    scene.say("konteyner taştı")
    assert at_once(scene, kind=EventKind.LOCATION, latitude=37.93, longitude=32.42)
    assert at_once(scene, kind=EventKind.BUTTON, button="drop:")


def test_while_a_rating_is_awaited_fragments_wait_and_the_rating_does_not(scene: Scene) -> None:
    scene.say("konteyner doldu")
    scene.say("evet")
    scene.staff(FIRST, Status.RESOLVED)
    assert not at_once(scene, "konteyner taştı")
    scene.later(seconds=3)
    asyncio.run(scene.stage.settle())
    scene.say("vazgeçtim")
    assert at_once(scene, "5")
    assert scene.requests[0].rating == 5


def test_the_reason_of_a_reopening_is_gathered(scene: Scene) -> None:
    scene.say("konteyner doldu")
    scene.say("evet")
    scene.staff(FIRST, Status.RESOLVED)
    scene.say("çözülmedi")
    assert not at_once(scene, "ekip gelmedi")
    assert not at_once(scene, "bir şey")


def test_all_is_understood_before_the_transaction(tmp_path: Path) -> None:
    class Strict(ScriptedEngine):
        inside = False

        def parse(self, text: str) -> Understanding:
            assert not self.inside, f"parsed inside a turn: {text!r}"
            return super().parse(text)

        async def respond(self, turn: TurnSession) -> None:
            self.inside = True
            try:
                await super().respond(turn)
            finally:
                self.inside = False

    scene = Scene(tmp_path, KNOWN)
    scene.stage.turns._engine = Strict({**ANSWERS, **KNOWN})
    scene.say(TWO.text)
    assert len(scene.drafts()) == 2
    for _ in range(2):
        scene.say("evet")
    assert len(scene.requests) == 2


# -- drafts end
def test_a_draft_lives_three_days(scene: Scene) -> None:
    scene.say("konteyner doldu")
    scene.later(hours=70)
    assert FIRST in scene.say("evet")


@pytest.mark.parametrize("answer", ["evet", "hayır", "12 değil 21"])
def test_who_answers_later_is_told_that_nothing_was_filed(scene: Scene, answer: str) -> None:
    scene.say("konteyner doldu")
    scene.later(hours=73)
    told = scene.say(answer)
    assert "Çöp konteyneri" in told and "kaydetmedim" in told and "yeniden yazar mısınız" in told
    assert not scene.requests and not scene.drafts()


def test_a_button_pressed_later_says_so_too(scene: Scene) -> None:
    scene.say("konteyner doldu")
    scene.later(hours=73)
    assert "kaydetmedim" in scene.press("Onayla")
    assert "kaydetmedim" not in scene.press("Onayla")
    assert not scene.requests


def test_a_place_that_comes_too_late_is_kept(scene: Scene) -> None:
    scene.say("konteyner taştı")
    scene.later(hours=73)
    told = scene.say("yazır gül sokak")
    assert "kaydetmedim" in told and "Oradaki sorun nedir" in told
    assert "Gül Sokak" in scene.say("konteyner taştı")


def test_who_reports_anew_hears_nothing_of_it(scene: Scene) -> None:
    scene.say("konteyner taştı")
    scene.later(hours=73)
    assert "kaydetmedim" not in scene.say("konteyner doldu")
