"""The same problem again: by service, place, time and wording; the thresholds are measured on pairs judged by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.config import ROOT
from bot.domain.requests import Place
from bot.domain.understanding import Act
from bot.rehearsal.sameness import later, read_pairs, score, table
from bot.service.dialogue.sameness import ALIKE, Told, agree, contradict, is_same, likeness
from tests.service.conversing import Converse, Conversing
from tests.support import YAZIR, report, understood

YAZIR_ALONE = Place("Yazır", "Selçuklu")
KNOWN = {
    "Yazır'da çöpler alınmıyor": report("Yazır'da çöpler alınmıyor", "waste_collection", place=YAZIR_ALONE),
    "Yazır Gül Sokak'ta çöp alınmadı": report("Yazır Gül Sokak'ta çöp alınmadı", "waste_collection", place=YAZIR),
    "Yazır'da bank kırık": report("Yazır'da bank kırık", "park_maintenance", place=YAZIR),
    "kamelyanın çatısı uçmuş": report("kamelyanın çatısı uçmuş", "park_maintenance", place=YAZIR),
    "su akmıyor": report("su akmıyor", "water_outage", place=YAZIR),
    "evet": understood("evet", Act.AFFIRM),
    "geç": understood("geç", Act.SKIP),
}


@pytest.fixture
def talk(converse: Converse) -> Conversing:
    return converse(KNOWN)


def test_the_measured_thresholds_hold_on_the_pairs() -> None:
    pairs = read_pairs()
    assert len(pairs) >= 60
    for own, precision, recall in ((True, 0.9, 0.97), (False, 0.9, 0.85)):
        found = score([pair for pair in pairs if pair.own is own])
        assert found.pairs >= 25 and found.precision >= precision and found.recall >= recall, (own, found)


def test_the_table_in_the_docs_is_the_measured_one() -> None:
    page = (ROOT / "docs" / "dialogue.md").read_text(encoding="utf-8")
    assert table(read_pairs()) in page and later(read_pairs()) in page


def test_what_only_one_of_them_tells_contradicts_nothing() -> None:
    assert not contradict(YAZIR_ALONE, YAZIR) and not agree(YAZIR_ALONE, YAZIR)
    assert contradict(YAZIR, Place("Sille", "Selçuklu"))
    assert contradict(YAZIR, Place("Yazır", "Selçuklu", "Lale Sokak"))
    assert contradict(Place("Yazır", street="Gül Sokak", door_no="4"), Place("Yazır", street="Gül Sokak", door_no="40"))
    assert not contradict(Place(), Place("Yazır", street="Gül Sokak"))


def test_words_are_alike_whatever_their_suffixes_and_names_of_places_do_not_count() -> None:
    assert likeness(Told("konteynerin kapağı kırık", YAZIR), Told("kırık kapak", YAZIR)) > 0.6
    assert likeness(Told("Yazır'da çukur", YAZIR), Told("Yazır'da lamba sönük", YAZIR)) == 0.0
    assert likeness(Told("Gül Sokak", YAZIR), Told("konteyner kırık", YAZIR)) == 1.0


def test_one_spot_needs_no_words() -> None:
    door = Place("Yazır", street="Gül Sokak", door_no="4")
    assert is_same(Told("asfalt çöktü", door), Told("kocaman delik", door), own=False)
    assert not is_same(Told("asfalt çöktü", YAZIR), Told("kocaman delik", YAZIR), own=False)
    assert is_same(Told("asfalt çöktü", YAZIR), Told("yoldaki çukur", YAZIR), own=False)
    assert 0 < ALIKE < 1


def test_telling_the_street_later_is_no_second_request(talk: Conversing) -> None:
    talk.say("Yazır'da çöpler alınmıyor")
    talk.say("geç")
    talk.say("evet")
    said = talk.say("Yazır Gül Sokak'ta çöp alınmadı")
    assert "SLC-2026-000001" in said[0] and "alındı" in said[0]
    assert len(talk.requests()) == 1
    talk.press(talk.buttons["Yeni başvuru"])
    talk.say("evet")
    assert len(talk.requests()) == 2


def test_another_matter_of_a_broad_service_is_its_own_request(talk: Conversing) -> None:
    talk.say("Yazır'da bank kırık")
    talk.say("evet")
    assert "Onaylıyor" in talk.say("kamelyanın çatısı uçmuş")[-1]


def test_what_was_forwarded_is_not_told_to_be_open(talk: Conversing) -> None:
    talk.say("su akmıyor")
    talk.say("evet")
    talk.clock.advance(timedelta(days=1))
    said = talk.say("su akmıyor")
    assert "açık" not in said[-1] and "185" in said[-1] and "SLC-2026-000001" in said[-1]


def test_a_neighbour_far_from_any_street_is_told_no_none(converse: Converse) -> None:
    here = Place(latitude=38.05, longitude=32.40)
    talk = converse({"çukur": report("çukur", "road_damage", place=here), "evet": understood("evet", Act.AFFIRM)})
    talk.say("çukur")
    talk.say("evet")
    said = talk.say("çukur", who="ali")
    assert "None" not in said[-1] and "konumun yakını" in said[-1]
