"""What may stand in a public answer: the weight that X counts, and nothing personal."""

from __future__ import annotations

import pytest

from bot.domain.weighing import weight
from bot.errors import UserError
from bot.service.public_text import check_public, public_problem
from tests.support import selcuklu

TOWN = selcuklu()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("Çöp alınmadı, şöyle böyle ığüİĞÜ", 32),
        ("https://www.selcuklu.bel.tr/kvkk/aydinlatma-metni-uzun-bir-adres", 23),
        ("bkz. selcuklu.bel.tr", 28),
        ("(https://www.selcuklu.bel.tr/kvkk).", 26),
        ("https://www.selcuklu.bel.tr'den bakın", 33),
        ("selcuklu.bel.tr/kvkk, oradan", 31),
        ("ayse@example.com", 16),
        ("↔️ ve ©", 7),
        ("👍", 2),
        ("👩‍👩‍👧‍👦", 2),
        ("🇹🇷 bayrak", 9),
        ("3️⃣", 2),
        ("漢字", 4),
        ("e\u0301", 1),
        ("“tırnak” – uzun … çizgi", 24),
    ],
)
def test_a_text_weighs_what_x_counts(text: str, expected: int) -> None:
    assert weight(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0532 111 22 33 numarasından arayın", "phone"),
        ("T.C. no 10000000146 ile başvurun", "tc_no"),
        ("bize ayse.yilmaz@example.com yazdı", "email"),
        ("42 ABC 123 plakalı araç çekildi", "plate"),
        ("TR33 0006 1005 1978 6457 8413 26 hesabına", "iban"),
        ("SLC-2026-000123 numaralı başvurunuz çözüldü", "tracking_no"),
        ("Turna Sokak'taki çöpler alındı", "address"),
        ("Osmanlı Caddesi No: 12 önü temizlendi", "address"),
        ("1570 Sokak temizlendi", "address"),
        ("Merhaba Okan Yiğit, ilgileniyoruz", "name"),
    ],
)
def test_what_leads_to_a_person_or_a_door_is_refused(text: str, problem: str) -> None:
    assert public_problem(text, TOWN, "Okan Yiğit") == problem
    with pytest.raises(UserError) as told:
        check_public(text, TOWN, "Okan Yiğit")
    assert (told.value.key, told.value.data["what"]) == ("public_personal", problem)


@pytest.mark.parametrize(
    "text",
    [
        "Merhaba, Yazır için bildiriminizi aldık. Ayrıntıyı özel mesajla yazar mısınız?",
        "Sokak hayvanları için ekiplerimiz 7/24 görevde; 153'ü arayabilirsiniz.",
        "Can güvenliği için lütfen hemen 112'yi arayın.",
        "Cadde ve sokak temizliği bugün sürüyor. Bilgi: 444 90 00",
        "Merhaba Okan, ilgileniyoruz",
    ],
)
def test_what_everybody_may_know_passes(text: str) -> None:
    assert public_problem(text, TOWN, "Okan Yiğit") is None
    assert check_public(f" {text} ", TOWN) == text


def test_a_text_over_280_is_refused_with_its_length() -> None:
    check_public("a" * 280, TOWN)
    with pytest.raises(UserError) as told:
        check_public("a" * 281, TOWN)
    assert (told.value.key, told.value.data) == ("too_long", {"length": 281, "most": 280})
