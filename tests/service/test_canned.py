"""Canned replies: filled with right suffixes, never with what is not known, and nothing to break out of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.requests import Request
from bot.errors import UserError
from bot.service.canned import GAPS, NAMES, check_template, fill, gap_in, values_for
from tests.support import selcuklu

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
VALUES = {"birim": "Temizlik İşleri Müdürlüğü", "mahalle": "Yazır Mahallesi", "no": "SLC-2026-000123"}


def a_request(**more: Any) -> Request:
    values: dict[str, Any] = {"unit": "cleaning", "body": None, "service": "waste_container"} | more
    return Request(
        "SLC-2026-000123",
        2026,
        123,
        "k",
        1,
        1,
        kind="complaint",
        description="x",
        channel="web",
        created_at=NOW,
        updated_at=NOW,
        **values,
    )


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("{birim:-e} ilettik", "Temizlik İşleri Müdürlüğüne ilettik"),
        ("{mahalle:-de}", "Yazır Mahallesi'nde"),
        ("{mahalle:-den}", "Yazır Mahallesi'nden"),
        ("{no:-i} inceliyoruz", "SLC-2026-000123'ü inceliyoruz"),
        ("{birim:-in}", "Temizlik İşleri Müdürlüğünün"),
        ("{{ayraç}} {no}", "{ayraç} SLC-2026-000123"),
    ],
)
def test_placeholders_take_their_suffixes(template: str, filled: str) -> None:
    check_template(template)
    assert fill(template, VALUES) == filled


def test_a_service_is_no_proper_name_and_a_bodys_explanation_goes_before_a_suffix() -> None:
    town = selcuklu()
    request = a_request(service="water_outage", unit=None, body="koski")
    values = values_for(town, request, "Fatma Kınalı")
    assert fill("{hizmet:-i} {birim:-in} {birim:-e} {ad:-e}", values) == (
        "Su kesintisi, basınç ve su kalitesini KOSKİ'nin KOSKİ'ye Fatma Kınalı'ya"
    )
    assert fill("{birim}", values) == "KOSKİ (su ve kanalizasyon)"
    assert fill("{hizmet:-e}", values_for(town, a_request(service="noise"), None)) == "Gürültüye"


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
