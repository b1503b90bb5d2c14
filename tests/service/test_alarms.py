"""Danger comes first, whatever stands beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.messages import EventKind
from bot.domain.requests import Place
from bot.domain.understanding import Act, Problem, Scored, Understanding
from tests.service.conversing import Converse, Conversing
from tests.support import YAZIR, report, understood

WALL = "sokaktaki eski evin duvarı yıkılmak üzere, altından insanlar geçiyor"
GAS, BIN = "apartmanda doğalgaz kokusu var", "çöp konteyneri kırık"
BOTH = f"{BIN}, ayrıca {GAS}"
FIRE = "konteyner yanıyor alevler büyüdü"
NOWHERE = "karşı bina yanıyor"


def _problem(text: str, service: str) -> Problem:
    return Problem(text, (Scored(service, 0.95),))


KNOWN = {
    GAS: report(GAS, "natural_gas"),
    BIN: report(BIN, "waste_container"),
    BOTH: Understanding(
        BOTH,
        Act.REPORT,
        0.99,
        problems=(_problem(BIN, "waste_container"), _problem(GAS, "natural_gas")),
        place=YAZIR,
        phone="05321112233",
        sensitive=True,
    ),
    "konteyner doldu": report("konteyner doldu", place=YAZIR),
    "konteyner doldu Yazır": report("konteyner doldu Yazır", place=Place("Yazır", "Selçuklu")),
    FIRE: replace(report(FIRE, place=YAZIR, urgent=True, danger="fire"), act=Act.EMERGENCY),
    NOWHERE: replace(report(NOWHERE, "dangerous_building", urgent=True, danger="fire"), act=Act.EMERGENCY),
    "evet": understood("evet", Act.AFFIRM),
    "komşum çocuğunu dövüyor": replace(
        report("komşum çocuğunu dövüyor", "public_order", place=YAZIR, urgent=True, danger="child"), act=Act.EMERGENCY
    ),
    "yaşamak istemiyorum": understood("yaşamak istemiyorum", Act.EMERGENCY, urgent=True, danger="distress"),
    WALL: report(WALL, "dangerous_building", place=YAZIR, urgent=True, danger="general"),
    "sele kapıldık": report("sele kapıldık", urgent=True, danger="general"),
    "Gül Sokak'ta gaz kokusu arttı": report("Gül Sokak'ta gaz kokusu arttı", "natural_gas", place=YAZIR),
}


@pytest.fixture
def talk(converse: Converse) -> Conversing:
    return converse(KNOWN)


def test_gas_beside_a_bin_is_told_first_and_filed_first_the_bin_after_it(talk: Conversing) -> None:
    said = talk.say(BOTH)
    assert "187" in said[0]
    assert "Doğal gaz" in said[-1] and "Onaylıyor" in said[-1]
    talk.say("evet")
    talk.say("evet")
    gas, bin_ = talk.requests()
    assert (gas.service, gas.priority, gas.status) == ("natural_gas", "urgent", "forwarded")
    assert (bin_.service, bin_.priority) == ("waste_container", "normal")
    assert gas.contact == "05321112233" and gas.sensitive
    assert (gas.description, gas.street) == (GAS, "Gül Sokak")
    assert {item.reason for item in talk.reviews()} >= {"urgent"}


def test_danger_comes_before_a_draft_that_waits(talk: Conversing) -> None:
    talk.say("konteyner doldu Yazır")
    said = talk.say(BOTH)
    assert "187" in said[0] and "Doğal gaz" in said[-1]
    talk.say("evet")
    assert talk.requests()[0].service == "natural_gas"
    assert "Sokak ve kapı" in talk.last or "Tam yeri" in talk.last


def test_a_shared_position_belongs_to_the_danger(talk: Conversing) -> None:
    talk.send(GAS)
    talk.send(kind=EventKind.LOCATION, latitude=38.017, longitude=32.519)
    talk.turns()
    talk.say("evet")
    assert talk.requests()[0].latitude == pytest.approx(38.017)


def test_who_tells_more_of_the_danger_does_not_file_it_twice(talk: Conversing) -> None:
    talk.say(GAS)
    said = talk.say("Gül Sokak'ta gaz kokusu arttı")
    assert "187" in said[0]
    talk.say("evet")
    assert [request.service for request in talk.requests()] == ["natural_gas"]
    assert talk.draft is None


def test_a_fire_at_a_place_is_filed_as_urgent_once_112_is_told(talk: Conversing) -> None:
    said = talk.say(FIRE)
    assert "112" in said[0]
    talk.say("evet")
    assert talk.requests()[0].priority == "urgent"
    assert [item.reason for item in talk.reviews()] == ["urgent"]


def test_a_fire_without_a_place_is_a_persons_matter(talk: Conversing) -> None:
    assert len(talk.say(NOWHERE)) == 1
    assert talk.draft is None and [item.reason for item in talk.reviews()] == ["urgent"]


@pytest.mark.parametrize(
    ("text", "numbers"), [("komşum çocuğunu dövüyor", ("112", "183")), ("yaşamak istemiyorum", ("112", "183"))]
)
def test_people_in_danger_are_never_asked_for_a_place(talk: Conversing, text: str, numbers: tuple[str, ...]) -> None:
    said = talk.say(text)
    assert len(said) == 1 and all(number in said[0] for number in numbers)
    assert talk.draft is None and [item.reason for item in talk.reviews()] == ["distress"]


def test_an_urgent_report_is_warned_of_while_another_is_open_and_asked_about_first(talk: Conversing) -> None:
    talk.say("konteyner doldu Yazır")
    said = talk.say(WALL)
    assert "112" in said[0] and "Metruk" in said[-1]
    talk.say("evet")
    assert talk.requests()[0].service == "dangerous_building"


def test_danger_that_comes_up_later_in_a_report_is_warned_of_too(talk: Conversing) -> None:
    talk.say("konteyner doldu Yazır")
    said = talk.say("sele kapıldık")
    assert "112" in said[0]
    assert talk.draft is not None and talk.draft.urgent


def test_gas_again_after_a_day_is_a_new_danger(talk: Conversing) -> None:
    talk.say("Gül Sokak'ta gaz kokusu arttı")
    talk.say("evet")
    talk.say("Gül Sokak'ta gaz kokusu arttı")
    assert "evet" not in talk.last and len(talk.requests()) == 1
    talk.clock.advance(timedelta(days=2))
    talk.say("Gül Sokak'ta gaz kokusu arttı")
    talk.say("evet")
    assert len(talk.requests()) == 2
