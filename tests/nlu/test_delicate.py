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
        "liseli çocuklara hap satıyorlar, adımı vermeyin",
        "kavşakta küçücük çocuklar mendil satıyor",
        "Annem yatalak, evde bakım istiyoruz",
        "babam felç geçirdi, merdivenden inemiyor",
        "dedem alzaymır, yolu bulamıyor",
    ],
)
def test_threats_despair_corruption_abuse_and_illness_are_delicate(text: str) -> None:
    assert is_delicate(normal(text))


@pytest.mark.parametrize(
    "text",
    [
        "Çöp üç gündür alınmadı",
        "bıçak bileyici bağırıyor",
        "silahlı kuvvetler caddesinde çukur var",
        "köpek balkondan atladı",
        "çocuk parkında salıncak kopuk",
        "hasta ediyor bu koku bizi",
        "astımım var, bu duman beni öldürecek",
        "trafik felç oldu, kavşak kilit",
        "kanser ettiniz bizi bu tozla",
        "",
    ],
)
def test_ordinary_messages_are_not(text: str) -> None:
    assert not is_delicate(normal(text))
