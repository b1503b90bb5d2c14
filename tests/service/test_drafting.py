"""Several drafts at once: every button belongs to its own, and an old one does no harm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.conversation import Draft, Step
from bot.domain.requests import Place
from bot.domain.understanding import Act, Problem, Scored, Understanding
from bot.service.dialogue.queue import PARKED, begun, brought, parked
from tests.service.conversing import Converse, Conversing
from tests.support import YAZIR, report, selcuklu, understood

WATER, BIN = "su akmıyor", "konteynerin kapağı kırık"
BOTH = f"{WATER}; ayrıca {BIN}"
ANNOUNCED = "Yazır'da su 18.00'de gelecek."


def _problem(text: str, service: str) -> Problem:
    return Problem(text, (Scored(service, 0.95),))


def _doubtful(text: str, first: str, second: str, place: Place) -> Understanding:
    problem = Problem(text, (Scored(first, 0.55), Scored(second, 0.5)), sure=False)
    return Understanding(text, Act.REPORT, 0.99, problems=(problem,), place=place)


KNOWN = {
    WATER: report(WATER, "water_outage", place=YAZIR),
    BIN: report(BIN, "waste_container", place=YAZIR),
    BOTH: Understanding(
        BOTH,
        Act.REPORT,
        0.99,
        problems=(_problem(WATER, "water_outage"), _problem(BIN, "waste_container")),
        place=YAZIR,
    ),
    "çöp": _doubtful("çöp", "waste_container", "waste_collection", YAZIR),
    "park": _doubtful("park", "park_maintenance", "playground", YAZIR),
    "çukur": replace(report("çukur", "road_damage"), candidates=("Sille", "Sille Ak")),
    "Yazır'da çukur": report("Yazır'da çukur", "road_damage", place=Place("Yazır", "Selçuklu")),
    "evet": understood("evet", Act.AFFIRM),
    "yolda çukur": report("yolda çukur", "road_damage", place=YAZIR),
    "vazgeç": understood("vazgeç", Act.CANCEL_REQUEST),
    "Yine de kaydet": understood("Yine de kaydet", Act.AFFIRM),
}


@pytest.fixture
def talk(converse: Converse) -> Conversing:
    return converse(KNOWN)


def test_yine_de_kaydet_files_the_problem_that_it_stood_under_not_the_one_asked_about_now(talk: Conversing) -> None:
    talk.announce("water_outage", ["Yazır"], ANNOUNCED)
    said = talk.say(BOTH)
    insist = talk.buttons["Yine de kaydet"]
    assert ANNOUNCED in said[0] and "Çöp konteyneri" in talk.last
    assert "Su kesintisi" in talk.press(insist)[-1]
    talk.say("evet")
    talk.say("evet")
    assert [request.service for request in talk.requests()] == ["water_outage", "waste_container"]


def test_it_can_also_be_typed_later_and_pressed_after_the_other_was_filed(talk: Conversing) -> None:
    talk.announce("water_outage", ["Yazır"], ANNOUNCED)
    talk.say(BOTH)
    insist = talk.buttons["Yine de kaydet"]
    assert "Su kesintisi" in talk.say("Yine de kaydet")[-1]
    talk.say("evet")
    talk.say("evet")
    assert len(talk.requests()) == 2 and talk.draft is None
    assert "SLC-2026-000001" in talk.press(insist)[-1]


def test_who_files_the_other_first_may_still_insist(talk: Conversing) -> None:
    talk.announce("water_outage", ["Yazır"], ANNOUNCED)
    talk.say(BOTH)
    insist = talk.buttons["Yine de kaydet"]
    talk.say("evet")
    assert "Diğer konuya" not in talk.last and talk.draft is None
    talk.press(insist)
    talk.say("evet")
    assert [request.service for request in talk.requests()] == ["waste_container", "water_outage"]


def test_a_new_report_does_not_take_the_button_away(talk: Conversing) -> None:
    talk.say(BIN)
    talk.say("evet")
    talk.say(BIN)
    new = talk.buttons["Yeni başvuru"]
    talk.say("yolda çukur")
    talk.say("evet")
    talk.press(new)
    talk.say("evet")
    assert [request.service for request in talk.requests()] == ["waste_container", "road_damage", "waste_container"]


def test_a_button_of_an_older_question_changes_nothing(talk: Conversing) -> None:
    talk.say("çöp")
    old = next(payload for label, payload in talk.buttons.items() if label == "Çöp toplama")
    talk.say("vazgeç")
    talk.say("park")
    before = talk.draft
    assert "süresi dolmuş" in talk.press(old)[0]
    assert talk.draft is not None and before is not None
    assert (talk.draft.key, talk.draft.service, talk.draft.step) == (before.key, before.service, before.step)


def test_a_service_button_pressed_again_later_does_not_change_the_summary(talk: Conversing) -> None:
    talk.say("çöp")
    first, second = list(talk.buttons.values())[:2]
    talk.press(first)
    assert talk.draft is not None and talk.draft.step is Step.CONFIRM
    talk.press(second)
    assert talk.draft is not None and (talk.draft.service, talk.draft.step) == ("waste_container", Step.CONFIRM)


def test_a_neighbourhood_button_belongs_to_its_question(talk: Conversing) -> None:
    talk.say("çukur")
    sille = talk.buttons["Sille Ak"]
    talk.press(sille)
    assert talk.draft is not None and talk.draft.place.neighbourhood == "Sille Ak"
    talk.press(sille.replace("place:", "place:9"))
    talk.press("place:1")
    talk.press("service:other")
    assert talk.draft.place.neighbourhood == "Sille Ak" and talk.draft.service == "road_damage"


def test_gec_belongs_to_its_question(talk: Conversing) -> None:
    talk.say("Yazır'da çukur")
    skip = talk.buttons["Geç"]
    talk.press(skip)
    assert "Onaylıyor" in talk.last
    assert "süresi dolmuş" in talk.press(skip)[0]
    assert "Onaylıyor" in talk.last


def test_the_summary_of_a_draft_that_waits_may_still_be_confirmed(talk: Conversing) -> None:
    talk.say(BIN)
    confirm = talk.buttons["Onayla"]
    talk.announce("water_outage", ["Yazır"], ANNOUNCED)
    talk.say(WATER)  # the bin is asked about again
    talk.press(confirm)
    assert [request.service for request in talk.requests()] == ["waste_container"]
    assert talk.press(confirm)[-1].count("zaten kayıtlı") == 1


def test_vazgec_after_ones_own_was_told_is_about_that_request(talk: Conversing) -> None:
    talk.say(BIN)
    talk.say("evet")
    talk.say(BIN)
    assert "geri çekmek" in talk.say("vazgeç")[-1]


def test_payloads_fit_telegrams_64_bytes() -> None:
    key = f"{10**12}.19"
    longest = max(selcuklu().services, key=len)
    assert len(f"service:{key}:{longest}".encode()) <= 64
    assert len(f"place:{key}:{len(selcuklu().neighbourhoods)}".encode()) <= 64


def test_parked_drafts_stand_last_the_newest_first_and_only_so_many() -> None:
    waiting, aside = Draft("1"), Draft("2", step=Step.KNOWN)
    queue = parked((aside, waiting))
    assert [(draft.key, draft.parked) for draft in queue] == [("1", False), ("2", True)]
    assert [draft.key for draft in begun(queue, Draft("3"), first=True)] == ["3", "1", "2"]
    assert [draft.key for draft in begun(queue, Draft("3"))] == ["1", "3", "2"]
    assert [(draft.key, draft.parked) for draft in brought(queue, queue[1])] == [("2", False), ("1", False)]
    many = tuple(Draft(str(number), step=Step.KNOWN) for number in range(20))
    assert [draft.key for draft in parked(many)] == [str(number) for number in range(PARKED)]
