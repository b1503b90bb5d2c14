"""Words that alone make a message sensitive, and words like them that don't."""

from __future__ import annotations

import pytest

from bot.nlu.delicate import is_delicate
from bot.nlu.normalisation import normal


@pytest.mark.parametrize(
    "text",
    [
        "Memur benden rüşvet istedi",
        "zabıta esnaftan elden para alıyor",
        "hepinizi bulacağım, görürsünüz",
        "adam bana silah çekti",
        "öğretmen çocuğu taciz ediyor",
        "13 yaşında çocuk çalıştırıyorlar",
        "üst geçitte bir genç atlayacak gibi duruyor",
        "komşum intihardan söz ediyor",
    ],
)
def test_threats_despair_corruption_and_abuse_are_delicate(text: str) -> None:
    assert is_delicate(normal(text))


@pytest.mark.parametrize(
    "text",
    [
        "Çöp üç gündür alınmadı",
        "bıçak bileyici bağırıyor",
        "silahlı kuvvetler caddesinde çukur var",
        "köpek balkondan atladı",
        "",
    ],
)
def test_ordinary_messages_are_not(text: str) -> None:
    assert not is_delicate(normal(text))
