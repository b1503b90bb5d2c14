"""A filed request goes only with a clear yes to the question that was asked last."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.requests import Place, Status
from bot.domain.understanding import Act
from bot.service.reviews import ReviewDesk
from tests.service.scene import Scene
from tests.support import YAZIR, report, selcuklu, understood

FIRST, SECOND = "SLC-2026-000001", "SLC-2026-000002"
SILLE = Place("Sille", "Selçuklu", "Çay Sokak")
KNOWN = {
    "konteyner doldu": report("konteyner doldu", place=YAZIR),
    "çukur var": report("çukur var", "road_damage", place=SILLE),
    "Yazır'da lamba yanmıyor": report("Yazır'da lamba yanmıyor", "street_light", place=YAZIR),
    "lamba yanmıyor": report("lamba yanmıyor", "street_light", place=YAZIR),
    "ben de konteynerden şikâyetçiyim": report("ben de konteynerden şikâyetçiyim", place=YAZIR),
    "çöp olan": understood("çöp olan", Act.ABUSIVE),
    "ilki": understood("ilki", Act.ASK_STATUS),
    "2": understood("2", Act.RATE, rating=2),
    FIRST: understood(FIRST, Act.ASK_STATUS, tracking_no=FIRST),
    f"{SECOND} iptal edin": understood(f"{SECOND} iptal edin", Act.CANCEL_REQUEST, tracking_no=SECOND),
    f"{FIRST} iptal edilsin": understood(f"{FIRST} iptal edilsin", Act.CANCEL_REQUEST, tracking_no=FIRST),
    "iptal etmeyin": understood("iptal etmeyin", Act.CANCEL_REQUEST),
    "istemiyorum artık": understood("istemiyorum artık", Act.CANCEL_REQUEST),
    "kalsın": understood("kalsın", Act.CANCEL_REQUEST),
    "boşver": understood("boşver", Act.CORRECT),
    "geri çek": understood("geri çek", Act.CANCEL_REQUEST),
    "verilerimi silin": understood("verilerimi silin", Act.CANCEL_REQUEST),
    "evet silin": understood("evet silin", Act.AFFIRM),
}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path, KNOWN)


def filed(scene: Scene, *texts: str) -> None:
    for text in texts:
        scene.say(text)
        scene.say("evet")
    assert len(scene.requests) == len(texts)


@pytest.mark.parametrize("doubt", ["vazgeçtim", "kalsın", "boşver", "istemiyorum artık"])
def test_what_may_mean_both_keeps_the_request_and_offers_the_button(scene: Scene, doubt: str) -> None:
    filed(scene, "konteyner doldu")
    scene.say("başvurumu iptal et")
    assert "açık bıraktım" in scene.say(doubt)
    assert scene.statuses == [Status.RECEIVED]
    assert "geri çektim" in scene.press("Geri çek")
    assert scene.statuses == [Status.CANCELLED]


def test_a_typed_yes_after_the_doubt_withdraws_it(scene: Scene) -> None:
    filed(scene, "konteyner doldu")
    for text in ("başvurumu iptal et", "vazgeçtim", "geri çek"):
        scene.say(text)
    assert scene.statuses == [Status.CANCELLED]


@pytest.mark.parametrize("no", ["hayır", "iptal etmeyin"])
def test_a_no_keeps_it_and_a_later_yes_means_nothing(scene: Scene, no: str) -> None:
    filed(scene, "konteyner doldu")
    scene.say("başvurumu iptal et")
    assert "açık kaldı" in scene.say(no)
    scene.say("evet")
    assert "süresi dolmuş" in scene.press("Evet")
    assert scene.statuses == [Status.RECEIVED]


@pytest.mark.parametrize("yes", ["evet", "iptal et", "geri çek", f"{FIRST} iptal edilsin"])
def test_a_clear_yes_withdraws_it(scene: Scene, yes: str) -> None:
    filed(scene, "konteyner doldu")
    scene.say("başvurumu iptal et")
    assert "geri çektim" in scene.say(yes)
    assert scene.statuses == [Status.CANCELLED]


def test_a_yes_to_a_new_summary_files_it_and_leaves_the_older_request(scene: Scene) -> None:
    filed(scene, "konteyner doldu")
    scene.say("başvurumu iptal et")
    assert "Onaylıyor musunuz" in scene.say("çukur var")
    assert SECOND in scene.say("evet")
    assert scene.statuses == [Status.RECEIVED, Status.RECEIVED]


def test_a_digression_is_answered_and_the_question_comes_again(scene: Scene) -> None:
    filed(scene, "konteyner doldu")
    scene.say("başvurumu iptal et")
    assert "emin misiniz" in scene.say("kaçta kapanıyorsunuz")
    scene.say("evet")
    assert scene.statuses == [Status.CANCELLED]


def test_a_question_that_was_left_for_hours_is_not_asked_again(scene: Scene) -> None:
    filed(scene, "konteyner doldu")
    scene.say("başvurumu iptal et")
    scene.later(hours=3)
    assert "emin misiniz" not in scene.say("teşekkürler")
    scene.say("evet")
    assert scene.statuses == [Status.RECEIVED]


def test_news_that_ask_for_a_rating_let_the_older_question_go(scene: Scene) -> None:
    filed(scene, "konteyner doldu", "çukur var")
    scene.say(f"{SECOND} iptal edin")
    scene.staff(FIRST, Status.RESOLVED)
    scene.say("evet")
    assert scene.statuses == [Status.RESOLVED, Status.RECEIVED]


@pytest.mark.parametrize(
    ("choice", "number"), [("çöp olan", FIRST), ("ilki", SECOND), ("2", FIRST), (FIRST, FIRST), (SECOND, SECOND)]
)
def test_a_choice_among_several_leads_to_the_confirmation(scene: Scene, choice: str, number: str) -> None:
    filed(scene, "konteyner doldu", "çukur var")
    scene.later(hours=25)
    asked = scene.say("başvurumu iptal et")
    assert f"1. {SECOND}" in asked and f"2. {FIRST}" in asked
    asked = scene.press(choice) if choice == SECOND else scene.say(choice)
    assert "emin misiniz" in asked and number in asked
    assert scene.statuses == [Status.RECEIVED, Status.RECEIVED]
    scene.say("evet")
    assert {request.tracking_no: request.status for request in scene.requests}[number] == Status.CANCELLED
    assert scene.statuses.count(Status.CANCELLED) == 1


def test_a_yes_to_which_of_them_is_no_choice(scene: Scene) -> None:
    filed(scene, "konteyner doldu", "çukur var")
    scene.later(hours=25)
    scene.say("başvurumu iptal et")
    assert "anlayamadım" in scene.say("evet")
    assert "açık kaldı" in scene.say("hayır")
    assert scene.statuses == [Status.RECEIVED, Status.RECEIVED]


@pytest.mark.parametrize("told", ["Yazır'da lamba yanmıyor", "lamba yanmıyor"])
def test_a_new_problem_instead_of_a_choice_is_a_report(scene: Scene, told: str) -> None:
    filed(scene, "konteyner doldu", "çukur var")
    scene.later(hours=25)
    scene.say("başvurumu iptal et")
    assert "Onaylıyor musunuz" in scene.say(told)


def test_another_number_asks_about_that_one(scene: Scene) -> None:
    filed(scene, "konteyner doldu", "çukur var")
    scene.say(f"{FIRST} iptal edilsin")
    assert SECOND in scene.say(f"{SECOND} iptal edin")
    assert scene.statuses == [Status.RECEIVED, Status.RECEIVED]
    assert "süresi dolmuş" in scene.send_button("cancel:1")
    scene.say("evet")
    assert scene.statuses == [Status.RECEIVED, Status.CANCELLED]


def test_an_old_button_changes_nothing_days_later(scene: Scene) -> None:
    filed(scene, "konteyner doldu")
    scene.say("başvurumu iptal et")
    scene.later(hours=49)
    assert "süresi dolmuş" in scene.press("Evet")
    assert "süresi dolmuş" in scene.press("Hayır")
    assert scene.statuses == [Status.RECEIVED]


def test_pressed_twice_it_is_told_and_no_is_too_late(scene: Scene) -> None:
    filed(scene, "konteyner doldu")
    scene.say("başvurumu iptal et")
    scene.press("Evet")
    assert "geri çekildi" in scene.press("Evet")
    assert "açık kaldı" not in scene.press("Hayır")


def test_the_button_of_somebody_elses_request_does_nothing(scene: Scene) -> None:
    filed(scene, "konteyner doldu")
    scene.say("merhaba", who="ali")
    for payload in ("cancel:1", "withdraw:1", "cancel:", "keep:1"):
        assert "süresi dolmuş" in scene.send_button(payload, who="ali")
    assert scene.statuses == [Status.RECEIVED]


def test_a_follower_only_stops_following(scene: Scene) -> None:
    filed(scene, "konteyner doldu")
    scene.say("ben de konteynerden şikâyetçiyim", who="ali")
    scene.say("evet", who="ali")
    scene.say("başvurumu iptal et", who="ali")
    assert "izlemiyorsunuz" in scene.say("evet", who="ali")
    assert scene.statuses == [Status.RECEIVED]


@pytest.mark.parametrize("answer", ["vazgeçtim", "kalsın", "boşver", "istemiyorum artık", "hayır", "teşekkürler"])
def test_data_are_erased_by_a_clear_yes_alone(scene: Scene, answer: str) -> None:
    scene.say("merhaba")
    assert "Onaylıyor musunuz" in scene.say("verilerimi silin")
    assert "kaydettim" not in scene.say(answer)
    with scene.stage.database.reads() as uow:
        assert not uow.privacy.open_wishes()


@pytest.mark.parametrize("answer", ["evet", "evet silin"])
def test_a_clear_yes_erases(scene: Scene, answer: str) -> None:
    scene.say("verilerimi silin")
    assert "kaydettim" in scene.say(answer)
    with scene.stage.database.reads() as uow:
        assert len(uow.privacy.open_wishes()) == 1


def test_a_yes_after_a_new_report_erases_nothing(scene: Scene) -> None:
    scene.say("verilerimi silin")
    scene.say("konteyner doldu")
    assert FIRST in scene.say("evet")
    assert "süresi dolmuş" in scene.press("Evet")
    with scene.stage.database.reads() as uow:
        assert not uow.privacy.open_wishes()


def test_after_a_person_spoke_a_yes_withdraws_nothing(scene: Scene) -> None:
    filed(scene, "konteyner doldu")
    scene.say("başvurumu iptal et")
    with scene.stage.database.writes() as uow:
        found = uow.requests.get(1)
        assert found is not None
        conversation = uow.conversations.lock(found.conversation_id or 0)
        assert conversation is not None
        desk = ReviewDesk(uow, selcuklu(), scene.stage.clock.now())
        desk.hand_over(conversation, scene.stage.clock.now())
        uow.commit()
    scene.later(minutes=5)
    scene.say("evet")
    assert scene.statuses == [Status.RECEIVED]
