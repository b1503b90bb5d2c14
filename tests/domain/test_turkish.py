"""Suffixes, letters and dates as a Turk writes them."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.turkish import TextFormatter, fold, lower, shorten, suffix, upper


@pytest.mark.parametrize(
    ("name", "case", "wanted"),
    [
        ("Yazır", "loc", "Yazır'da"),
        ("Sille", "loc", "Sille'de"),
        ("Parsana", "gen", "Parsana'nın"),
        ("Nişantaş", "loc", "Nişantaş'ta"),
        ("Nişantaş", "abl", "Nişantaş'tan"),
        ("Bosna Hersek", "gen", "Bosna Hersek'in"),
        ("Bosna Hersek", "loc", "Bosna Hersek'te"),
        ("Horozluhan", "dat", "Horozluhan'a"),
        ("Tatköy", "dat", "Tatköy'e"),
        ("Sancak", "acc", "Sancak'ı"),
        ("Fen İşleri Müdürlüğü", "dat", "Fen İşleri Müdürlüğü'ne"),
        ("Selçuklu Belediyesi", "gen", "Selçuklu Belediyesi'nin"),
        ("Yazır Mahallesi", "loc", "Yazır Mahallesi'nde"),
        ("Gül Caddesi", "abl", "Gül Caddesi'nden"),
        ("112", "acc", "112'yi"),
        ("186", "acc", "186'yı"),
        ("187", "acc", "187'yi"),
        ("2026", "loc", "2026'da"),
        ("Dumlupınar", "gen", "Dumlupınar'ın"),
        ("Kosova", "dat", "Kosova'ya"),
        ("Güvenç", "loc", "Güvenç'te"),
        ("Kınık", "gen", "Kınık'ın"),
    ],
)
def test_suffixes_follow_vowel_harmony(name: str, case: str, wanted: str) -> None:
    assert suffix(name, case) == wanted


def test_lower_and_upper_know_the_dotless_i() -> None:
    assert lower("IŞIKLAR İHSANİYE") == "ışıklar ihsaniye"
    assert upper("ışıklar ihsaniye") == "IŞIKLAR İHSANİYE"


def test_folded_text_is_plain_ascii() -> None:
    assert fold("ÇÖP ŞİKÂYETİ Iğdır") == "cop sikayeti igdir"


def test_dates_are_written_the_turkish_way() -> None:
    moment = datetime(2026, 6, 8, 9, 5)
    assert TextFormatter().format("{m:day}, {m:clock}", m=moment) == "8 Haziran Pazartesi, 09.05"


def test_a_shortened_text_ends_at_a_word() -> None:
    assert shorten("bir iki üç dört", 10) == "bir iki…"
