"""Canned replies: filled with right suffixes, never with what is not known, and nothing to break out of."""

from __future__ import annotations

import pytest

from bot.errors import UserError
from bot.service.canned import GAPS, NAMES, check_template, fill, gap_in, values_for
from tests.support import selcuklu

VALUES = {"birim": "Temizlik İşleri Müdürlüğü", "mahalle": "Yazır Mahallesi", "no": "SLC-2026-000123"}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("{birim:-e} ilettik", "Temizlik İşleri Müdürlüğü'ne ilettik"),
        ("{mahalle:-de}", "Yazır Mahallesi'nde"),
        ("{mahalle:-den}", "Yazır Mahallesi'nden"),
        ("{no:-i} inceliyoruz", "SLC-2026-000123'ü inceliyoruz"),
        ("{birim:-in}", "Temizlik İşleri Müdürlüğü'nün"),
        ("{{ayraç}} {no}", "{ayraç} SLC-2026-000123"),
    ],
)
def test_placeholders_take_their_suffixes(template: str, filled: str) -> None:
    check_template(template)
    assert fill(template, VALUES) == filled


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_known_stays_a_gap_that_is_found(name: str) -> None:
    filled = fill(f"Sayın {{{name}:-e}}", {})
    assert filled == f"Sayın [{name}]" and gap_in(filled) == f"[{name}]"
    assert gap_in("Köşeli [ayraç] yazılabilir") is None and len(GAPS) == len(NAMES)


@pytest.mark.parametrize(
    "template", ["{isim}", "{ad.__class__}", "{ad[0]}", "{0}", "{}", "{ad:>9999999}", "{ad!r}", "{ad:-x}", "{ad", "ad}"]
)
def test_a_template_that_cannot_work_is_refused(template: str) -> None:
    with pytest.raises(UserError, match="placeholder"):
        check_template(template)


def test_the_municipalitys_own_replies_can_be_filled() -> None:
    municipality = selcuklu()
    assert len(municipality.canned) > 5
    for reply in municipality.canned:
        check_template(reply.text)
    assert values_for(municipality, None, "Ayşe Yılmaz")["belediye"] == "Selçuklu Belediyesi"
