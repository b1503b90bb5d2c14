"""Numbers that identify: recognised by form and checksum, masked, and never a crash."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.identifiers import find_identifiers, mask, valid_iban, valid_tc_no
from bot.nlu.ratings import find_rating


def kinds(text: str) -> dict[str, str]:
    return {one.kind: one.value for one in find_identifiers(text, "SLC")}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SLC-2026-000123 ne oldu", "SLC-2026-000123"),
        ("slc 2026 43 müydü neydi", "SLC-2026-000043"),
        ("2026-000886 için ekleyeyim", "SLC-2026-000886"),
        ("SLC2026000150", "SLC-2026-000150"),
        ("2026-43", "SLC-2026-000043"),
        ("2026/1893 sayılı başvurunun neticesi", "SLC-2026-001893"),
        ("2026 yılında yapılacak", None),
        ("12.11.2026 günü", None),
        ("2026 450 lira ödedim", None),
    ],
)
def test_a_tracking_number_comes_in_its_normal_form(text: str, number: str | None) -> None:
    assert kinds(text).get("tracking_no") == number


@pytest.mark.parametrize(
    "text", ["0532 555 77 88", "+90 532 555 77 88", "5325557788", "0 (532) 555 77 88", "905325557788", "0532-555-7788"]
)
def test_a_telephone_number_comes_in_its_normal_form(text: str) -> None:
    assert kinds(f"numaram {text} arayın").get("phone") == "05325557788"


def test_checksums_decide() -> None:
    assert valid_tc_no("10000000146")
    assert not valid_tc_no("10000000147")
    assert valid_iban("TR330006100519786457841326")
    assert not valid_iban("TR330006100519786457841327")
    assert "tc_no" not in kinds("sayaç no 12345678901")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("tc 10000000146 numaram 0532 555 77 88", "tc [kimlik no] numaram [telefon]"),
        ("TR33 0006 1005 1978 6457 8413 26 hesabıma", "[IBAN] hesabıma"),
        ("42 ABC 123 plakalı araç", "[plaka] plakalı araç"),
        ("ayse.y@ornek.com.tr yazın", "[e-posta] yazın"),
        ("kartım 4111 1111 1111 1111", "kartım [kart no]"),
        ("Gül Sokak no 12/A 3 gündür", "Gül Sokak no 12/A 3 gündür"),
    ],
)
def test_personal_numbers_are_masked_and_nothing_else(text: str, masked: str) -> None:
    assert mask(text, "SLC") == masked


def test_dates_and_durations_are_told() -> None:
    assert {"date", "duration"} <= kinds("12 Kasım günü kazdılar, 3 gündür açık").keys()


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("4", 4),
        ("dört", 4),
        ("5 puan", 5),
        ("beş yıldız", 5),
        ("3 veriyorum", 3),
        ("hç memnun kalmdım, 1", 1),
        ("5/5", 5),
        ("⭐⭐⭐⭐", 4),
        ("5 üzerinden 4", 4),
        ("Gül Sokak no 4", None),
        ("3 gündür çöp yok", None),
        ("6", None),
        ("4,5", None),
        ("iki kere aradım gelen olmadı, kapıda bekliyoruz", None),
        ("bir sorun var", None),
    ],
)
def test_a_rating_only_where_the_message_is_one(text: str, rating: int | None) -> None:
    assert find_rating(text) == rating


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="0123456789 -/.@tra+()", max_size=200))
def test_no_text_raises_and_positions_lie_inside(text: str) -> None:
    last = 0
    for one in find_identifiers(text, "SLC"):
        assert last <= one.start < one.end <= len(text)
        last = one.end
    mask(text, "SLC")
    find_rating(text)
