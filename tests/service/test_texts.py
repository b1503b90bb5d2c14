"""What citizens read: variants say the same, nobody promises what nobody does, names are written as TDK writes them."""

from __future__ import annotations

import re
import string

from tests.support import selcuklu

TOWN = selcuklu()
OFTEN = (
    "greeting", "notice", "ask_place", "ask_detail", "confirm", "filed", "filed_forwarded", "same_own",
    "same_own_forwarded", "same_other", "status_one", "status_none", "handover", "not_understood", "abuse",
    "unknown_information", "complain_about_bot", "thanked", "goodbye",
)  # fmt: skip
SAYINGS = [text for variants in TOWN.texts.values() for text in variants]
SAYINGS += [entry.answer for entry in TOWN.information] + [reply.text for reply in TOWN.canned]


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_variants_tell_the_same_facts() -> None:
    for key, variants in TOWN.texts.items():
        assert len(set(variants)) == len(variants), key
        assert len({_placeholders(variant) for variant in variants}) == 1, key


def test_what_is_said_often_is_said_in_two_ways_and_in_public_in_three() -> None:
    assert [key for key in OFTEN if len(TOWN.texts[key]) < 2] == []
    public = [key for key in TOWN.texts if key.startswith("public_") and key != "public_number"]
    assert len(public) >= 10 and [key for key in public if len(TOWN.texts[key]) < 3] == []


def test_a_question_to_a_neighbour_is_the_same_question_in_every_variant() -> None:
    assert all(text.endswith("Aynı sorun mu?") for text in TOWN.texts["same_other"])
    assert all("112" in text for text in TOWN.texts["public_danger"])


def test_nothing_is_passed_on_to_a_body_that_has_no_address_for_it() -> None:
    assert not any(body.email for body in TOWN.bodies.values())
    promised = [entry.id for entry in TOWN.information if re.search(r"ilet(iriz|eceğiz|tik)", entry.answer)]
    assert promised == []


def test_the_numbers_in_the_information_are_the_municipalitys_own() -> None:
    answers = {entry.id: entry.answer for entry in TOWN.information}
    assert TOWN.phone in answers["phone_email"]
    assert "186" in answers["who_power"].split("telden")[1] and "187" in answers["who_gas"]


def test_institutions_take_no_apostrophe() -> None:
    named = re.compile(r"(müdürlüğ|belediyes|heyet|odas|meclis|kurum|vakf|başkanlığ)[ıiuü]['’]", re.IGNORECASE)
    assert len(SAYINGS) > 150
    assert [text for text in SAYINGS if named.search(text)] == []
