"""What is asked, and what is said instead of asking."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.conversation import Step
from bot.domain.requests import Place
from bot.domain.understanding import Act, Scored, Understanding
from bot.service.dialogue.following import asks_about_own
from tests.service.conversing import Converse, Conversing
from tests.support import YAZIR, report, selcuklu, understood

ISTANBUL, KONYA = (41.01, 28.97), (38.05, 32.41)
ANNOUNCED = "Ana boru onarılıyor; su 18.00'de gelecek."


def _question(text: str, service: str, confidence: float = 0.95, **more: Any) -> Understanding:
    return replace(report(text, service, confidence, **more), act=Act.ASK_INFORMATION)


KNOWN = {
    "yolda çukur var": report("yolda çukur var", "road_damage"),
    "Yazır'da çukur": report("Yazır'da çukur", "road_damage", place=YAZIR),
    "şurada işte": understood("şurada işte", Act.ADD_INFORMATION),
    "geç": understood("geç", Act.SKIP),
    "evet": understood("evet", Act.AFFIRM),
    "Yazır": understood("Yazır", Act.ADD_INFORMATION, place=Place("Yazır", "Selçuklu")),
    "emlak vergisi": report("emlak vergisi", "property_tax"),
    "sular ne zaman gelecek": _question("sular ne zaman gelecek", "water_outage"),
    "Sancak'ta sular ne zaman gelecek": _question(
        "Sancak'ta sular ne zaman gelecek", "water_outage", place=Place("Sancak", "Selçuklu")
    ),
    "su neden kesik?": report("su neden kesik?", "water_outage"),
    "ne zaman alınacak": _question("ne zaman alınacak", "bulky_waste", 0.56),
    "kaç gün sürer": _question("kaç gün sürer", "power_outage", 0.81),
    "kim ilgileniyor": _question("kim ilgileniyor", "staff_conduct", 0.43),
    "ne zaman olur": understood("ne zaman olur", Act.AFFIRM),
    "tamam": understood("tamam", Act.AFFIRM),
    "vazgeç": understood("vazgeç", Act.CANCEL_REQUEST),
    "su kesik": report("su kesik", "water_outage", place=YAZIR),
    "ekibinize teşekkürler yol güzel oldu": replace(
        report("ekibinize teşekkürler yol güzel oldu", "public_transport"), act=Act.THANK
    ),
    "teşekkürler kolay gelsin": understood("teşekkürler kolay gelsin", Act.THANK),
}


@pytest.fixture
def talk(converse: Converse) -> Conversing:
    return converse(KNOWN)


def test_a_position_far_away_is_told_and_the_neighbourhood_asked(talk: Conversing) -> None:
    talk.say("yolda çukur var")
    said = talk.share(*ISTANBUL)
    assert "sınırları dışında" in said[0] and talk.draft is not None and talk.draft.step is Step.PLACE
    talk.say("Yazır")
    talk.say("geç")
    talk.say("evet")
    (request,) = talk.requests()
    assert (request.neighbourhood, request.latitude) == ("Yazır", None)


def test_a_second_position_far_away_ends_it(talk: Conversing) -> None:
    talk.say("yolda çukur var")
    talk.share(*ISTANBUL)
    said = talk.share(*ISTANBUL)
    assert "CİMER" in said[0] and talk.draft is None
    assert not talk.requests()


def test_words_hold_against_a_position_far_away(talk: Conversing) -> None:
    talk.say("Yazır'da çukur")
    said = talk.share(*ISTANBUL)
    assert "dışında" not in said[0] and talk.draft is not None
    assert (talk.draft.place.neighbourhood, talk.draft.place.latitude) == ("Yazır", None)


def test_every_neighbourhood_with_a_position_lies_in_the_area() -> None:
    town = selcuklu()
    assert town.area is not None and town.positions
    assert all(town.holds(*position) for position in town.positions.values())
    assert not town.holds(*ISTANBUL) and town.holds(*KONYA)
    assert replace(town, area=None).holds(*ISTANBUL)


def test_a_place_that_nobody_finds_is_a_persons_matter_and_said_so(talk: Conversing) -> None:
    talk.say("yolda çukur var")
    talk.say("geç")
    talk.say("geç")
    assert "belirtilmedi" in talk.last
    talk.say("evet")
    (request,) = talk.requests()
    (item,) = talk.reviews()
    assert (item.reason, item.request_id) == ("not_understood", request.id)
    assert item.suggested_reply is not None and "Yerini" in item.suggested_reply


def test_a_question_without_a_place_hears_what_is_announced_and_where(talk: Conversing) -> None:
    talk.announce("water_outage", ["Yazır", "Sille"], ANNOUNCED)
    said = talk.say("sular ne zaman gelecek")
    assert ANNOUNCED in said[0] and "Yazır, Sille" in said[0]
    assert "bende yok" not in " ".join(said)
    said = talk.say("su neden kesik?")
    assert ANNOUNCED in " ".join(said) and "mahalle" in said[-1].lower()


def test_a_question_about_another_place_does_not(talk: Conversing) -> None:
    talk.announce("water_outage", ["Yazır"], ANNOUNCED)
    assert ANNOUNCED not in " ".join(talk.say("Sancak'ta sular ne zaman gelecek"))


@pytest.mark.parametrize("text", ["ne zaman alınacak", "kaç gün sürer", "kim ilgileniyor"])
def test_short_questions_after_filing_are_about_the_request(talk: Conversing, text: str) -> None:
    talk.information = (Scored("bulky_waste_day", 0.9),)
    talk.say("Yazır'da çukur")
    talk.say("evet")
    said = talk.say(text)
    assert "SLC-2026-000001" in said[0] and "Fen İşleri Müdürlüğü" in said[0] and "Haziran" in said[0]
    assert "Rica" in talk.say("teşekkürler kolay gelsin")[0] or "Ne demek" in talk.last


def test_of_a_forwarded_one_the_body_knows(talk: Conversing) -> None:
    talk.say("su kesik")
    talk.say("evet")
    said = talk.say("kaç gün sürer")
    assert "KOSKİ" in said[0] and "185" in said[0]


def test_before_filing_the_target_is_told_and_the_question_comes_again(talk: Conversing) -> None:
    talk.say("Yazır'da çukur")
    said = talk.say("kaç gün sürer")
    assert "5 gün" in said[0] and "Onaylıyor" in said[-1]


def test_without_a_request_the_information_answers(talk: Conversing) -> None:
    talk.information = (Scored("request_duration", 0.9),)
    assert "hedef" in talk.say("kaç gün sürer")[0]


@pytest.mark.parametrize("text", ["kaçta kapanıyorsunuz", "çöp ne zaman alınıyor", "emlak ne kadar", "ne kadar"])
def test_what_names_its_matter_is_no_question_about_a_request(text: str) -> None:
    assert not asks_about_own(text)


def test_thanks_for_another_bodys_work_claim_no_passing_on(talk: Conversing) -> None:
    talk.say("ekibinize teşekkürler yol güzel oldu")
    said = talk.say("evet")
    assert "ilettim" not in said[0] and "SLC-2026-000001" in said[0]


def test_a_question_that_ends_like_a_yes_confirms_nothing(talk: Conversing) -> None:
    talk.say("Yazır'da çukur")
    said = talk.say("ne zaman olur")
    assert not talk.requests() and "5 gün" in said[0] and "Onaylıyor" in said[-1]
    talk.say("evet")
    assert "SLC-2026-000001" in talk.say("ne zaman olur")[0]
    assert "Merhaba" not in talk.say("tamam")[0]


def test_an_entry_about_another_matter_is_no_answer_to_a_question_that_names_its_own(talk: Conversing) -> None:
    talk.information = (Scored("mayor_public_day", 0.54), Scored("who_gas", 0.47))
    said = talk.say("sular ne zaman gelecek")
    assert "KOSKİ" in said[0] and "185" in said[0] and "Başkan" not in said[0]
    talk.information = (Scored("mayor_public_day", 0.54), Scored("who_water", 0.47))
    assert "KOSKİ yürütür" in talk.say("sular ne zaman gelecek")[0]
    talk.information = (Scored("business_licence_papers", 0.58),)
    assert "ruhsat" not in talk.say("kaç gün sürer")[0].lower()


def test_what_was_just_forwarded_may_be_taken_back(talk: Conversing) -> None:
    talk.say("su kesik")
    talk.say("evet")
    assert "geri çekmek" in talk.say("vazgeç")[-1]
    talk.say("evet")
    assert talk.requests()[0].status == "cancelled"
