"""More about what is there: a file goes where it belongs, and where that isn't clear it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.requests import Place, Status
from bot.domain.understanding import Act
from tests.service.scene import Scene
from tests.support import YAZIR, report, understood

FIRST, SECOND = "SLC-2026-000001", "SLC-2026-000002"
KNOWN = {
    "konteyner doldu": report("konteyner doldu", place=YAZIR),
    "çukur var": report("çukur var", "road_damage", place=Place("Sille", "Selçuklu", "Çay Sokak")),
    "başvuruma ekle": understood("başvuruma ekle", Act.ADD_INFORMATION),
    "eski fotoğrafı da ekleyin lütfen": understood("eski fotoğrafı da ekleyin lütfen", Act.ADD_INFORMATION),
    "yeni konu": understood("yeni konu", Act.DENY),
    "buyurun": understood("buyurun", Act.OUT_OF_SCOPE),
    "çözülmedi": understood("çözülmedi", Act.NOT_RESOLVED),
    FIRST: understood(FIRST, Act.ASK_STATUS, tracking_no=FIRST),
    "aşkım nasılsın": understood("aşkım nasılsın", Act.OUT_OF_SCOPE),
}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path, KNOWN)
    scene.say("konteyner doldu")
    scene.say("evet")
    assert len(scene.requests) == 1
    return scene


def photos(scene: Scene) -> list[int]:
    return [scene.photos(request) for request in scene.requests]


def test_a_photo_right_after_filing_belongs_to_it_and_so_does_the_next(scene: Scene) -> None:
    assert FIRST in scene.photo()
    scene.later(minutes=8)
    assert FIRST in scene.photo("buyurun")
    assert photos(scene) == [2]


def test_hours_later_it_is_asked_what_a_photo_is_for(scene: Scene) -> None:
    scene.later(hours=5)
    asked = scene.photo()
    assert FIRST in asked and "fotoğraf" in asked and "yeni bir konu mu" in asked
    assert photos(scene) == [0]


@pytest.mark.parametrize("answer", ["başvuruma ekle", "evet", FIRST])
def test_told_so_it_is_added(scene: Scene, answer: str) -> None:
    scene.later(hours=5)
    scene.photo()
    assert FIRST in scene.say(answer)
    assert photos(scene) == [1]
    assert scene.notes(scene.requests[0]) == []


def test_the_button_adds_it_once(scene: Scene) -> None:
    scene.later(hours=5)
    scene.photo()
    scene.press("Başvuruma ekle")
    assert photos(scene) == [1]
    assert "süresi dolmuş" in scene.press("Başvuruma ekle")
    assert "süresi dolmuş" in scene.press("Yeni başvuru")
    assert not scene.drafts()


@pytest.mark.parametrize("typed", [True, False])
def test_a_new_matter_begins_with_the_photo(scene: Scene, typed: bool) -> None:
    scene.later(hours=5)
    scene.photo()
    asked = scene.say("yeni konu") if typed else scene.press("Yeni başvuru")
    assert "yazar mısınız" in asked
    scene.say("çukur var")
    scene.say("evet")
    assert photos(scene) == [0, 1]


def test_who_simply_tells_the_new_matter_has_answered(scene: Scene) -> None:
    scene.later(hours=5)
    scene.photo()
    scene.say("çukur var")
    assert SECOND in scene.say("evet")
    assert photos(scene) == [0, 1]


def test_words_that_add_answer_it_too(scene: Scene) -> None:
    scene.later(hours=5)
    scene.photo()
    scene.say("eski fotoğrafı da ekleyin lütfen")
    assert photos(scene) == [1]
    assert scene.notes(scene.requests[0]) == [("citizen", "eski fotoğrafı da ekleyin lütfen")]


def test_several_photos_and_a_digression_are_one_question(scene: Scene) -> None:
    scene.later(hours=5)
    scene.photo()
    scene.photo()
    assert "yeni bir konu mu" in scene.say("kaçta kapanıyorsunuz")
    scene.photo()
    scene.say("evet")
    assert photos(scene) == [3]


def test_a_photo_after_cozulmedi_is_part_of_the_reason(scene: Scene) -> None:
    scene.staff(FIRST, Status.RESOLVED)
    scene.later(hours=3)
    scene.say("çözülmedi")
    scene.later(hours=2)
    assert FIRST in scene.photo()
    assert photos(scene) == [1]


def test_a_photo_whose_words_say_nothing_is_not_lost(scene: Scene) -> None:
    assert "fotoğrafınızı aldım" in scene.photo("aşkım nasılsın", who="ali").lower()
    assert len(scene.drafts("ali")[0].attachment_ids) == 1


def test_a_forged_button_adds_nothing(scene: Scene) -> None:
    scene.later(hours=5)
    scene.photo()
    assert "süresi dolmuş" in scene.send_button("add:77")
    assert photos(scene) == [0]


def test_what_is_no_longer_ones_own_is_not_added_to(scene: Scene) -> None:
    scene.say("konteyner doldu", who="ali")
    scene.say("evet", who="ali")
    scene.say("başvurumu iptal et")
    scene.say("evet")
    assert scene.statuses == [Status.RECEIVED]
    scene.photo()
    assert photos(scene) == [0]
