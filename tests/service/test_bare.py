"""Single words are understood as far as they name something."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.understanding import Act, Understanding
from bot.service.dialogue.bare import understand
from tests.support import report, understood

DOUBT = replace(understood("çukur", Act.ABUSIVE), act_confidence=0.2)


def parse(text: str) -> Understanding:
    known = {
        "çukur": DOUBT,
        "çukur var": report("çukur var", "road_damage", 0.97),
        "şey": replace(DOUBT, text="şey"),
        "şey var": report("şey var", "road_damage", 0.4),
        "gürültü": replace(report("gürültü", "noise", 0.99), act=Act.CANCEL_REQUEST, act_confidence=0.2),
        "evet": understood("evet", Act.AFFIRM),
        "evet var": report("evet var", "noise", 0.99),
    }
    return known[text]


def test_a_thing_that_is_named_is_reported() -> None:
    assert (understand(parse, "çukur").act, understand(parse, "çukur").service) == (Act.REPORT, "road_damage")
    assert understand(parse, "gürültü").act is Act.REPORT


def test_what_names_nothing_and_what_is_clear_stays_as_it_is() -> None:
    assert understand(parse, "şey").act is Act.ABUSIVE
    assert understand(parse, "evet").act is Act.AFFIRM
